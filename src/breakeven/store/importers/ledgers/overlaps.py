"""Trackers that saw one machine at the same time: each of them counted the whole of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from breakeven.records import Note, NoteCode, Run

_CLOCK = timedelta(seconds=2)
"""Ends are whole seconds, written a moment after; runs that overlap by less came after another."""


def with_overlaps(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Mark runs that CodeCarbon tracked at the same time on the same kind of machine.

    Args:
        runs: Of one file, each with a phase.
    """
    groups: dict[object, list[Run]] = {}
    for run in runs:
        groups.setdefault(_machine(run), []).append(run)
    starts = {m: sorted(_span(run)[0] for run in own) for m, own in groups.items()}
    ends = {m: sorted(_span(run)[1] for run in own) for m, own in groups.items()}
    found = []
    for run in runs:
        start, end = _span(run)
        machine = _machine(run)
        if end - start <= 2 * _CLOCK:
            found.append(run)
            continue
        n = bisect_left(starts[machine], end - _CLOCK) - 1
        n -= bisect_right(ends[machine], start + _CLOCK)
        is_whole = run.settings.resolved.get("codecarbon.tracking_mode", "machine") == "machine"
        is_marked = n > 0 and is_whole
        found.append(replace(run, notes=(*run.notes, _overlap(n))) if is_marked else run)
    return tuple(found)


def _machine(run: Run) -> object:
    names = ("cpu_model", "cpu_count", "gpu_model", "gpu_count", "ram_total_size")
    return tuple(run.settings.resolved.get(f"codecarbon.{name}") for name in names)


def _span(run: Run) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(run.started_at)
    return start, start + timedelta(seconds=run.phases[0].measurement.duration_s)


def _overlap(n: int) -> Note:
    others = "another run" if n == 1 else f"{n} other runs"
    return Note(
        code=NoteCode.RUNS_OVERLAPPED,
        message=f"ran at the same time as {others} of the file on the same kind of machine; "
        "CodeCarbon counts the whole machine in each, so ranks of one training all hold the same.",
        advice="If they were one machine, keep one row of the file and delete the others.",
    )
