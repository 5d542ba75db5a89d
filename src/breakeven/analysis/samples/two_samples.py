"""Two samples: the test that their shapes allow, its reason, and how large the difference is.

The choice is the usual one of measurement studies: paired where both ran in the same blocks, a t
test where nothing speaks against normality, ranks where something does. A ratio with its interval
comes first; a test chosen by a look at the data is offered because readers expect it. Where all
values are above 0, shapes, t and effect are those of their logarithms, as the ratio is, so that a t
test and the interval beside it say the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.describe import normality
from breakeven.analysis.samples.effects import Effect, cliffs_delta, standardised
from breakeven.analysis.samples.stats import Interval, log_ratio, sign_flip_p
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, quantile

ALPHA = 0.05
"""Below this p a sample is not taken for normal, and two spreads not for equal."""

MIN_SPREAD = 3
"""Two values lie equally far from their median whatever they are, so Levene's test needs three."""

Sample = Mapping[int, float]
"""Value by block; negative keys stand outside blocks and pair with nothing."""


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


def welch_ratio(left: Sequence[float], right: Sequence[float], *, level: float = LEVEL) -> Interval:
    """Ratio of geometric means of two samples that nothing pairs, by Welch's t.

    Args:
        left: Values above 0, at least one.
        right: The same of the denominator.
        level: Confidence level.

    Returns:
        An interval without an upper end where one of them is a single value.

    Examples:
        >>> found = welch_ratio([2.0, 4.0, 8.0], [1.0, 2.0, 4.0])
        >>> round(found.value, 6), found.low < 1 < found.high
        (2.0, True)
    """
    return _welch(_values(left, right)).ratio(level=level)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """Two samples on the scale on which they are compared: logarithms where there are any."""

    left: Floats
    right: Floats
    is_log: bool

    def varies(self, values: Floats) -> bool:
        """Whether values of this scale differ by more than rounding."""
        floor = 1.0 if self.is_log else 0.0
        largest = float(np.max(np.abs([*self.left, *self.right]), initial=floor))
        return float(np.ptp(values)) > ROUNDING_FRAC * largest


