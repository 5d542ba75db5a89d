"""Volumes: the break-even sets of many pairs at once, as `fieller.fieller_set` and `bounds_set`.

A set is an interval, a half-line, two pieces, everything or nothing; here it is the lowest and the
highest volume at or above 0 that is not excluded, NaN where all are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.matrix.amounts import Amounts, Floats, degrees_of_freedom, quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSets:
    """Sets of volumes; all arrays have one shape.

    Attributes:
        low: Lowest volume not excluded, NaN for an empty set.
        high: Highest, infinite for a half-line.
        is_clear: Whether the denominator's own interval excludes 0.
    """

    low: Floats
    high: Floats
    is_clear: NDArray[np.bool_]

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """Whether every volume is excluded."""
        return np.isnan(self.low)


def volume_sets(extra: Amounts, saved: Amounts) -> VolumeSets:
    """Fieller's set where there is scatter, else the worst case of the bounds.

    Args:
        extra: Extra development, any shape.
        saved: Saved per item, the same shape.

    Examples:
        A saving of 3 +- 0.5 per item (5 degrees of freedom) against 9 spent at the start:

        >>> one = np.ones(1)
        >>> spent = Amounts(value=9 * one, low=9 * one, high=9 * one, variance=0 * one,
        ...                 curvature=0 * one)
        >>> saved = Amounts(value=3 * one, low=3 * one, high=3 * one, variance=0.25 * one,
        ...                 curvature=0.0125 * one)
        >>> found = volume_sets(spent, saved)
        >>> found.low.round(3).tolist(), found.high.round(3).tolist()
        ([2.1], [5.249])
    """
    has_scatter = extra.has_scatter | saved.has_scatter
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inverted, bounded = _fieller(extra, saved), _bounds(extra, saved)
    return VolumeSets(
        low=np.where(has_scatter, inverted.low, bounded.low),
        high=np.where(has_scatter, inverted.high, bounded.high),
        is_clear=np.where(has_scatter, inverted.is_clear, bounded.is_clear),
    )


def _fieller(extra: Amounts, saved: Amounts) -> VolumeSets:
    a, b, var_a, var_b = extra.value, saved.value, extra.variance, saved.variance
    df = degrees_of_freedom(
        var_a * b**2 + var_b * a**2, extra.curvature * b**4 + saved.curvature * a**4
    )
    t2 = quantiles(df) ** 2
    quadratic, linear, constant = b * b - t2 * var_b, a * b, a * a - t2 * var_a
    discriminant = t2 * (a * a * var_b + b * b * var_a) - t2 * t2 * var_a * var_b
    root = linear + np.copysign(np.sqrt(np.maximum(discriminant, 0.0)), linear)
    one, two = np.where(root == 0, 0.0, constant / root), np.where(root == 0, 0.0, root / quadratic)
    least, most = np.minimum(one, two), np.maximum(one, two)
    inner = _at_or_above_0(least, most)
    outer = (np.where(least >= 0, 0.0, np.maximum(most, 0.0)), np.full_like(most, np.inf))
    half = _half_line(linear, constant)
    is_all = (quadratic < 0) & (discriminant <= 0)
    cases = [is_all, quadratic > 0, quadratic < 0]
    everything = (np.zeros_like(a), np.full_like(a, np.inf))
    low, high = (
        np.select(cases, [everything[i], inner[i], outer[i]], default=half[i]) for i in (0, 1)
    )
    return VolumeSets(low=low, high=high, is_clear=quadratic > 0)


def _at_or_above_0(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    is_in = high >= 0
    return np.where(is_in, np.maximum(low, 0.0), np.nan), np.where(is_in, high, np.nan)


def _half_line(linear: Floats, constant: Floats) -> tuple[Floats, Floats]:
    """Where `-2 linear n + constant <= 0`."""
    at = constant / (2 * linear)
    rising = np.maximum(at, 0.0), np.full_like(at, np.inf)
    falling = _at_or_above_0(np.full_like(at, -np.inf), at)
    flat = (np.where(constant <= 0, 0.0, np.nan), np.where(constant <= 0, np.inf, np.nan))
    cases = [linear > 0, linear < 0]
    low, high = (np.select(cases, [rising[i], falling[i]], default=flat[i]) for i in (0, 1))
    return low, high


def _bounds(extra: Amounts, saved: Amounts) -> VolumeSets:
    least = _at_least(saved.high, extra.low)
    most = _at_least(-saved.low, -extra.high)
    low, high = np.maximum(least[0], most[0]), np.minimum(least[1], most[1])
    is_in = low <= high
    return VolumeSets(
        low=np.where(is_in, low, np.nan),
        high=np.where(is_in, high, np.nan),
        is_clear=(saved.low > 0) | (saved.high < 0),
    )


def _at_least(slope: Floats, bound: Floats) -> tuple[Floats, Floats]:
    """Where `n * slope >= bound` among n >= 0; low above high where nowhere."""
    at = bound / slope
    is_met = bound <= 0
    low = np.select(
        [slope > 0, slope < 0],
        [np.maximum(at, 0.0), np.zeros_like(at)],
        default=np.where(is_met, 0.0, np.inf),
    )
    high = np.select(
        [slope > 0, slope < 0],
        [np.full_like(at, np.inf), at],
        default=np.where(is_met, np.inf, 0.0),
    )
    return low, high
