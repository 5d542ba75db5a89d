"""The study file as pydantic sees it: which keys there are, their types and limits.

Unknown keys are refused everywhere but in the settings of a row, which the engine checks.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue

from breakeven.records import Item, Resource, Scalar, Until
from breakeven.study.block import Block
from breakeven.study.optimize.schema import OptimizeBlock
from breakeven.study.search_schema import SpaceBlock, TuneBlock

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._+-]*$", max_length=60)]
Flat = dict[str, Scalar]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
ResourceName = Annotated[Resource, Field(strict=False)]


class StageBlock(Block):
    """One development row; every other key is a setting of its stage."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: Flat

    name: Name = Field(description="Name of the row, used by `from`, `teacher` and pathways.")
    stage: str = Field(description="fetch, pretrain, finetune, distil, export or adapt.")
    start: Name | None = Field(
        default=None, alias="from", description="Row whose result it begins from."
    )
    teacher: Name | None = Field(default=None, description="Row whose result teaches it.")
    fallback: Name | None = Field(
        default=None,
        description="Row whose result answers what the one it begins from is unsure of.",
    )
    preset: str | None = Field(
        default=None,
        description="Settings that a paper printed, by name; what the row itself says wins, "
        "`defaults` do not.",
    )
    repeats: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="How often it is run; repeat r, from 0, adds r to the seed. Rows that "
        "begin from it take the first unless they are `nested`; a pathway that ends in it deploys "
        "each of them.",
    )
    nested: bool = Field(
        default=False,
        description="Whether it is run `repeats` times for every repeat of the rows it begins "
        "from, so that 3 of 3 make 9 runs, numbered through.",
    )
    tune: TuneBlock | None = Field(
        default=None,
        description="Search some of its settings; what begins from the row takes the best trial.",
    )

    @property
    def parents(self) -> dict[str, str]:
        """Rows whose results it uses, by role."""
        named = {"start": self.start, "teacher": self.teacher, "fallback": self.fallback}
        return {role: row for role, row in named.items() if row is not None}


class StatedBlock(Block):
    """Numbers somebody states instead of a run; their kind is `assumed`."""

    source: str = Field(description="Where the numbers come from.")
    year: int | None = Field(default=None, description="Year of the source.")
    development: dict[ResourceName, NotNegative] = Field(
        default_factory=dict, description="Past cost of making it; empty means already paid."
    )
    per_example: dict[ResourceName, NotNegative] = Field(
        default_factory=dict, description="Cost of one example by resource."
    )
    per_token: dict[ResourceName, NotNegative] = Field(
        default_factory=dict,
        description="Cost of one real token by resource; needs `tokens_per_example`.",
    )
    tokens_per_example: Positive | None = Field(
        default=None, description="Real tokens of one example; needed by `per_token`."
    )
    score: float | None = Field(default=None, description="In the study's metric.")
    score_examples: Annotated[int, Field(ge=0)] = Field(
        default=0, description="How many examples the score rests on; 0 when not stated."
    )


class TaskBlock(Block):
    """One of several tasks; every other key is an option of it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: Flat

    name: str = Field(description="Task that is loaded, as `task.name`.")
    overrides: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="What differs in the study of this task, by dotted place, "
        "`defaults.max_length: 384`; profiles and `--set` win.",
    )


class PathwayBlock(Block):
    """One way to obtain a deployable model: a row, or stated numbers."""

    row: Name | None = Field(
        default=None,
        description="Row whose result is deployed, each of its repeats; its parents are the rest "
        "of the pathway.",
    )
    stated: StatedBlock | None = Field(
        default=None, description="Numbers somebody states instead of a run; kind `assumed`."
    )
    description: str = Field(default="", description="One line for people.")


def _row_alone(value: object) -> object:
    """Take `FT: ft` for `FT: {row: ft}`."""
    return {"row": value} if isinstance(value, str) else value


class InferenceBlock(Block):
    """How deployed models are measured; unset keys take the engine's defaults."""

    reference: Flat = Field(
        default_factory=dict, description="Settings of the reference; may name a `preset`."
    )
    sweep: list[dict[str, Scalar | list[Scalar]]] = Field(
        default_factory=list,
        description="What differs from the reference; a list makes one row per value; "
        "`reduction` names a registered one, tried at the values its card suggests or at `values`; "
        "`pathways` limits an entry to some pathways.",
    )
    blocks: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=5, description="Randomized complete blocks; each holds every row once."
    )
    aa: bool = Field(
        default=True, description="Run the first pathway's reference twice in each block."
    )
    min_window_s: NotNegative | None = Field(
        default=None,
        description="Seconds that the work window lasts at least; a slow energy sensor lengthens "
        "it, 0 forbids that.",
    )
    n_batches: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Batches at least; 0 is the whole split once."
    )
    warmup: Scalar | None = Field(
        default=None,
        description="'plateau', or a number of batches, 0 for none; graphs of OpenVINO also answer "
        "every batch once before them.",
    )
    idle_s: NotNegative | None = Field(
        default=None, description="Seconds of idle measured before the work."
    )
    max_workers: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="Checkpoints kept loaded at once; 0: none, each row gets a process of its own; "
        "unset: as many as memory holds.",
    )
    cooldown_s: NotNegative = Field(
        default=0.0,
        description="Seconds of rest before each row, once its checkpoint is loaded; in no window.",
    )
    cooldown_until: Annotated[Until, Field(strict=False)] = Field(
        default=Until.TIME,
        description="`time`, or `idle`: rest until other load and idle power are back to the "
        "quietest seen since the beginning; `cooldown_s` is then the limit.",
    )
    cooldown_min_s: NotNegative = Field(
        default=0.0, description="Shortest rest before each row with `cooldown_until: idle`."
    )


