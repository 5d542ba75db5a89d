"""Doubts about a channel in one window: why it is absent, or less sure than it looks."""

from breakeven.records import Note, NoteCode, Origin, Resource
from breakeven.records.cost import TREE
from breakeven.records.protocols import Channel

UPDATES_NEEDED = 10
"""A window shorter than this many updates of a sensor gets a Note: one update more or less is
then over a tenth of the value."""

FULL_COVERAGE_FRAC = 0.99
"""Below this share of the window observed, the reader is told."""

_RESOURCES = {
    Resource.CPU_S: "CPU time",
    Resource.MEMORY_BYTE_S: "mean memory",
    Resource.PEAK_MEMORY_BYTES: "peak memory",
    Resource.PEAK_DEVICE_MEMORY_BYTES: "peak memory",
    Resource.DEVICE_BUSY_S: "busy time",
    Resource.ENERGY_J: "energy",
}


def absent(channel: Channel, reason: str) -> Note:
    """Say that a channel could not be read.

    Args:
        channel: Which one.
        reason: What its meter said; empty if nothing.
    """
    because = f": {reason}" if reason else "."
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"{channel.sensor} could not read {_words(channel)}{because}",
        advice="Run `breakeven doctor`; the channel is absent here, not zero.",
    )


def unseen(channel: Channel, duration_s: float) -> Note:
    """Say that a window was too short for a channel to show anything."""
    return Note(
        code=NoteCode.SHORT_WINDOW,
        message=(
            f"in {duration_s:.3g} s no reading ({channel.sensor}) showed any {_words(channel)}."
        ),
        advice="Measure something longer; the channel is absent here, not zero.",
    )


def unobserved(channel: Channel, duration_s: float) -> Note:
    """Say that no sample of a channel fell into a window."""
    return Note(
        code=NoteCode.PARTIAL_COVERAGE,
        message=f"in {duration_s:.3g} s {channel.sensor} observed nothing: no {_words(channel)}.",
        advice=f"{_longer(channel).capitalize()}; it is absent here, not zero.",
    )


def doubts_of(channel: Channel, *, duration_s: float, coverage_frac: float) -> list[Note]:
    """What is doubtful about a value that is there.

    Args:
        channel: Which one.
        duration_s: Of the window.
        coverage_frac: Share of it that was observed.
    """
    notes = []
    if coverage_frac < FULL_COVERAGE_FRAC:
        notes.append(
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=(
                    f"{channel.sensor} observed {coverage_frac:.0%} of the window on "
                    f"{channel.name}; the value is what it saw."
                ),
                advice=f"Read the upper end of the interval, or {_longer(channel)}.",
            )
        )
    is_check = channel.check_of is not None  # too coarse for a window, it just decides nothing
    few_s = 0.0 if is_check else UPDATES_NEEDED * (channel.period_s or 0.0)
    if duration_s < few_s:
        notes.append(
            Note(
                code=NoteCode.SHORT_WINDOW,
                message=(
                    f"the window of {duration_s:.3g} s holds fewer than {UPDATES_NEEDED} updates "
                    f"of {channel.name} (one every {channel.period_s:.3g} s)."
                ),
                advice="Measure more work at once; in a study raise `min_window_s` or `n_batches`.",
            )
        )
    return notes


def _words(channel: Channel) -> str:
    what = _RESOURCES.get(channel.resource, str(channel.resource))
    return f"{what} of {'the process tree' if channel.name == TREE else channel.name}"


def _longer(channel: Channel) -> str:
    """What would have shown more of a channel."""
    if channel.origin is Origin.REPLAYED:
        return "replay a longer recording"
    return "measure a longer window"
