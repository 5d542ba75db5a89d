"""Idle draw, measured just before a command, so that its energy can be shown above it."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from breakeven.meters import MeterBank
from breakeven.records import Note, NoteCode, Resource, Run

if TYPE_CHECKING:
    from breakeven.session.doctor.load import LoadLook

_NOTHING_TO_LOOK_AT = Note(
    code=NoteCode.IDLE_UNTOLD,
    message="no idle draw was looked at, though asked for: no meter of this run counts joules.",
    advice="Run `breakeven doctor`; it tells what would change that.",
)


def with_idle(  # noqa: PLR0913 - the clocks of a test
    run: Run,
    bank: MeterBank,
    *,
    idle_s: float,
    clock_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
    look: "Callable[[], LoadLook | None] | None" = None,
) -> Run:
    """Look at the idle draw of every energy channel and let the run carry it.

    Nobody waits where nothing counts joules, and a note says so. So it does where the machine was
    not idle, and the run carries no reading: half an idle draw would be taken off as if it were
    whole.

    Args:
        run: What is known of the run before it starts.
        bank: Its opened meters.
        idle_s: How long to look; 0 for not at all.
        clock_s: Monotonic clock.
        wait: Sleeps.
        look: Reads what everybody has used.
    """
    channels = bank.channels()
    if idle_s <= 0:
        return run
    if all(channel.resource is not Resource.ENERGY_J for channel in channels):
        return replace(run, notes=(*run.notes, _NOTHING_TO_LOOK_AT))
    from breakeven.session.doctor.idle import (  # noqa: PLC0415 - scipy, only when asked for
        judge_idleness,
        sleep_through,
        slice_length_s,
    )
    from breakeven.session.doctor.load import look_at_load  # noqa: PLC0415 - the same

    stretch = sleep_through(
        bank.meters,
        duration_s=idle_s,
        slice_s=min(idle_s, slice_length_s(channels)),
        clock_s=clock_s,
        wait=wait,
        look=look or look_at_load,
    )
    found = judge_idleness(stretch, channels)
    if found.readings:
        return replace(run, idle=found.readings)
    test = found.self_test
    note = Note(code=NoteCode.IDLE_UNTOLD, message=f"idle draw {test.message}", advice=test.advice)
    return replace(run, notes=(*run.notes, note))
