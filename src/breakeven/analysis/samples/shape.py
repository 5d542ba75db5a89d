"""Shape: how one sample is distributed, as a smoothed density and against normal quantiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.uncertain import ROUNDING_FRAC

MIN_DENSITY = 8
"""Below this a density shows the kernel rather than the sample."""

MIN_QUANTILES = 3
"""Two points lie on every line."""

N_PLACES = 81
_REACH = 3.0
"""Bandwidths beyond the extremes at which a normal kernel has all but ended."""

_QUARTILES = (0.25, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Smoothed density of a sample.

    Attributes:
        places: shape (N_PLACES,), in the sample's unit.
        heights: shape (N_PLACES,), per unit; the area below is 1.
        bandwidth: Standard deviation of the normal kernel, in the sample's unit.
    """

    places: tuple[float, ...]
    heights: tuple[float, ...]
    bandwidth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalQuantiles:
    """A sample against what a normal one of its size would give.

    Attributes:
        expected: shape (n,), standard normal quantiles, ascending.
        values: shape (n,), the sample in the same order.
        intercept: Of the line through the quartiles, at quantile 0.
        slope: Of that line, per standard deviation.
    """

    expected: tuple[float, ...]
    values: tuple[float, ...]
    intercept: float
    slope: float


def density(values: Sequence[float]) -> Density | None:
    """Smooth a sample with a normal kernel, its bandwidth by Silverman's rule of thumb.

    0.9 min(standard deviation, quartile range / 1.34) n**(-1/5) (Silverman 1986, Density
    Estimation, eq. 3.31); where half of the values are alike the standard deviation alone.

    Args:
        values: shape (n,).

    Returns:
        None below eight values, or where all are alike.

    Examples:
        >>> density([1.0, 2.0, 3.0]) is None
        True
        >>> round(density([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).bandwidth, 4)
        1.4545
    """
    array = np.asarray(values, dtype=float)
    if len(array) < MIN_DENSITY or _is_alike(array):
        return None
    low, high = np.quantile(array, _QUARTILES)
    sd = float(np.std(array, ddof=1))
    spread = min(sd, float(high - low) / 1.34) or sd
    width = 0.9 * spread * len(array) ** -0.2
    reach = _REACH * width
    places = np.linspace(array.min() - reach, array.max() + reach, N_PLACES)
    away = (places[:, None] - array[None, :]) / width
    heights = np.exp(-(away**2) / 2).sum(axis=1) / (len(array) * width * math.sqrt(2 * math.pi))
    return Density(
        places=tuple(map(float, places)), heights=tuple(map(float, heights)), bandwidth=width
    )


def normal_quantiles(values: Sequence[float]) -> NormalQuantiles | None:
    """Set a sample beside normal quantiles (Q-Q plot), with the line through both their quartiles.

    The i-th of n values stands at probability (i - 3/8) / (n + 1/4) (Blom 1958).

    Args:
        values: shape (n,).

    Returns:
        None below three values, or where all are alike.

    Examples:
        >>> found = normal_quantiles([5.0, 1.0, 3.0])
        >>> found.values, [round(z, 3) for z in found.expected], found.intercept
        ((1.0, 3.0, 5.0), [-0.869, 0.0, 0.869], 3.0)
    """
    array = np.sort(np.asarray(values, dtype=float))
    n = len(array)
    if n < MIN_QUANTILES or _is_alike(array):
        return None
    expected = stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    low, high = (float(end) for end in np.quantile(array, _QUARTILES))
    first, third = (float(end) for end in np.quantile(expected, _QUARTILES))
    return NormalQuantiles(
        expected=tuple(map(float, expected)),
        values=tuple(map(float, array)),
        intercept=(low + high) / 2,
        slope=(high - low) / (third - first),
    )


def _is_alike(array: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> bool:
    """Whether only rounding tells the values apart."""
    return float(np.ptp(array)) <= ROUNDING_FRAC * float(np.max(np.abs(array)))
