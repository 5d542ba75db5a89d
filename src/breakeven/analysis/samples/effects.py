"""Effects: how large a difference is, whatever its unit, with an interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import LEVEL, quantile

N_PLACES = 2000
"""Places at which a spread is looked at; four digits of the interval do not change with more."""

NORMAL_REACH = 9.0
"""Standard deviations beyond which a double knows no tail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Size of a difference.

    Attributes:
        name: "Cohen's dz", "Hedges' g" or "Cliff's delta".
        size: With its interval; above 0 where the first is larger. The first two are in standard
            deviations, of the logarithms where all values are above 0.
    """

    name: str
    size: Interval


def cliffs_delta(
    left: Sequence[float], right: Sequence[float], *, level: float = LEVEL
) -> Interval:
    """Probability that a left value is larger less that it is smaller, with its interval.

    Cliff 1993, "Dominance statistics", Psychological Bulletin 114; the asymmetric interval of Feng
    and Cliff 2004; where no two overlap the one by the smaller sample.

    Args:
        left: At least one value.
        right: At least one value.
        level: Confidence level.

    Examples:
        >>> cliffs_delta([3.0, 4.0, 5.0], [1.0, 3.0, 4.0]).value
        0.5555555555555556
    """
    signs = np.sign(np.subtract.outer(np.asarray(left, float), np.asarray(right, float)))
    n, m = signs.shape
    delta, z2 = float(signs.mean()), quantile(math.inf, level=level) ** 2
    if abs(delta) == 1:
        inner = (min(n, m) - z2) / (min(n, m) + z2)
        low, high = (inner, 1.0) if delta > 0 else (-1.0, -inner)
        return Interval(value=delta, low=low, high=high, n=n + m)
    if min(n, m) == 1:
        return Interval(value=delta, low=-1.0, high=1.0, n=n + m)
    rows = float(np.sum((signs.mean(axis=1) - delta) ** 2))
    columns = float(np.sum((signs.mean(axis=0) - delta) ** 2))
    cells = float(np.sum((signs - delta) ** 2))
    variance = (m**2 * rows + n**2 * columns - cells) / (n * m * (n - 1) * (m - 1))
    variance = max(variance, (1 - delta**2) / (n * m - 1))
    half = math.sqrt(z2 * variance * ((1 - delta**2) ** 2 + z2 * variance))
    scale = 1 - delta**2 + z2 * variance
    middle = delta - delta**3
    return Interval(
        value=delta,
        low=max(-1.0, (middle - half) / scale),
        high=min(1.0, (middle + half) / scale),
        n=n + m,
    )


def standardised(t: float, *, df: float, scale: float, level: float = LEVEL) -> Interval:
    """Difference in standard deviations from a t statistic, by the noncentral t distribution.

    Steiger and Fouladi 1997: the noncentralities for which the t seen is not extreme.

    Args:
        t: Statistic.
        df: Its degrees of freedom.
        scale: What the difference is multiplied with to give t, e.g. sqrt(n) for pairs.
        level: Confidence level.

    Examples:
        >>> found = standardised(5.0, df=9, scale=10**0.5)
        >>> [round(x, 2) for x in (found.value, found.low, found.high)]
        [1.58, 0.61, 2.51]
    """
    tail = (1 - level) / 2
    ends = (_noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail))
    return Interval(value=t / scale, low=ends[0] / scale, high=ends[1] / scale, n=round(df) + 1)


def _noncentrality(t: float, df: float, share: float) -> float:
    """The noncentrality at which a share of t values lies below the one seen.

    P(T <= t) is the mean of Phi(t s - noncentrality) over the spread s that a sample may show; the
    library's own distribution gives no number for the large t of measurements.
    """
    places = (np.arange(N_PLACES) + 0.5) / N_PLACES
    shifted = t * np.sqrt(stats.chi2.ppf(places, df) / df)

    def below(noncentrality: float) -> float:
        return float(stats.norm.cdf(shifted - noncentrality).mean()) - share

    ends = float(shifted.min()) - NORMAL_REACH, float(shifted.max()) + NORMAL_REACH
    return float(optimize.brentq(below, *ends))
