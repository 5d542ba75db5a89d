"""Lines: what one name of a table says on one axis: its value, its doubt, its draws.

A cost has bounds, repeats, both or neither; a score has counts, bounds or neither. Repeats are
lines of one name. Their scatter is pooled over all names, on the logarithm, because a pair of
repeats alone says next to nothing of scatter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from breakeven.analysis.dominance.space import Axis, Floats
from breakeven.analysis.fronts.resample import N_DRAWS
from breakeven.analysis.samples.stats import wilson
from breakeven.analysis.uncertain import LEVEL, once, quantile
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Kind, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPoint:
    """One line of a table.

    Attributes:
        name: Lines of one name are repeats.
        values: One per axis.
        bounds: Lower and upper end by position of the axis, where they are known.
        counts: Right answers and examples, where the score is their share.
        kinds: How each value came about, by position; assumed where nobody says.
        origins: Where each is from; published where nobody says.
        printed: Positions whose bounds are those of the last printed digit, and say nothing of how
            the number scatters.
    """

    name: str
    values: tuple[float, ...]
    bounds: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    counts: tuple[int, int] | None = None
    kinds: Mapping[int, Kind] = field(default_factory=dict)
    origins: Mapping[int, Origin] = field(default_factory=dict)
    printed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Scatter between repeats of one cost, pooled over all names that have any.

    Attributes:
        log_sd: Standard deviation of the logarithm, i.e. about the share of the value.
        df: Repeats beyond the first, over all names.
    """

    log_sd: float
    df: int


def scatter_of(points: Sequence[GivenPoint], place: int, axis: Axis) -> Scatter | None:
    """Scatter between repeats on one axis of cost; None without repeats, or where none scatters.

    Args:
        points: Lines of the table.
        place: Position of the axis.
        axis: The axis.

    Examples:
        >>> axis = Axis(name="energy_j", title="Energy")
        >>> lines = [GivenPoint(name=n, values=(v,)) for n, v in (
        ...     ("a", 1.0), ("a", 1.1), ("b", 5.0))]
        >>> found = scatter_of(lines, 0, axis)
        >>> round(found.log_sd, 4), found.df
        (0.0674, 1)
    """
    if axis.is_score:
        return None
    squares, df = 0.0, 0
    for same in by_name(points).values():
        values = np.array([point.values[place] for point in same])
        if len(values) > 1 and values.min() > 0:
            logs = np.log(values)
            squares += float(np.sum((logs - logs.mean()) ** 2))
            df += len(values) - 1
    return Scatter(log_sd=math.sqrt(squares / df), df=df) if df and squares > 0 else None


def by_name(points: Sequence[GivenPoint]) -> dict[str, list[GivenPoint]]:
    """Lines of each name, in order.

    Examples:
        >>> by_name([])
        {}
    """
    found: dict[str, list[GivenPoint]] = {}
    for point in points:
        found.setdefault(point.name, []).append(point)
    return found


def _middle(same: Sequence[GivenPoint], place: int, *, is_log: bool) -> float:
    values = [point.values[place] for point in same]
    if len(values) == 1 or not is_log or min(values) <= 0:
        return math.fsum(values) / len(values)
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))


def counts_of(same: Sequence[GivenPoint]) -> tuple[int, int] | None:
    """Counts behind a score; repeats that answer alike are the same answers, not more of them.

    Examples:
        >>> one = GivenPoint(name="a", values=(0.5,), counts=(1, 2))
        >>> counts_of([one, one]), counts_of([GivenPoint(name="a", values=(0.5,))])
        ((1, 2), None)
    """
    found = {point.counts for point in same}
    return found.pop() if len(found) == 1 else None


def _bounds(same: Sequence[GivenPoint], place: int) -> tuple[float, float] | None:
    known = [point.bounds[place] for point in same if place in point.bounds]
    if len(known) < len(same):
        return None
    return tuple(math.fsum(ends) / len(known) for ends in zip(*known, strict=True))  # type: ignore[return-value]  # two ends


