"""Cost over a model's life: development paid once plus a marginal cost paid per item.

`cost(n) = development + n * marginal` (Dürlich et al. 2023, eq. 6). Start-up of the service is
given apart and never inside the marginal cost: one second of loading moved a published
break-even by a factor of three.
"""

from collections.abc import Sequence

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.results import AmortizedCurve
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Resource

DECADES = 3
"""Amortized curves reach this many powers of ten to either side of the planned volume."""

N_POINTS = 61
"""Points of a curve; odd, so that the planned volume is one of them."""


def amortized(development: Uncertain, marginal: Uncertain, *, volume: float) -> Uncertain:
    """Average cost per item after `volume` items: development / n + marginal.

    Args:
        development: Total, paid once.
        marginal: Per item.
        volume: Items, above 0.

    Raises:
        ValueError: If the volume is not above 0.

    Examples:
        >>> amortized(Uncertain.exact(9.0), Uncertain.exact(2.0), volume=3.0).value
        5.0
    """
    if not volume > 0:
        raise ValueError(f"volume must be above 0 to average a cost, got {volume}")
    return development.scaled(1 / volume) + marginal


def volumes_around(planned_volume: float) -> tuple[float, ...]:
    """Volumes evenly spaced on a log axis around the planned one, which is the middle.

    Examples:
        >>> volumes = volumes_around(1e6)
        >>> len(volumes), round(volumes[0]), volumes[30], round(volumes[-1])
        (61, 1000, 1000000.0, 1000000000)
    """
    exponents = np.linspace(-DECADES, DECADES, N_POINTS)
    return tuple(float(planned_volume * 10**x) for x in exponents)


def amortized_curve(
    pathway: PathwayCost, resource: Resource, *, volumes: Sequence[float]
) -> AmortizedCurve | None:
    """Average cost per item over lifetime with its band; None when a part is unknown.

    Args:
        pathway: Whose curve.
        resource: Which cost.
        volumes: shape (n_points,), items, ascending.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> curve = amortized_curve(ft, Resource.FLOPS, volumes=[1e6, 1e9])
        >>> curve.average[0] > curve.average[1] > 7.7e7
        True
    """
    development, marginal = pathway.development(resource), pathway.marginal(resource)
    if not pathway.has_life(resource) or development is None or marginal is None:
        return None
    averages = [amortized(development, marginal, volume=n) for n in volumes]
    intervals = [average.interval() for average in averages]
    return AmortizedCurve(
        pathway=pathway.name,
        resource=resource,
        volumes=tuple(volumes),
        average=tuple(average.value for average in averages),
        low=tuple(max(0.0, low) for low, _ in intervals),
        high=tuple(high for _, high in intervals),
    )
