"""Resampling: how sure a metric is, when other examples might have been drawn.

Every metric is a function of how often each example counts, so that its value (each once) and
its value on a bootstrap sample come from the same lines.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
Statistic = Callable[[Weights], float | None]
"""From how often each example counts, shape (n_examples,), to a value; None if there is none."""

N_DRAWS = 1_000
LEVEL = 0.95
SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """An interval that resampling gave."""

    low: float
    high: float


def of_sums(
    sums: NDArray[np.float64], value: Callable[[NDArray[np.float64]], float | None]
) -> Statistic:
    """Make a metric of totals over examples.

    Args:
        sums: What each example adds, shape (n_examples, n_sums).
        value: From the totals, shape (n_sums,).
    """
    return lambda weights: value(weights @ sums)


def value_of(statistic: Statistic, n_examples: int) -> float | None:
    """Value on the examples as they are.

    >>> value_of(of_sums(np.array([[1.0], [0.0]]), lambda totals: float(totals[0]) / 2), 2)
    0.5
    """
    return statistic(np.ones(n_examples))


def bootstrap(
    statistic: Statistic, n_examples: int, *, n_draws: int = N_DRAWS, seed: int = SEED
) -> Bounds | None:
    """Give the percentile interval of a metric over examples, at `LEVEL`.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3. Samples in which
    the metric has no value are left out.

    Args:
        statistic: The metric.
        n_examples: At least one.
        n_draws: Samples of as many examples, drawn with replacement.
        seed: Of the draws: the same answers give the same interval.

    Returns:
        None when fewer than half the samples have a value, or all have the same: a score of
        nothing found is not known without doubt, and resampling cannot tell the doubt.
    """
    rng = np.random.default_rng(seed)
    drawn = (
        np.bincount(rng.integers(n_examples, size=n_examples), minlength=n_examples)
        for _ in range(n_draws)
    )
    values = [value for weights in drawn if (value := statistic(weights.astype(float))) is not None]
    if 2 * len(values) < max(1, n_draws):
        return None
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return Bounds(low=float(low), high=float(high)) if low < high else None
