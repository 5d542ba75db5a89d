"""Pareto: what nothing else beats in both quality and cost, and how sure that is.

Maximum efficiency means that the product cannot grow without growing the cost, nor the cost
shrink without shrinking the product (Dürlich et al. 2023, section 3). Dominance is exact: equal
points do not dominate each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.results import ParetoFront, ParetoPoint
from breakeven.records import Estimate, Resource

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One point to place in a (cost, quality) plane.

    Attributes:
        name: Pathway or configuration.
        cost: On the cost axis.
        score: On the quality axis.
        cost_draws: shape (n_draws,), the cost as it might have come out.
        score_draws: shape (n_draws,), the same for quality.
        higher_is_better: Direction of the quality axis, the same for all points of a plane.
    """

    name: str
    cost: Estimate
    score: Estimate
    cost_draws: Floats
    score_draws: Floats
    higher_is_better: bool = True


def nondominated(costs: Sequence[float] | Floats, products: Sequence[float] | Floats) -> list[bool]:
    """Which points nothing beats: at least as good on both axes and better on one.

    Args:
        costs: shape (n_points,), smaller is better.
        products: shape (n_points,), larger is better.

    Examples:
        Deployment of Dürlich et al. 2023 (Wh, F1): FT and TS, not TA.

        >>> nondominated([5.198, 3.1, 3.3], [87.3, 84.9, 77.6])
        [True, True, False]
        >>> nondominated([1.0, 1.0], [0.5, 0.5])
        [True, True]
    """
    points = np.column_stack([np.asarray(costs, float), -np.asarray(products, float)])
    kept = moocore.is_nondominated(points, keep_weakly=True)
    return [bool(is_kept) for is_kept in kept]


def dominators(costs: Sequence[float], products: Sequence[float]) -> list[tuple[int, ...]]:
    """For each point, which others dominate it, by position.

    Examples:
        >>> dominators([5.198, 3.1, 3.3], [87.3, 84.9, 77.6])
        [(), (), (1,)]
    """
    pairs = list(zip(costs, products, strict=True))
    return [
        tuple(
            i
            for i, (other_cost, other_product) in enumerate(pairs)
            if other_cost <= cost
            and other_product >= product
            and (other_cost < cost or other_product > product)
        )
        for cost, product in pairs
    ]


def membership(cost_draws: Floats, product_draws: Floats) -> list[float] | None:
    """Share of draws in which each point is on the front.

    Args:
        cost_draws: shape (n_draws, n_points).
        product_draws: shape (n_draws, n_points), larger is better.

    Returns:
        None when the draws do not vary, i.e. nothing is known of the doubt.

    Examples:
        >>> costs = np.array([[1.0, 2.0], [2.0, 1.0]])
        >>> membership(costs, np.array([[0.5, 0.5], [0.5, 0.5]]))
        [0.5, 0.5]
        >>> membership(costs[:1], np.array([[0.5, 0.5]])) is None
        True
    """
    if not (np.ptp(cost_draws, axis=0).any() or np.ptp(product_draws, axis=0).any()):
        return None
    drawn = zip(cost_draws, product_draws, strict=True)
    on_front = np.array([nondominated(costs, products) for costs, products in drawn])
    return [float(share) for share in on_front.mean(axis=0)]


def pareto_front(candidates: Sequence[Candidate], *, phase: str, resource: Resource) -> ParetoFront:
    """Place candidates in one plane and say which are worth having.

    Args:
        candidates: At least one; each with a value on both axes.
        phase: "development", "deployment" or "lifetime at N".
        resource: The cost axis.

    Examples:
        >>> from breakeven.records import Kind
        >>> def at(name: str, cost: float, score: float) -> Candidate:
        ...     kind = {"method": "printed", "n": 1, "kinds": (Kind.MEASURED,)}
        ...     return Candidate(
        ...         name=name, cost=Estimate(name="energy_j", value=cost, **kind),
        ...         score=Estimate(name="f1", value=score, **kind),
        ...         cost_draws=np.full(2, cost), score_draws=np.full(2, score))
        >>> front = pareto_front([at("FT", 508e3, 87.3), at("TA", 25e6, 77.6)],
        ...                      phase="development", resource=Resource.ENERGY_J)
        >>> [(p.name, p.is_on_front, p.dominated_by) for p in front.points]
        [('FT', True, ()), ('TA', False, ('FT',))]
    """
    signs = [1.0 if c.higher_is_better else -1.0 for c in candidates]
    costs = [_value(c.cost) for c in candidates]
    products = [sign * _value(c.score) for sign, c in zip(signs, candidates, strict=True)]
    is_sampled = any(e.level is not None for c in candidates for e in (c.cost, c.score))
    product_draws = [s * c.score_draws for s, c in zip(signs, candidates, strict=True)]
    shares = (
        membership(
            np.column_stack([c.cost_draws for c in candidates]), np.column_stack(product_draws)
        )
        if is_sampled
        else None
    )
    points = zip(
        candidates, nondominated(costs, products), dominators(costs, products), strict=True
    )
    return ParetoFront(
        phase=phase,
        resource=resource,
        points=tuple(
            ParetoPoint(
                name=candidate.name,
                cost=candidate.cost,
                score=candidate.score,
                is_on_front=is_on_front,
                membership=shares[i] if shares else None,
                dominated_by=tuple(candidates[j].name for j in beaten_by),
            )
            for i, (candidate, is_on_front, beaten_by) in enumerate(points)
        ),
    )


def _value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value
