"""Fieller's set: every ratio that the data do not exclude, bounded or not.

A break-even volume is a ratio of two uncertain numbers, extra development over saving per item.
Fieller (1954, "Some problems in interval estimation", JRSS B 16) inverts the test of
`numerator - ratio * denominator = 0`: the ratios not rejected are an interval, a half-line, the
outside of an interval, or everything. A delta-method interval is always bounded and covers too
little just when the saving is small (STATISTICS: 76 % where 95 % was promised).
"""

import math
from dataclasses import dataclass

from breakeven.analysis.uncertain import LEVEL, Uncertain, quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One connected part of a set of volumes; `high` may be infinite."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSet:
    """The volumes at or above 0 that are not excluded as break-even.

    Attributes:
        spans: Disjoint, ascending; none when every volume is excluded.
        is_denominator_clear: Whether the denominator's own interval excludes 0, which is what
            makes the set bounded.
    """

    spans: tuple[Span, ...]
    is_denominator_clear: bool

    @property
    def low(self) -> float | None:
        """Smallest volume not excluded."""
        return self.spans[0].low if self.spans else None

    @property
    def high(self) -> float | None:
        """Largest volume not excluded; infinite for a half-line."""
        return self.spans[-1].high if self.spans else None

    def __contains__(self, volume: float) -> bool:
        """Whether `volume` is not excluded."""
        return any(span.low <= volume <= span.high for span in self.spans)


def fieller_set(
    numerator: Uncertain, denominator: Uncertain, *, covariance: float = 0.0, level: float = LEVEL
) -> VolumeSet:
    """Volumes n >= 0 for which `numerator - n * denominator = 0` is not rejected.

    The degrees of freedom are Satterthwaite's with the point ratio plugged in (Hasler, Vonk and
    Hothorn 2008, "Assessing non-inferiority of a new treatment in a three-arm trial in the
    presence of heterogeneity", Statistics in Medicine 27), since the two parts rest on
    different numbers of runs.

    Args:
        numerator: Extra cost of development.
        denominator: Cost saved per item.
        covariance: Of the two, when the same runs entered both.
        level: Confidence level.

    Examples:
        A saving of 3 +- 0.5 per item (5 degrees of freedom) against 9 spent at the start:

        >>> spent = Uncertain.exact(9.0)
        >>> saved = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.25, curvature=0.0125)
        >>> found = fieller_set(spent, saved)
        >>> [round(x, 3) for x in (found.low, found.high)]
        [2.1, 5.249]

        With a saving of 1 +- 0.5 no upper end can be given:

        >>> saved = Uncertain(value=1.0, low=1.0, high=1.0, variance=0.25, curvature=0.0125)
        >>> fieller_set(spent, saved).high
        inf
    """
    t2 = quantile(plug_in_df(numerator, denominator), level=level) ** 2
    a, b = numerator.value, denominator.value
    var_a, var_b = numerator.variance, denominator.variance
    quadratic = b * b - t2 * var_b
    linear = a * b - t2 * covariance
    constant = a * a - t2 * var_a
    # linear**2 - quadratic * constant, expanded: the difference itself would cancel
    discriminant = t2 * (a * a * var_b + b * b * var_a - 2 * a * b * covariance) - t2 * t2 * (
        var_a * var_b - covariance**2
    )
    spans = _not_positive(quadratic, linear, constant, discriminant=discriminant)
    return VolumeSet(spans=_at_or_above_zero(spans), is_denominator_clear=quadratic > 0)


def bounds_set(numerator: Uncertain, denominator: Uncertain) -> VolumeSet:
    """Volumes n >= 0 at which costs can be equal for some values within the worst-case bounds.

    For numbers that carry resolution but no scatter, such as one printed table.

    Args:
        numerator: Extra cost of development.
        denominator: Cost saved per item.

    Examples:
        Between 8 and 10 spent and between 2 and 4 saved per item:

        >>> spent = Uncertain(value=9.0, low=8.0, high=10.0)
        >>> bounds_set(spent, Uncertain(value=3.0, low=2.0, high=4.0)).spans
        (Span(low=2.0, high=5.0),)
        >>> bounds_set(spent, Uncertain(value=-3.0, low=-4.0, high=-2.0)).spans
        ()
    """
    least = _at_least(denominator.high, numerator.low)
    most = _at_least(-denominator.low, -numerator.high)
    low, high = max(least.low, most.low), min(least.high, most.high)
    spans = (Span(low=low, high=high),) if low <= high else ()
    return VolumeSet(spans=spans, is_denominator_clear=denominator.low > 0 or denominator.high < 0)


def plug_in_df(numerator: Uncertain, denominator: Uncertain) -> float:
    """Satterthwaite's degrees of freedom of `numerator - n * denominator` at the point ratio.

    Examples:
        >>> saved = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.25, curvature=0.0125)
        >>> plug_in_df(Uncertain.exact(9.0), saved)
        5.0
    """
    # both sides times the denominator: a tiny saving must not overflow the ratio
    return (numerator.scaled(denominator.value) - denominator.scaled(numerator.value)).df


def _at_least(slope: float, bound: float) -> Span:
    """Where `n * slope >= bound` among n >= 0; an empty span has `low > high`."""
    if slope > 0:
        return Span(low=max(0.0, bound / slope), high=math.inf)
    if slope < 0:
        return Span(low=0.0, high=bound / slope)
    return Span(low=0.0, high=math.inf) if bound <= 0 else Span(low=math.inf, high=0.0)


def _not_positive(
    quadratic: float, linear: float, constant: float, *, discriminant: float
) -> tuple[Span, ...]:
    """Where `quadratic n**2 - 2 linear n + constant <= 0`."""
    everything = Span(low=-math.inf, high=math.inf)
    if quadratic == 0:
        return _half_line(linear, constant)
    if quadratic < 0 and discriminant <= 0:
        return (everything,)
    root = linear + math.copysign(math.sqrt(max(discriminant, 0.0)), linear)
    ends = sorted((constant / root, root / quadratic)) if root else [0.0, 0.0]
    if quadratic > 0:
        return (Span(low=ends[0], high=ends[1]),)
    return Span(low=-math.inf, high=ends[0]), Span(low=ends[1], high=math.inf)


def _half_line(linear: float, constant: float) -> tuple[Span, ...]:
    if linear > 0:
        return (Span(low=constant / (2 * linear), high=math.inf),)
    if linear < 0:
        return (Span(low=-math.inf, high=constant / (2 * linear)),)
    return (Span(low=-math.inf, high=math.inf),) if constant <= 0 else ()


def _at_or_above_zero(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(Span(low=max(0.0, s.low), high=s.high) for s in spans if s.high >= 0)
