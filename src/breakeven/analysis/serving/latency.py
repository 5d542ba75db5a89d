"""Latency against cost: a batch saves energy and makes a request wait; which trades are worth it.

The energy-latency plane has two costs, so a configuration is on its front when no other takes
both less of the resource and less time to answer. Latencies are never summed or amortized.
"""

from collections.abc import Sequence

import moocore
import numpy as np

from breakeven.analysis.costs.life_results import LatencyPoint
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.sweeps.cells import TWIN
from breakeven.records import Estimate, Resource

P50, P99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S


def latency_points(
    sweep: Sequence[ConfigurationResult], resources: Sequence[Resource]
) -> tuple[LatencyPoint, ...]:
    """Place every configuration with a known latency against each cost that adds up.

    Args:
        sweep: Configurations of all pathways; the A/A twin is left out.
        resources: Cost measures, headline first.

    Examples:
        >>> latency_points([], [Resource.CPU_S])
        ()
    """
    found: list[LatencyPoint] = []
    for resource in resources:
        placed = [
            (c, c.marginal[resource], c.marginal[P50])
            for c in sweep
            if c.label != TWIN and resource in c.marginal and P50 in c.marginal
        ]
        if resource.is_additive and len(placed) > 1:
            two = _front([(_value(cost), _value(wait)) for _, cost, wait in placed])
            scored = [i for i, (c, _, _) in enumerate(placed) if _has_score(c)]
            three = _with_score([placed[i] for i in scored])
            on_three = {i for i, is_on in zip(scored, three, strict=True) if is_on}
            found += [
                LatencyPoint(
                    pathway=c.pathway,
                    label=c.label,
                    resource=resource,
                    cost=cost,
                    latency_p50=wait,
                    latency_p99=c.marginal.get(P99),
                    is_on_front=two[i],
                    is_worth_having=i in on_three if _has_score(c) else None,
                )
                for i, (c, cost, wait) in enumerate(placed)
            ]
    return tuple(found)


def _with_score(placed: Sequence[tuple[ConfigurationResult, Estimate, Estimate]]) -> list[bool]:
    return _front(
        [
            (_value(cost), _value(wait), -_value(c.score))
            for c, cost, wait in placed
            if c.score is not None
        ]
    )


def _front(points: Sequence[tuple[float, ...]]) -> list[bool]:
    """Which points no other beats in everything, smaller being better."""
    if not points:
        return []
    return [bool(b) for b in moocore.is_nondominated(np.array(points), keep_weakly=True)]


def _has_score(configuration: ConfigurationResult) -> bool:
    return configuration.score is not None and configuration.score.value is not None


def _value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value
