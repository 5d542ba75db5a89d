"""Progress of a running study, on stderr: bars with time left on a terminal, lines when piped."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from statistics import fmean
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from breakeven.analysis.words import counted
from breakeven.records import Resource, Run, Stage, Status
from breakeven.study.events import Event, EventKind, Known
from breakeven.units import format_duration, format_si

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


NOTHING_KNOWN = Known()


class Pace:
    """Time left: as finished runs tell of those like them, else at the pace of their half so far.

    Development and blocks are the halves. What passes between two runs of a half beyond what their
    records say (starting a process, resting) is added for each run that is told of.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._last_s = clock_s()
        self._took_s: dict[bool, list[float]] = {False: [], True: []}
        self._between_s: dict[bool, list[float]] = {False: [], True: []}

    def ended(self, *, is_in_block: bool, recorded_s: float | None = None) -> None:
        """Count one more run; loading a checkpoint has no recorded time for this."""
        now_s = self._clock_s()
        self._took_s[is_in_block].append(now_s - self._last_s)
        if recorded_s is not None:
            self._between_s[is_in_block].append(max(0.0, now_s - self._last_s - recorded_s))
        self._last_s = now_s

    def left(self, n_left: int, *, n_in_blocks: int, known: Known = NOTHING_KNOWN) -> str:
        """Say how long the runs left take; at least so long where a half is unknown."""
        left_s, is_partial = known.duration_s, False
        n_known = {False: known.n_runs - known.n_in_blocks, True: known.n_in_blocks}
        n_all = {False: n_left - n_in_blocks, True: n_in_blocks}
        for half, took_s in self._took_s.items():
            n_untold = max(0, n_all[half] - n_known[half])
            left_s += n_known[half] * _mean_s(self._between_s[half]) + n_untold * _mean_s(took_s)
            is_partial |= n_untold > 0 and not took_s
        if left_s <= 0:
            return ""
        return f"{'at least ' if is_partial else ''}{format_duration(left_s)} left"


class Watcher(AbstractContextManager["Watcher"]):
    """Receives events; a subclass draws them."""

    def __init__(self, stream: TextIO, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream
        self.pace = Pace(clock_s)
        self._known = NOTHING_KNOWN

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        if event.kind is EventKind.ENDED:
            self.pace.ended(is_in_block=event.block is not None, recorded_s=_recorded_s(event.run))
        if text := describe(event, self.left(event)):
            self.write(text)

    def left(self, event: Event) -> str:
        """Say the time left in the study at this event."""
        if event.kind in (EventKind.PLANNED, EventKind.ENDED):
            self._known = event.known
        return self.pace.left(event.n_left, n_in_blocks=event.n_left_in_blocks, known=self._known)

    def write(self, text: str) -> None:
        """Write one line."""
        print(text, file=self.stream, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None


class BarWatcher(Watcher):
    """Draws one bar for the study and one for the row, above them what ended."""

    def __init__(self, stream: TextIO, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream, clock_s=clock_s)
        self._progress = _bars(stream)
        self._study: TaskID = self._progress.add_task("study", total=None, left="")
        self._row: TaskID = self._progress.add_task("", total=1.0, left="", visible=False)
        self._n_total = 0

    def __call__(self, event: Event) -> None:
        """Move the bars."""
        super().__call__(event)
        if event.kind is EventKind.PLANNED:
            self._n_total = event.n_left
        elif event.kind in (EventKind.STARTED, EventKind.PROGRESS):
            done = event.done / event.total if event.total else 0.0
            self._progress.update(
                self._row, description=_place(event), completed=done, visible=True
            )
        self._progress.update(
            self._study,
            total=self._n_total,
            completed=max(0, self._n_total - event.n_left),
            left=self.left(event),
        )

    def write(self, text: str) -> None:
        """Write one line above the bars."""
        self._progress.console.print(text, markup=False, highlight=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()


def watcher(stream: TextIO | None = None) -> Watcher:
    """Return what suits the stream: bars on a terminal, plain lines elsewhere."""
    stream = stream or sys.stderr
    return BarWatcher(stream) if stream.isatty() else Watcher(stream)


def describe(event: Event, left: str) -> str | None:
    """Say an event in one line; None for those that only move a bar.

    Args:
        event: What happened.
        left: Time left in the study, in words; empty if unknown.
    """
    place = _place(event)
    if event.kind is EventKind.PLANNED:
        loads = f", {counted(event.n_loads, 'checkpoint')} to load" if event.n_loads else ""
        time = f"; {left}" if left else ""
        return f"{counted(event.n_left, 'run')} to make{loads}{time}"
    if event.kind is EventKind.ENDED and event.run is not None:
        failure = f": {event.text}" if event.text else ""
        to_go = f"{event.n_left} to go" + (f", {left}" if left else "")
        return f"{place}: {_result(event.run, event.metric)}{failure} ({to_go})"
    if event.kind is EventKind.SKIPPED:
        return f"{place}: skipped, {event.text}"
    if event.kind is EventKind.WAITING:
        return f"{place}: another process is running it; waiting"
    return event.text if event.kind is EventKind.SAID else None


def _place(event: Event) -> str:
    return event.row if event.block is None else f"{event.row} block {event.block + 1}"


def _recorded_s(run: Run | None) -> float | None:
    if run is None or run.stage is Stage.SERVE:
        return None
    return sum(cost.value for cost in run.costs(Resource.DURATION_S))


def _mean_s(seconds: Sequence[float]) -> float:
    return fmean(seconds) if seconds else 0.0


def _result(run: Run, metric: str) -> str:
    """What a run took, and the score that its study judges by, or else its first."""
    parts = [] if run.status is Status.OK else [str(run.status)]
    for resource, name in ((Resource.DURATION_S, ""), (Resource.CPU_S, "CPU ")):
        total = sum(cost.value for cost in run.costs(resource))
        parts.append(f"{name}{format_si(total, 's')}")
    telling = [score for score in run.scores if score.metric == metric] or run.scores
    parts += [f"{s.metric} {s.value:.3f} ({s.split})" for s in telling[:1]]
    return ", ".join(parts)


def _bars(stream: TextIO) -> "Progress":
    from rich.console import Console  # noqa: PLC0415 - rich only when drawing
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415 - the same

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.fields[left]}"),
        console=Console(file=stream, force_terminal=True),
    )
