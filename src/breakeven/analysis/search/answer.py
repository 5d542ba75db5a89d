"""Answer: what a search found: the configuration to certify, the front, and what searching cost.

These numbers chose a configuration, so they flatter it. What it saves and loses in truth is said
by the certificate alone, on other examples and fresh blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.results import BreakEven
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.front import Aim, front_points
from breakeven.analysis.search.standing import Searched
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import Estimate, FrontPoint

LIKELY = 0.8
"""Power at which a certificate is expected, as in the usual formula for the number of examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search found.

    Attributes:
        reference: What everything is compared with.
        chosen: To be certified, of those that save as much as is asked: the cheapest whose
            certificate is likely; where none is, the one with the largest product of that
            probability and the log of its saving. The reference where none saves as much.
        is_likely: Whether its certificate is expected, see `LIKELY`.
        front: Configurations that stayed, cheapest first.
        spent: What searching cost, in the cost that was searched.
        repaid: From which volume on the choice has saved that; None where nothing was found that
            is cheaper than the reference.
    """

    reference: FrontPoint
    chosen: FrontPoint
    is_likely: bool
    front: tuple[FrontPoint, ...]
    spent: Estimate
    repaid: BreakEven | None


def answer(
    searched: Searched, aim: Aim, rng: np.random.Generator, *, planned_volume: float = 1e6
) -> Answer:
    """Choose what to certify and say what the search cost.

    Args:
        searched: How it ended.
        aim: What is to be certified.
        rng: Source of randomness.
        planned_volume: Items over the planned lifetime.
    """
    points = front_points(searched, aim, rng)
    reference, *others = points
    cheaper = [p for p in others if _value(p.factor) > aim.min_saving]
    likely = [p for p in cheaper if p.power >= LIKELY]
    chosen = max(likely, key=lambda p: _value(p.factor), default=None) or max(
        cheaper, key=lambda p: p.power * np.log(_value(p.factor)), default=reference
    )
    costs = {found.cell.name: found.costs for found in searched.stayed}
    pays = repaid(
        (reference.name, _seen(costs[reference.name], aim)),
        (chosen.name, _seen(costs[chosen.name], aim)),
        aim,
        spent=searched.spent,
        planned_volume=planned_volume,
    )
    return Answer(
        reference=reference,
        chosen=chosen,
        is_likely=bool(likely),
        front=tuple(sorted(points, key=lambda p: _value(p.cost))),
        spent=Estimate(
            name=f"{aim.resource} of the search",
            value=searched.spent,
            method="sum over every run of the search, failed ones, loading and warm-up included",
            n=sum(done.n_measured for done in searched.rounds),
            kinds=aim.kinds,
            origins=aim.origins,
        ),
        repaid=None if chosen is reference else pays,
    )


def repaid(
    reference: tuple[str, Sequence[Observation]],
    chosen: tuple[str, Sequence[Observation]],
    aim: Aim,
    *,
    spent: float,
    planned_volume: float,
) -> BreakEven:
    """From which volume on a choice has saved what searching it cost.

    Args:
        reference: Its name, and its cost per item by block, with what its sensors vouch for.
        chosen: The same of the choice, in the same blocks.
        aim: Names resource and item.
        spent: What searching cost.
        planned_volume: Items over the planned lifetime.

    Examples:
        >>> whole, half = (
        ...     [Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=()) for v in one]
        ...     for one in ((2.0, 2.1, 1.9), (1.0, 1.05, 0.95))
        ... )
        >>> found = repaid(("FT", whole), ("OV8", half), Aim(max_drop=0.01, n_examples=100),
        ...                spent=1e6, planned_volume=1e9)
        >>> found.verdict.value, found.estimate.value
        ('finite', 1000000.0)
    """
    saved = mean_of([one - two for one, two in zip(reference[1], chosen[1], strict=True)])
    extra = replace(Uncertain.exact(spent), kinds=aim.kinds, origins=aim.origins)
    comparison = Comparison(
        candidate=chosen[0],
        incumbent=reference[0],
        resource=aim.resource,
        item=aim.item,
        extra=extra,
        saved=saved,
        coverage="over blocks; the search ran once",
    )
    return break_even(comparison, planned_volume=planned_volume)


def _seen(costs: Floats, aim: Aim) -> list[Observation]:
    """Costs of the search, whose short rows tell their scatter alone."""
    return [
        Observation(
            value=value, low=value, high=value, kinds=aim.kinds, origins=aim.origins, run_ids=()
        )
        for value in map(float, costs)
    ]


def _value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value
