"""Efficiency: product over cost of each pathway, with its two limiting readings.

`r = P / C` (Dürlich et al. 2023, eq. 1). The product is a score, for the cost of development, or
an amount of output, for the cost of a life. Held at what one pathway gives, the product asks for
the least cost; held at what one pathway takes, the cost asks for the largest product.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.costs.ratio import Choice, best_for_cost, cheapest_for_product, efficiency
from breakeven.analysis.costs.weighting import quotient
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate, once, quantile
from breakeven.records import Estimate, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """One pathway in one cost.

    Attributes:
        pathway: Name.
        resource: Cost.
        score: P as performance; None without a score.
        development: C of that.
        per_development: Score per unit of development cost; None without either.
        per_life: Items per unit of cost of the planned life, development included.
        cheapest_as_good: Least cost of development among those that score at least as well.
        best_as_cheap: Best score among those that take no more development.
    """

    pathway: str
    resource: Resource
    score: Estimate | None
    development: Estimate
    per_development: Estimate | None
    per_life: Estimate | None
    cheapest_as_good: str | None
    best_as_cheap: str | None


def efficiencies(lives: Lives) -> tuple[Efficiency, ...]:
    """Ratio and both readings of every life.

    Args:
        lives: In one cost.

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> ts = efficiencies(study_lives(*example_runs()))[1]
        >>> ts.pathway, f"{ts.per_development.value:.3g}", f"{ts.per_life.value:.3g}"
        ('TS', '0.00578', '219')
        >>> ts.cheapest_as_good, ts.best_as_cheap
        ('FT', 'FT')
    """
    choices = [c for life in lives.members if (c := _choice(life)) is not None]
    return tuple(_efficiency(lives, life, choices) for life in lives.members)


def _choice(life: Life) -> Choice | None:
    score = life.pathway.score
    if score is None:
        return None
    return Choice(name=life.name, product=score.product, cost=life.development.value)


def _efficiency(lives: Lives, life: Life, choices: Sequence[Choice]) -> Efficiency:
    own = next((c for c in choices if c.name == life.name), None)
    score, development = score_estimate(life.pathway.scored), life.development
    cheapest = best = None
    if own is not None:
        cheapest = cheapest_for_product(choices, at_least=own.product)
        best = best_for_cost(choices, at_most=own.cost)
    is_product = score is not None and own is not None and own.product >= 0
    per_unit = f"per unit of {lives.resource.value}"
    return Efficiency(
        pathway=life.name,
        resource=lives.resource,
        score=score,
        development=as_estimate(development, lives.resource.value, what="sum over rows as charged"),
        per_development=_ratio(_product(score), development, f"score {per_unit}")
        if is_product and score is not None
        else None,
        per_life=_ratio(
            Uncertain.exact(lives.volume), life.total(lives.volume), f"{lives.item}s {per_unit}"
        ),
        cheapest_as_good=None if cheapest is None else cheapest.name,
        best_as_cheap=None if best is None else best.name,
    )


def _product(score: Estimate) -> Uncertain:
    assert score.value is not None
    low = score.value if score.low is None else score.low
    high = score.value if score.high is None else score.high
    return Uncertain(
        value=score.value,
        low=low,
        high=high,
        variance=((high - low) / 2 / quantile(math.inf)) ** 2,
        n=score.n,
        kinds=score.kinds,
        origins=score.origins,
        run_ids=score.run_ids,
    )


def _ratio(product: Uncertain, cost: Uncertain, name: str) -> Estimate | None:
    if not cost.value > 0:
        return None
    found = quotient(product, cost)
    has_scatter = product.variance > 0 or cost.has_scatter
    low, high = _ends(product, cost, found, has_scatter=has_scatter)
    return Estimate(
        name=name,
        value=efficiency(product.value, cost.value),
        low=low,
        high=high,
        level=LEVEL if has_scatter else None,
        method="product / cost, eq. 1; "
        + ("normal interval by the delta method" if has_scatter else "bounds of the resolution"),
        n=max(product.n, cost.n),
        kinds=once((*product.kinds, *cost.kinds)),
        origins=once((*product.origins, *cost.origins)),
        run_ids=once((*product.run_ids, *cost.run_ids)),
    )


def _ends(
    product: Uncertain, cost: Uncertain, found: Uncertain, *, has_scatter: bool
) -> tuple[float, float | None]:
    if not has_scatter:
        high = product.high / cost.low if cost.low > 0 else None
        return product.low / cost.high, high
    half = quantile(math.inf) * math.sqrt(found.variance)
    return max(0.0, found.value - half), found.value + half
