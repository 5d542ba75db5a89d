"""Language: perplexity, how many words a model might as well have been guessing among."""

import math

import numpy as np
from numpy.typing import NDArray

from breakeven.workloads.metrics.resampling import Statistic, of_sums

_MOST_NATS = math.log(1e300)


def perplexity(nats: NDArray[np.float64], n_tokens: NDArray[np.float64]) -> Statistic:
    """Give exp of the mean cross-entropy per token; none without tokens or beyond 1e300.

    Args:
        nats: Summed over the predicted tokens of each text, shape (n_texts,).
        n_tokens: Tokens predicted in each.
    """

    def value(totals: NDArray[np.float64]) -> float | None:
        if totals[1] == 0:
            return None
        mean = float(totals[0] / totals[1])
        return math.exp(mean) if mean < _MOST_NATS else None

    return of_sums(np.stack([nats, n_tokens], axis=1).astype(float), value)
