"""Trend: growth factor and doubling time of a quantity over years, and of what it would take.

From AlexNet in 2012 to AlphaZero in 2017 the cost of training grew 300,000 times, doubling every
few months (Schwartz et al. 2020, introduction and figure 1, after Amodei and Hernandez 2018).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import geometric_mean

from breakeven.analysis.curves.fits import Axes, Line, fit_line

MONTHS_PER_YEAR = 12.0
MOORE_MONTHS = 24.0
"""Doubling time that Moore (1975) expected of components per chip, to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a quantity grew from its first to its last moment.

    Attributes:
        factor: Last over first.
        doublings: Its logarithm to base 2; negative when it shrank.
        span_months: Time between the two.
        doubling_months: Span over doublings; None when it did not grow.
        moore_factor: What the same span gives at a doubling every 24 months.
    """

    factor: float
    doublings: float
    span_months: float
    doubling_months: float | None
    moore_factor: float


def growth(factor: float, span_months: float) -> Growth:
    """Doublings and doubling time of a growth by `factor` over `span_months`.

    Args:
        factor: Above 0.
        span_months: Above 0.

    Raises:
        ValueError: If one of them is not above 0.

    Examples:
        AlexNet (2012) to AlphaZero (late 2017), 300,000 times in 62 months:

        >>> found = growth(300_000, 62)
        >>> round(found.doublings, 1), round(found.doubling_months, 1), round(found.moore_factor)
        (18.2, 3.4, 6)
    """
    if not (factor > 0 and span_months > 0):
        raise ValueError(f"growth by {factor:g} over {span_months:g} months; both must be above 0")
    doublings = math.log2(factor)
    return Growth(
        factor=factor,
        doublings=doublings,
        span_months=span_months,
        doubling_months=span_months / doublings if doublings > 0 else None,
        moore_factor=2 ** (span_months / MOORE_MONTHS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A quantity over time.

    Attributes:
        ends: From the earliest to the latest moment; of several amounts at one, their geometric
            mean.
        line: log10 of the quantity against years; None with fewer than three points.
    """

    ends: Growth
    line: Line | None

    @property
    def doubling_months(self) -> tuple[float, float, float] | None:
        """Doubling time by the line, with its interval; None without a line that rises.

        The upper end is infinite where the interval of the slope reaches 0.
        """
        if self.line is None or self.line.slope.value <= 0:
            return None
        slope = self.line.slope
        value, fast, slow = (_months(s) for s in (slope.value, slope.high, slope.low))
        return value, fast, slow


def trend(years: Sequence[float], amounts: Sequence[float]) -> Trend:
    """Growth between the ends, and the line through everything between.

    Args:
        years: shape (n,), e.g. 2017.9; at least two different.
        amounts: shape (n,), above 0.

    Raises:
        ValueError: If there are not two moments, or an amount is not above 0.

    Examples:
        >>> found = trend([2012.0, 2013.0, 2014.0], [1.0, 4.0, 16.0])
        >>> round(found.ends.doubling_months, 6), round(found.doubling_months[0], 6)
        (6.0, 6.0)
    """
    if len(years) != len(amounts) or len(set(years)) < 2:
        raise ValueError(
            f"{len(years)} moments and {len(amounts)} amounts; a trend needs two moments at least, "
            "with one amount each"
        )
    if min(amounts) <= 0:
        raise ValueError(f"an amount of {min(amounts):g} cannot grow by a factor; leave it out")
    first, last = min(years), max(years)
    before, after = (
        geometric_mean(a for y, a in zip(years, amounts, strict=True) if y == end)
        for end in (first, last)
    )
    return Trend(
        ends=growth(after / before, (last - first) * MONTHS_PER_YEAR),
        line=fit_line(years, amounts, axes=Axes(is_x_log=False)),
    )


def _months(slope_per_year: float) -> float:
    """Doubling time in months of a slope in powers of ten per year."""
    return MONTHS_PER_YEAR * math.log10(2) / slope_per_year if slope_per_year > 0 else math.inf
