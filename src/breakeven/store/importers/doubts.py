"""What a reader should know of a number that came from a log: words for findings and offsets."""

from collections.abc import Iterator, Sequence

from breakeven.formulas.alignment import Offset
from breakeven.formulas.hygiene import Fault, Finding
from breakeven.records import Cost, Note, NoteCode, Run
from breakeven.store.importers.log import LogChannel
from breakeven.units import format_si

FULL_COVERAGE_FRAC = 0.99
"""Below this share of a phase observed, the reader is told; as for live meters."""

PERIODS_NEEDED = 10
"""A phase with fewer samples than this gets a note; as for live meters."""


def doubts_about(
    cost: Cost,
    channel: LogChannel,
    *,
    stretch: tuple[float, float],
    offset: Offset,
    source: str,
) -> list[Note]:
    """Say how a cost was joined, and what is doubtful about it.

    Args:
        cost: Made from the log.
        channel: Of the log.
        stretch: Begin and end of the phase on the log's clock.
        offset: The clock offset used.
        source: Name of the log's file.
    """
    notes = [_joined_note(offset, source=source)]
    notes += spoiled_notes(channel, source=source, stretch=stretch)
    if cost.coverage_frac < FULL_COVERAGE_FRAC:
        notes.append(
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=f"{source} observed {cost.coverage_frac:.0%} of the phase on "
                f"{cost.channel}; the value is what it saw.",
                advice="Read the upper end of the interval, or let the meter log all the time.",
            )
        )
    duration_s = stretch[1] - stretch[0]
    if duration_s < PERIODS_NEEDED * channel.update_s:
        notes.append(
            Note(
                code=NoteCode.SHORT_WINDOW,
                message=f"the phase of {duration_s:.3g} s holds fewer than {PERIODS_NEEDED} "
                f"updates of {cost.channel} (one every {channel.update_s:.3g} s).",
                advice="Lengthen the phase, or let the meter log more often.",
            )
        )
    return notes


def overlap_notes(others: Sequence[Run], *, source: str) -> list[Note]:
    """Say that a meter of the whole machine saw other runs too."""
    if not others:
        return []
    names = ", ".join(f"{run.row or 'a run'} ({run.run_id[:12]})" for run in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return [
        Note(
            code=NoteCode.RUNS_OVERLAPPED,
            message=f"ran at the same time as {names}{more}; {source} shows them together, and the "
            "whole of it is given to each.",
            advice="Never add their energies; measure one after the other for numbers that stand "
            "alone.",
        )
    ]


def spoiled_notes(
    channel: LogChannel, *, source: str, stretch: tuple[float, float] | None = None
) -> list[Note]:
    """One note per spoiled sample that touches a stretch (the whole log without one)."""
    slack_s = channel.trace.period_s
    touched = (
        finding
        for finding in channel.findings
        if stretch is None
        or stretch[0] - slack_s <= finding.time_s <= stretch[1] + slack_s
        or finding.fault in _OF_TIME
    )
    return list(_notes(touched, channel, source=source))


_OF_TIME = (Fault.TIME_FELL, Fault.NOT_A_NUMBER)
"""What has no time to be trusted concerns every stretch."""


def _notes(findings: Iterator[Finding], channel: LogChannel, *, source: str) -> Iterator[Note]:
    for finding in findings:
        unit = "W" if channel.is_power else "J"
        came_of_it = (
            f"was taken for {format_si(finding.repaired, unit)}"
            if finding.repaired is not None
            else "was left out; what it stood for is not observed"
        )
        yield Note(
            code=NoteCode.SPOILED_SAMPLE,
            message=f"{source}:{_line(finding, channel.lines)}: {channel.name} showed "
            f"{finding.raw:.10g} {unit} ({finding.fault}); it {came_of_it}.",
            advice=_ADVICE[finding.fault],
        )


def _line(finding: Finding, lines: Sequence[int]) -> int:
    return lines[finding.index] if lines else finding.index


_ADVICE = {
    Fault.WRAPPED: "Nothing to do where the counter's range is right; the mended value is exact.",
    Fault.NEGATIVE: "Say the range of the counter behind it (--range-j), if one wrapped there.",
    Fault.TOO_HIGH: "Raise --max-w if the machine can draw that much.",
    Fault.NOT_A_NUMBER: "See why the meter wrote no number there.",
    Fault.FELL: "Say the counter's range (--range-j) if it wrapped; else somebody reset the meter.",
    Fault.TIME_FELL: "Sort the log by time; a clock was set back while it was written.",
    Fault.TIME_REPEATED: "Let the meter write fractions of a second; the mean was taken.",
}


def _joined_note(offset: Offset, *, source: str) -> Note:
    how = (
        f"found in the data (the runs explain {offset.explained_frac:.0%} of its variance)"
        if offset.is_estimated
        else "as stated"
    )
    value_s, low_s, high_s = (
        f"{round(time_s, 2) + 0.0:.2f}" for time_s in (offset.value_s, offset.low_s, offset.high_s)
    )
    return Note(
        code=NoteCode.LOG_JOINED,
        message=f"joined to {source} by time; its clock was ahead by {value_s} s, "
        f"between {low_s} s and {high_s} s, {how}.",
        advice="The interval of the energy holds the doubt about the clocks.",
    )
