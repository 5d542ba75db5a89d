"""Fits: a straight line through points on linear or logarithmic axes, with all its doubts.

On two logarithmic axes the slope is the exponent of a power law; on a logarithmic x alone it is the
gain per tenfold more ("for a linear gain in performance, an exponentially larger model", Schwartz
et al. 2020). Ordinary least squares; the unit is the run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC

Floats = NDArray[np.float64]

MIN_POINTS = 3
"""Through two points every line fits."""

FAR = 0.5
"""Leverage from which on one point carries at least half of its own fitted value (Huber 1981, 7.2:
values above 0.5 should be avoided)."""
HELD = 0.99
"""Leverage from which on a line goes through a point, wherever that lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Which axes are logarithmic."""

    is_x_log: bool = True
    is_y_log: bool = True

    def on_x(self, values: Sequence[float]) -> Floats:
        """Values as they lie on the x axis: their log10 or themselves.

        Raises:
            ValueError: If one is not finite, or has no logarithm and is to have one.
        """
        return _on_axis(values, is_log=self.is_x_log)

    def on_y(self, values: Sequence[float]) -> Floats:
        """Values as they lie on the y axis; see `on_x`."""
        return _on_axis(values, is_log=self.is_y_log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A fitted line; intercept, slope and residuals are in the units of its axes (log10 or plain).

    Attributes:
        axes: Which were logarithmic.
        n: Number of points.
        slope: With its t interval.
        intercept: At 0 of the x axis, with its t interval.
        r_squared: Share of the variance that the line explains; None when y does not vary.
        residual_sd: Standard deviation of the residuals with its chi-square interval.
        x_mean: Mean of the x as fitted.
        x_spread: Sum of squared deviations of x from its mean, above 0.
        x_range: Smallest and largest x, in plain units.
        leverages: shape (n,), how far out each point lies, 1/n to 1.
        level: Of the intervals.
    """

    axes: Axes
    n: int
    slope: Interval
    intercept: Interval
    r_squared: float | None
    residual_sd: Interval
    x_mean: float
    x_spread: float
    x_range: tuple[float, float]
    leverages: tuple[float, ...]
    level: float = LEVEL

    @property
    def is_slope_shown(self) -> bool:
        """Whether the interval of the slope leaves 0 out."""
        return not self.slope.low <= 0 <= self.slope.high

    @property
    def rests_on_one(self) -> bool:
        """Whether one point holds the line, so that nothing checks its shape."""
        return max(self.leverages) > HELD

    @property
    def df(self) -> int:
        """Degrees of freedom of the residuals."""
        return self.n - 2

    def at(self, x: float) -> float:
        """Value of the line, in plain units."""
        return self._plain(self.intercept.value + self.slope.value * self._x(x))

    def next_run(self, x: float) -> Interval:
        """Prediction interval for one more run at `x`, in plain units."""
        return self._around(x, extra=1.0)

    def mean_at(self, x: float) -> Interval:
        """Confidence interval of the line itself at `x`, in plain units."""
        return self._around(x, extra=0.0)

    def _around(self, x: float, *, extra: float) -> Interval:
        away = self._x(x) - self.x_mean
        share = extra + 1 / self.n + away**2 / self.x_spread
        half = self._t() * self.residual_sd.value * math.sqrt(share)
        middle = self.intercept.value + self.slope.value * self._x(x)
        ends = (self._plain(middle - half), self._plain(middle + half))
        return Interval(value=self._plain(middle), low=ends[0], high=ends[1], n=self.n)

    def _t(self) -> float:
        return float(stats.t.ppf((1 + self.level) / 2, self.df))

    def _x(self, x: float) -> float:
        return math.log10(x) if self.axes.is_x_log else x

    def _plain(self, y: float) -> float:
        if not self.axes.is_y_log:
            return y
        return 10.0**y if y < 308 else math.inf  # the largest double


