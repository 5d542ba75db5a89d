"""Correlation: Pearson and Spearman with the point that carries them.

r = 0.997 between FLOPs and energy may rest on one stage that is far from all others; without it the
number is another one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.fits import Floats
from breakeven.analysis.stats import Interval
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC

MIN_POINTS = 4
"""Fisher's interval has n - 3 in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How closely two numbers go together.

    Attributes:
        pearson: r with Fisher's z interval (Fisher 1921).
        p: Two-sided p of no correlation (t with n - 2 degrees of freedom).
        spearman: Rank correlation.
        farthest: Which distinct points to leave out so that r moves most: indices of all that
            share one place.
        pearson_without: r without them; None where too little is left.
        share: Largest share of the spread of x or y that goes with one value.
    """

    pearson: Interval
    p: float
    spearman: float
    farthest: tuple[int, ...]
    pearson_without: float | None
    share: float


def correlate(
    xs: Sequence[float], ys: Sequence[float], *, level: float = LEVEL
) -> Correlation | None:
    """Correlate two columns of numbers and find the place that moves the result most.

    Points at one and the same place (repeats written as their mean) are left out together.

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
        >>> round(found.pearson.value, 3), found.farthest, round(found.pearson_without, 2)
        (1.0, (4,), -0.48)
    """
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} x and {len(ys)} y; give one of each per point")
    n = len(xs)
    if n < MIN_POINTS or not (_varies(xs) and _varies(ys)):
        return None
    r, p = stats.pearsonr(xs, ys)
    pairs = list(zip(xs, ys, strict=True))
    without = {place: _r_without(pairs, place) for place in dict.fromkeys(pairs)}
    known = {place: value for place, value in without.items() if value is not None}
    far = max(known, key=lambda place: abs(known[place] - float(r)), default=None)
    return Correlation(
        pearson=_fisher(float(r), n, level=level),
        p=float(p),
        spearman=float(stats.spearmanr(xs, ys).statistic),
        farthest=tuple(i for i, pair in enumerate(pairs) if pair == far),
        pearson_without=known[far] if far is not None else None,
        share=max(_share(xs), _share(ys)),
    )


def _r_without(pairs: Sequence[tuple[float, float]], place: tuple[float, float]) -> float | None:
    left = [pair for pair in pairs if pair != place]
    xs, ys = [x for x, _ in left], [y for _, y in left]
    if len(left) < MIN_POINTS - 1 or not (_varies(xs) and _varies(ys)):
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


def _share(values: Sequence[float]) -> float:
    """Largest share of the spread that goes when all points at one value are left out."""
    array = np.asarray(values, dtype=float)
    left = [_spread(array[array != value]) for value in np.unique(array)]
    return 1 - min(left) / _spread(array)


def _spread(array: Floats) -> float:
    return float(np.sum((array - array.mean()) ** 2)) if array.size else 0.0
