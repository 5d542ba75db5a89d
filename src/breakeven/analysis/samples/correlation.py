"""Correlation: Pearson and Spearman with the one value that carries them.

r = 0.997 between FLOPs and energy may rest on one stage that is far from all others; without it the
number is another one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC

MIN_POINTS = 4
"""Fisher's interval has n - 3 in it."""

SHARE_DIGITS = 9
"""Shares of the spread that differ by less are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How closely two numbers go together.

    Attributes:
        pearson: r with Fisher's z interval (Fisher 1921).
        p: Two-sided p of no correlation (t with n - 2 degrees of freedom).
        spearman: Rank correlation.
        share: Largest share of the spread of x or y that goes with one value.
        holders: Indices of all points at that value.
        pearson_without: r without them; None where too little is left.
    """

    pearson: Interval
    p: float
    spearman: float
    share: float
    holders: tuple[int, ...]
    pearson_without: float | None

    def rests_on(self, share: float) -> bool:
        """Whether one value holds more than a share, and r falls or is gone without it.

        Examples:
            >>> level = correlate([1, 2, 3, 100], [3.0, 1.0, 2.0, 2.0])
            >>> round(level.share, 3), level.rests_on(0.9)
            (1.0, False)
        """
        without, r = self.pearson_without, self.pearson.value
        falls = without is None or without * math.copysign(1.0, r) < abs(r)
        return self.share > share and falls


def correlate(
    xs: Sequence[float], ys: Sequence[float], *, level: float = LEVEL
) -> Correlation | None:
    """Correlate two columns of numbers and find the value that holds most of their spread.

    Points at one and the same value of that column (repeats) are left out together.

    Args:
        xs: shape (n,).
        ys: shape (n,).
        level: Confidence level.

    Returns:
        None with fewer than four points, or when one column does not vary.

    Raises:
        ValueError: If the lengths differ.

    Examples:
        >>> found = correlate([1, 2, 3, 2, 100], [3.0, 1.0, 2.0, 2.5, 90.0])
        >>> round(found.pearson.value, 3), found.holders, round(found.pearson_without, 2)
        (1.0, (4,), -0.48)
    """
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} x and {len(ys)} y; give one of each per point")
    n = len(xs)
    if n < MIN_POINTS or not (_varies(xs) and _varies(ys)):
        return None
    r, p = stats.pearsonr(xs, ys)
    (share, value), column = max(
        ((_held(column), column) for column in (xs, ys)), key=lambda found: found[0][0]
    )
    left = [i for i, own in enumerate(column) if own != value]
    return Correlation(
        pearson=_fisher(float(r), n, level=level),
        p=float(p),
        spearman=float(stats.spearmanr(xs, ys).statistic),
        share=share,
        holders=tuple(i for i, own in enumerate(column) if own == value),
        pearson_without=_r([xs[i] for i in left], [ys[i] for i in left]),
    )


def _r(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    if len(xs) < MIN_POINTS - 1 or not (_varies(xs) and _varies(ys)):
        return None
    return float(stats.pearsonr(xs, ys).statistic)


def _fisher(r: float, n: int, *, level: float) -> Interval:
    half = float(stats.norm.ppf((1 + level) / 2)) / math.sqrt(n - 3)
    if abs(r) >= 1 - ROUNDING_FRAC:
        return Interval(value=r, low=r, high=r, n=n)
    return Interval(
        value=r, low=math.tanh(math.atanh(r) - half), high=math.tanh(math.atanh(r) + half), n=n
    )


def _varies(values: Sequence[float]) -> bool:
    return len(values) > 1 and float(np.ptp(values)) > ROUNDING_FRAC * max(map(abs, values))


def _held(values: Sequence[float]) -> tuple[float, float]:
    """Largest share of the spread that goes when all points at one value are left out; which.

    Of values that hold as much, the one with the fewest points.
    """
    array = np.asarray(values, dtype=float)
    whole = _spread(array)
    held = [
        (1 - _spread(array[array != value]) / whole, -int(n), float(value))
        for value, n in zip(*np.unique(array, return_counts=True), strict=True)
    ]
    share, _, value = max(held, key=lambda found: (round(found[0], SHARE_DIGITS), found[1]))
    return share, value


def _spread(array: Floats) -> float:
    return float(np.sum((array - array.mean()) ** 2)) if array.size else 0.0
