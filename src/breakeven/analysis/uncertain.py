"""Uncertain: a value with everything its interval needs, so that sums and differences keep it.

Two sources of doubt travel side by side. *Scatter* between repeats or blocks is a variance with
its degrees of freedom (Welch 1947, Satterthwaite 1946). *Resolution* (the smallest step of a
sensor, the last digit of a printed table) is a worst-case interval; where scatter is unknown
it enters the variance as a uniform error of that half-width, i.e. w**2 / 3 (JCGM 100:2008, 4.3.7).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy import special

from breakeven.records import Estimate, Kind, Note, Origin

T = TypeVar("T")

LEVEL = 0.95
"""Confidence level of every interval unless asked otherwise."""

ROUNDING_FRAC = 1e-9
"""Amounts this close, relative to the larger, are equal: doubles keep 16 digits through sums and
divisions, and no sensor vouches for nine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one run says of one resource.

    Attributes:
        value: Amount, or amount per item.
        low: Lower end of what the sensor vouches for.
        high: Upper end of the same.
        kinds: Kinds that entered, each once.
        origins: Origins that entered, each once.
        run_ids: Which run, or runs for a difference.
    """

    value: float
    low: float
    high: float
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...]
    run_ids: tuple[str, ...]

    def scaled(self, factor: float) -> "Observation":
        """The same per item or per model; `factor` must not be negative."""
        return replace(
            self, value=self.value * factor, low=self.low * factor, high=self.high * factor
        )

    def __sub__(self, other: "Observation") -> "Observation":
        """What is left of this one without the other, as far as both sensors vouch for it."""
        return Observation(
            value=self.value - other.value,
            low=self.low - other.high,
            high=self.high - other.low,
            kinds=once((*self.kinds, *other.kinds)),
            origins=once((*self.origins, *other.origins)),
            run_ids=once((*self.run_ids, *other.run_ids)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A value, its variance and its worst-case bounds.

    Attributes:
        value: The value.
        low: Lower bound if every sensor erred downwards by its resolution.
        high: Upper bound likewise.
        variance: Of `value`; the larger of scatter and resolution for each part of a sum.
        curvature: Sum over parts of variance**2 / degrees of freedom; 0 without scatter.
        n: Number of runs or blocks it rests on.
        kinds: Kinds that entered, each once.
        origins: Origins that entered, each once.
        run_ids: Runs that entered, each once.
    """

    value: float
    low: float
    high: float
    variance: float = 0.0
    curvature: float = 0.0
    n: int = 1
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = ()
    run_ids: tuple[str, ...] = ()

    @classmethod
    def exact(cls, value: float) -> "Uncertain":
        """A number without any doubt."""
        return cls(value=value, low=value, high=value, n=0)

    @property
    def df(self) -> float:
        """Degrees of freedom of the variance; infinite when it is not from scatter."""
        return self.variance**2 / self.curvature if self.curvature > 0 else math.inf

    @property
    def has_scatter(self) -> bool:
        """Whether repeats or blocks contributed to the variance."""
        return self.curvature > 0

    def __add__(self, other: "Uncertain") -> "Uncertain":
        """Sum of two independent values."""
        return Uncertain(
            value=self.value + other.value,
            low=self.low + other.low,
            high=self.high + other.high,
            variance=self.variance + other.variance,
            curvature=self.curvature + other.curvature,
            n=max(self.n, other.n),
            kinds=once((*self.kinds, *other.kinds)),
            origins=once((*self.origins, *other.origins)),
            run_ids=once((*self.run_ids, *other.run_ids)),
        )

    def scaled(self, factor: float) -> "Uncertain":
        """The value times a known factor, which may be negative."""
        ends = sorted((self.low * factor, self.high * factor))
        return replace(
            self,
            value=self.value * factor,
            low=ends[0],
            high=ends[1],
            variance=self.variance * factor**2,
            curvature=self.curvature * factor**4,
        )

    def __sub__(self, other: "Uncertain") -> "Uncertain":
        """Difference of two independent values; what only rounding tells apart is 0."""
        return replace(
            self + other.scaled(-1.0),
            value=difference(self.value, other.value),
            low=difference(self.low, other.high),
            high=difference(self.high, other.low),
        )

    def interval(self, *, level: float = LEVEL) -> tuple[float, float]:
        """Interval: t where there is scatter, else the worst-case bounds."""
        if not self.has_scatter:
            return self.low, self.high
        half = quantile(self.df, level=level) * math.sqrt(self.variance)
        return self.value - half, self.value + half


