"""Points: a scatter of runs with the line of each group; shape says the stage, colour the group.

Needs the extra `report`.
"""

import math
from collections.abc import Iterator, Sequence

import altair as alt
import numpy as np

from breakeven.analysis.curves.curve_set import CurveSet, GroupCurve
from breakeven.report.figures.figure import (
    FONT,
    MUTED,
    N_SERIES,
    SHAPES,
    Figure,
    count_axis,
    finished,
    padded,
)

HEIGHT_PX, WIDTH_PX = 400, 940
N_STEPS = 40
"""Places at which a line and its band are computed; enough for a curve to look smooth."""


def points_figure(found: CurveSet) -> Figure:
    """Draw a set of curves; nothing is drawn that is not in its tables."""
    names = [group.name for group in found.groups]
    colours = [f"var(--series-{i % N_SERIES + 1})" for i in range(len(names))]
    shapes = list(dict.fromkeys(point.stage for point in found.points.points))
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1),
    )
    shape = alt.Shape(
        "stage:N",
        scale=alt.Scale(domain=shapes, range=[SHAPES[i % N_SERIES] for i in range(len(shapes))]),
        legend=alt.Legend(title=None, orient="top"),
    )
    x, y, low = (_axis(found, name) for name in ("x", "y", "low"))
    lines = [row for group in found.groups for row in _line_rows(group)]
    layers = [
        _chart(lines)
        .mark_area(opacity=0.13, clip=True)
        .encode(x=x, y=low, y2="high:Q", color=colour),
        _chart(lines).mark_line(strokeWidth=2, clip=True).encode(x=x, y=y, color=colour),
        _chart(list(_point_rows(found)))
        .mark_point(filled=True, size=46, opacity=0.85)
        .encode(x=x, y=y, color=colour, shape=shape),
    ]
    chart = alt.layer(*layers).properties(width=WIDTH_PX, height=HEIGHT_PX)
    title = f"{found.points.y.title} against {found.points.x.title}"
    spec = finished(chart)
    spec["config"] = {**dict(spec["config"]), "legend": {"labelColor": MUTED, "labelFont": FONT}}  # type: ignore[call-overload]  # a mapping that `config` made
    return Figure(
        name="points",
        title=title,
        description=f"{title}: {len(found.points.points)} points in {len(names)} groups "
        f"({', '.join(names)}), with the line of each group and its 95 % prediction band.",
        spec=spec,
        height_px=HEIGHT_PX,
    )


def _axis(found: CurveSet, field: str) -> alt.X | alt.Y:
    is_x = field == "x"
    is_log = found.axes.is_x_log if is_x else found.axes.is_y_log
    values = [p.x if is_x else p.y for p in found.points.points]
    scale = alt.Scale(
        type="log" if is_log else "linear",
        domain=list(padded(values, is_log=is_log)) if values else [1.0, 10.0],
        nice=False,
    )
    title = found.points.x.title if is_x else found.points.y.title
    labels = alt.Axis(title=title, labelExpr=count_axis(), tickCount=6)
    kind = alt.X if is_x else alt.Y
    return kind(f"{field}:Q", scale=scale, axis=labels)


def _point_rows(found: CurveSet) -> Iterator[dict[str, object]]:
    for group in found.groups:
        for point in group.points:
            yield {"x": point.x, "y": point.y, "group": group.name, "stage": point.stage}


def _line_rows(group: GroupCurve) -> list[dict[str, object]]:
    line = group.line
    if line is None:
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


def _chart(rows: Sequence[dict[str, object]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows)))
