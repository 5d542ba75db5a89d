"""Points: a scatter of runs with the line of each group; shape says the stage, colour the group.

What nobody measured or counted is hollow. Needs the extra `report`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt
import numpy as np

from breakeven.analysis.curves.curve_set import CurveSet, GroupCurve
from breakeven.analysis.curves.points import Point
from breakeven.analysis.words import counted, listed
from breakeven.report.figures.figure import (
    N_SERIES,
    SHAPES,
    Figure,
    count_axis,
    finished,
    padded,
    ticks,
)
from breakeven.report.figures.keys import key, keyed, scale_of
from breakeven.report.kinds import doubted

HEIGHT_PX, WIDTH_PX = 400, 940
N_STEPS = 40
"""Places at which a line and its band are computed; enough for a curve to look smooth."""
MAX_MOMENTS = 40
"""Moments of one run that are drawn; the line rests on all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where and under which words points are drawn.

    Attributes:
        name: Of the figure.
        title: The finding; which axes are drawn by default.
        width: Of the drawing in pixels, or that of its place.
        height_px: Of the drawing.
        y_title: Of the second axis; that of its numbers by default.
        with_lines: Whether groups have their line and band.
        x_format: Vega expression that labels the first axis.
        y_format: The same of the second.
    """

    name: str = "points"
    title: str = ""
    width: int | Literal["container"] = WIDTH_PX
    height_px: int = HEIGHT_PX
    y_title: str = ""
    with_lines: bool = True
    x_format: str = count_axis()
    y_format: str = count_axis()


def points_figure(found: CurveSet, canvas: Canvas | None = None) -> Figure:
    """Draw a set of curves; nothing is drawn that is not in its tables."""
    canvas = canvas or Canvas()
    names = [group.name for group in found.groups]
    colours = [f"var(--series-{i % N_SERIES + 1})" for i in range(len(names))]
    stages = list(dict.fromkeys(point.stage for point in found.points.points))
    shapes = [SHAPES[i % N_SERIES] for i in range(len(stages))]
    colour = alt.Color("group:N", scale=scale_of(names, colours), legend=key(names, is_square=True))
    shape = alt.Shape("stage:N", scale=scale_of(stages, shapes), legend=key(stages))
    at = {"x": _axis(found, "x", canvas), "y": _axis(found, "y", canvas)}
    layers = [*_lines(found, canvas, at, colour), *_marks(found, at, colour, shape)]
    chart = alt.layer(*layers).properties(width=canvas.width, height=canvas.height_px)
    axes = f"{found.points.y.title} against {found.points.x.title}"
    sloped = [g.name for g in found.groups if g.line is not None and g.line.is_slope_shown]
    lines = f", with the line of {listed(sloped)} and its 95 % prediction band" if sloped else ""
    return Figure(
        name=canvas.name,
        title=canvas.title or axes,
        description=f"{axes}: {counted(len(found.points.points), 'point')} in "
        f"{counted(len(names), 'group')} "
        f"({', '.join(names)}){lines if canvas.with_lines else ''}.",
        spec=keyed(finished(chart)),
        height_px=canvas.height_px,
        is_wide=True,
    )


def _lines(
    found: CurveSet, canvas: Canvas, at: dict[str, alt.X | alt.Y], colour: alt.Color
) -> Iterator[alt.Chart]:
    """Line and band of each group that shows a slope, and the way of runs followed inside."""
    rows = [row for group in found.groups for row in _line_rows(group)]
    if canvas.with_lines and rows:
        base = _chart(rows, "lines")
        low = _axis(found, "low", canvas)
        yield base.mark_area(opacity=0.13, clip=True).encode(
            x=at["x"], y=low, y2="high:Q", color=colour
        )
        yield base.mark_line(strokeWidth=2, clip=True).encode(**at, color=colour)
    if found.points.is_inside:
        ways = [row for points in _runs(found) for row in map(_row, *zip(*points, strict=True))]
        yield (
            _chart(ways, "moments")
            .mark_line(strokeWidth=1, opacity=0.7, clip=True)
            .encode(**at, color=colour, detail="run:N")
        )


def _runs(found: CurveSet) -> Iterator[list[tuple[Point, str]]]:
    """Moments of each run, few enough to draw, the last among them."""
    for group in found.groups:
        for run_id in dict.fromkeys(point.run_id for point in group.points):
            own = [(point, group.name) for point in group.points if point.run_id == run_id]
            step = max(1, math.ceil(len(own) / MAX_MOMENTS))
            yield own[::-step][::-1]


def _marks(
    found: CurveSet, at: dict[str, alt.X | alt.Y], colour: alt.Color, shape: alt.Shape
) -> Iterator[alt.Chart]:
    """A mark for each run; of those followed inside at their last moment."""
    if found.points.is_inside:
        marked = [own[-1] for own in _runs(found)]
    else:
        marked = [(point, group.name) for group in found.groups for point in group.points]
    rows = [_row(point, group) for point, group in marked]
    tooltip = [
        alt.Tooltip("row:N", title="Row"),
        alt.Tooltip("stage:N", title="Stage"),
        alt.Tooltip("kinds:N", title="Known by"),
        alt.Tooltip("x:Q", title=found.points.x.title, format=",.4~r"),
        alt.Tooltip("y:Q", title=found.points.y.title, format=",.4~r"),
    ]
    for is_seen, name in ((True, "runs"), (False, "modelled")):
        own = [row for row in rows if row["is_seen"] is is_seen]
        if own:
            mark = _chart(own, name).mark_point(
                filled=is_seen, size=46, strokeWidth=1.6, opacity=0.85
            )
            yield mark.encode(**at, color=colour, shape=shape, tooltip=tooltip)


def _axis(found: CurveSet, field: str, canvas: Canvas) -> alt.X | alt.Y:
    is_x = field == "x"
    is_log = found.axes.is_x_log if is_x else found.axes.is_y_log
    values = [p.x if is_x else p.y for p in found.points.points]
    low, high = padded(values, is_log=is_log) if values else (1.0, 10.0)
    domain = (max(low, 0.0), high) if values and min(values) >= 0 else (low, high)
    scale = alt.Scale(type="log" if is_log else "linear", domain=domain, nice=False)
    where = {"values": ticks(domain)} if is_log else {"tickCount": 6}
    title = found.points.x.title if is_x else canvas.y_title or found.points.y.title
    labels = canvas.x_format if is_x else canvas.y_format
    make = alt.X if is_x else alt.Y
    axis = alt.Axis(title=title, labelExpr=labels, labelOverlap=True, **where)
    return make(f"{field}:Q", scale=scale, axis=axis)


def _row(point: Point, group: str) -> dict[str, object]:
    sign = doubted(point.kinds, point.origins)
    return {
        "x": point.x,
        "y": point.y,
        "group": group,
        "stage": point.stage,
        "row": point.row,
        "run": point.run_id,
        "kinds": sign or " and ".join(point.kinds),
        "is_seen": not sign,
    }


def _line_rows(group: GroupCurve) -> list[dict[str, object]]:
    line = group.line
    if line is None or not line.is_slope_shown:
        return []
    first, last = line.x_range
    log = line.axes.is_x_log
    places = np.geomspace(first, last, N_STEPS) if log else np.linspace(first, last, N_STEPS)
    found = [(float(x), line.next_run(float(x))) for x in places]
    return [
        {"x": x, "y": at.value, "low": at.low, "high": at.high, "group": group.name}
        for x, at in found
        if math.isfinite(at.high)
    ]


def _chart(rows: Sequence[dict[str, object]], name: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows), name=name))