def difference(left: float, right: float) -> float:
    """Left minus right; 0 when they differ by no more than `ROUNDING_FRAC` of the larger.

    The cost per example of two models of one shape is a total over a count, and the last bit of
    the quotient depends on how many examples the block had.

    Examples:
        >>> difference(0.3, 0.1 + 0.2), difference(5.0, 3.0)
        (0.0, 2.0)
    """
    return 0.0 if math.isclose(left, right, rel_tol=ROUNDING_FRAC) else left - right


def quantile(df: float, *, level: float = LEVEL) -> float:
    """Two-sided quantile of t; of the normal distribution for infinite `df`.

    Examples:
        >>> round(quantile(5), 4)
        2.5706
        >>> round(quantile(math.inf), 4)
        1.96
    """
    return float(special.stdtrit(df, (1 + level) / 2))


def mean_of(observations: Sequence[Observation]) -> Uncertain:
    """Mean of repeats with its variance.

    The scatter between runs already holds the sensor's own error, so the larger of the two
    variances is kept, not their sum.

    Args:
        observations: One per repeat or block, at least one.

    Examples:
        >>> runs = [
        ...     Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=(str(v),))
        ...     for v in (4.0, 5.0, 6.0)
        ... ]
        >>> mean = mean_of(runs)
        >>> mean.value, round(mean.variance, 6), mean.df
        (5.0, 0.333333, 2.0)
    """
    n = len(observations)
    values = np.array([o.value for o in observations])
    half_widths = np.array([(o.high - o.low) / 2 for o in observations])
    resolution = float(np.sum(half_widths**2)) / 3 / n**2
    is_scattered = n > 1 and np.ptp(values) > ROUNDING_FRAC * np.max(np.abs(values))
    scatter = float(np.var(values, ddof=1)) / n if is_scattered else 0.0
    return Uncertain(
        value=float(np.mean(values)),
        low=math.fsum(o.low for o in observations) / n,
        high=math.fsum(o.high for o in observations) / n,
        variance=max(scatter, resolution),
        curvature=scatter**2 / (n - 1) if is_scattered and scatter >= resolution else 0.0,
        n=n,
        kinds=once(k for o in observations for k in o.kinds),
        origins=once(k for o in observations for k in o.origins),
        run_ids=once(r for o in observations for r in o.run_ids),
    )


def total_of(observations: Sequence[Observation]) -> Uncertain:
    """Sum of runs that all count, such as failed ones; no scatter, for each happened once.

    Examples:
        >>> killed = Observation(value=3.0, low=2.5, high=3.5, kinds=(), origins=(), run_ids=("k",))
        >>> total = total_of([killed, killed.scaled(2)])
        >>> total.value, total.low, total.high
        (9.0, 7.5, 10.5)
    """
    return sum((mean_of([o]) for o in observations), Uncertain.exact(0.0))


def is_same(*differences: Uncertain) -> bool:
    """Whether differences are exactly nothing: no value and no doubt.

    Examples:
        >>> is_same(Uncertain.exact(0.0), Uncertain.exact(0.0))
        True
    """
    return all(d.low == d.high == d.variance == 0 for d in differences)


def as_estimate(amount: Uncertain, name: str, *, what: str, notes: Sequence[Note] = ()) -> Estimate:
    """Put a cost into the form that reports show; its interval never goes below 0.

    Args:
        amount: The value with its doubts.
        name: What it is, with unit suffix.
        what: How the value was computed; the interval's method is added.
        notes: Doubts to attach.

    Examples:
        >>> e = as_estimate(Uncertain(value=3.0, low=2.5, high=3.5), "duration_s", what="one run")
        >>> e.low, e.high, e.level, e.method
        (2.5, 3.5, None, "one run; bounds from the sensors' resolution")
    """
    low, high = amount.interval()
    if amount.has_scatter:
        method = f"{what}; t interval, {amount.df:.3g} degrees of freedom"
    elif high > low:
        method = f"{what}; bounds from the sensors' resolution"
    else:
        method = f"{what}; no spread"
    return Estimate(
        name=name,
        value=amount.value,
        low=max(0.0, low),
        high=high,
        level=LEVEL if amount.has_scatter else None,
        method=method,
        n=amount.n,
        kinds=amount.kinds,
        origins=amount.origins,
        run_ids=amount.run_ids,
        notes=tuple(notes),
    )


def once(values: Iterable[T]) -> tuple[T, ...]:
    """Give each value once, in the order first seen.

    Examples:
        >>> once("abca")
        ('a', 'b', 'c')
    """
    return tuple(dict.fromkeys(values))
