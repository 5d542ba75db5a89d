"""Weights: expected best of n trials as a weighted sum of the scores that were seen, in order.

Both estimators weigh the i-th smallest of N scores by the chance that it is the best of n draws:
with replacement (Dodge et al. 2019, "Show your work", equation 1), or without (Tang et al. 2020,
"Showing your work doesn't always work", equation 10). Only the second is right on average; the
first is too low, most of all at n = N.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Estimator(StrEnum):
    """How n trials are thought to be drawn from the N that were seen."""

    TANG = "tang-2020"
    """Without replacement: unbiased for every n up to N."""
    DODGE = "dodge-2019"
    """With replacement: too low; for readers who compare with it."""


def best_weights(n_seen: int, n: int, *, estimator: Estimator = Estimator.TANG) -> Floats:
    """Chance of each score, from the worst to the best, to be the best of n.

    Args:
        n_seen: Number N of scores.
        n: Number of trials, 1 to N.
        estimator: With or without replacement.

    Returns:
        shape (n_seen,), not below 0, sum 1.

    Raises:
        ValueError: If n is not in 1..N.

    Examples:
        Of three scores, two trials: three pairs without replacement, nine with.

        >>> [round(float(w), 4) for w in best_weights(3, 2)]
        [0.0, 0.3333, 0.6667]
        >>> [round(float(w), 4) for w in best_weights(3, 2, estimator=Estimator.DODGE)]
        [0.1111, 0.3333, 0.5556]
    """
    if not 1 <= n <= n_seen:
        raise ValueError(
            f"best of {n} trials from {n_seen} scores; expected 1 to {n_seen} trials, since "
            "nothing was seen of more"
        )
    ranks = np.arange(n_seen + 1, dtype=float)
    if estimator is Estimator.DODGE:
        return np.asarray(np.diff((ranks / n_seen) ** n))
    # Share of the n-subsets within the k lowest, C(k, n) / C(N, n), from k = N downwards.
    k = ranks[n_seen:n:-1]
    below = np.zeros(n_seen + 1)
    below[n:] = np.concatenate([[1.0], np.cumprod((k - n) / k)])[::-1]
    return np.asarray(np.diff(below))


def expected_best(
    scores: Sequence[float], *, estimator: Estimator = Estimator.TANG
) -> tuple[float, ...]:
    """Expected best score of 1, 2, ..., N trials.

    Args:
        scores: shape (N,), larger is better; at least one.
        estimator: With or without replacement.

    Raises:
        ValueError: If there is no score, or one is not finite.

    Examples:
        The best of all three is the best one for the one, and less for the other.

        >>> [round(best, 4) for best in expected_best([0.7, 0.9, 0.8])]
        [0.8, 0.8667, 0.9]
        >>> [round(best, 4) for best in expected_best([0.7, 0.9, 0.8], estimator=Estimator.DODGE)]
        [0.8, 0.8444, 0.8667]
    """
    seen = np.sort(np.asarray(scores, dtype=float))
    if not seen.size or not np.all(np.isfinite(seen)):
        raise ValueError(
            f"{seen.size} scores; expected one finite score of each trial, one or more"
        )
    n_seen = len(seen)
    each = (best_weights(n_seen, n, estimator=estimator) for n in range(1, n_seen + 1))
    return tuple(float(weights @ seen) for weights in each)
