"""A log of a running energy total: differenced, never turned to power and integrated.

A meter that counts (a Kill-A-Watt's kWh, a plug's total) knows the energy between two of its
readings exactly to its last digit, and nothing of how it was spread in between. So a stretch that
begins inside a step has bounds as wide as that step. A meter that is read more often than its
total moves shows a reading again and again: a step goes from one move to the next, and after the
last move nothing is known.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from breakeven.formulas.hygiene import NO_LIMITS, REPAIR_MARGIN, Fault, Finding, Limits
from breakeven.formulas.timeline import Timeline, check_readings
from breakeven.formulas.trace import TraceEnergy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What was counted between two readings; unobserved where that is not known."""

    energy_j: float
    is_observed: bool = True


class CounterTrace(Timeline):
    """Readings of one running total, ready to be differenced over any stretch."""

    def __init__(
        self,
        times_s: Sequence[float],
        totals_j: Sequence[float],
        *,
        resolution_j: float = 0.0,
        limits: Limits = NO_LIMITS,
    ) -> None:
        """Check the readings and unwrap them.

        A fall that a wrap of the known range explains, at no more than `REPAIR_MARGIN` times the
        largest power seen beside it, counts on; any other fall (somebody pressed reset) leaves its
        step unobserved. Both are findings.

        Args:
            times_s: Rising clock readings, shape (n_readings,), at least 2.
            totals_j: Total at each time, shape (n_readings,), 0 or more.
            resolution_j: Smallest step that the meter shows.
            limits: Range of the counter, largest power, longest gap between observed readings.

        Raises:
            ValueError: If the shapes differ, a number is impossible or a time does not rise.
        """
        check_readings(times_s, totals_j, what="total in J")
        moves = _moves(totals_j)
        super().__init__([times_s[i] for i in moves])
        self._resolution_j = resolution_j
        self.findings: tuple[Finding, ...] = ()
        self._limits, self._usual_w = limits, _usual_w(times_s, totals_j, limits)
        steps = [self._step(times_s, totals_j, left, right) for left, right in pairwise(moves)]
        self._steps = steps
        self._sums_j = list(accumulate((s.energy_j for s in steps), initial=0.0))
        gaps_s = [b - a for a, b in pairwise(self.times_s)]
        seen_s = (gap * s.is_observed for gap, s in zip(gaps_s, steps, strict=True))
        self._seen_s = list(accumulate(seen_s, initial=0.0))
        self._highest_w = max(s.energy_j / gap for s, gap in zip(steps, gaps_s, strict=True))

    def energy(self, *, start_s: float | None = None, end_s: float | None = None) -> TraceEnergy:
        """Difference of the total from `start_s` to `end_s` (default: the whole log).

        Inside a step the value is drawn as a straight line; the lower bound counts only steps that
        lie wholly inside, the upper one every step that is touched.

        Raises:
            ValueError: If the stretch is negative.

        Examples:
            >>> log = CounterTrace([0.0, 10.0, 20.0], [0.0, 100.0, 400.0])
            >>> seen = log.energy(start_s=5.0, end_s=20.0)
            >>> (seen.low_j, seen.energy_j, seen.high_j)
            (300.0, 350.0, 400.0)
        """
        start_s, end_s = self.stretch(start_s, end_s)
        first_s, last_s = self.inside(start_s), self.inside(end_s)
        value_j = self._until(last_s) - self._until(first_s)
        covered_s = self._covered(last_s) - self._covered(first_s)
        unseen_s = end_s - start_s - covered_s
        left, right = self._readings_around(first_s, last_s)
        inner_j = self._sums_j[right[0]] - self._sums_j[left[1]]
        outer_j = self._sums_j[right[1]] - self._sums_j[left[0]]
        return TraceEnergy(
            energy_j=value_j,
            low_j=max(0.0, min(inner_j, value_j) - self._resolution_j),
            high_j=max(outer_j, value_j) + self._resolution_j + unseen_s * self._highest_w,
            covered_s=covered_s,
        )

    def phase_energy(self, start_s: float, end_s: float) -> TraceEnergy:
        """Difference over a phase; where in a step the power rose the readings do not show."""
        return self.energy(start_s=start_s, end_s=end_s)

    def _step(
        self, times_s: Sequence[float], totals_j: Sequence[float], left: int, right: int
    ) -> _Step:
        """What was counted from the reading at `left` to its next move, at `right`."""
        counted_j, fault = totals_j[right] - totals_j[left], None
        most_j = self._usual_w * (times_s[right] - times_s[left])
        if counted_j < 0:
            mended_j = counted_j + (self._limits.range_j or -math.inf)
            fault = Fault.WRAPPED if 0 <= mended_j <= most_j else Fault.FELL
            counted_j = mended_j
        elif self._limits.max_w is not None and counted_j > most_j:
            fault = Fault.TOO_HIGH
        is_observed = fault in (None, Fault.WRAPPED)
        if fault is not None:
            found = Finding(
                fault=fault,
                index=right,
                time_s=times_s[right],
                raw=totals_j[right],
                repaired=totals_j[left] + counted_j if is_observed else None,
            )
            self.findings = (*self.findings, found)
        longest_s = max(b - a for a, b in pairwise(times_s[left : right + 1]))
        if self._limits.max_gap_s is not None and longest_s > self._limits.max_gap_s:
            is_observed = False
        return _Step(energy_j=counted_j if is_observed else 0.0, is_observed=is_observed)

    def _index(self, time_s: float) -> int:
        """Step in which a time lies."""
        return min(bisect_right(self.times_s, time_s), len(self.times_s) - 1) - 1

    def _until(self, time_s: float) -> float:
        index = self._index(time_s)
        left_s, right_s = self.times_s[index], self.times_s[index + 1]
        share = (time_s - left_s) / (right_s - left_s)
        return self._sums_j[index] + share * self._steps[index].energy_j

    def _covered(self, time_s: float) -> float:
        index = self._index(time_s)
        return self._seen_s[index] + (time_s - self.times_s[index]) * self._steps[index].is_observed

    def _readings_around(
        self, first_s: float, last_s: float
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """Indices of the readings just outside and just inside either end."""
        n = len(self.times_s)
        left = (bisect_right(self.times_s, first_s) - 1, bisect_left(self.times_s, first_s))
        right = (bisect_right(self.times_s, last_s) - 1, min(bisect_left(self.times_s, last_s), n))
        return left, right


def _moves(totals_j: Sequence[float]) -> list[int]:
    """The first reading and every one that differs from that before; both ends where none does."""
    moved = [i for i, (a, b) in enumerate(pairwise(totals_j), start=1) if a != b]
    return [0, *(moved or [len(totals_j) - 1])]


def _usual_w(times_s: Sequence[float], totals_j: Sequence[float], limits: Limits) -> float:
    """Largest power that a step may have: as stated, or else by the steps that do not fall."""
    if limits.max_w is not None:
        return limits.max_w
    steps = zip(pairwise(times_s), pairwise(totals_j), strict=True)
    return REPAIR_MARGIN * max((max(0.0, d - c) / (b - a) for (a, b), (c, d) in steps), default=0.0)
