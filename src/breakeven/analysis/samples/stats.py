"""Statistics of repeated runs: intervals for means, ratios and proportions, and their checks.

The unit of analysis is the run. Configurations are compared within blocks, on the logarithm of
their cost, because that is what keeps its promise under drift (STATISTICS: 95.7 % coverage at 10
blocks, where bootstrap intervals of a ratio cover 89 %).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import stats

from breakeven.analysis.uncertain import (
    LEVEL,
    Observation,
    Uncertain,
    difference,
    mean_of,
    once,
    quantile,
)

EXACT_SIGN_FLIPS = 12
"""Up to this many pairs every sign pattern is tried (4,096); beyond, a normal approximation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point value with its interval.

    Attributes:
        value: Point estimate.
        low: Lower end; equal to `value` when nothing can be said.
        high: Upper end.
        n: Number of units it rests on.
    """

    value: float
    low: float
    high: float
    n: int


def log_ratio(
    numerators: Sequence[float], denominators: Sequence[float], *, level: float = LEVEL
) -> Interval:
    """Ratio of two costs measured side by side in blocks, by t on the mean log ratio.

    Args:
        numerators: Cost of the one, shape (n_blocks,), above 0.
        denominators: Cost of the other in the same blocks.
        level: Confidence level.

    Returns:
        The geometric mean ratio; with a single block the interval is unbounded.

    Raises:
        ValueError: If the lengths differ, are 0, or a cost is not above 0.

    Examples:
        >>> found = log_ratio([1.0, 1.1, 1.2], [2.0, 2.2, 2.4])
        >>> found.value, found.low, found.high
        (0.5, 0.5, 0.5)
        >>> found = log_ratio([1.0, 1.2], [2.0, 2.0])
        >>> [round(x, 4) for x in (found.value, found.low, found.high)]
        [0.5477, 0.172, 1.7442]
    """
    if len(numerators) != len(denominators) or not numerators:
        raise ValueError(
            f"{len(numerators)} numerators and {len(denominators)} denominators; "
            "give one of each for at least one block"
        )
    if min(*numerators, *denominators) <= 0:
        raise ValueError(
            f"a cost of {min(*numerators, *denominators)} has no logarithm; "
            "costs must be above 0, so lengthen the window until the sensor sees something"
        )
    logs = np.log(np.asarray(numerators) / np.asarray(denominators))
    n, mean = len(logs), float(np.mean(logs))
    if n == 1:
        return Interval(value=math.exp(mean), low=0.0, high=math.inf, n=1)
    half = quantile(n - 1, level=level) * float(np.std(logs, ddof=1)) / math.sqrt(n)
    return Interval(value=math.exp(mean), low=math.exp(mean - half), high=_exp(mean + half), n=n)


def sign_flip_p(differences: Sequence[float]) -> float:
    """Two-sided p of a paired permutation test: would random signs give so large a sum.

    Args:
        differences: One per block, e.g. log ratios; shape (n_blocks,).

    Returns:
        Share of sign patterns at least as extreme as the one seen; exact up to
        `EXACT_SIGN_FLIPS` blocks, by normal approximation beyond.

    Examples:
        >>> sign_flip_p([0.1, 0.2, 0.15, 0.12])
        0.125
    """
    values = np.asarray(differences, dtype=float)
    seen = abs(float(values.sum()))
    if len(values) > EXACT_SIGN_FLIPS:
        spread = math.sqrt(float(np.sum(values**2)))
        return float(2 * stats.norm.sf(seen / spread)) if spread else 1.0
    signs = np.array(list(product((-1.0, 1.0), repeat=len(values))))
    return float(np.mean(np.abs(signs @ values) >= seen * (1 - 1e-12)))


def wilson(n_correct: int, n_examples: int, *, level: float = LEVEL) -> Interval:
    """Proportion with its score interval (Wilson 1927, JASA 22).

    Args:
        n_correct: Successes, 0 to `n_examples`.
        n_examples: Trials, above 0.
        level: Confidence level.

    Raises:
        ValueError: If the counts contradict each other.

    Examples:
        Newcombe 1998, table I, 81 of 263: 0.2553 to 0.3662.

        >>> found = wilson(81, 263)
        >>> round(found.low, 4), round(found.high, 4)
        (0.2553, 0.3662)
    """
    if not 0 <= n_correct <= n_examples or n_examples == 0:
        raise ValueError(
            f"{n_correct} of {n_examples} is no proportion; expected 0 <= k <= n, n > 0"
        )
    z2 = quantile(math.inf, level=level) ** 2
    share = n_correct / n_examples
    middle = (share + z2 / (2 * n_examples)) / (1 + z2 / n_examples)
    half = math.sqrt(z2 * (share * (1 - share) / n_examples + z2 / (4 * n_examples**2)))
    half /= 1 + z2 / n_examples
    return Interval(
        value=share,
        low=min(share, max(0.0, middle - half)),
        high=max(share, min(1.0, middle + half)),
        n=n_examples,
    )


def newcombe(left: tuple[int, int], right: tuple[int, int], *, level: float = LEVEL) -> Interval:
    """Difference of two independent proportions (Newcombe 1998, Stat. Med. 17, method 10).

    Args:
        left: Successes and trials of the one.
        right: Successes and trials of the other.
        level: Confidence level.

    Examples:
        Newcombe's table II, 56/70 and 48/80: 0.0524 to 0.3339.

        >>> found = newcombe((56, 70), (48, 80))
        >>> round(found.low, 4), round(found.high, 4)
        (0.0524, 0.3339)
    """
    one, two = wilson(*left, level=level), wilson(*right, level=level)
    value = one.value - two.value
    return Interval(
        value=value,
        low=value - math.hypot(one.value - one.low, two.high - two.value),
        high=value + math.hypot(one.high - one.value, two.value - two.low),
        n=min(one.n, two.n),
    )


def paired_difference(
    left: Mapping[int, Observation], right: Mapping[int, Observation]
) -> Uncertain:
    """Difference of two means per item, left minus right, paired by block where both ran.

    What moves a whole block (heat, clocks, other load) falls out of the pairs: the covariance of
    the two means is in the variance of their difference. With fewer than two common blocks the
    means are taken as independent.

    Args:
        left: Average per item by block, at least one; negative keys stand outside blocks.
        right: The same for the other.

    Examples:
        >>> def seen(*values: float) -> dict[int, Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return {
        ...         block: Observation(value=v, low=v, high=v, **rest)
        ...         for block, v in enumerate(values)
        ...     }
        >>> paired = paired_difference(seen(5.0, 6.0, 7.0), seen(3.0, 4.0, 5.0))
        >>> paired.value, paired.variance
        (2.0, 0.0)
    """
    common = sorted(block for block in left.keys() & right.keys() if block >= 0)
    if len(common) < 2:
        return mean_of(list(left.values())) - mean_of(list(right.values()))
    return mean_of([_minus(left[block], right[block]) for block in common])


def trend_p(values: Sequence[float]) -> tuple[float, float]:
    """Slope per step and its two-sided p in a straight line through values in order.

    Args:
        values: Shape (n_blocks,), at least 3.

    Examples:
        >>> slope, p = trend_p([1.0, 2.1, 2.9, 4.0])
        >>> round(slope, 2), p < 0.01
        (0.98, True)
    """
    if np.ptp(values) == 0:
        return 0.0, 1.0
    fit = stats.linregress(np.arange(len(values)), np.asarray(values))
    return float(fit.slope), float(fit.pvalue)


def _minus(left: Observation, right: Observation) -> Observation:
    return Observation(
        value=difference(left.value, right.value),
        low=difference(left.low, right.high),
        high=difference(left.high, right.low),
        kinds=once((*left.kinds, *right.kinds)),
        origins=once((*left.origins, *right.origins)),
        run_ids=once((*left.run_ids, *right.run_ids)),
    )


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
