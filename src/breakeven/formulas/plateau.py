"""Warm-up: where a series of durations has settled.

A fixed number of warm-up batches is too long or too short (Barrett et al. 2017, "Virtual machine
warmup blows hot and cold", section 4), so the series itself decides.
"""

from collections.abc import Sequence
from statistics import median

WINDOW = 5
"""Values per median: few enough to end soon, enough that one slow batch does not matter."""

TOLERANCE_FRAC = 0.05
"""Two neighbouring medians closer than this are one level; batch times on a busy two-core
machine scatter by 2-4 %."""


def find_plateau(
    values: Sequence[float], *, window: int = WINDOW, tolerance_frac: float = TOLERANCE_FRAC
) -> int | None:
    """Give the number of leading values that belong to the warm-up.

    The plateau begins where the medians of two neighbouring stretches of `window` values differ
    by at most `tolerance_frac` of the later one. Medians, because a single interruption must
    neither start nor end the warm-up.

    Args:
        values: Cost of each batch in order, shape (n_batches,). Batches of different size must
            be divided by it first (seconds per padded token).
        window: Values per stretch, at least 1.
        tolerance_frac: Largest relative difference of one level, 0 or more.

    Returns:
        Index of the plateau's first value; None while no plateau is seen.

    Raises:
        ValueError: If `window` or `tolerance_frac` is out of range.

    Examples:
        >>> find_plateau([9.0, 5.0, 2.0, 1.0, 1.0, 1.0, 1.0], window=2)
        3
        >>> find_plateau([9.0, 5.0, 2.0]) is None
        True
    """
    if window < 1 or not tolerance_frac >= 0:
        raise ValueError(
            f"window must be at least 1 and tolerance_frac at least 0, "
            f"got {window} and {tolerance_frac}"
        )
    for start in range(len(values) - 2 * window + 1):
        first = median(values[start : start + window])
        second = median(values[start + window : start + 2 * window])
        if abs(first - second) <= tolerance_frac * abs(second):
            return start
    return None
