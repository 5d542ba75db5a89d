"""Quantiles: a sample beside a normal one, point by point, for a Q-Q plot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

BLOM = 0.375
"""Shift of Blom's places (1958): `(i - 3/8) / (n + 1/4)` is where the i-th of n is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantilePoint:
    """One value of a sample.

    Attributes:
        quantile: Of the standard normal distribution at its place.
        standardised: Value less the mean, in standard deviations; 0 where nothing varies.
        value: Itself.
    """

    quantile: float
    standardised: float
    value: float


def normal_quantiles(values: Sequence[float]) -> tuple[QuantilePoint, ...]:
    """Put each value beside the normal quantile of its place, smallest first.

    Args:
        values: shape (n,).

    Examples:
        >>> [round(point.quantile, 3) for point in normal_quantiles([4.0, 2.0, 6.0])]
        [-0.869, 0.0, 0.869]
        >>> [point.standardised for point in normal_quantiles([4.0, 2.0, 6.0])]
        [-1.0, 0.0, 1.0]
    """
    array = np.sort(np.asarray(values, dtype=float))
    n = len(array)
    places = (np.arange(1, n + 1) - BLOM) / (n + 1 - 2 * BLOM)
    sd = float(np.std(array, ddof=1)) if n > 1 else 0.0
    scaled = (array - array.mean()) / sd if sd else np.zeros(n)
    return tuple(
        QuantilePoint(quantile=float(q), standardised=float(s), value=float(v))
        for q, s, v in zip(special.ndtri(places), scaled, array, strict=True)
    )
