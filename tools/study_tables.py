"""Tables of everything a study file may say, from its pydantic schema and the options."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from breakeven import registry
from breakeven.records import Resource, Stage
from breakeven.study import schema, search_schema
from breakeven.study.optimize.schema import OptimizeBlock
from breakeven.study.presets import preset_texts, presets
from breakeven.workloads.catalogue import stage_options
from breakeven.workloads.inference_options import INFERENCE
from breakeven.workloads.options import Option
from breakeven.workloads.reductions.reduction import Card
from breakeven.workloads.tasks import files, hub, pydoc

_BLOCKS: Mapping[str, type[BaseModel]] = {
    "study": schema.StudyBlock,
    "task": schema.TaskBlock,
    "stage": schema.StageBlock,
    "tune": search_schema.TuneBlock,
    "space": search_schema.SpaceBlock,
    "pathway": schema.PathwayBlock,
    "stated": schema.StatedBlock,
    "inference": schema.InferenceBlock,
    "analysis": schema.AnalysisBlock,
    "budget": schema.BudgetBlock,
    "optimize": OptimizeBlock,
}

_PYTHON_TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
_TYPES = {"string": "text", "boolean": "true or false", "integer": "whole number"}
_TYPES |= {"number": "number", "object": "mapping", "array": "list"}
_TRAINED = (Stage.FETCH, Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL)
_WHERE = {Stage.INFER: "inference"} | {s: f"stage `{s}`" for s in Stage if s is not Stage.INFER}
_TASKS = {"pydoc": pydoc.OPTIONS, "files": files.OPTIONS, "datasets": hub.OPTIONS}


def study_tables() -> dict[str, str]:
    """Markdown by the name that the page's markers use."""
    made = {f"{name} keys": block_table(name) for name in _BLOCKS}
    made |= {f"task {name}": option_table(options) for name, options in _TASKS.items()}
    made["stage settings"] = stage_table()
    made["export settings"] = option_table(stage_options(Stage.EXPORT, {}))
    made["adapt settings"] = option_table(stage_options(Stage.ADAPT, {}))
    made["linear settings"] = option_table(stage_options(Stage.FINETUNE, {"model": "tfidf"}))
    made["inference settings"] = option_table(INFERENCE)
    made["reductions"] = card_table()
    made["presets"] = preset_table()
    made["resources"] = ", ".join(f"`{resource}`" for resource in Resource) + "\n"
    return made


def block_table(name: str) -> str:
    """Keys of one block: type, default and meaning.

    Raises:
        ValueError: If a key is explained nowhere.
    """
    block = _BLOCKS[name]
    described = block.model_json_schema(by_alias=True)
    rows = []
    for field, info in block.model_fields.items():
        key = info.alias or field
        if not info.description:
            raise ValueError(f"nothing says what {name}.{key} is for; describe it in schema.py")
        told = described["properties"][key]
        default = "required" if info.is_required() else _default(told.get("default"))
        rows.append((f"`{key}`", _type(told, described), default, info.description))
    return _table(("key", "value", "default", "what it is"), rows)


def option_table(options: Mapping[str, Option]) -> str:
    """Options of a task or of inference."""
    rows = [
        (f"`{name}`", _limits(option), _option_default(option), _sentence(option.doc))
        for name, option in options.items()
    ]
    return _table(("setting", "value", "default", "what it does"), rows)


def preset_table() -> str:
    """Presets with what they set and where that is printed."""
    rows = []
    for preset in presets().values():
        name, stage, settings, source = preset_texts(preset)
        rows.append((f"`{name}`", f"`{stage}`", f"`{settings}`", preset.about, source))
    return _table(("preset", "stage", "settings", "what it does", "source"), rows)


def stage_table() -> str:
    """Settings of the neural stages, with the default of each stage that knows them."""
    by_stage = {stage: stage_options(stage, {}) for stage in _TRAINED}
    known = {name: option for options in by_stage.values() for name, option in options.items()}
    rows = []
    for name, option in known.items():
        defaults = [_option_default(o[name]) if name in o else "-" for o in by_stage.values()]
        said = {str(stage): o[name].doc for stage, o in by_stage.items() if name in o}
        rows.append((f"`{name}`", _limits(option), *defaults, _by_stage(said)))
    return _table(("setting", "value", *map(str, _TRAINED), "what it does"), rows)


def _by_stage(said: Mapping[str, str]) -> str:
    """What an option does; where stages differ, each in its own words."""
    stages: dict[str, list[str]] = {}
    for stage, doc in said.items():
        stages.setdefault(doc, []).append(stage)
    if len(stages) == 1:
        return _sentence(next(iter(stages)))
    return " ".join(f"{', '.join(names)}: {doc}." for doc, names in stages.items())


def _type(told: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "anyOf" in told:
        kinds = [_type(kind, root) for kind in told["anyOf"] if kind.get("type") != "null"]
        if not {_TYPES["string"], _TYPES["boolean"]} & set(kinds):  # whole numbers are numbers
            return kinds[-1]
        return kinds[0] if len(kinds) == 1 else "text, number or true or false"
    if "enum" in told:
        return " or ".join(f"`{choice}`" for choice in told["enum"])
    if "$ref" in told:
        name = str(told["$ref"]).rpartition("/")[2]
        choices = " or ".join(f"`{choice}`" for choice in root["$defs"][name].get("enum", ()))
        return "a resource" if name == "Resource" else choices or "mapping"
    limits = {"exclusiveMinimum": "above", "minimum": "at least", "maximum": "at most"}
    words = [f"{word} {told[key]:g}" for key, word in limits.items() if key in told]
    return ", ".join([_TYPES[told["type"]], *words])


def _limits(option: Option) -> str:
    if option.choices:
        return " or ".join(f"`{choice}`" for choice in option.choices if choice)
    words = [_TYPES[_PYTHON_TYPES[type(option.default).__name__]]]
    words += [] if option.low is None else [f"at least {option.low:g}"]
    words += [] if option.high is None else [f"at most {option.high:g}"]
    return ", ".join(words)


def _option_default(option: Option) -> str:
    return "required" if option.is_required else _default(option.default)


def _default(value: object) -> str:
    if value is None or value in ("", [], {}) or isinstance(value, dict):
        return "-"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    text = re.sub(r"e([+-])0+", lambda sign: f"e{sign[1].strip('+')}", text)
    return f"`{text.lower() if isinstance(value, bool) else text}`"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def card_table() -> str:
    """Cards of every registered reduction, those that adapt to the example last."""
    reductions = [registry.load("reduction", name).card for name in registry.names("reduction")]
    adaptives = [registry.load("adaptive", name).card for name in registry.names("adaptive")]
    heads = ("reduction", "what it does", "where it acts", "values to try", "cost", "source")
    return _table(heads, [_card_row(card) for card in (*reductions, *adaptives)])


def _card_row(card: Card) -> tuple[str, ...]:
    acts = f"{card.acts_on}; `{card.setting}` of {_WHERE.get(card.stage, card.stage)}"
    values = ", ".join(_default(value) for value in card.suggested) or "-"
    name = f"`{card.name}`{' (adaptive)' if card.is_adaptive else ''}"
    return name, card.what, acts, values, _sentence(card.cost), card.source


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
