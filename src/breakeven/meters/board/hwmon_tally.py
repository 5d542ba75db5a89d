"""Reading one hwmon input: joules are differenced, watts are integrated, never the other way."""

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from breakeven.formulas.trace import PowerIntegrator
from breakeven.formulas.unwrap import Unwrapper
from breakeven.meters.board.hwmon_chips import Input
from breakeven.records import Resource, Scope
from breakeven.records.protocols import Channel

GAP_POLLS = 5
"""Power samples further apart than this many polls leave what is between them unobserved."""

STUCK_S = 10.0
"""A part that is switched on counts something in this time, or its counter does not count."""

MAX_POWER_W = {Scope.PART: 2000.0, Scope.SUPPLY: 20_000.0, Scope.WALL: 20_000.0}
"""More than any one part or machine draws; tells a counter that was reset."""

_PER_MICRO = 1e-6


@dataclass(slots=True, kw_only=True)
class Tally:
    """One open input and its joules so far.

    Attributes:
        found: The input.
        fd: Its open file.
        count: What it counted, if it is a counter, in microjoules.
        power: What it integrates to, if it shows power.
        moved_s: When a counter was last seen to move, or first read.
    """

    found: Input
    fd: int
    count: Unwrapper
    power: PowerIntegrator
    moved_s: float | None = None

    @property
    def channel(self) -> Channel:
        """Describe it."""
        unseen = "" if self.found.is_counter else "power between two samples; "
        return Channel(
            name=self.found.channel,
            resource=Resource.ENERGY_J,
            sensor=f"hwmon-{'energy' if self.found.is_counter else 'power'}",
            resolution=_PER_MICRO,
            period_s=self.found.period_s,
            not_covered=f"{unseen}{self.found.place.not_covered}",
            part_of=self.found.part_of,
            relative_error=self.found.relative_error,
            device=self.found.device,
            check_of=self.found.check_of,
            scope=self.found.place.scope,
        )

    def add(self, clock_s: Callable[[], float]) -> float:
        """Take one reading and return the joules so far.

        Raises:
            OSError: If the input cannot be read now.
            ValueError: If it shows nothing that can be true, or does not count.
            CounterResetError: If it fell.
        """
        began_s = clock_s()
        shown = read_micro(self.fd)
        now_s = clock_s()
        if self.found.is_counter:
            return self._counted_j(shown, began_s=began_s, now_s=now_s)
        if shown < 0 or (shown == 0 and self.found.place.scope is not Scope.PART):
            raise ValueError(f"it shows {shown} µW")
        self.power.add(shown * _PER_MICRO, time_s=now_s)
        return self.power.energy_j

    def close(self) -> None:
        """Close its file."""
        os.close(self.fd)

    def _counted_j(self, shown: int, *, began_s: float, now_s: float) -> float:
        before = self.count.total
        counted = self.count.add(shown, began_s=began_s, time_s=now_s)
        if counted > before or self.moved_s is None:
            self.moved_s = now_s
        if now_s - self.moved_s >= STUCK_S:
            raise ValueError(f"it has stood still for {now_s - self.moved_s:.0f} s")
        return counted * _PER_MICRO


def open_tally(found: Input, *, poll_s: float) -> Tally | None:
    """Open one input; None where this user may not read it.

    Args:
        found: Which.
        poll_s: How often it will be read.
    """
    try:
        fd = os.open(found.path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        read_micro(fd)
    except (OSError, ValueError):
        os.close(fd)
        return None
    return Tally(
        found=found,
        fd=fd,
        count=Unwrapper(
            span=math.inf,
            max_rate=MAX_POWER_W[found.place.scope] / _PER_MICRO,
            name=f"hwmon {found.channel}",
        ),
        power=PowerIntegrator(max_gap_s=max(GAP_POLLS * poll_s, 2 * found.period_s)),
    )


def read_micro(fd: int) -> int:
    """Read an open input, in micro-units.

    Raises:
        OSError: If the sensor is switched off (ENODATA) or gone.
        ValueError: If the file is empty, cut off or holds no number.
    """
    text = os.pread(fd, 32, 0)
    if not re.fullmatch(rb"-?\d+\n", text):  # a number that was cut off is a wrong number
        raise ValueError(f"it shows {text!r}")
    return int(text)
