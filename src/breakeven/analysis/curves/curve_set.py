"""Curve set: every group of points with its line, how sure that is, and which group is tighter."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import FAR, Axes, Line, Tightness, fit_line, tightness
from breakeven.analysis.curves.points import Point, Points
from breakeven.analysis.curves.reach import Reached, reached
from breakeven.analysis.samples.correlation import Correlation, correlate
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted
from breakeven.records import Kind, Origin

ALL = "all"
"""Name of the group where nothing was grouped by."""

BEND_P = 0.05
MIN_BEND_POINTS = 5
"""A parabola takes three of them."""

MANY = 0.9
"""Share of the spread from which on one value is said to carry a correlation."""

MAX_NAMES = 3
"""Rows at that value that are named; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCurve:
    """Points of one group and the line through them.

    Attributes:
        group: Values of what was grouped by.
        points: Its points.
        line: None with fewer than three, or a single x.
        correlation: On the axes of the line; None with fewer than four, or where nothing varies.
        next_run: Where one more run at the largest x would lie.
        kinds: How the numbers came about.
        origins: Where they were obtained.
        sentences: What limits the line.
    """

    group: tuple[str, ...]
    points: tuple[Point, ...]
    line: Line | None
    correlation: Correlation | None
    next_run: Interval | None
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...]
    sentences: tuple[str, ...]

    @property
    def name(self) -> str:
        """Group in one word."""
        return " / ".join(self.group) or ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two groups and which of them lies closer to its line."""

    left: str
    right: str
    found: Tightness


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSet:
    """All that is said of one set of points.

    Attributes:
        points: What is drawn.
        axes: Which axes are logarithmic.
        groups: In order of appearance.
        compared: Every two groups with a line.
        reached: What it took to reach the target; empty where none was asked for.
        sentences: What was left out.
    """

    points: Points
    axes: Axes
    groups: tuple[GroupCurve, ...]
    compared: tuple[Compared, ...]
    reached: tuple[Reached, ...]
    sentences: tuple[str, ...]


def curve_set(
    points: Points,
    *,
    axes: Axes | None = None,
    target: float | None = None,
) -> CurveSet:
    """Fit every group and compare how closely each lies to its line.

    Args:
        points: To be fitted.
        axes: Both logarithmic by default.
        target: A y to reach; None asks for none.

    Examples:
        >>> from breakeven.analysis.curves.curve_axes import AXES
        >>> made = tuple(Point(x=x, y=2 * x, group=(), run_id=str(x), row="ft", stage="finetune",
        ...                    repeat=0) for x in (1.0, 10.0, 100.0))
        >>> found = curve_set(Points(x=AXES["tokens"], y=AXES["energy"], points=made, n_left_out=1))
        >>> found.groups[0].name, round(found.groups[0].line.slope.value, 6), found.sentences
        ('all', 1.0, ('1 run left out: unfinished, or without tokens or energy.',))
    """
    axes = axes or Axes()
    drawable = [p for p in points.points if _is_drawable(p, axes)]
    n_hidden = len(points.points) - len(drawable)
    kept = replace(points, points=tuple(drawable), n_left_out=points.n_left_out + n_hidden)
    groups = tuple(group_curve(group, own, axes=axes) for group, own in kept.groups().items())
    asked = () if target is None else reached(kept, target)
    return CurveSet(
        points=kept,
        axes=axes,
        groups=groups,
        compared=tuple(_compared(groups)),
        reached=asked,
        sentences=tuple(_left_out(points, n_hidden)),
    )


def group_curve(group: tuple[str, ...], points: Sequence[Point], *, axes: Axes) -> GroupCurve:
    """Fit one group.

    Args:
        group: Its name.
        points: Above 0 where an axis is logarithmic.
        axes: Which are.

    Examples:
        >>> group_curve(("bert",), [], axes=Axes()).line is None
        True
    """
    xs, ys = [p.x for p in points], [p.y for p in points]
    line = fit_line(xs, ys, axes=axes)
    together = correlate(axes.on_x(xs).tolist(), axes.on_y(ys).tolist())
    return GroupCurve(
        group=group,
        points=tuple(points),
        line=line,
        correlation=together,
        next_run=line.next_run(max(xs)) if line is not None else None,
        kinds=once(kind for point in points for kind in point.kinds),
        origins=once(origin for point in points for origin in point.origins),
        sentences=tuple(_doubts(points, line, together)),
    )


def bend(xs: Sequence[float], ys: Sequence[float], *, axes: Axes) -> tuple[float, float] | None:
    """Coefficient of a quadratic term on the given axes and its two-sided p.

    Below 0 the curve flattens: each tenfold gives less than the one before.

    Args:
        xs: shape (n,).
        ys: shape (n,).
        axes: Which are logarithmic.

    Returns:
        None with fewer than five points, fewer than three x, or nothing left over to judge by.

    Examples:
        >>> saturating = [0.50, 0.70, 0.80, 0.85, 0.87]
        >>> term, p = bend([1, 10, 100, 1000, 10000], saturating, axes=Axes(is_y_log=False))
        >>> round(term, 4), p < 0.05
        (-0.0293, True)
    """
    if len(xs) < MIN_BEND_POINTS or len(set(xs)) < 3:
        return None
    x, y = axes.on_x(xs), axes.on_y(ys)
    columns = np.stack([np.ones_like(x), x - x.mean(), (x - x.mean()) ** 2], axis=1)
    solved, _, rank, _ = np.linalg.lstsq(columns, y, rcond=None)
    missed = float(np.sum((y - columns @ solved) ** 2))
    df = len(x) - 3
    if rank < 3 or missed <= 0:
        return None
    variance = missed / df * float(np.linalg.inv(columns.T @ columns)[2, 2])
    t = float(solved[2]) / math.sqrt(variance)
    return float(solved[2]), float(2 * stats.t.sf(abs(t), df))


def _doubts(
    points: Sequence[Point], line: Line | None, together: Correlation | None
) -> Iterator[str]:
    if line is None:
        yield f"{counted(len(points), 'point')}: no line, which needs three and two different x."
        return
    far = max(range(len(points)), key=lambda i: line.leverages[i])
    if line.leverages[far] > FAR:
        yield (
            f"The line rests on {points[far].row or points[far].run_id}: its leverage is "
            f"{line.leverages[far]:.2f} of 1, so without it the slope may be another."
        )
    if together is not None and together.rests_on(MANY):
        without = together.pearson_without
        left = "there is no r" if without is None else f"r = {without:.3f}"
        yield (
            f"r = {together.pearson.value:.3f} rests on {_named(points, together)}: one value "
            f"holds {together.share:.0%} of the spread; without it {left}."
        )
    found = bend([p.x for p in points], [p.y for p in points], axes=line.axes)
    if found is not None and found[1] < BEND_P:
        way = "flattens" if found[0] < 0 else "steepens"
        step = "tenfold" if line.axes.is_x_log else "step"
        less = "less" if found[0] < 0 else "more"
        scale = f"each {step} gives {less} than the one before"
        yield f"The curve {way} (p = {found[1]:.2g}): {scale}, so a straight line misleads."


def _named(points: Sequence[Point], together: Correlation) -> str:
    held = [points[i] for i in together.holders]
    names = once(point.row or point.run_id for point in held)
    return ", ".join(names) if len(names) <= MAX_NAMES else counted(len(held), "point")


def _compared(groups: Sequence[GroupCurve]) -> Iterator[Compared]:
    for left, right in combinations(groups, 2):
        if left.line is not None and right.line is not None:
            found = tightness(left.line, right.line)
            if found is not None:
                yield Compared(left=left.name, right=right.name, found=found)


def _is_drawable(point: Point, axes: Axes) -> bool:
    return (point.x > 0 or not axes.is_x_log) and (point.y > 0 or not axes.is_y_log)


def _left_out(points: Points, n_hidden: int) -> Iterator[str]:
    if points.is_inside:
        yield (
            "Points are moments of runs, which follow each other: intervals of the lines are too "
            "narrow."
        )
    if points.n_left_out:
        yield (
            f"{counted(points.n_left_out, 'run')} left out: unfinished, or without "
            f"{points.x.name} or {points.y.name}."
        )
    if n_hidden:
        yield f"{counted(n_hidden, 'point')} at or below 0 cannot be on a logarithmic axis."