class AnalysisBlock(Block):
    """What the report's first screen answers."""

    metric: str = Field(
        default="",
        description="Score that counts as quality: one that stages give; empty is the task's own.",
    )
    headline: ResourceName = Field(
        default=Resource.CPU_S, description="Resource in which the first answer is given."
    )
    item: Annotated[Item, Field(strict=False)] = Field(
        default=Item.EXAMPLE, description="What a unit of deployed output is."
    )
    planned_volume: Positive = Field(
        default=1e6, description="Items over the planned lifetime; the report's default volume."
    )
    tolerance: NotNegative = Field(
        default=0.02,
        description="Pathways within this much of the best score count as good enough when no "
        "`min_score` is given: a difference, or a share of the best where the metric has no fixed "
        "range (perplexity: 0.02 is 2 %).",
    )
    min_score: float | None = Field(
        default=None, description="Lowest acceptable score; overrides `tolerance`."
    )


class BudgetBlock(Block):
    """When to stop before the next row; what was spent earlier in this study counts."""

    hours: Positive | None = Field(
        default=None, description="Wall-clock hours of all runs of the study, earlier ones too."
    )
    cpu_hours: Positive | None = Field(default=None, description="CPU hours of the same.")
    energy_wh: Positive | None = Field(
        default=None, description="Watt-hours of the same; needs an energy sensor."
    )


class StudyBlock(Block):
    """A study: which rows to run, which pathways they make, how these are compared."""

    study: Name = Field(description="Name of the study; its runs carry it.")
    seed: Annotated[int, Field(ge=0)] = Field(
        default=0, description="Seed of the order of runs, and default seed of the rows."
    )
    engine: str = Field(default="nlp", description="What runs the rows.")
    task: Flat = Field(
        default_factory=dict,
        description="`name` of the task and its options; paths are relative to this file.",
    )
    tasks: dict[Name, TaskBlock] = Field(
        default_factory=dict,
        description="Several tasks instead of `task`, by name; each makes a study of its own, "
        "`<study>-<name>`.",
    )
    defaults: Flat = Field(
        default_factory=dict, description="Settings for every row whose stage knows them."
    )
    stages: list[StageBlock] = Field(
        default_factory=list,
        description="Development rows; every other key of one is a setting of its stage.",
    )
    pathways: dict[
        Name,
        Annotated[
            PathwayBlock, BeforeValidator(_row_alone, json_schema_input_type=Name | PathwayBlock)
        ],
    ] = Field(description="Ways to obtain a deployable model: a row, or stated numbers.")
    inference: InferenceBlock = Field(
        default_factory=InferenceBlock,
        description="Which configurations of the deployed models are measured, and how.",
    )
    analysis: AnalysisBlock = Field(
        default_factory=AnalysisBlock, description="The question that the report answers first."
    )
    optimize: OptimizeBlock | None = Field(
        default=None, description="What `breakeven optimize` searches; nothing else looks at it."
    )
    budget: BudgetBlock = Field(
        default_factory=BudgetBlock,
        description="When to stop before the next row; what was spent earlier counts.",
    )
    meters: list[str] = Field(
        default_factory=list, description="Sensors to use; empty: every one that works here."
    )
    replay: str | None = Field(default=None, description="Recorded power trace (CSV) to replay.")
    variables: dict[str, Scalar] = Field(
        default_factory=dict,
        description="Values by name, put in wherever a text says `${name}`; `--var` gives others.",
    )
    profiles: dict[str, dict[str, JsonValue]] = Field(
        default_factory=dict,
        description="Named sets of overrides, `stages.ft.epochs: 1`; may set `variables.x`.",
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a study file, for editors; `${name}` may stand for any value."""
    described: dict[str, Any] = _or_variable(StudyBlock.model_json_schema(by_alias=True))
    return described


_VARIABLE = {"type": "string", "pattern": r"\$\{"}
_TOLD = ("title", "description", "default")


def _or_variable(part: Any) -> Any:  # noqa: ANN401 - anything JSON can hold
    if isinstance(part, list):
        return [_or_variable(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in ("integer", "number", "boolean") or "enum" in part or "pattern" in part:
        limits = {key: value for key, value in part.items() if key not in _TOLD}
        told = {key: value for key, value in part.items() if key in _TOLD}
        return {**told, "anyOf": [limits, _VARIABLE]}
    return {key: _or_variable(inner) for key, inner in part.items()}


def sibling_keys(place: tuple[str | int, ...]) -> tuple[str, ...]:
    """Keys that may stand where the key at the end of `place` does, for suggestions."""
    blocks: dict[tuple[str, ...], type[Block]] = {
        (): StudyBlock,
        ("stages",): StageBlock,
        ("pathways",): PathwayBlock,
        ("inference",): InferenceBlock,
        ("analysis",): AnalysisBlock,
        ("budget",): BudgetBlock,
        ("optimize",): OptimizeBlock,
    }
    inner: dict[str, type[Block]] = {
        "stated": StatedBlock,
        "tune": TuneBlock,
        "space": SpaceBlock,
    }
    heads = tuple(str(step) for step in place[:-1][:1])
    found = [inner[step] for step in map(str, place[1:-1]) if step in inner]
    block = found[-1] if found else blocks.get(heads)
    fields = block.model_fields.items() if block else ()
    return tuple(field.alias or name for name, field in fields)
