"""Phases of stored runs on the runs' clock, and which of them ran at the same time."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from breakeven.formulas.alignment import Offset
from breakeven.records import AttachedPhase, Cost, Measurement, Note, Phase, Run

TOUCH_S = 1e-3
"""Phases that share no more than the last digit of a timestamp follow each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseWindow:
    """One phase of one run, on the runs' clock.

    Attributes:
        run: It belongs to.
        index: Its place among the run's phases, from 0.
        phase: As recorded.
        start_s: When it began, in seconds since 1970.
    """

    run: Run
    index: int
    phase: Phase
    start_s: float

    @property
    def seen(self) -> Measurement:
        """What was measured in it."""
        return self.phase.measurement

    @property
    def end_s(self) -> float:
        """When it ended, in seconds since 1970."""
        return self.start_s + self.seen.duration_s

    def on_log(self, offset: Offset) -> tuple[float, float]:
        """Begin and end on the log's clock."""
        start_s = self.start_s + offset.value_s
        return start_s, start_s + self.seen.duration_s

    def attached(self, costs: Sequence[Cost], notes: Collection[Note]) -> AttachedPhase:
        """What the log adds to this phase, each note once."""
        return AttachedPhase(
            run_id=self.run.run_id,
            index=self.index,
            started_at=self.seen.started_at,
            costs=tuple(costs),
            notes=tuple(dict.fromkeys(notes)),
        )


def windows_of(runs: Sequence[Run]) -> Iterator[PhaseWindow]:
    """Every phase of every run, in the order of the runs."""
    for run in runs:
        for index, phase in enumerate(run.phases):
            start_s = datetime.fromisoformat(phase.measurement.started_at).timestamp()
            yield PhaseWindow(run=run, index=index, phase=phase, start_s=start_s)


class Neighbours:
    """Finds the runs whose phases overlap a phase."""

    def __init__(self, windows: Sequence[PhaseWindow]) -> None:
        """Sort the phases once."""
        self._windows = sorted(windows, key=lambda w: w.start_s)
        self._starts_s = [w.start_s for w in self._windows]
        self._longest_s = max((w.seen.duration_s for w in windows), default=0.0)

    def of(self, window: PhaseWindow) -> tuple[Run, ...]:
        """Other runs that had a phase at the same time, the first to begin first."""
        first = bisect_left(self._starts_s, window.start_s - self._longest_s)
        until = bisect_left(self._starts_s, window.end_s - TOUCH_S)
        found = {
            other.run.run_id: other.run
            for other in self._windows[first:until]
            if other.end_s - TOUCH_S > window.start_s and other.run.run_id != window.run.run_id
        }
        return tuple(found.values())
