"""Correlation: metrics of regression, from the number that was right and the one that was given.

A constant has no correlation with anything, nor has what is no finite number: then there is no
value, and no zero stands for it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from breakeven.workloads.metrics.resampling import Statistic, Weights

Numbers = NDArray[np.float64]


def pearson(true: Numbers, predicted: Numbers) -> Statistic:
    """Pearson's r; none where either side is constant or a prediction is not finite."""
    if not np.isfinite(predicted).all():
        return _no_value
    return lambda weights: _weighted_r(true, predicted, weights)


def spearman(true: Numbers, predicted: Numbers) -> Statistic:
    """Spearman's rho: Pearson's r of the ranks, equal values sharing their mean rank."""
    if not np.isfinite(predicted).all():
        return _no_value
    rank_true, rank_predicted = _ranker(true), _ranker(predicted)
    return lambda weights: _weighted_r(rank_true(weights), rank_predicted(weights), weights)


def _no_value(weights: Weights) -> None:  # noqa: ARG001 - whatever counts
    return None


def _ranker(values: Numbers) -> Callable[[Weights], Numbers]:
    """Rank values that count more than once or not at all; those of weight 0 do not matter."""
    distinct, place = np.unique(values, return_inverse=True)

    def ranks(weights: Weights) -> Numbers:
        n_each = np.bincount(place, weights=weights, minlength=len(distinct))
        middle: Numbers = np.cumsum(n_each) - (n_each - 1) / 2
        return middle[place]

    return ranks


def _weighted_r(x: Numbers, y: Numbers, weights: Weights) -> float | None:
    counted = weights > 0
    if np.ptp(x[counted]) == 0 or np.ptp(y[counted]) == 0:
        return None
    dx, dy = (side - np.average(side, weights=weights) for side in (x, y))
    below = np.sqrt(weights @ dx**2) * np.sqrt(weights @ dy**2)
    return float(np.clip((weights @ (dx * dy)) / below, -1.0, 1.0)) if below > 0 else None
