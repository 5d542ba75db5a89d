"""Plane: quality against cost for any set of points, with intervals, names and the front."""

from collections.abc import Sequence
from functools import partial

import altair as alt

from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.report.figures.figure import (
    INK,
    SURFACE,
    Figure,
    finished,
    padded,
    ticks,
    value_axis,
    wants_log,
)
from breakeven.report.figures.hollow import outline_words
from breakeven.report.figures.plane_rows import Plane, Row, rows_of, span_of
from breakeven.report.quantity import score_scale
from breakeven.report.signs import NBSP

LABEL_GAP_PX = 8
FLUSH_PX = 22
"""So near to an end of the axis a label would be cut off there, and is moved inwards."""
FAR_PX = 20
"""From this distance on a name needs a line to its mark."""
RING_AREA = 260
"""Square pixels of the ring around a mark."""
MARK_AREA, OUTLINE_AREA, DOT_AREA = 95, 165, 26
"""Square pixels of a mark; of one with a dashed outline, and of its dot on the front."""
ROOM_FOR_NAMES = (0.14, 0.36)


def drawn(plane: Plane) -> Figure:
    """Draw a plane: points with both intervals, names that do not collide, the front as steps.

    Raises:
        ValueError: If there is nothing to draw.
    """
    if not plane.points:
        raise ValueError(f"{plane.name} has no points; leave the plane out")
    costs = [span_of(p.cost)[1] for p in plane.points]
    factor = score_scale(plane.metric, 1.0).factor
    is_log = wants_log(costs)
    x_domain = padded(costs, is_log=is_log, shares=ROOM_FOR_NAMES)
    y_domain = padded([end for p in plane.points for end in span_of(p.score, factor)], is_log=False)
    x, y = _cost_axis(plane, x_domain, is_log=is_log), _score_axis(plane, y_domain)
    rows = rows_of(plane, x_domain, y_domain, is_log=is_log)
    base = alt.Chart(alt.Data(values=rows))
    rings = [_rings(base, x, y)] if any(row["is_flat"] for row in rows) else []
    layers = (_staircase(rows, x_domain, x, y), *_intervals(base, x, y), *rings)
    layers = (*layers, *_points(base, x, y, is_any_doubted=any(row["doubts"] for row in rows)))
    chart = alt.layer(*layers, _leaders(rows, x, y), _labels(base, x, y))
    return Figure(
        name=plane.name,
        title=plane.title,
        description=plane.description,
        spec=finished(chart.properties(width="container", height=plane.size_px[1])),
        height_px=plane.size_px[1],
        is_wide=plane.is_crowded,
        note=outline_words({point.name: point.doubts for point in plane.points}),
    )


def _cost_axis(plane: Plane, domain: tuple[float, float], *, is_log: bool) -> alt.X:
    where = {"values": ticks(domain)} if is_log else {"tickCount": 3}
    return alt.X(
        "cost:Q",
        scale=alt.Scale(type="log" if is_log else "linear", domain=domain, nice=False),
        axis=alt.Axis(
            title=plane.cost_title,
            labelExpr=value_axis(plane.resource),
            labelOverlap=True,
            labelSeparation=LABEL_GAP_PX,
            labelFlush=FLUSH_PX,
            **where,
        ),
    )


def _score_axis(plane: Plane, domain: tuple[float, float]) -> alt.Y:
    symbol = score_scale(plane.metric, 1.0).symbol
    unit = NBSP + symbol if symbol else ""
    return alt.Y(
        "score:Q",
        scale=alt.Scale(domain=domain, nice=False, zero=False),
        axis=alt.Axis(
            title=metric_title(plane.metric), tickCount=5, labelExpr=f"datum.label + '{unit}'"
        ),
    )


def _intervals(base: alt.Chart, x: alt.X, y: alt.Y) -> tuple[alt.Chart, alt.Chart]:
    rule = base.mark_rule(opacity=0.75, clip=True).encode(stroke=_by("colour", "stroke"))
    upright = rule.encode(x=x.copy(), y=alt.Y("score_low:Q"), y2="score_high:Q")
    across = rule.encode(x=alt.X("cost_low:Q"), x2="cost_high:Q", y=y.copy())
    return upright, across


