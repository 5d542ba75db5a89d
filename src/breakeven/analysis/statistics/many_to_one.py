"""Many to one: several configurations against one baseline, with one promise for all of them.

The differences share the baseline, so their t statistics go up and down together: each is
`(l z0 + sqrt(1 - l^2) z) / s` with a common z0 and a common spread s. Given both they are
independent, so the probability that none is beyond a value is a product, averaged over z0 and s by
quadrature (Dunnett 1955, JASA 50; unequal numbers of runs have unequal loads l). Nothing is drawn
at random.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import optimize, special, stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.uncertain import LEVEL

WIDEST = 9.0
"""Standard deviations to which the common normal is looked at; 1e-18 of it lies beyond."""

N_COMMON, MOST_COMMON = 120, 4000
"""Fewest and most places at which it is looked at (Gauss and Legendre)."""

PER_STEEPNESS = 57
"""Places for each unit of `l / sqrt(1 - l^2)`: two or more in every width of the steepest factor,
where p moves by less than 1e-5 with more."""

N_SPREAD = 400
"""Places at which the common spread is looked at; p moves by less than 1e-5 with more."""

SAME_NUMBER = math.sqrt(0.5)
"""Load on the baseline where every configuration ran as often as it: correlation 1/2."""


def load(n_runs: int, n_baseline: int) -> float:
    """How much a difference depends on the baseline, where runs are not paired.

    Args:
        n_runs: Of the configuration.
        n_baseline: Of the baseline.

    Examples:
        >>> round(load(6, 6) ** 2, 6)
        0.5
    """
    return math.sqrt(n_runs / (n_runs + n_baseline))


def none_beyond(t: float, loads: Sequence[float], *, df: float) -> float:
    """Probability that no difference has a |t| above a value while all are 0.

    Args:
        t: At least 0.
        loads: One per difference, as `load` gives them, or `SAME_NUMBER`.
        df: Degrees of freedom of the common spread.

    Examples:
        One difference is Student's t; for two with 16 degrees of freedom the 5 % point is 2.42
        (Dunnett 1964, Biometrics 20, table II):

        >>> round(none_beyond(2.120, [SAME_NUMBER], df=16), 3)
        0.95
        >>> round(none_beyond(2.42, [SAME_NUMBER] * 2, df=16), 3)
        0.95
    """
    spreads, shares = _spread(df)
    common, weights = _common(max(loads))
    product = np.ones((len(common), len(spreads)))
    for own, n in Counter(loads).items():
        rest = math.sqrt(1 - own**2)
        middle, reach = own * common[:, None] / rest, t * spreads / rest
        product *= (special.ndtr(middle + reach) - special.ndtr(middle - reach)) ** n
    return float(weights @ product @ shares)


def adjusted(ts: Sequence[float], loads: Sequence[float], *, df: float) -> tuple[float, ...]:
    """P of each difference, adjusted for all of them.

    Args:
        ts: t statistic of each difference from the baseline.
        loads: Likewise.
        df: Degrees of freedom of the common spread.

    Examples:
        >>> [round(p, 3) for p in adjusted([2.42, 0.0], [SAME_NUMBER] * 2, df=16)]
        [0.05, 1.0]
    """
    return tuple(_adjusted(abs(t), loads, df=df) for t in ts)


def _adjusted(t: float, loads: Sequence[float], *, df: float) -> float:
    """Between the p of one look and Bonferroni's: below 1e-9 the quadrature has no digits."""
    alone = float(2 * stats.t.sf(t, df))
    return min(1.0, len(loads) * alone, max(alone, 1 - none_beyond(t, loads, df=df)))


def critical(loads: Sequence[float], *, df: float, level: float = LEVEL) -> float:
    """|t| that no difference exceeds with the probability asked for, for simultaneous intervals.

    Args:
        loads: One per difference.
        df: Degrees of freedom of the common spread.
        level: Confidence of all intervals together.

    Returns:
        Bonferroni's value, which is never too small, where a level so near 1 leaves the quadrature
        no digits.

    Examples:
        >>> round(critical([SAME_NUMBER] * 3, df=16), 2)
        2.59
    """
    each = 1 - (1 - level) / len(loads)
    highest = float(stats.t.ppf((1 + each) / 2, df)) * 1.001  # Bonferroni's, never below
    lowest = float(stats.t.ppf((1 + level) / 2, df)) * 0.999

    def above(t: float) -> float:
        return none_beyond(t, loads, df=df) - level

    if not above(lowest) < 0 < above(highest):
        return highest
    return float(optimize.brentq(above, lowest, highest, xtol=1e-6))


def _common(largest: float) -> tuple[Floats, Floats]:
    """Places and weights of the common normal; the more, the more a difference hangs on it."""
    steepness = largest / math.sqrt(1 - largest**2)
    n = min(MOST_COMMON, max(N_COMMON, math.ceil(PER_STEEPNESS * steepness)))
    nodes, weights = np.polynomial.legendre.leggauss(n)
    density = weights * np.exp(-0.5 * (WIDEST * nodes) ** 2)
    return WIDEST * nodes, density / density.sum()


def _spread(df: float) -> tuple[Floats, Floats]:
    """Places and weights of a spread, the root of a chi-square over its degrees of freedom."""
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    nodes, weights = np.polynomial.legendre.leggauss(N_SPREAD)
    low, high = np.sqrt(stats.chi2.ppf([1e-13, 1 - 1e-13], df) / df)
    places = low + (high - low) * (nodes + 1) / 2
    density = weights * stats.chi2.pdf(places**2 * df, df) * places
    return places, density / density.sum()
