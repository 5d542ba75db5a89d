"""Progress of a running study, on stderr: a live table on a terminal, lines when piped."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import fmean
from types import TracebackType
from typing import Self, TextIO

from breakeven.analysis.words import counted
from breakeven.records import Resource, Run, Stage, Status
from breakeven.study.events import Event, EventKind, Known
from breakeven.units import format_clock, format_si

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
        """Say how long the runs left take: about so long, or at least (see `left_s`)."""
        return _left_words(self.left_s(n_left, n_in_blocks=n_in_blocks, known=known))

    def left_s(
        self, n_left: int, *, n_in_blocks: int, known: Known = NOTHING_KNOWN
    ) -> tuple[float, bool] | None:
        """Give the seconds that the runs left take, and whether they take at least so long.

        That is so where a half is unknown and finished runs like the others tell of all of these. A
        pace bounds nothing: the first runs of a half may be its longest.

        Returns:
            None where nothing is known, or nothing is left.
        """
        left_s, is_partial, is_paced = known.duration_s, False, False
        n_known = {False: known.n_runs - known.n_in_blocks, True: known.n_in_blocks}
        n_all = {False: n_left - n_in_blocks, True: n_in_blocks}
        for half, took_s in self._took_s.items():
            n_untold = max(0, n_all[half] - n_known[half])
            left_s += n_known[half] * _mean_s(self._between_s[half]) + n_untold * _mean_s(took_s)
            is_partial |= n_untold > 0 and not took_s
            is_paced |= n_untold > 0 and bool(took_s)
        return None if left_s <= 0 else (left_s, is_partial and not is_paced)


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
        return _left_words(self.left_s(event))

    def left_s(self, event: Event) -> tuple[float, bool] | None:
        """Give the same in seconds, and whether it takes at least so long; None if unknown."""
        if event.kind in (EventKind.PLANNED, EventKind.ENDED):
            self._known = event.known
        return self.pace.left_s(event.n_left, n_in_blocks=event.n_left_in_blocks, known=self._known)

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


def watcher(
    store: Path, stream: TextIO | None = None, *, environment: Mapping[str, str] = os.environ
) -> Watcher:
    """Return what suits the stream: a live table on a terminal, plain lines elsewhere.

    Args:
        store: Folder of the store that is run into.
        stream: Where it is drawn; stderr by default.
        environment: Says in TERM whether the terminal can move its cursor, see terminfo(5).
    """
    stream = stream or sys.stderr
    if not stream.isatty() or environment.get("TERM", "dumb") in _NO_CURSOR:
        return Watcher(stream)
    from breakeven.cli.live.watcher import LiveWatcher  # noqa: PLC0415 - it needs `Watcher`

    return LiveWatcher(stream, store=store, environment=environment)


_NO_CURSOR = ("", "dumb", "unknown")


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


def _left_words(left: tuple[float, bool] | None) -> str:
    if left is None:
        return ""
    return f"{'at least' if left[1] else 'about'} {format_clock(left[0])} left"
