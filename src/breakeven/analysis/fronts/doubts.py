"""Doubts: of each dominance in a Pareto plane, which axis the runs cannot tell apart.

Dominance goes by point values. Where the interval of a ratio of costs holds 1, or that of a
difference in score holds 0, another set of runs may well turn it round.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.fronts.fronts import lifetime_phase
from breakeven.analysis.fronts.orders import Told, told_over_life
from breakeven.analysis.results import ParetoFront, ParetoPoint
from breakeven.analysis.scoring.score_results import CostOrder, ScoreDifference
from breakeven.records import Item

ToldCost = Callable[[str, str], Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Every two pathways, compared.

    Attributes:
        differences: In score.
        orders: In cost.
    """

    differences: Sequence[ScoreDifference] = ()
    orders: Sequence[CostOrder] = ()


def with_doubts(
    fronts: Sequence[ParetoFront],
    pathways: Sequence[PathwayCost],
    pairs: Pairs,
    *,
    item: Item,
    volumes: Sequence[float],
) -> tuple[ParetoFront, ...]:
    """Say of every dominance whether cost and score are told apart.

    Args:
        fronts: By point values.
        pathways: Gathered costs.
        pairs: Every two of them, compared.
        item: What a volume counts.
        volumes: Items of the lifetime planes.

    Examples:
        >>> with_doubts([], [], Pairs(), item=Item.EXAMPLE, volumes=[])
        ()
    """
    by_name = {pathway.name: pathway for pathway in pathways}
    scores = {frozenset((d.left, d.right)): d.is_told_apart for d in pairs.differences}
    lives = {lifetime_phase(n): n for n in volumes}

    def doubted(point: ParetoPoint, told: ToldCost) -> ParetoPoint:
        doubts = tuple(
            doubt_words(told(point.name, other), scores.get(frozenset((point.name, other))))
            for other in point.dominated_by
        )
        return replace(point, doubts=doubts)

    def told_in(front: ParetoFront) -> ToldCost:
        if front.phase not in lives:
            return _told_in_orders(pairs.orders, front)
        return lambda one, two: told_over_life(
            by_name[one], by_name[two], front.resource, item=item, volume=lives[front.phase]
        )

    return tuple(
        replace(front, points=tuple(doubted(point, told_in(front)) for point in front.points))
        for front in fronts
    )


def _told_in_orders(orders: Sequence[CostOrder], front: ParetoFront) -> ToldCost:
    known = {
        frozenset((o.left, o.right)): Told(is_apart=o.is_told_apart, why=o.why)
        for o in orders
        if (o.resource, o.phase) == (front.resource, front.phase)
    }
    return lambda one, two: known.get(frozenset((one, two)), Told(is_apart=None))


def doubt_words(cost: Told, is_score_apart: bool | None) -> str:  # noqa: FBT001 - a third value is None
    """What one dominance leaves open; empty when both axes are told apart.

    Args:
        cost: Of the two pathways.
        is_score_apart: Whether their scores are told apart; None without an interval.

    Examples:
        >>> doubt_words(Told(is_apart=False), False)
        'neither told apart'
        >>> doubt_words(Told(is_apart=None, why="development ran once"), False)
        'score not told apart; cost: development ran once'
        >>> doubt_words(Told(is_apart=True), True)
        ''
    """
    if cost.is_apart is False and is_score_apart is False:
        return "neither told apart"
    parts = ["cost not told apart"] if cost.is_apart is False else []
    parts += ["score not told apart"] if is_score_apart is False else []
    parts += [f"cost: {cost.why}"] if cost.why else []
    return "; ".join(parts)
