"""Paired: two models on the same test examples, where what both get right or wrong falls out.

Only examples on which they disagree tell two models apart (McNemar 1947, Psychometrika 12). With
one seed each the interval is Tango's score interval (1998, Stat. Med. 17); with several, seeds of
both and examples are random (see `crossed`). Without pairs the two intervals are joined as if
independent (Zou and Donner 2008, Stat. Med. 27; for one seed each this is Newcombe's method 10),
which is wider.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.scoring.crossed import MeanDoubt, crossed_doubt
from breakeven.analysis.uncertain import LEVEL, quantile
from breakeven.formulas.tango import tango_score

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordance:
    """How two models with one seed each differ, example by example.

    Attributes:
        left_only: Examples that only the left one got right.
        right_only: Examples that only the right one got right.
        n: Examples in all.
    """

    left_only: int
    right_only: int
    n: int


def discordance(left: Floats, right: Floats) -> Discordance:
    """Count on which examples two models disagree.

    Args:
        left: shape (n_examples,), 0 or 1.
        right: The same of the other.

    Examples:
        >>> discordance(np.array([1.0, 1, 0]), np.array([0.0, 1, 0]))
        Discordance(left_only=1, right_only=0, n=3)
    """
    return Discordance(
        left_only=int(np.sum(left > right)), right_only=int(np.sum(right > left)), n=len(left)
    )


def mcnemar_p(found: Discordance) -> float:
    """Two-sided p of the exact McNemar test: is each disagreement as likely either way.

    Examples:
        >>> mcnemar_p(Discordance(left_only=1, right_only=7, n=21))
        0.0703125
        >>> mcnemar_p(Discordance(left_only=0, right_only=0, n=21))
        1.0
    """
    n_discordant = found.left_only + found.right_only
    if n_discordant == 0:
        return 1.0
    return float(stats.binomtest(found.left_only, n_discordant, 0.5).pvalue)


def tango(found: Discordance, *, level: float = LEVEL) -> Interval:
    """Difference of two paired proportions, left minus right, with Tango's score interval.

    Args:
        found: Counts of disagreement.
        level: Confidence level.

    Examples:
        1 and 7 of 21 disagree (Bentur et al. 2009, as in Fagerland, Lydersen and Laake 2014,
        Stat. Med. 33):

        >>> found = tango(Discordance(left_only=1, right_only=7, n=21))
        >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
        (-0.286, -0.517, -0.026)
    """
    value = (found.left_only - found.right_only) / found.n
    counts, z = (found.left_only, found.right_only, found.n), quantile(math.inf, level=level)
    return Interval(
        value=value,
        low=tango_end(*counts, z=z),
        high=tango_end(*counts, z=-z),
        n=found.n,
    )


def tango_end(left_only: float, right_only: float, n: float, *, z: float) -> float:
    """One end of Tango's interval: the difference at which the score statistic equals z.

    Args:
        left_only: Examples that only the left one got right; no whole number where examples count
            for less than one each.
        right_only: The same of the other.
        n: Examples in all.
        z: Quantile, above 0 for the lower end and below for the upper.

    Examples:
        Without disagreement it is z^2 / (n + z^2):

        >>> round(tango_end(0, 0, 100, z=-2.0), 6)
        0.038462
    """
    start, limit = (left_only - right_only) / n, math.copysign(1.0, -z)
    if start == limit:
        return limit
    edge = limit * (1 - 1e-12)
    return float(
        optimize.brentq(
            lambda d: tango_score(left_only, right_only, n, difference=d) - z,
            edge,
            start,
            xtol=1e-12,
        )
    )


def crossed_difference(left: Floats, right: Floats, *, level: float = LEVEL) -> Interval:
    """Difference of two mean scores, left minus right, with seeds of both and examples random.

    A side with one seed adds nothing for seeds, for nothing is known of them. Where the two never
    disagree the examples' variance is that of Tango's interval without discordant pairs.

    Args:
        left: shape (n_seeds, n_examples), 0 or 1.
        right: shape (n_other_seeds, n_examples), the same examples.
        level: Confidence level.

    Examples:
        >>> one = np.array([[1.0, 1, 1, 0], [1, 1, 0, 0]])
        >>> found = crossed_difference(one, one[:, ::-1])
        >>> found.value, round(found.low + found.high, 9)
        (0.0, 0.0)
    """
    n = left.shape[1]
    differences = left.mean(axis=0) - right.mean(axis=0)
    value = float(differences.mean())
    least = quantile(math.inf, level=level) ** 2 / n
    doubt = MeanDoubt(
        examples=max(float(np.var(differences, ddof=1)), least) / n,
        seeds=(*crossed_doubt(left).seeds, *crossed_doubt(right).seeds),
    )
    half = doubt.half_width(level=level)
    return Interval(value=value, low=max(-1.0, value - half), high=min(1.0, value + half), n=n)


def independent_difference(left: Interval, right: Interval) -> Interval:
    """Difference of two values, left minus right, from their intervals as if independent.

    Args:
        left: One value with its interval.
        right: The other.

    Examples:
        Newcombe 1998, table II, 56/70 and 48/80: 0.0524 to 0.3339.

        >>> from breakeven.analysis.samples.stats import wilson
        >>> found = independent_difference(wilson(56, 70), wilson(48, 80))
        >>> round(found.low, 4), round(found.high, 4)
        (0.0524, 0.3339)
    """
    value = left.value - right.value
    return Interval(
        value=value,
        low=value - math.hypot(left.value - left.low, right.high - right.value),
        high=value + math.hypot(left.high - left.value, right.value - right.low),
        n=min(left.n, right.n),
    )
