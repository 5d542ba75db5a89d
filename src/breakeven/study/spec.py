"""The study: what a study file asks for, checked and resolved; plain values from here on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakeven.errors import SettingsError
from breakeven.records import (
    Item,
    PathwayDefinition,
    Resource,
    Scalar,
    Settings,
    Stage,
    StudyDefinition,
    Until,
)
from breakeven.records.engine import TaskFacts
from breakeven.study.search import Tuning

REFERENCE = "reference"
AA = "aa"
SWEEP = "sweep"
REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One development row.

    Attributes:
        name: Unique in the study.
        stage: What is run.
        settings: As passed (defaults of the study included) and as resolved by the engine.
        parents: Row by role ("start", "teacher", "fallback").
        repeats: How often it is run, for every repeat of its parents where it is nested. Rows that
            begin from it take its first repeat unless they are nested; a pathway that ends in it
            deploys each of them.
        nested: Whether it is repeated for every repeat of its parents.
        parent_repeats: By run, which repeat of each parent it begins from, by role; see `lay_out`.
        model_layers: Layers of the model it begins from, where that lies here.
        preset: Name and source of what some of its settings come from; empty without.
        tuning: What is searched; the settings then hold the largest of what may be drawn.
    """

    name: str
    stage: Stage
    settings: Settings
    parents: Mapping[str, str] = field(default_factory=dict)
    repeats: int = 1
    nested: bool = False
    parent_repeats: tuple[Mapping[str, int], ...] = ()
    model_layers: int | None = None
    preset: str = ""
    tuning: Tuning | None = None

    @property
    def n_runs(self) -> int:
        """How often it is run in all."""
        return len(self.parent_repeats)

    def resolved(self, repeat: int) -> dict[str, Scalar]:
        """Return the resolved settings of one repeat: repeat r, from 0, adds r to the seed."""
        seed = self.settings.resolved.get("seed")
        varied = {"seed": seed + repeat} if isinstance(seed, int) else {}
        return {**self.settings.resolved, **varied}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Numbers somebody states; nothing is run for them.

    Attributes:
        source: Where they come from, year included.
        development: Past cost by resource; empty means already paid.
        per_example: Cost of one example by resource.
        tokens_per_example: Real tokens of one example; None if not stated.
        score: In the study's metric; None if not stated.
        score_examples: How many examples the score rests on; 0 if not stated.
    """

    source: str
    development: Mapping[Resource, float] = field(default_factory=dict)
    per_example: Mapping[Resource, float] = field(default_factory=dict)
    tokens_per_example: float | None = None
    score: float | None = None
    score_examples: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """One way to obtain a deployable model: by a row, or by stated numbers."""

    name: str
    row: str
    description: str = ""
    stated: Stated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One inference row of one pathway.

    Attributes:
        pathway: Whose checkpoint.
        label: "reference", "aa", "repeat-1", or what differs from the reference
            ("max_length=16").
        role: "reference", "aa", "sweep" or "repeat".
        settings: As passed and as resolved by the engine.
        start_repeat: Which repeat of the pathway's row is deployed, from 0.
    """

    pathway: str
    label: str
    role: str
    settings: Settings
    start_repeat: int = 0

    @property
    def row(self) -> str:
        """Name of the row in the plan and in the runs."""
        return f"{self.pathway}/{self.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps on what the study may consume in all; None is no cap."""

    duration_s: float | None = None
    cpu_s: float | None = None
    energy_j: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown:
    """Rest before each inference row.

    Attributes:
        until: What ends it.
        limit_s: How long it takes, or may take at most; 0 for none.
        least_s: How long it takes at least when it is ended by idleness.
    """

    until: Until = Until.TIME
    limit_s: float = 0.0
    least_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the report's first screen answers; see `StudyDefinition`.

    An empty metric is the task's own, put in when the data have been read.
    """

    metric: str = ""
    headline: Resource = Resource.CPU_S
    item: Item = Item.EXAMPLE
    planned_volume: float = 1e6
    tolerance: float = 0.02
    min_score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything needed to plan and run.

    Attributes:
        name: Carried by every run.
        seed: Seed of the order of runs, and default seed of the rows.
        engine: Name of what runs the rows.
        task: Name and options of the task.
        rows: Development rows, parents before children.
        pathways: In the order of the file.
        configurations: Inference rows of one block.
        reference: Resolved settings of the reference configuration.
        reference_preset: Name and source of what some of them come from; empty without.
        n_blocks: Randomized blocks.
        first_block: Number of the first of them; above 0 where earlier ones were run apart.
        max_workers: Checkpoints kept loaded at once; None is as many as memory holds, 0 gives each
            inference row a process of its own.
        cooldown: Rest before each inference row, in no window.
        question: What the analysis must know.
        budget: When to stop.
        meters: Names of sensors; empty is every one that works.
        replay: Recorded power trace; None for live sensors alone.
        folder: What relative paths are relative to.
        source: Text that defines it, with what was changed for this run.
        variables: What was put in for `${name}`.
        task_places: Where each key of the task is written, for messages.
        entry: Name of the task among the `tasks` of the file; empty where it has one `task`.
    """

    name: str
    seed: int
    engine: str
    task: Mapping[str, Scalar]
    rows: tuple[StageRow, ...]
    pathways: tuple[Pathway, ...]
    configurations: tuple[Configuration, ...]
    reference: Mapping[str, Scalar]
    n_blocks: int
    first_block: int = 0
    reference_preset: str = ""
    max_workers: int | None = None
    cooldown: Cooldown = field(default_factory=Cooldown)
    question: Question = field(default_factory=Question)
    budget: Budget = field(default_factory=Budget)
    meters: tuple[str, ...] = ()
    replay: Path | None = None
    folder: Path
    source: str = ""
    variables: Mapping[str, Scalar] = field(default_factory=dict)
    task_places: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""

    def row(self, name: str) -> StageRow:
        """Return the development row of that name."""
        return next(row for row in self.rows if row.name == name)

    def pathway(self, name: str) -> Pathway:
        """Return the pathway of that name."""
        return next(pathway for pathway in self.pathways if pathway.name == name)

    def asking(self, facts: TaskFacts) -> "Study":
        """Return the study with the task's own metric where its file names none.

        Raises:
            SettingsError: If it names one that answers to the task are not given.
        """
        metric = self.question.metric or facts.metrics[0]
        if metric not in facts.metrics:
            raise SettingsError(
                f"analysis.metric={metric!r} does not judge the task {self.task['name']!r}; choose "
                f"one of {', '.join(facts.metrics)}, or leave it out"
            )
        return replace(self, question=replace(self.question, metric=metric))

    def definition(self, facts: TaskFacts) -> StudyDefinition:
        """Return what is kept in the store beside the runs."""
        question = self.question
        return StudyDefinition(
            name=self.name,
            pathways=tuple(
                PathwayDefinition(name=p.name, row=p.row, description=p.description)
                for p in self.pathways
            ),
            metric=question.metric,
            headline=question.headline,
            item=question.item,
            planned_volume=question.planned_volume,
            tolerance=question.tolerance,
            min_score=question.min_score,
            majority_scores=facts.majority_scores,
            reference=self.reference,
            facts={**facts.facts, **({"entry": self.entry} if self.entry else {})},
            source=self.source,
        )
