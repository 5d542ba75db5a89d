"""Describe: one sample of runs in the numbers that readers of a measurement study expect.

Mean, median, range, standard deviation, coefficient of variation, quartiles and outliers for a box
plot, and Shapiro and Wilk's test of normality. The unit is the run, never a sample of power.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, quantile

WHISKER = 1.5
"""Quartile ranges beyond which a value is drawn as an outlier (Tukey 1977)."""

MIN_NORMALITY = 3
"""Shapiro and Wilk's test needs three values."""

MAX_NORMALITY = 5000
"""Its p is not known beyond (Royston 1995, Applied Statistics 44)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normality:
    """Shapiro and Wilk's test (1965, Biometrika 52).

    Attributes:
        w: Statistic, at most 1; small where the sample is not normal.
        p: Of so small a statistic under normality.
    """

    w: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One sample.

    Attributes:
        mean: With its t interval; unbounded for a single value.
        median: Middle value.
        low: Smallest value.
        high: Largest value.
        sd: Standard deviation with n - 1; None for a single value.
        quartiles: First and third, by linear interpolation.
        whiskers: Smallest and largest value that is no outlier.
        outliers: Values beyond 1.5 quartile ranges.
        normality: None where it cannot be tested.
    """

    mean: Interval
    median: float
    low: float
    high: float
    sd: float | None
    quartiles: tuple[float, float]
    whiskers: tuple[float, float]
    outliers: tuple[float, ...]
    normality: Normality | None

    @property
    def n(self) -> int:
        """Number of values."""
        return self.mean.n

    @property
    def value_range(self) -> float:
        """Largest less smallest."""
        return self.high - self.low

    @property
    def cv(self) -> float | None:
        """Coefficient of variation: standard deviation over mean; None where that says nothing."""
        return self.sd / self.mean.value if self.sd is not None and self.mean.value > 0 else None


def describe(values: Sequence[float], *, level: float = LEVEL) -> Description:
    """Describe one sample.

    Args:
        values: shape (n,), at least one.
        level: Of the mean's interval.

    Raises:
        ValueError: If there is no value.

    Examples:
        >>> found = describe([3.0, 4.0, 4.0, 5.0, 24.0])
        >>> found.mean.value, found.median, found.value_range, found.outliers
        (8.0, 4.0, 21.0, (24.0,))
    """
    if not len(values):
        raise ValueError("an empty sample has no mean; leave out what was not measured")
    array = np.sort(np.asarray(values, dtype=float))
    n, mean = len(array), float(array.mean())
    sd = float(np.std(array, ddof=1)) if n > 1 else None
    half = math.inf if sd is None else quantile(n - 1, level=level) * sd / math.sqrt(n)
    first, median, third = (float(np.quantile(array, q)) for q in (0.25, 0.5, 0.75))
    reach = WHISKER * (third - first)
    inside = array[(array >= first - reach) & (array <= third + reach)]
    return Description(
        mean=Interval(value=mean, low=mean - half, high=mean + half, n=n),
        median=median,
        low=float(array[0]),
        high=float(array[-1]),
        sd=sd,
        quartiles=(first, third),
        whiskers=(float(inside[0]), float(inside[-1])),
        outliers=tuple(float(v) for v in array if not first - reach <= v <= third + reach),
        normality=normality(values),
    )


def normality(values: Sequence[float]) -> Normality | None:
    """Test whether a sample could be normal; None outside 3 to 5000 values, or all alike.

    Examples:
        >>> normality([1.0, 1.0, 1.0]) is None
        True
        >>> round(normality([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236]).w, 2)
        0.79
    """
    array = np.asarray(values, dtype=float)
    spread = float(np.ptp(array)) if array.size else 0.0
    is_testable = MIN_NORMALITY <= len(array) <= MAX_NORMALITY
    if not is_testable or spread <= ROUNDING_FRAC * float(np.max(np.abs(array))):
        return None
    w, p = stats.shapiro((array - np.median(array)) / spread)
    return Normality(w=float(w), p=float(p))