def _by(field: str, channel: str) -> alt.Stroke:
    make = {"stroke": alt.Stroke, "fill": alt.Fill, "shape": alt.Shape}[channel]
    return make(f"{field}:N", scale=None, legend=None)


def _points(base: alt.Chart, x: alt.X, y: alt.Y, *, is_any_doubted: bool) -> tuple[alt.Chart, ...]:
    """Marks, filled on the front; dashed outlines of those that nobody measured or counted here."""
    looks = {
        "x": x.copy(),
        "y": y.copy(),
        "shape": _by("shape", "shape"),
        "stroke": _by("colour", "stroke"),
        "tooltip": [
            alt.Tooltip("name:N", title="Name"),
            alt.Tooltip("cost_text:N", title="Cost"),
            alt.Tooltip("score_text:N", title="Score"),
            alt.Tooltip("tip:N", title="Pareto"),
        ],
    }
    marks = partial(base.mark_point, filled=True, opacity=1)
    filled = {**looks, "fill": _by("fill", "fill")}
    if not is_any_doubted:
        return (marks(size=MARK_AREA, strokeWidth=2).encode(**filled),)
    return (
        marks(size=MARK_AREA, strokeWidth=2).transform_filter("!datum.doubts").encode(**filled),
        marks(size=OUTLINE_AREA, strokeWidth=1.6, strokeDash=[3, 2], fill=SURFACE)
        .transform_filter("datum.doubts")
        .encode(**looks),
        marks(size=DOT_AREA, strokeWidth=0, shape="circle")
        .transform_filter("datum.doubts && datum.is_on_front")
        .encode(**{name: channel for name, channel in filled.items() if name != "shape"}),
    )


def _rings(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    """Dotted rings around the points of flat regions."""
    flat = base.transform_filter("datum.is_flat").mark_point(
        shape="circle", size=RING_AREA, filled=False, strokeDash=[2, 2.5], strokeWidth=1.3
    )
    return flat.encode(x=x.copy(), y=y.copy(), stroke=alt.value(INK), opacity=alt.value(0.75))


def _labels(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.LayerChart:
    place_ = {
        "align": alt.ExprRef("datum.align"),
        "dx": alt.ExprRef("datum.dx"),
        "dy": alt.ExprRef("datum.dy"),
    }
    named = base.encode(x=x.copy(), y=y.copy(), text="label:N")
    halo = named.mark_text(**place_, stroke=SURFACE, strokeWidth=3.5, fill=SURFACE)
    return alt.layer(halo, named.mark_text(**place_, fill=INK))


def _leaders(rows: Sequence[Row], x: alt.X, y: alt.Y) -> alt.Chart:
    """Thin lines from the marks to names that stand far from them."""
    far = [row for row in rows if row["label"] and abs(float(row["dy"])) >= FAR_PX]
    kept = ("cost", "score", "dx", "dy")
    line = alt.Chart(alt.Data(values=[{k: row[k] for k in kept} for row in far])).mark_rule(
        stroke=INK,
        opacity=0.3,
        strokeWidth=0.8,
        x2Offset=alt.ExprRef("datum.dx"),
        y2Offset=alt.ExprRef("datum.dy"),
    )
    return line.encode(x=x.copy(), y=y.copy(), x2="cost:Q", y2="score:Q")


def _staircase(rows: Sequence[Row], x_domain: tuple[float, float], x: alt.X, y: alt.Y) -> alt.Chart:
    """The front as steps: between two of its points only the cheaper one can be had."""
    front = sorted(_place_of(row) for row in rows if row["is_on_front"])
    ends = [(x_domain[1], front[-1][1])] if front else []
    steps = [{"cost": cost, "score": score} for cost, score in (*front, *ends)]
    line = alt.Chart(alt.Data(values=steps)).mark_line(
        interpolate="step-after", stroke=INK, opacity=0.35, strokeWidth=1.3, clip=True
    )
    return line.encode(x=x.copy(), y=y.copy(), order=alt.Order("cost:Q"))


def _place_of(row: Row) -> tuple[float, float]:
    return float(row["cost"]), float(row["score"])