def _values(left: Sequence[float], right: Sequence[float]) -> _Values:
    is_log = min(*left, *right) > 0
    one, two = (np.asarray(x, dtype=float) for x in (left, right))
    return _Values(
        left=np.log(one) if is_log else one, right=np.log(two) if is_log else two, is_log=is_log
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mean:
    """A mean difference with its standard error, and degrees of freedom, 0 where it is unknown."""

    value: float
    se: float
    df: float
    n: int

    @property
    def t(self) -> float:
        return self.value / self.se

    @property
    def p(self) -> float:
        return float(2 * stats.t.sf(abs(self.t), self.df))

    def ratio(self, *, level: float) -> Interval:
        """Ratio of geometric means, where the difference is one of logarithms."""
        value = math.exp(self.value)
        if self.df == 0:
            return Interval(value=value, low=0.0, high=math.inf, n=self.n)
        half = quantile(self.df, level=level) * self.se
        ends = np.exp(np.clip([self.value - half, self.value + half], -700, 700))
        return Interval(value=value, low=float(ends[0]), high=float(ends[1]), n=self.n)


def _paired(left: Sequence[float], right: Sequence[float], *, level: float) -> TwoSamples:
    values = _values(left, right)
    differences = values.left - values.right
    ratio = log_ratio(left, right, level=level) if values.is_log else None
    if not values.varies(differences):
        why = f"every block differs by the same {'factor' if values.is_log else 'amount'}"
        return TwoSamples(ratio=ratio, is_paired=True, test="none", why=why, p=None, effect=None)
    what = "the log ratios" if values.is_log else "the differences"
    shape = normality(differences.tolist())
    if shape is not None and shape.p < ALPHA:
        return TwoSamples(
            ratio=ratio,
            is_paired=True,
            test="Wilcoxon signed rank",
            why=_not_normal_words(shape.p, what),
            p=float(stats.wilcoxon(differences).pvalue),
            effect=Effect(name="Cliff's delta", size=cliffs_delta(left, right, level=level)),
        )
    n, sd = len(differences), float(np.std(differences, ddof=1))
    mean = _Mean(value=float(differences.mean()), se=sd / math.sqrt(n), df=n - 1, n=n)
    size = standardised(mean.t, df=mean.df, scale=math.sqrt(n), level=level)
    by_sign_flips = f"by sign flips p = {sign_flip_p(differences.tolist()):.2g}"
    return TwoSamples(
        ratio=ratio,
        is_paired=True,
        test="paired t",
        why=f"{_normal_words(what, is_tested=shape is not None)}; {by_sign_flips}",
        p=mean.p,
        effect=Effect(name="Cohen's dz", size=size),
    )


def _unpaired(left: Sequence[float], right: Sequence[float], *, level: float) -> TwoSamples:
    values = _values(left, right)
    welch = _welch(values)
    ratio = welch.ratio(level=level) if values.is_log else None
    can_test = min(len(left), len(right)) > 1
    if not (can_test and (values.varies(values.left) or values.varies(values.right))):
        why = "fewer than two values of one" if not can_test else "neither of them varies"
        return TwoSamples(ratio=ratio, is_paired=False, test="none", why=why, p=None, effect=None)
    what = "their logarithms" if values.is_log else "them"
    tested = (normality(sample.tolist()) for sample in (values.left, values.right))
    ps = [shape.p for shape in tested if shape is not None]
    if min(ps, default=1.0) < ALPHA:
        return TwoSamples(
            ratio=ratio,
            is_paired=False,
            test="Mann-Whitney U",
            why=_not_normal_words(min(ps), f"one of {what}"),
            p=float(stats.mannwhitneyu(left, right).pvalue),
            effect=Effect(name="Cliff's delta", size=cliffs_delta(left, right, level=level)),
        )
    spread_p = _levene_p(values)
    is_equal = spread_p is not None and spread_p >= ALPHA
    mean = _student(values) if is_equal else welch
    return TwoSamples(
        ratio=mean.ratio(level=level) if values.is_log else None,
        is_paired=False,
        test="Student's t" if is_equal else "Welch's t",
        why=f"{_normal_words(what, is_tested=bool(ps))}; {_spread_words(spread_p)}",
        p=mean.p,
        effect=Effect(name="Hedges' g", size=_hedges(values, level=level)),
    )


def _levene_p(values: _Values) -> float | None:
    """Whether spreads are alike, by distances from medians (Brown and Forsythe 1974)."""
    samples = values.left, values.right
    distances = [np.abs(sample - np.median(sample)) for sample in samples]
    can_test = min(map(len, samples)) >= MIN_SPREAD and any(map(values.varies, distances))
    return float(stats.f_oneway(*distances).pvalue) if can_test else None


def _welch(values: _Values) -> _Mean:
    """Difference of means whose spreads may differ."""
    one, two = values.left, values.right
    value, n = float(one.mean() - two.mean()), len(one) + len(two)
    if min(len(one), len(two)) == 1:
        return _Mean(value=value, se=math.inf, df=0, n=n)
    parts = [float(np.var(x, ddof=1)) / len(x) for x in (one, two)]
    shares = sum(v**2 / (len(x) - 1) for v, x in zip(parts, (one, two), strict=True))
    df = sum(parts) ** 2 / shares if shares > 0 else n - 2
    return _Mean(value=value, se=math.sqrt(sum(parts)), df=df, n=n)


def _student(values: _Values) -> _Mean:
    """Difference of means whose spreads are alike."""
    one, two = values.left, values.right
    n = len(one) + len(two)
    variance = sum(float(np.var(x, ddof=1)) * (len(x) - 1) for x in (one, two)) / (n - 2)
    se = math.sqrt(variance * (1 / len(one) + 1 / len(two)))
    return _Mean(value=float(one.mean() - two.mean()), se=se, df=n - 2, n=n)


def _hedges(values: _Values, *, level: float) -> Interval:
    mean, n, m = _student(values), len(values.left), len(values.right)
    found = standardised(mean.t, df=mean.df, scale=math.sqrt(n * m / (n + m)), level=level)
    shrink = 1 - 3 / (4 * mean.df - 1)
    return Interval(
        value=shrink * found.value, low=shrink * found.low, high=shrink * found.high, n=n + m
    )


def _normal_words(what: str, *, is_tested: bool) -> str:
    return f"nothing speaks against normality of {what}" if is_tested else "too few to test shapes"


def _spread_words(p: float | None) -> str:
    if p is None:
        return "too few to test spreads"
    return f"by Levene spreads {'are alike' if p >= ALPHA else 'differ'}"


def _not_normal_words(p: float, what: str) -> str:
    return f"{what} would hardly be normal (Shapiro-Wilk p = {p:.2g})"
