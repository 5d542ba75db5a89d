"""Cooling: rest before a row until the machine is as idle as it was seen in this launch.

The machine is looked at before the first row of a launch (the baseline) and then slice by slice in
each rest. The runner looks, asleep in between; its meters are open while it rests and at no other
time.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from breakeven.meters import MeterBank
from breakeven.records import Note, NoteCode, Rest, Until
from breakeven.session.doctor.idle import Stretch, sleep_through, slice_length_s
from breakeven.session.doctor.load import LoadLook, look_at_load
from breakeven.study.calm import Calm, baseline, judge

BASELINE_S = 10.0
"""Looked at before the first row; less where the limit of a rest is less."""

N_CALM = 2
"""Slices in a row that must be calm: one may be luck."""


@dataclass(slots=True, kw_only=True)
class Cooling:
    """Rests until idle.

    Attributes:
        open_meters: Opens the meters of the study for a moment.
        least_s: Shortest rest.
        limit_s: Longest rest.
        clock_s: Monotonic clock.
        wait: Sleeps.
        look: Reads what everybody has used of the CPUs.
        calm: The quietest so far; None before `begin`.
    """

    open_meters: Callable[[], AbstractContextManager[MeterBank]]
    least_s: float
    limit_s: float
    clock_s: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    look: Callable[[], LoadLook | None] = look_at_load
    calm: Calm | None = None

    def begin(self) -> Calm:
        """Take the baseline."""
        with self.open_meters() as bank:
            stretch = self._slices(bank, min(BASELINE_S, self.limit_s))
            self.calm = baseline(stretch, bank.channels())
        return self.calm

    def rest(self) -> Rest:
        """Rest until the machine is as quiet as it has been, or the limit is reached."""
        calm = self.calm or Calm()
        start_s, n_calm = self.clock_s(), 0
        with self.open_meters() as bank:
            while True:
                stretch, before = self._slices(bank, 0.0), calm
                self.calm = calm = before.lowered(stretch, bank.channels())
                is_calm, seen = judge(stretch, bank.channels(), calm)
                # Where it still gets quieter it has not come to rest.
                n_calm = n_calm + 1 if is_calm and calm == before else 0
                took_s = self.clock_s() - start_s
                is_back = n_calm >= N_CALM and took_s >= self.least_s
                if is_back or took_s >= self.limit_s:
                    return Rest(
                        duration_s=took_s, until=Until.IDLE, is_limited=not is_back, seen=seen
                    )

    def _slices(self, bank: MeterBank, duration_s: float) -> Stretch:
        slice_s = min(slice_length_s(bank.channels()), self.limit_s)
        return sleep_through(
            bank.meters,
            duration_s=max(duration_s, slice_s),
            slice_s=slice_s,
            clock_s=self.clock_s,
            wait=self.wait,
            look=self.look,
        )


def rest_notes(rest: Rest | None, calm: Calm | None) -> tuple[Note, ...]:
    """Doubts about a run that began before its machine was at rest.

    Args:
        rest: Before the run; None where there was none.
        calm: What rests wait for by now; None where they take their time only.
    """
    doubt = "" if calm is None else calm.doubt
    if rest is None or not (rest.is_limited or doubt):
        return ()
    told = []
    if rest.is_limited:
        told.append(
            f"the rest before this run was ended by its limit after {rest.duration_s:.3g} s"
        )
    if doubt:
        told.append(f"rests compare with a machine that was not at rest itself ({doubt})")
    return (
        Note(
            code=NoteCode.NOT_COOLED,
            message=f"{', and '.join(told)}; last measured: {rest.seen}.",
            advice=_ADVICE_BUSY if doubt else _ADVICE_LIMITED,
        ),
    )


_ADVICE_LIMITED = "Stop what else runs on the machine, or raise inference.cooldown_s."
_ADVICE_BUSY = "Stop what else runs on the machine; the next rest sees that by itself."
