"""Two samples: the test that their shapes allow, its reason, and how large the difference is.

The choice is the usual one of measurement studies: paired where both ran in the same blocks, a t
test where nothing speaks against normality, ranks where something does. A ratio with its interval
comes first; a test chosen by a look at the data is offered because readers expect it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from breakeven.analysis.describe import normality
from breakeven.analysis.stats import Interval, log_ratio
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, quantile

ALPHA = 0.05
"""Below this p a sample is not taken for normal, and two spreads not for equal."""

N_PLACES = 2000
"""Places at which a spread is looked at; four digits of the interval do not change with more."""

NORMAL_REACH = 9.0
"""Standard deviations beyond which a double knows no tail."""

Sample = Mapping[int, float]
"""Value by block; negative keys stand outside blocks and pair with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Size of a difference.

    Attributes:
        name: "Cohen's dz", "Hedges' g" or "Cliff's delta".
        size: With its interval; above 0 where the first is larger.
    """

    name: str
    size: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSamples:
    """One number of two configurations.

    Attributes:
        ratio: First over second; None where a value is not above 0.
        is_paired: Whether blocks were paired.
        test: Name of the test.
        why: What chose it.
        p: Two-sided; None where nothing varies or there is too little to test.
        effect: None likewise.
    """

    ratio: Interval | None
    is_paired: bool
    test: str
    why: str
    p: float | None
    effect: Effect | None


def compare_samples(left: Sample, right: Sample, *, level: float = LEVEL) -> TwoSamples:
    """Compare two samples of one number by the test that they allow.

    Args:
        left: At least one value.
        right: At least one value.
        level: Confidence level.

    Examples:
        >>> one = {0: 10.1, 1: 10.4, 2: 10.2, 3: 10.6}
        >>> two = {0: 5.0, 1: 5.3, 2: 5.15, 3: 5.45}
        >>> found = compare_samples(one, two)
        >>> found.test, round(found.ratio.value, 3), found.p < 0.001
        ('paired t', 1.977, True)
    """
    common = sorted(block for block in left.keys() & right.keys() if block >= 0)
    if len(common) >= 2:
        return _paired([left[b] for b in common], [right[b] for b in common], level=level)
    return _unpaired(list(left.values()), list(right.values()), level=level)


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


def holm(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p values for their number (Holm 1979, Scandinavian Journal of Statistics 6).

    Args:
        ps: None where nothing was tested.

    Examples:
        >>> holm([0.01, None, 0.04, 0.03])
        (0.03, None, 0.06, 0.06)
    """
    known = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    largest = 0.0
    for rank, (p, i) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - rank)))
        adjusted[i] = largest
    return tuple(adjusted)


def _paired(left: Sequence[float], right: Sequence[float], *, level: float) -> TwoSamples:
    differences = np.subtract(left, right)
    ratio = log_ratio(left, right, level=level) if min(*left, *right) > 0 else None
    if not _varies(differences, (*left, *right)):
        why = "every block differs by the same amount"
        return TwoSamples(ratio=ratio, is_paired=True, test="none", why=why, p=None, effect=None)
    shape = normality(differences.tolist())
    if shape is None or shape.p >= ALPHA:
        t, p = (float(x) for x in stats.ttest_rel(left, right))
        n = len(left)
        size = standardised(t, df=n - 1, scale=math.sqrt(n), level=level)
        return TwoSamples(
            ratio=ratio,
            is_paired=True,
            test="paired t",
            why=_normal_words(shape, "the differences"),
            p=p,
            effect=Effect(name="Cohen's dz", size=size),
        )
    return TwoSamples(
        ratio=ratio,
        is_paired=True,
        test="Wilcoxon signed rank",
        why=_not_normal_words(shape.p, "the differences"),
        p=float(stats.wilcoxon(left, right).pvalue),
        effect=Effect(name="Cliff's delta", size=cliffs_delta(left, right, level=level)),
    )


def _unpaired(left: Sequence[float], right: Sequence[float], *, level: float) -> TwoSamples:
    ratio = _welch_ratio(left, right, level=level)
    can_test = min(len(left), len(right)) > 1
    if not (can_test and (_varies(left, left) or _varies(right, right))):
        why = "fewer than two values of one" if not can_test else "neither of them varies"
        return TwoSamples(ratio=ratio, is_paired=False, test="none", why=why, p=None, effect=None)
    shapes = [shape for shape in map(normality, (left, right)) if shape is not None]
    odd = [shape.p for shape in shapes if shape.p < ALPHA]
    if odd:
        return TwoSamples(
            ratio=ratio,
            is_paired=False,
            test="Mann-Whitney U",
            why=_not_normal_words(min(odd), "one of them"),
            p=float(stats.mannwhitneyu(left, right).pvalue),
            effect=Effect(name="Cliff's delta", size=cliffs_delta(left, right, level=level)),
        )
    is_equal = float(stats.levene(left, right).pvalue) >= ALPHA
    p = float(stats.ttest_ind(left, right, equal_var=is_equal).pvalue)
    return TwoSamples(
        ratio=ratio,
        is_paired=False,
        test="Student's t" if is_equal else "Welch's t",
        why="nothing speaks against normality; by Levene spreads "
        + ("are alike" if is_equal else "differ"),
        p=p,
        effect=Effect(name="Hedges' g", size=_hedges(left, right, level=level)),
    )


def _hedges(left: Sequence[float], right: Sequence[float], *, level: float) -> Interval:
    n, m = len(left), len(right)
    df, scale = n + m - 2, math.sqrt(n * m / (n + m))
    t = float(stats.ttest_ind(left, right).statistic)
    found = standardised(t, df=df, scale=scale, level=level)
    shrink = 1 - 3 / (4 * df - 1)
    return Interval(
        value=shrink * found.value, low=shrink * found.low, high=shrink * found.high, n=n + m
    )


def _welch_ratio(left: Sequence[float], right: Sequence[float], *, level: float) -> Interval | None:
    """Ratio of geometric means, by Welch's t on the logarithms."""
    if min(*left, *right) <= 0:
        return None
    one, two = np.log(left), np.log(right)
    value, n = float(one.mean() - two.mean()), len(left) + len(right)
    if min(len(left), len(right)) < 2:
        return Interval(value=math.exp(value), low=0.0, high=math.inf, n=n)
    parts = [float(np.var(x, ddof=1)) / len(x) for x in (one, two)]
    total = sum(parts)
    if total == 0:
        return Interval(value=math.exp(value), low=math.exp(value), high=math.exp(value), n=n)
    df = total**2 / sum(v**2 / (len(x) - 1) for v, x in zip(parts, (one, two), strict=True))
    half = quantile(df, level=level) * math.sqrt(total)
    ends = np.exp(np.clip([value - half, value + half], -700, 700))
    return Interval(value=math.exp(value), low=float(ends[0]), high=float(ends[1]), n=n)


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


def _varies(values: Sequence[float] | np.ndarray, sizes: Sequence[float]) -> bool:
    return float(np.ptp(values)) > ROUNDING_FRAC * max(map(abs, sizes))


def _normal_words(shape: object, what: str) -> str:
    return (
        f"too few to test whether {what} are normal"
        if shape is None
        else f"nothing speaks against normality of {what}"
    )


def _not_normal_words(p: float, what: str) -> str:
    return f"{what} would hardly be normal (Shapiro-Wilk p = {p:.2g})"
