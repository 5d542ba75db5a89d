"""Asked: a model, a task and a few words, made into a study with a block `optimize`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Resource, Scalar, Stage
from breakeven.store import Store
from breakeven.study.ledger import MODEL
from breakeven.study.lines import read_value
from breakeven.workloads.models.folder import find_size
from breakeven.workloads.models.stores import is_store

COSTS: Mapping[str, Resource] = {
    "cpu": Resource.CPU_S,
    "energy": Resource.ENERGY_J,
    "latency": Resource.DURATION_S,
}
"""What a cost is called on the command line; latency is the time an example takes in its batch."""

BASELINES: Mapping[str, Mapping[str, Scalar]] = {
    "weak": {
        "attention": "eager",
        "batch_size": 64,
        "max_length": 128,
        "padding": "max_length",
        "sorted": False,
    },
    "strong": {
        "attention": "sdpa",
        "batch_size": 32,
        "padding": "longest",
        "sorted": True,
    },
}
"""Baselines by name: torch in fp32 as scripts have it, and as its authors know it; the strong one
cuts no text that its model can read, see `own_length`."""

_FROM_PADDING = frozenset({"camembert", "longformer", "mpnet", "roberta", "xlm-roberta"})
"""Families that number positions from their padding token on."""

_NO_LIMIT = 10**6
"""Tokenizers that know no longest input say a number above it."""

_UNKNOWN_LENGTH = 128
"""Where a model that is elsewhere is cut: the default of the rows."""

BASELINE, STUDENT = "model", "student"

N_NAMED = 5
"""Rows of a store that are named where none was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a command asks for.

    Attributes:
        model: Folder, hub id, or STORE:ROW, the model that a row of a store made.
        task: Name and options of the task.
        cost: What is saved.
        exports: Precisions to export to, by backend.
        baseline: Settings of the reference.
        block: Further keys of the block `optimize`.
        student: A smaller model, given as `model` is; empty for none.
    """

    model: str
    task: Mapping[str, Scalar]
    cost: Resource
    exports: Mapping[str, Sequence[str]]
    baseline: Mapping[str, Scalar]
    block: Mapping[str, Any] = field(default_factory=dict)
    student: str = ""


def study_data(asked: Asked) -> dict[str, Any]:
    """Write down the study of a command.

    Raises:
        UnknownNameError: If the store has no such row.
    """
    model, name = model_of(asked.model)
    models = {BASELINE: model}
    if asked.student:
        models[STUDENT] = model_of(asked.student)[0]
    exports = [{"backend": n, "precision": list(p)} for n, p in asked.exports.items()]
    block = {**asked.block, **({STUDENT: STUDENT} if asked.student else {})}
    return {
        "study": f"optimize {name}"[:60].rstrip(),
        "task": dict(asked.task),
        "stages": [{"name": n, "stage": "fetch", "model": m} for n, m in models.items()],
        "pathways": {name: name for name in models},
        "inference": {"reference": dict(asked.baseline)},
        "analysis": {"headline": str(asked.cost)},
        "optimize": {"exports": exports, **block},
    }


def model_of(text: str) -> tuple[str, str]:
    """Place of a model, and what to call it.

    Args:
        text: Folder, hub id, or STORE:ROW.

    Raises:
        UnknownNameError: If a store has no finished row of that name with a model.
        SettingsError: If a store is given, and no row of it.
    """
    store, _, row = text.rpartition(":")
    if is_store(text):
        raise SettingsError(
            f"{text} is a store, and one model is wanted; {_rows_meant(text, _trained(text))}"
        )
    if not (store and is_store(store)):
        path = Path(text)
        return (str(path.resolve()) if path.exists() else text), path.name
    with Store(Path(store), create=False) as opened:
        kept = [run for run in opened.runs() if MODEL in run.artifacts]
        made = {run.row: run.artifacts[MODEL] for run in reversed(kept)}  # the first repeat
        if row not in made:
            raise UnknownNameError("row with a model", row, made)
        return str(opened.artifact(made[row]).resolve()), row


def _trained(store: str) -> list[str]:
    """Rows of a store whose models a search can begin from, the latest first."""
    with Store(Path(store), create=False) as opened:
        kept = [run for run in opened.runs() if MODEL in run.artifacts]
    rows = [run.row for run in reversed(kept) if run.stage not in (Stage.EXPORT, Stage.ADAPT)]
    return list(dict.fromkeys(rows))


def _rows_meant(store: str, rows: Sequence[str]) -> str:
    if not rows:
        return "it holds none that could be searched; name a folder or a hub id"
    named = ", ".join(f"{store}:{row}" for row in rows[:N_NAMED])
    more = f" and {len(rows) - N_NAMED} more" if len(rows) > N_NAMED else ""
    return f"name a row that made one: {named}{more}"


def baseline_settings(name: str, model: str) -> dict[str, Scalar]:
    """Settings of a named baseline of a model.

    Args:
        name: Of `BASELINES`.
        model: As `Asked.model`.
    """
    own = own_length(Path(model_of(model)[0])) or _UNKNOWN_LENGTH
    named = BASELINES[name]
    return {**named, "max_length": min(own, int(named.get("max_length", own)))}


def own_length(folder: Path) -> int | None:
    """Tokens that a model reads at once, by its configuration and its tokenizer's.

    Args:
        folder: Of the model; of one that is elsewhere nothing is known.
    """
    config, tokenizer = (_read(folder / f"{n}.json") for n in ("config", "tokenizer_config"))
    positions = find_size(config, "n_positions") or 0
    if positions > 0 and config.get("model_type") in _FROM_PADDING:
        positions -= int(config.get("pad_token_id", 1)) + 1
    lengths = [positions, int(tokenizer.get("model_max_length") or 0)]
    known = [length for length in lengths if 0 < length < _NO_LIMIT]
    return min(known, default=None)


def _read(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def task_of(text: str) -> dict[str, Scalar]:
    """Name and options of a task from `NAME,key=value,...`; what exists here becomes absolute.

    Raises:
        SettingsError: If a part is no `key=value`, or a value is a list or mapping.

    Examples:
        >>> task_of("files,form=classification,limit=3")
        {'name': 'files', 'form': 'classification', 'limit': 3}
    """
    name, *parts = text.split(",")
    options = [_pair("--task", part) for part in parts]
    return {"name": name, **{key: _placed(value) for key, value in options}}


def tried_of(texts: Sequence[str], *, flag: str = "--try") -> dict[str, list[Scalar]]:
    """Values by setting from `key=value,value,...`.

    Raises:
        SettingsError: As `task_of`.

    Examples:
        >>> tried_of(["batch_size=8,16", "sorted=true"])
        {'batch_size': [8, 16], 'sorted': [True]}
    """
    found: dict[str, list[Scalar]] = {}
    for text in texts:
        key, sign, values = text.partition("=")
        if not sign:
            raise SettingsError(f"{flag} {text}: no value given; write {flag} {text}=VALUE")
        found[key] = [_pair(flag, f"{key}={value}")[1] for value in values.split(",")]
    return found


def _pair(flag: str, text: str) -> tuple[str, Scalar]:
    key, sign, value = text.partition("=")
    if not sign:
        raise SettingsError(f"{flag} {text}: no value given; write {text}=VALUE")
    read = read_value(value)
    if not isinstance(read, str | int | float | bool):
        raise SettingsError(f"{flag} {key}: expected one text, number, true or false, got {value}")
    return key, read


def _placed(value: Scalar) -> Scalar:
    is_here = isinstance(value, str) and Path(value).exists()
    return str(Path(str(value)).resolve()) if is_here else value
