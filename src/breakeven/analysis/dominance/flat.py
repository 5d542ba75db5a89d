"""Flat: the points that are as good as the best one, and the cheapest of them.

Two questions that are easily taken for one. *Equal*: the score printed is the best, or within the
tolerance of it. *Not shown lower*: the data do not exclude that it is; with few test examples that
is a large set, and says as much about the test as about the points.
"""

from dataclasses import dataclass

from breakeven.analysis.dominance.reasons import DIGITS, Compare, Gap
from breakeven.analysis.dominance.space import Axis, Space

ROUNDING = 1e-9
"""Scores this close are equal: they are quotients of counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPoint:
    """One point against the best score.

    Attributes:
        name: Of the point.
        gap: Its score minus the best; no loss is a gap of 0 or more.
        is_equal: Whether it is within the tolerance by point values.
        is_shown_lower: Whether the interval shows that it loses more than the tolerance; None
            without one.
        saving: Cost of the best point over its own, on the first cost.
    """

    name: str
    gap: Gap
    is_equal: bool
    is_shown_lower: bool | None
    saving: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """Where quality does not move while cost does.

    Attributes:
        best: Point with the best score; the dearest of several, so that savings count from it.
        tolerance: Loss that does not count, in the score's own unit.
        points: Every other point.
    """

    best: str
    tolerance: float
    points: tuple[FlatPoint, ...]

    @property
    def equal(self) -> tuple[str, ...]:
        """The best and those within the tolerance of it, by point values."""
        return (self.best, *(p.name for p in self.points if p.is_equal))

    @property
    def not_shown_lower(self) -> tuple[str, ...]:
        """The best and those of which the data do not show that they lose more."""
        return (self.best, *(p.name for p in self.points if p.is_shown_lower is False))


def flat_region(space: Space, compare: Compare, *, tolerance: float = 0.0) -> Flat | None:
    """Find the points whose score does not differ from the best.

    Args:
        space: The points.
        compare: Two of them on one axis.
        tolerance: Loss that does not count, in the score's own unit.

    Returns:
        None without a score or without points.

    Raises:
        ValueError: If the tolerance is negative or not finite.

    Examples:
        >>> from breakeven.analysis.dominance import (
        ...     GivenPoint, compare_given, given_axes, given_space)
        >>> points = [GivenPoint(name="128", values=(0.93, 0.217)),
        ...           GivenPoint(name="48", values=(0.93, 0.069)),
        ...           GivenPoint(name="16", values=(0.83, 0.018))]
        >>> axes = given_axes("accuracy", ["energy_j"])
        >>> found = flat_region(given_space(points, axes), compare_given(points, axes))
        >>> found.equal, [round(p.saving.estimate.value, 2) for p in found.points if p.is_equal]
        (('128', '48'), [3.14])
    """
    if not 0 <= tolerance < float("inf"):
        raise ValueError(f"tolerance must be 0 or more and finite, got {tolerance}")
    score = next((axis for axis in space.axes if axis.is_score), None)
    cost = next((axis for axis in space.axes if not axis.is_score), None)
    if score is None or cost is None or not space.spots:
        return None
    losses = dict(zip(space.names, space.losses.tolist(), strict=True))
    score_at, cost_at = space.axes.index(score), space.axes.index(cost)
    lowest = min(loss[score_at] for loss in losses.values())
    slack = tolerance + ROUNDING * max(1.0, abs(lowest))
    top = [name for name, loss in losses.items() if loss[score_at] <= lowest + slack - tolerance]
    best = max(top, key=lambda name: losses[name][cost_at])
    points = []
    for name in sorted(losses, key=lambda name: -losses[name][cost_at]):
        if name != best:
            gap = compare(name, best, score)
            points.append(
                FlatPoint(
                    name=name,
                    gap=gap,
                    is_equal=losses[name][score_at] <= lowest + slack,
                    is_shown_lower=_is_lower(gap, score, tolerance=slack),
                    saving=compare(best, name, cost),
                )
            )
    return Flat(best=best, tolerance=tolerance, points=tuple(points))


def _is_lower(gap: Gap, score: Axis, *, tolerance: float) -> bool | None:
    low, high = gap.estimate.low, gap.estimate.high
    if low is None or high is None or gap.why == DIGITS:
        return None
    least_loss = -high if score.higher_is_better else low
    return least_loss > tolerance
