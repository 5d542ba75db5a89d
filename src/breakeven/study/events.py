"""Events: what a running study tells whoever watches, and how it ended."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from breakeven.records import Cost, Kind, Origin, Resource, Run, Stage

TOLD = (Resource.DURATION_S, Resource.CPU_S, Resource.ENERGY_J)
"""Costs of which whoever watches is told what is spent and what is left."""


class EventKind(StrEnum):
    """What happened."""

    PLANNED = "planned"
    STARTED = "started"
    PROGRESS = "progress"
    ENDED = "ended"
    DONE_BEFORE = "done before"
    SKIPPED = "skipped"
    WAITING = "waiting"
    SAID = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What finished runs tell of those left.

    Attributes:
        duration_s: Seconds that these runs take together, and loading checkpoints beside them.
        n_runs: How many runs they are.
        n_in_blocks: Of these, how many are inference rows.
        amounts: What runs left take of CPU time and energy, in SI, where equal ones tell.
        n_told: Of how many runs each of these amounts is the sum.
    """

    duration_s: float = 0.0
    n_runs: int = 0
    n_in_blocks: int = 0
    amounts: Mapping[Resource, float] = field(default_factory=dict)
    n_told: Mapping[Resource, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is known when a study begins, or goes on.

    Attributes:
        study: Its name.
        headline: Resource in which its first answer is given.
        n_cpus: CPUs that its runs may use.
        spent: What its runs cost before, failed ones included; one per resource and kind.
    """

    study: str
    headline: Resource
    n_cpus: int
    spent: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: What.
        row: Row it is about; empty when about the study.
        stage: What is run, when about a row.
        run_id: Of the run that started, by which its journal is found.
        begun: What is known of the study, when planned.
        block: Block of an inference row.
        text: In words, for skipped rows and things said.
        run: The run that ended or was found.
        done: Progress within the row.
        total: The same at its end.
        n_left: Runs still to be made.
        n_left_in_blocks: Of these, how many are inference rows.
        n_loads: Checkpoints to load for them, when planned.
        known: What finished runs tell of those left, when planned and when a run ended.
        metric: By which the study judges.
    """

    kind: EventKind
    row: str = ""
    stage: Stage | None = None
    run_id: str = ""
    begun: Begun | None = None
    block: int | None = None
    text: str = ""
    run: Run | None = None
    done: float = 0.0
    total: float = 0.0
    n_left: int = 0
    n_left_in_blocks: int = 0
    n_loads: int = 0
    known: Known = Known()
    metric: str = ""


OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Watch nothing."""


def costs_told(runs: Iterable[Run]) -> tuple[Cost, ...]:
    """Sum of what runs cost here of each resource that is told, one per kind.

    What nothing observed is absent, and what others published or stated was not spent here.
    """
    costs = (cost for run in runs for resource in TOLD for cost in run.costs(resource))
    found: dict[tuple[Resource, Kind], Cost] = {}
    for cost in costs:
        if cost.origin not in _NOT_SPENT_HERE:
            key = (cost.resource, cost.kind)
            found[key] = found[key] + cost if key in found else cost
    return tuple(found.values())


_NOT_SPENT_HERE = frozenset({Origin.STATED, Origin.PUBLISHED, Origin.INFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a study ended.

    Attributes:
        runs: Every run of the study in the store, earlier ones too.
        failed: Rows that failed now, each once.
        skipped: Rows that could not be run because another failed, with the reason.
        stopped: Why it stopped early (budget); None when it went through.
    """

    runs: tuple[Run, ...]
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    stopped: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every row has its result."""
        return not (self.failed or self.skipped or self.stopped)
