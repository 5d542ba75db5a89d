"""Latency: how long one batch waited for its answer, as quantiles over the batches of a row.

A batch is what was asked at once: with a budget of tokens, a pool of several forward passes.
"""

import time
from collections.abc import Sequence

import numpy as np

from breakeven.records import Cost, Kind, Resource

LEAST_FOR_P99 = 100
"""Batches below which no 99th percentile is given: it would be the largest duration seen."""

SENSOR = "monotonic clock"
CHANNEL = "batch"

_QUANTILES = ((Resource.LATENCY_P50_S, 0.5, 1), (Resource.LATENCY_P99_S, 0.99, LEAST_FOR_P99))


def batch_latency(durations_s: Sequence[float]) -> list[Cost]:
    """Median and 99th percentile of what single batches took, measured.

    Each is a duration that really occurred (inverted empirical distribution), so nothing is
    interpolated into the tail. What they rest on is the number of batches of the run's output.

    Args:
        durations_s: Shape (n_batches,), in seconds, repeats included, warm-up excluded.

    Returns:
        Without the 99th percentile below `LEAST_FOR_P99` batches; nothing without batches.
    """
    step_s = time.get_clock_info("monotonic").resolution
    found = []
    for resource, share, n_least in _QUANTILES:
        if len(durations_s) >= n_least:
            value_s = float(np.quantile(np.asarray(durations_s), share, method="inverted_cdf"))
            found.append(
                Cost(
                    resource=resource,
                    value=value_s,
                    low=max(0.0, value_s - step_s),
                    high=value_s + step_s,
                    kind=Kind.MEASURED,
                    channel=CHANNEL,
                    sensor=SENSOR,
                    resolution=step_s,
                )
            )
    return found
