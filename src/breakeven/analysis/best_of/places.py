"""Places: where two models change places as the budget of their search grows, if they do.

With bands that hold over all budgets at once, one model is shown ahead at a budget where its lower
end lies above the other's upper end. A change of places is shown where one is shown ahead at some
budget and the other at a larger one; it lies between the two. Expectation and median of the best
score are read off the same boxes, so that what is shown of either holds together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal, get_args

import numpy as np

from breakeven.analysis.best_of.curve import BestCurve, best_curve
from breakeven.analysis.best_of.trials import TrialSet
from breakeven.analysis.uncertain import LEVEL
from breakeven.records import Resource

Side = Literal["expectation", "median"]
"""Of the best score, by which two searches are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Two models over a budget.

    Attributes:
        left: Name of the one.
        right: Name of the other.
        by: What of the best score is compared.
        resource: Of the budget; None for trials.
        first: Who is ahead at the smallest budget by the estimates; empty for a tie.
        last: Who is ahead at the largest budget that both have.
        changes: Budgets at which the estimates cross, in order.
        shown: Budgets between which they are shown to change places; None where not shown.
        shown_ahead: Names that are shown ahead at some budget.
        most: Largest budget that both have.
        level: Of both bands and both mean costs together.
    """

    left: str
    right: str
    by: Side
    resource: Resource | None
    first: str
    last: str
    changes: tuple[float, ...]
    shown: tuple[float, float] | None
    shown_ahead: tuple[str, ...]
    most: float
    level: float


def places(
    sets: Sequence[TrialSet], *, resource: Resource | None = None, level: float = LEVEL
) -> tuple[Places, ...]:
    """Compare every two searches in one metric over a budget, by expectation and by median.

    Args:
        sets: Trials of each.
        resource: Of the budget; None counts trials.
        level: Of what is shown of a pair; bands and mean costs take equal parts of the rest.

    Examples:
        >>> places([])
        ()
    """
    n_parts = 2 if resource is None else 4
    curves = [best_curve(s, resource=resource, level=1 - (1 - level) / n_parts) for s in sets]
    usable = [curve for curve in curves if curve.points]
    return tuple(
        _places(left, right, by=by, level=level)
        for left, right in combinations(usable, 2)
        if left.trials.metric == right.trials.metric
        for by in get_args(Side)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Path:
    """A curve as numbers, larger is better; cost of a trial as lower end, mean and upper end."""

    values: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    costs: tuple[float, float, float]

    @classmethod
    def of(cls, curve: BestCurve, by: Side, level: float) -> "_Path":
        is_up = curve.trials.higher_is_better
        sign = 1.0 if is_up else -1.0
        lows, highs = [], []
        seen = [p.median if by == "median" else p.best for p in curve.points]
        for one in seen:
            ends = (one.low, one.high) if is_up else (one.high, one.low)
            lows.append(-math.inf if ends[0] is None else sign * ends[0])
            highs.append(math.inf if ends[1] is None else sign * ends[1])
        costs = (1.0, 1.0, 1.0)
        if curve.per_trial is not None:
            low, high = curve.per_trial.interval(level=level)
            costs = (max(low, 0.0), curve.per_trial.value, high)
        values = [sign * (one.value or 0.0) for one in seen]
        return cls(values=values, lows=lows, highs=highs, costs=costs)

    def value(self, budget: float) -> float:
        """Estimate at a budget; between whole numbers of trials the one or the other by chance."""
        return float(np.interp(budget / self.costs[1], range(1, len(self.values) + 1), self.values))

    def at_least(self, budget: float) -> float:
        """Lower end with the fewest trials that the budget may pay for."""
        n = math.floor(budget / self.costs[2] * (1 + 1e-12))
        return self.lows[min(n, len(self.lows)) - 1] if n >= 1 else -math.inf

    def at_most(self, budget: float) -> float:
        """Upper end with the most trials that it may pay for."""
        if self.costs[0] <= 0:
            return math.inf
        n = max(1, math.ceil(budget / self.costs[0] * (1 - 1e-12)))
        return self.highs[n - 1] if n <= len(self.highs) else math.inf


def _places(left: BestCurve, right: BestCurve, *, by: Side, level: float) -> Places:
    n_parts = 2 if left.resource is None else 4
    one, two = (_Path.of(curve, by, 1 - (1 - level) / n_parts) for curve in (left, right))
    ends = [len(path.values) * path.costs[1] for path in (one, two)]
    start, most = max(one.costs[1], two.costs[1]), min(ends)
    budgets = sorted(b for b in set(_steps(one)) | set(_steps(two)) if start <= b <= most)
    gaps = [one.value(b) - two.value(b) for b in budgets]
    names = (left.name, right.name)
    ahead = [_shown_ahead(one, two, b) for b in budgets]
    return Places(
        left=left.name,
        right=right.name,
        by=by,
        resource=left.resource,
        first=_ahead(gaps[0], names) if gaps else "",
        last=_ahead(gaps[-1], names) if gaps else "",
        changes=tuple(_crossings(budgets, gaps)),
        shown=_between(budgets, ahead),
        shown_ahead=tuple(name for name, side in zip(names, (1, -1), strict=True) if side in ahead),
        most=most,
        level=level,
    )


def _steps(path: _Path) -> list[float]:
    return [n * path.costs[1] for n in range(1, len(path.values) + 1)]


def _ahead(gap: float, names: tuple[str, str]) -> str:
    return "" if gap == 0 else names[gap < 0]


def _shown_ahead(one: _Path, two: _Path, budget: float) -> int:
    """1 where the first is shown ahead, -1 where the second is, else 0."""
    if one.at_least(budget) > two.at_most(budget):
        return 1
    return -1 if two.at_least(budget) > one.at_most(budget) else 0


def _crossings(budgets: Sequence[float], gaps: Sequence[float]) -> Iterator[float]:
    """Budgets at which the gap changes its sign; a touch without a change is none."""
    kept = [(b, g) for b, g in zip(budgets, gaps, strict=True) if abs(g) > 1e-12]
    for (before, gap), (after, other) in pairwise(kept):
        if gap * other < 0:
            yield before + (after - before) * gap / (gap - other)


def _between(budgets: Sequence[float], ahead: Sequence[int]) -> tuple[float, float] | None:
    """From the last budget of the first leader to the first of the other; None without both."""
    seen = [(b, side) for b, side in zip(budgets, ahead, strict=True) if side]
    for (before, side), (after, other) in pairwise(seen):
        if side != other:
            return before, after
    return None
