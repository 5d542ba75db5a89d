"""Answer: what a search found: the configuration to certify, the front, and what searching cost.

These numbers chose a configuration, so they flatter it. What it saves and loses in truth is said
by the certificate alone, on other examples and fresh blocks.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from breakeven.analysis.comparison import Comparison
from breakeven.analysis.paired import crossed_difference, discordance, tango
from breakeven.analysis.payback import break_even
from breakeven.analysis.results import BreakEven
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.draws import N_DRAWS, cost_draws, front_share, quality_draws
from breakeven.analysis.search.rules import INDIFFERENT
from breakeven.analysis.search.standing import Searched, Standing
from breakeven.analysis.uncertain import LEVEL, Observation, Uncertain, mean_of, quantile
from breakeven.records import Estimate, FrontPoint, Item, Kind, Origin, Resource

LIKELY = 0.8
"""Power at which a certificate is expected, as in the usual formula for the number of examples."""

_BLIND = "on the examples of the search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a certificate will be asked to show.

    Attributes:
        max_drop: Most quality that may be lost, as a share.
        n_examples: Independent examples it will rest on.
        level: Of its one-sided bound.
        resource: What is saved.
        item: What a volume counts.
        metric: Quality.
        kinds: Kinds of the numbers of the search.
        origins: Origins of the same.
    """

    max_drop: float
    n_examples: int
    level: float = LEVEL
    resource: Resource = Resource.CPU_S
    item: Item = Item.EXAMPLE
    metric: str = "accuracy"
    kinds: tuple[Kind, ...] = (Kind.MEASURED,)
    origins: tuple[Origin, ...] = (Origin.LIVE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search found.

    Attributes:
        reference: What everything is compared with.
        chosen: To be certified: the cheapest whose certificate is likely; where none is, the one
            with the largest product of that probability and the log of its saving.
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
    points = _points(searched, aim, rng)
    reference, *others = points
    cheaper = [p for p in others if _value(p.factor) > 1]
    likely = [p for p in cheaper if p.power >= LIKELY]
    chosen = max(likely, key=lambda p: _value(p.factor), default=None) or max(
        cheaper, key=lambda p: p.power * np.log(_value(p.factor)), default=reference
    )
    costs = {found.cell.name: found.costs for found in searched.stayed}
    pays = repaid(
        (reference.name, costs[reference.name]),
        (chosen.name, costs[chosen.name]),
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
    reference: tuple[str, Floats],
    chosen: tuple[str, Floats],
    aim: Aim,
    *,
    spent: float,
    planned_volume: float,
) -> BreakEven:
    """From which volume on a choice has saved what searching it cost.

    Args:
        reference: Its name, and its cost per item by block.
        chosen: The same of the choice, in the same blocks.
        aim: Names resource and item.
        spent: What searching cost.
        planned_volume: Items over the planned lifetime.

    Examples:
        >>> costs = np.array([2.0, 2.1, 1.9])
        >>> found = repaid(("FT", costs), ("OV8", costs / 2), Aim(max_drop=0.01, n_examples=100),
        ...                spent=1e6, planned_volume=1e9)
        >>> found.verdict.value, found.estimate.value
        ('finite', 1000000.0)
    """
    saved = mean_of([_seen(value, aim) for value in reference[1] - chosen[1]])
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


def _points(searched: Searched, aim: Aim, rng: np.random.Generator) -> list[FrontPoint]:
    """What is known of the reference and of those that stayed, in this order."""
    reference = searched.reference
    found = [reference, *(one for one in searched.stayed if one.cell != reference.cell)]
    blocks = np.array([one.costs for one in found])
    answers = np.array([one.answers for one in found])
    quality = quality_draws(answers, [one.cell.alike for one in found], rng)
    costs = cost_draws(blocks, rng) if len(found) > 1 else np.zeros((N_DRAWS, 1))
    worthless = aim.max_drop * INDIFFERENT
    shares = front_share(costs, quality, slack=0.0, indifference=worthless)
    half = _half_width(blocks)
    return [
        FrontPoint(
            name=one.cell.name,
            cost=_cost(one, aim),
            factor=_factor(reference, one, aim, half=0.0 if one is reference else half),
            quality=float(one.answers.mean()),
            loss=_loss(reference, one, aim),
            front=float(share),
            power=_power(reference.answers - one.answers, told, aim),
        )
        for one, share, told in zip(found, shares, (quality[:, :1] - quality).T, strict=True)
    ]


def _half_width(blocks: Floats) -> float:
    """Half width of the interval of a log cost ratio, the scatter pooled over all cells."""
    n_cells, n_blocks = blocks.shape
    if n_cells < 2:
        return 0.0
    logs = np.log(blocks)
    additive = logs.mean(axis=1, keepdims=True) + logs.mean(axis=0, keepdims=True) - logs.mean()
    df = (n_cells - 1) * (n_blocks - 1)
    variance = float(np.sum((logs - additive) ** 2)) / df
    return quantile(df) * float(np.sqrt(2 * variance / n_blocks))


def _cost(found: Standing, aim: Aim) -> Estimate:
    return Estimate(
        name=f"{aim.resource} per {aim.item}",
        value=float(np.exp(np.log(found.costs).mean())),
        method="geometric mean over the blocks of the last round; see the factor for its doubt",
        n=len(found.costs),
        kinds=aim.kinds,
        origins=aim.origins,
    )


def _factor(reference: Standing, found: Standing, aim: Aim, *, half: float) -> Estimate:
    value = float(np.log(reference.costs).mean() - np.log(found.costs).mean())
    return Estimate(
        name=f"{aim.resource} of the reference over that of {found.cell.name}",
        value=float(np.exp(value)),
        low=float(np.exp(value - half)),
        high=float(np.exp(value + half)),
        level=LEVEL,
        method="geometric mean within blocks; t interval, scatter pooled over configurations",
        n=len(found.costs),
        kinds=aim.kinds,
        origins=aim.origins,
    )


def _loss(reference: Standing, found: Standing, aim: Aim) -> Estimate:
    left, right = reference.answers, found.answers
    is_binary = bool(np.isin([left, right], (0.0, 1.0)).all())
    if is_binary:
        interval, how = tango(discordance(left, right)), "Tango's score interval"
    else:
        interval, how = crossed_difference(left[None], right[None]), "normal interval"
    return Estimate(
        name=f"loss of {aim.metric}",
        value=interval.value,
        low=interval.low,
        high=interval.high,
        level=LEVEL,
        method=f"difference paired {_BLIND}, {how}",
        n=interval.n,
        kinds=(Kind.COUNTED,),
        origins=aim.origins,
    )


def _power(differences: Floats, losses: Floats, aim: Aim) -> float:
    """Probability that the upper bound of the loss lies below the margin.

    By a normal bound; like Tango's it is never narrower than without a single disagreement.

    Args:
        differences: Reference minus candidate, example by example.
        losses: Draws of the loss.
        aim: What is to be shown.
    """
    bar = float(special.ndtri(aim.level))
    disagreement = max(float(np.mean(differences**2)), bar**2 / aim.n_examples)
    spread = np.sqrt(disagreement / aim.n_examples)
    return float(np.mean(special.ndtr((aim.max_drop - losses) / spread - bar)))


def _seen(value: float, aim: Aim) -> Observation:
    return Observation(
        value=float(value),
        low=float(value),
        high=float(value),
        kinds=aim.kinds,
        origins=aim.origins,
        run_ids=(),
    )


def _value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value
