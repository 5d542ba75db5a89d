"""Trace integration: from power samples at irregular times to energy, coverage and bounds.

Only true power sensors are integrated; counters are differenced (a tool that turned a counter into
power and integrated that reported 520 J for 380 J).
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from breakeven.formulas.timeline import Timeline, check_readings


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEnergy:
    """Energy of one stretch of a trace.

    Attributes:
        energy_j: Trapezoid rule over the covered part; what was not observed adds nothing.
        low_j: Every step at the lower of its two samples.
        high_j: Every step at the higher of its two samples, and what was not observed at the
            trace's largest power.
        covered_s: Seconds observed: between samples no further apart than the longest gap.
    """

    energy_j: float = 0.0
    low_j: float = 0.0
    high_j: float = 0.0
    covered_s: float = 0.0

    def __add__(self, other: "TraceEnergy") -> "TraceEnergy":
        return TraceEnergy(
            energy_j=self.energy_j + other.energy_j,
            low_j=self.low_j + other.low_j,
            high_j=self.high_j + other.high_j,
            covered_s=self.covered_s + other.covered_s,
        )


class PowerTrace(Timeline):
    """Power samples of one channel, ready to be integrated over any stretch."""

    def __init__(
        self,
        times_s: Sequence[float],
        powers_w: Sequence[float],
        *,
        max_gap_s: float = math.inf,
        breaks: Collection[int] = (),
    ) -> None:
        """Check the samples and sum them up once, so that a lookup costs a bisection.

        Args:
            times_s: Rising clock readings, shape (n_samples,), at least 2.
            powers_w: Power at each time, shape (n_samples,), 0 or more.
            max_gap_s: Samples further apart than this leave what is between them unobserved.
            breaks: Samples after which a spoiled one was left out: the step that follows each of
                them is unobserved, however short.

        Raises:
            ValueError: If the shapes differ, a number is not finite or a time does not rise.
        """
        check_readings(times_s, powers_w, what="power in W")
        super().__init__(times_s)
        self.powers_w = tuple(powers_w)
        self._max_gap_s, self._breaks = max_gap_s, frozenset(breaks)
        self._highest_w = max(self.powers_w)
        self._sums = [TraceEnergy()]
        for index, (left_s, right_s) in enumerate(pairwise(self.times_s)):
            self._sums.append(self._sums[-1] + self._step(index, right_s - left_s))

    def energy(self, *, start_s: float | None = None, end_s: float | None = None) -> TraceEnergy:
        """Integrate from `start_s` to `end_s` (default: the whole trace).

        Args:
            start_s: On the trace's own clock; may lie before the first sample.
            end_s: On the same clock, not before `start_s`; may lie after the last sample.

        Raises:
            ValueError: If the stretch is negative.

        Examples:
            >>> PowerTrace([0.0, 1.0, 3.0], [10.0, 20.0, 20.0]).energy(end_s=2.0).energy_j
            35.0
        """
        start_s, end_s = self.stretch(start_s, end_s)
        before, until = self._until(start_s), self._until(end_s)
        inside_s = self.inside(end_s) - self.inside(start_s)
        outside_j = (end_s - start_s - inside_s) * self._highest_w
        return TraceEnergy(
            energy_j=until.energy_j - before.energy_j,
            low_j=until.low_j - before.low_j,
            high_j=until.high_j - before.high_j + outside_j,
            covered_s=until.covered_s - before.covered_s,
        )

    def phase_energy(self, start_s: float, end_s: float) -> TraceEnergy:
        """Integrate a phase whose ends are known and at which power steps.

        A trapezoid over the step that holds an end smears the jump there over it, which on average
        takes half a sample of the rise away at each end. So between an end and the nearest sample
        inside the phase that sample holds. Without a sample inside, the trapezoid remains; bounds
        and coverage are those of `energy` in any case.

        Examples:
            >>> trace = PowerTrace([0.0, 1.0, 2.0, 3.0], [10.0, 20.0, 20.0, 10.0])
            >>> trace.energy(start_s=0.5, end_s=2.5).energy_j
            37.5
            >>> trace.phase_energy(0.5, 2.5).energy_j
            40.0
        """
        found = self.energy(start_s=start_s, end_s=end_s)
        first, last = bisect_left(self.times_s, start_s), bisect_right(self.times_s, end_s) - 1
        if first > last:
            return found
        ends = ((first, start_s, self.times_s[first]), (last, self.times_s[last], end_s))
        value_j = self.energy(start_s=self.times_s[first], end_s=self.times_s[last]).energy_j
        for sample, from_s, to_s in ends:
            value_j += self.powers_w[sample] * self.energy(start_s=from_s, end_s=to_s).covered_s
        return replace(
            found,
            energy_j=value_j,
            low_j=min(found.low_j, value_j),
            high_j=max(found.high_j, value_j),
        )

    def _until(self, time_s: float) -> TraceEnergy:
        time_s = self.inside(time_s)
        index = min(bisect_right(self.times_s, time_s), len(self.times_s) - 1) - 1
        return self._sums[index] + self._step(index, time_s - self.times_s[index])

    def _step(self, index: int, elapsed_s: float) -> TraceEnergy:
        """Energy of the first `elapsed_s` seconds after sample `index`."""
        left_w, right_w = self.powers_w[index], self.powers_w[index + 1]
        gap_s = self.times_s[index + 1] - self.times_s[index]
        if gap_s > self._max_gap_s or index in self._breaks:
            return TraceEnergy(high_j=self._highest_w * elapsed_s)
        now_w = left_w + (right_w - left_w) * elapsed_s / gap_s
        return TraceEnergy(
            energy_j=(left_w + now_w) / 2 * elapsed_s,
            low_j=min(left_w, right_w) * elapsed_s,
            high_j=max(left_w, right_w) * elapsed_s,
            covered_s=elapsed_s,
        )


@dataclass(slots=True, kw_only=True)
class PowerIntegrator:
    """Running energy of a power sensor that is sampled as time passes.

    Attributes:
        max_gap_s: Samples further apart than this leave what is between them unobserved.
        energy_j: Trapezoid rule over the observed part.
        covered_s: Seconds observed.
        slack_j: How far `energy_j` may be off for what happened between samples: each step lies
            between its lower and its higher sample, so by half their difference.
    """

    max_gap_s: float
    energy_j: float = 0.0
    covered_s: float = 0.0
    slack_j: float = 0.0
    _last: tuple[float, float] | None = None

    def add(self, power_w: float, *, time_s: float) -> None:
        """Take one sample of power, in watts, at a monotonic time."""
        last, self._last = self._last, (power_w, time_s)
        if last is None or time_s - last[1] > self.max_gap_s:
            return
        self.energy_j += (last[0] + power_w) / 2 * (time_s - last[1])
        self.covered_s += time_s - last[1]
        self.slack_j += abs(power_w - last[0]) / 2 * (time_s - last[1])
