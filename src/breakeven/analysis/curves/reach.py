"""Reach: how much data, work or cost it takes to get to a score, or that it was not reached.

"The same performance with fewer examples or fewer gradient steps" (Schwartz et al. 2020) is the
first x at which a series of runs, or one run's own course, shows the target.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import geometric_mean

from breakeven.analysis.curves.fits import Line
from breakeven.analysis.curves.points import Point, Points
from breakeven.analysis.samples.stats import Interval, log_ratio
from breakeven.analysis.words import counted

MIN_SERIES = 3
"""A t interval of two series has one degree of freedom and spans orders of magnitude."""

GAP = "gap between judgements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one group took to reach a target.

    Attributes:
        group: Whose.
        target: The y asked for.
        n: Number of series: repeats, or runs looked into.
        n_reached: How many of them showed it.
        seen: Of each series that showed it the first x, from the last x below the target on, as
            nothing between was tried.
        at: First x that showed it, over several series their geometric mean; None unless all of
            them reached it. Its range is a t interval of three series or more, which goes down to
            the least x below the target, else from the least of these to the last of the firsts.
    """

    group: tuple[str, ...]
    target: float
    n: int
    n_reached: int
    seen: tuple[Interval, ...] = ()
    at: Interval | None

    @property
    def sentence(self) -> str:
        """In words.

        Examples:
            >>> Reached(group=("bert",), target=0.9, n=3, n_reached=0, at=None).sentence
            'not reached by any of 3'
        """
        if self.at is not None:
            return "reached"
        which = "any" if self.n_reached == 0 else f"{self.n - self.n_reached}"
        return f"not reached by {which} of {self.n}"

    @property
    def has_t(self) -> bool:
        """Whether the range is a t interval: over three series or more, none of them at 0."""
        return self.at is not None and _has_t(self.seen)

    @property
    def range_of(self) -> str:
        """What the range is; empty where there is none.

        Examples:
            >>> one = Interval(value=64.0, low=32.0, high=64.0, n=1)
            >>> Reached(group=(), target=0.9, n=1, n_reached=1, seen=(one,), at=one).range_of
            'gap between judgements'
        """
        if self.at is None:
            return ""
        return f"t over {counted(self.n, 'run')}" if self.has_t else GAP


def reached(points: Points, target: float) -> tuple[Reached, ...]:
    """First x at which each group shows at least `target`, or at most where lower is better.

    Args:
        points: Of any number of groups; the repeats of a group are its series, or its runs where
            points are moments of runs.
        target: In the units of y.

    Examples:
        >>> from breakeven.analysis.curves.curve_axes import axis
        >>> def at(x: float, y: float, repeat: int) -> Point:
        ...     return Point(x=x, y=y, group=("bert",), run_id=f"{x}/{repeat}", row="ft",
        ...                  stage="finetune", repeat=repeat)
        >>> seen = [at(100, 0.7, 0), at(1000, 0.9, 0), at(100, 0.7, 1), at(1000, 0.91, 1)]
        >>> drawn = Points(x=axis("data"), y=axis("score"), points=tuple(seen), n_left_out=0)
        >>> found = reached(drawn, 0.9)[0]
        >>> found.n_reached, round(found.at.value, 6)
        (2, 1000.0)
    """
    grouped: defaultdict[tuple[str, ...], dict[str, list[Point]]] = defaultdict(dict)
    for point in points.points:
        series = point.run_id if points.is_inside else str(point.repeat)
        grouped[point.group].setdefault(series, []).append(point)
    return tuple(_reached(group, series, target) for group, series in grouped.items())


def _reached(group: tuple[str, ...], series: Mapping[str, list[Point]], target: float) -> Reached:
    crossings = [_crossing(points, target) for points in series.values()]
    found = [crossing for crossing in crossings if crossing is not None]
    at = None
    if found and len(found) == len(crossings):
        at = _over_series(found)
    return Reached(
        group=group,
        target=target,
        n=len(crossings),
        n_reached=len(found),
        seen=tuple(found),
        at=at,
    )


def _crossing(points: Sequence[Point], target: float) -> Interval | None:
    """The first x at the target, from the last one below it on."""
    below = 0.0
    for point in sorted(points, key=lambda p: p.x):
        if point.y <= target if point.lower_is_better else point.y >= target:
            return Interval(value=point.x, low=below, high=point.x, n=1)
        below = point.x
    return None


def _over_series(seen: Sequence[Interval]) -> Interval:
    if len(seen) == 1:
        return seen[0]
    firsts = [crossing.value for crossing in seen]
    untried = min(crossing.low for crossing in seen)
    if _has_t(seen):
        found = log_ratio(firsts, [1.0] * len(firsts))
        return replace(found, low=min(found.low, untried))
    middle = geometric_mean(firsts) if min(firsts) > 0 else 0.0
    return Interval(value=middle, low=untried, high=max(firsts), n=len(seen))


def _has_t(seen: Sequence[Interval]) -> bool:
    return len(seen) >= MIN_SERIES and all(crossing.value > 0 for crossing in seen)


def line_reaches(line: Line, target: float) -> Interval | None:
    """The x at which a fitted line has the target, by inverting its confidence band.

    Fieller's argument (Draper and Smith 1998, section 3.2): all x whose interval of the mean holds
    the target.

    Args:
        line: Fitted.
        target: In plain units of y.

    Returns:
        None where the slope is not told apart from 0: any x might do.

    Examples:
        >>> from breakeven.analysis.curves.fits import Axes, fit_line
        >>> rising = fit_line([10, 100, 1000], [0.7, 0.8, 0.9], axes=Axes(is_y_log=False))
        >>> round(line_reaches(rising, 0.85).value, 4)
        316.2278
    """
    goal = math.log10(target) if line.axes.is_y_log else target
    slope = line.slope.value
    away = goal - (line.intercept.value + slope * line.x_mean)
    half = line.slope.high - slope
    band = half**2 * line.x_spread
    lead = slope**2 - half**2
    if lead <= 0:
        return None
    root = math.sqrt(max(0.0, (slope * away) ** 2 - lead * (away**2 - band / line.n)))
    ends = sorted(((slope * away - root) / lead, (slope * away + root) / lead))
    low, value, high = (
        _plain(line, line.x_mean + offset) for offset in (ends[0], away / slope, ends[1])
    )
    return Interval(value=value, low=low, high=high, n=line.n)


def _plain(line: Line, x: float) -> float:
    if not line.axes.is_x_log:
        return x
    return 10.0**x if x < 308 else math.inf