def fit_line(
    xs: Sequence[float], ys: Sequence[float], *, axes: Axes | None = None, level: float = LEVEL
) -> Line | None:
    """Fit y = intercept + slope x on the given axes by least squares.

    Args:
        xs: shape (n,), above 0 on a logarithmic axis.
        ys: shape (n,), likewise.
        axes: Both logarithmic by default.
        level: Confidence level.

    Returns:
        None with fewer than three points or a single x: there is no line to speak of.

    Raises:
        ValueError: If the lengths differ, or something without a logarithm is to have one.

    Examples:
        >>> line = fit_line([1, 10, 100], [3.0, 30.0, 300.0])
        >>> round(line.slope.value, 6), round(line.at(1000.0), 6), line.r_squared
        (1.0, 3000.0, 1.0)
    """
    axes = axes or Axes()
    x, y = axes.on_x(xs), axes.on_y(ys)
    if len(x) != len(y):
        raise ValueError(f"{len(x)} x and {len(y)} y; give one of each per point")
    if len(x) < MIN_POINTS or np.ptp(x) <= ROUNDING_FRAC * np.max(np.abs(x)):
        return None
    n, x_mean = len(x), float(x.mean())
    away = x - x_mean
    x_spread = float(np.sum(away**2))
    slope = float(np.sum(away * (y - y.mean())) / x_spread)
    intercept = float(y.mean()) - slope * x_mean
    missed = float(np.sum((y - intercept - slope * x) ** 2))
    varied = float(np.sum((y - y.mean()) ** 2))
    sd = math.sqrt(missed / (n - 2))
    half = float(stats.t.ppf((1 + level) / 2, n - 2)) * sd
    return Line(
        axes=axes,
        n=n,
        slope=_around(slope, half / math.sqrt(x_spread), n),
        intercept=_around(intercept, half * math.sqrt(1 / n + x_mean**2 / x_spread), n),
        r_squared=1 - missed / varied if varied > 0 else None,
        residual_sd=_sd_interval(sd, df=n - 2, level=level),
        x_mean=x_mean,
        x_spread=x_spread,
        x_range=(float(min(xs)), float(max(xs))),
        leverages=tuple(float(h) for h in 1 / n + away**2 / x_spread),
        level=level,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightness:
    """How much closer to its line one group lies than another.

    Attributes:
        ratio: Residual variance of the one over that of the other, with its F interval.
        p: Two-sided p of equal variances (F test).
    """

    ratio: Interval
    p: float

    @property
    def is_told_apart(self) -> bool:
        """Whether the interval leaves 1 out."""
        return not self.ratio.low <= 1 <= self.ratio.high


def tightness(left: Line, right: Line, *, level: float = LEVEL) -> Tightness | None:
    """Compare the residual variances of two lines by the F distribution.

    "More predictive on the one machine than on the other" is this ratio. It assumes normal
    residuals; heavy tails widen what it cannot see.

    Args:
        left: Of the numerator.
        right: Of the denominator.
        level: Confidence level.

    Returns:
        None when a line passes through all of its points: a ratio with 0 says nothing.

    Raises:
        ValueError: If their y axes differ, so that their residuals have different units.

    Examples:
        >>> loose = fit_line([1, 10, 100, 1000], [1.0, 20.0, 50.0, 2000.0])
        >>> close = fit_line([1, 10, 100, 1000], [1.0, 10.5, 98.0, 1010.0])
        >>> found = tightness(close, loose)
        >>> found.ratio.value < 0.01, found.is_told_apart
        (True, True)
    """
    if left.axes.is_y_log is not right.axes.is_y_log:
        raise ValueError("residuals on a log axis and on a plain one have different units")
    one, two = left.residual_sd.value**2, right.residual_sd.value**2
    if not (one > 0 and two > 0):
        return None
    ratio, dist = one / two, stats.f(left.df, right.df)
    tail = (1 - level) / 2
    p = 2 * min(float(dist.cdf(ratio)), float(dist.sf(ratio)))
    return Tightness(
        ratio=Interval(
            value=ratio,
            low=ratio / float(dist.ppf(1 - tail)),
            high=ratio / float(dist.ppf(tail)),
            n=left.n + right.n,
        ),
        p=min(1.0, p),
    )


def _around(value: float, half: float, n: int) -> Interval:
    return Interval(value=value, low=value - half, high=value + half, n=n)


def _sd_interval(sd: float, *, df: int, level: float) -> Interval:
    tail = (1 - level) / 2
    low = sd * math.sqrt(df / float(stats.chi2.ppf(1 - tail, df)))
    high = sd * math.sqrt(df / float(stats.chi2.ppf(tail, df)))
    return Interval(value=sd, low=low, high=high, n=df + 2)


def _on_axis(values: Sequence[float], *, is_log: bool) -> Floats:
    array = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(array)):
        raise ValueError("points must be finite; leave out what was not measured")
    if is_log and array.size and array.min() <= 0:
        raise ValueError(
            f"{array.min():g} has no logarithm; leave the point out or choose a linear axis"
        )
    return np.log10(array) if is_log else array
