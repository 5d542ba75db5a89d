"""Events: what a running study tells whoever watches, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from breakeven.records import Run


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
    """

    duration_s: float = 0.0
    n_runs: int = 0
    n_in_blocks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        kind: What.
        row: Row it is about; empty when about the study.
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
