"""Recorded power that drives a fake GPU: counter and power as a real sensor would show them.

Real sensors show a power of the past, kept until the next update; counters move at updates only,
stall, and begin at 0 when the driver is loaded anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from breakeven.formulas.trace import PowerTrace


@dataclass(slots=True, kw_only=True)
class RecordedPower:
    """A power trace, seen through a sensor that updates now and then.

    Attributes:
        times_s: Rising, shape (n_samples,), at least 2; 0 is when this is made.
        powers_w: Power at each time, shape (n_samples,); the last holds for ever.
        clock_s: Monotonic clock, the same as the meter's.
        updates_s: Seconds between updates, taken in turn and then again: (0.02, 0.1) is a sensor
            that updates after 20 ms, then after 100 ms.
        stalls_s: Stretches (from, to) without any update.
        resets_s: Times at which the counter begins at 0 again.
    """

    times_s: Sequence[float]
    powers_w: Sequence[float]
    clock_s: Callable[[], float]
    updates_s: Sequence[float] = (0.1,)
    stalls_s: Sequence[tuple[float, float]] = ()
    resets_s: Sequence[float] = ()
    _trace: PowerTrace = field(init=False)
    _began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._trace = PowerTrace(self.times_s, self.powers_w)
        self._began_s = self.clock_s()

    def power_mw(self) -> int:
        """Power at the last update, in milliwatts."""
        return round(self._power_w(self._updated_s(self._now_s())) * 1e3)

    def energy_mj(self) -> int:
        """Energy up to the last update since the last reset, in whole millijoules."""
        now_s = self._now_s()
        reset_s = max((at_s for at_s in self.resets_s if at_s <= now_s), default=0.0)
        until_s = max(reset_s, self._updated_s(now_s))
        return int((self.energy_j(until_s) - self.energy_j(reset_s)) * 1e3 + 1e-6)

    def energy_j(self, until_s: float) -> float:
        """True energy from time 0, whatever the sensor shows."""
        end_s = self.times_s[-1]
        beyond_j = max(0.0, until_s - end_s) * self.powers_w[-1]
        return self._trace.energy(start_s=0.0, end_s=min(until_s, end_s)).energy_j + beyond_j

    def _now_s(self) -> float:
        return self.clock_s() - self._began_s

    def _updated_s(self, now_s: float) -> float:
        """When the sensor updated last."""
        for start_s, end_s in self.stalls_s:
            if start_s <= now_s < end_s:
                now_s = start_s
        turns, rest_s = divmod(now_s + 1e-9, sum(self.updates_s))
        ticks_s = [0.0, *accumulate(self.updates_s)]
        return turns * ticks_s[-1] + max(tick for tick in ticks_s if tick <= rest_s)

    def _power_w(self, at_s: float) -> float:
        """Power by the straight line between two samples, as the trapezoid rule has it."""
        for left, (start_s, end_s) in enumerate(zip(self.times_s, self.times_s[1:], strict=False)):
            if start_s <= at_s < end_s:
                share = (at_s - start_s) / (end_s - start_s)
                return self.powers_w[left] * (1 - share) + self.powers_w[left + 1] * share
        return self.powers_w[0] if at_s < self.times_s[0] else self.powers_w[-1]