def estimate_of(
    same: Sequence[GivenPoint], place: int, axis: Axis, scatter: Scatter | None
) -> Estimate:
    """Value of one name on one axis with its interval.

    Args:
        same: Lines of that name.
        place: Position of the axis.
        axis: The axis.
        scatter: Pooled scatter of repeats on it; None for bounds alone.

    Examples:
        >>> axis = Axis(name="energy_j", title="Energy")
        >>> lines = [GivenPoint(name="a", values=(cost,)) for cost in (4.0, 9.0)]
        >>> round(estimate_of(lines, 0, axis, None).value, 6)
        6.0
    """
    value = _middle(same, place, is_log=not axis.is_score)
    counts = counts_of(same) if axis.is_score else None
    ends, level, method = _bounds(same, place), None, "as given"
    n = len(same)
    if counts is not None:
        found = wilson(*counts)
        ends, level, n = (found.low, found.high), LEVEL, counts[1]
        method = "share of right answers; Wilson's score interval"
    elif scatter is not None and value > 0:
        half = quantile(scatter.df) * scatter.log_sd / math.sqrt(n)
        ends = hull(ends, (value * math.exp(-half), value * math.exp(half)))
        level = LEVEL
        method = (
            f"{'geometric mean of ' if n > 1 else ''}{counted(n, 'line')}; t interval, scatter of "
            f"repeats pooled over names ({scatter.df} degrees of freedom)"
        )
    elif ends is not None:
        is_printed = any(place in point.printed for point in same)
        method = f"as given; bounds {'of its last printed digit' if is_printed else 'as given'}"
    return Estimate(
        name=axis.name,
        value=value,
        low=None if ends is None else ends[0],
        high=None if ends is None else ends[1],
        level=level,
        method=method if ends is not None else "as given; no interval",
        n=n,
        kinds=once(_kind(point, place, axis) for point in same),
        origins=once(point.origins.get(place, Origin.PUBLISHED) for point in same),
    )


def _kind(point: GivenPoint, place: int, axis: Axis) -> Kind:
    is_counted = axis.is_score and point.counts is not None
    return point.kinds.get(place, Kind.COUNTED if is_counted else Kind.ASSUMED)


def is_open(same: Sequence[GivenPoint], place: int, axis: Axis, scatter: Scatter | None) -> bool:
    """Whether nobody knows how far off a number is: no interval, or that of its last digit.

    Args:
        same: Lines of one name.
        place: Position of the axis.
        axis: The axis.
        scatter: Pooled scatter of repeats on it; None without.

    Examples:
        >>> axis = Axis(name="f1", title="F1", is_score=True)
        >>> printed = GivenPoint(name="a", values=(0.9,), bounds={0: (0.895, 0.905)},
        ...                      printed=frozenset({0}))
        >>> is_open([printed], 0, axis, None)
        True
    """
    if scatter is not None or (axis.is_score and counts_of(same) is not None):
        return False
    if not axis.is_score and all(_kind(point, place, axis) is Kind.COUNTED for point in same):
        return False
    return _bounds(same, place) is None or any(place in point.printed for point in same)


def draws_of(
    same: Sequence[GivenPoint],
    at: Estimate,
    axis: Axis,
    scatter: Scatter | None,
    *,
    rng: np.random.Generator,
) -> Floats:
    """Draw one name on one axis: counts as counts, repeats by t, bounds uniformly between them.

    Args:
        same: Lines of that name.
        at: Its estimate.
        axis: The axis.
        scatter: Pooled scatter of repeats; None without.
        rng: Source of randomness.

    Examples:
        >>> axis = Axis(name="energy_j", title="Energy")
        >>> lines = [GivenPoint(name="a", values=(4.0,))]
        >>> at = estimate_of(lines, 0, axis, None)
        >>> draws_of(lines, at, axis, None, rng=np.random.default_rng(0)).std()
        np.float64(0.0)
    """
    value = at.value or 0.0
    counts = counts_of(same) if axis.is_score else None
    if counts is not None and counts[1]:
        return rng.binomial(counts[1], counts[0] / counts[1], N_DRAWS) / counts[1]
    if scatter is not None and value > 0:
        moved = rng.standard_t(scatter.df, N_DRAWS) * scatter.log_sd / math.sqrt(len(same))
        drawn: Floats = value * np.exp(moved)
        return drawn
    if at.low is None or at.high is None:
        return np.full(N_DRAWS, value)
    return rng.uniform(at.low, at.high, N_DRAWS)


def hull(one: tuple[float, float] | None, two: tuple[float, float]) -> tuple[float, float]:
    """The interval that holds both.

    Examples:
        >>> hull((1.0, 3.0), (2.0, 4.0)), hull(None, (2.0, 4.0))
        ((1.0, 4.0), (2.0, 4.0))
    """
    return two if one is None else (min(one[0], two[0]), max(one[1], two[1]))
