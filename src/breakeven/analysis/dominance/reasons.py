"""Reasons: why a point is not on the front: who beats it, by how much, and how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from breakeven.analysis.dominance.chances import chance_of_beating
from breakeven.analysis.dominance.sets import dominators
from breakeven.analysis.dominance.space import Axis, Space
from breakeven.analysis.scoring.score_pairs import OF_THESE
from breakeven.records import Estimate

DIGITS = "bounds of the last printed digit; how runs or test examples scatter is not in them"
"""Why a gap between two printed numbers is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far one point is from another on one axis.

    Attributes:
        axis: Which.
        estimate: Cost over cost, or score minus score; the first point's comes first.
        why: Why its interval is missing or lacks something; empty where it says all.
    """

    axis: Axis
    estimate: Estimate
    why: str = ""

    @property
    def nothing(self) -> float:
        """Value that means no difference."""
        return 0.0 if self.axis.is_score else 1.0

    @property
    def is_shown(self) -> bool | None:
        """Whether the interval leaves out that there is no difference.

        None without an interval, and where it lacks scatter that nobody saw (development that ran
        once, one block, one seed against several, a printed number).
        """
        low, high = self.estimate.low, self.estimate.high
        if low is None or high is None or self.why not in ("", OF_THESE):
            return None
        return low > self.nothing or high < self.nothing

    @property
    def is_same(self) -> bool:
        """Whether the two are the same on this axis, without any doubt."""
        ends = (self.estimate.low, self.estimate.value, self.estimate.high)
        return all(end == self.nothing for end in ends)


def all_shown(gaps: Sequence[Gap]) -> bool:
    """Whether every axis tells two points apart, or holds them to be the same beyond doubt.

    A score that is equal by its point values may still be the lower one, so it leaves a dominance
    open until enough examples were answered.

    Examples:
        >>> all_shown([])
        False
    """
    return any(gap.is_shown for gap in gaps) and all(gap.is_shown or gap.is_same for gap in gaps)


Compare = Callable[[str, str, Axis], Gap]
"""First point against second on one axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One dominance.

    Attributes:
        loser: The point that is dominated.
        winner: By which one.
        gaps: Loser against winner, one per axis.
        probability: Share of draws in which the winner dominates; None where nothing varies, or
            the doubt of a score is not known.
        others: Further points that dominate it too.
    """

    loser: str
    winner: str
    gaps: tuple[Gap, ...]
    probability: float | None
    others: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether no interval leaves it open: see `all_shown`."""
        return all_shown(self.gaps)


def reasons(space: Space, compare: Compare) -> tuple[Reason, ...]:
    """Say of every dominated point who beats it.

    Of several dominators the one on the front that is cheapest on the first cost is named first:
    it is what one would take instead.

    Args:
        space: The points.
        compare: Two of them on one axis, with an interval where one can be had.

    Examples:
        >>> from breakeven.analysis.dominance import GivenPoint, compare_given, given_space
        >>> from breakeven.analysis.dominance.given import given_axes
        >>> points = [GivenPoint(name="TS", values=(84.9, 3.1)),
        ...           GivenPoint(name="TA", values=(77.6, 3.3))]
        >>> axes = given_axes(score="f1", costs=["energy_wh"])
        >>> (found,) = reasons(given_space(points, axes), compare_given(points, axes))
        >>> found.loser, found.winner, [round(gap.estimate.value, 3) for gap in found.gaps]
        ('TA', 'TS', [-7.3, 1.065])
    """
    losses = space.losses
    drawn = space.drawn * space.signs
    first_cost = next(i for i, axis in enumerate(space.axes) if not axis.is_score)
    beaten_by = dominators(losses)
    found = []
    for loser, winners in enumerate(beaten_by):
        if not winners:
            continue
        on_front = [i for i in winners if not beaten_by[i]]
        best = min(on_front, key=lambda i: (losses[i, first_cost], *losses[i].tolist()))
        name, other = space.names[loser], space.names[best]
        is_open = space.spots[loser].is_open or space.spots[best].is_open
        found.append(
            Reason(
                loser=name,
                winner=other,
                gaps=tuple(compare(name, other, axis) for axis in space.axes),
                probability=None if is_open else chance_of_beating(drawn, winner=best, loser=loser),
                others=tuple(space.names[i] for i in winners if i != best),
            )
        )
    return tuple(found)
