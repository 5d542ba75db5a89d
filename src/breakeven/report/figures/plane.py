"""Plane: quality against cost for any set of points, with intervals, names and the front."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import (
    INK,
    SURFACE,
    Figure,
    Series,
    finished,
    padded,
    ticks,
    value_axis,
    wants_log,
)
from breakeven.report.figures.labels import Box, Placement, Spot, place, share_of
from breakeven.report.quantity import format_estimate, format_score, score_scale
from breakeven.report.signs import NBSP

HEIGHT_PX, NOMINAL_WIDTH_PX = 230, 215
CROWDED = 6
"""From this many points on a plane takes the width of the page, and its names need it."""
CROWDED_HEIGHT_PX, CROWDED_WIDTH_PX = 330, 350
"""As narrow as a telephone draws it, so that names keep apart there too."""
PACKED = 15
"""From this many points on, names that would cover something are left to tooltip and table."""
LABEL_GAP_PX = 8
WIDE_PX = 1020
"""As wide as a desk draws a crowded plane."""
FAR_PX = 20
"""From this distance on a name needs a line to its mark."""
ROOM_FOR_NAMES = (0.14, 0.36)

_Row = dict[str, str | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanePoint:
    """One mark.

    Attributes:
        name: For the tooltip.
        label: Beside the mark.
        look: Colour and shape.
        cost: Where it is across, with its interval.
        score: Where it is up, with its interval.
        is_on_front: Filled and joined by the staircase when true.
        tip: A last line for the tooltip.
        is_named: Whether the name stands there even where it covers something.
    """

    name: str
    label: str
    look: Series
    cost: Estimate
    score: Estimate
    is_on_front: bool
    tip: str = ""
    is_named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One drawing.

    Attributes:
        name: Of the figure.
        title: The finding.
        description: For screen readers.
        resource: Of the cost axis.
        cost_title: Title of the cost axis.
        metric: Of the quality axis.
        points: What to draw.
    """

    name: str
    title: str
    description: str
    resource: Resource
    cost_title: str
    metric: str
    points: Sequence[PlanePoint]

    @property
    def is_crowded(self) -> bool:
        """Whether it holds too much for a third of the page."""
        return len(self.points) >= CROWDED

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height for which names are placed; the height is also the one drawn."""
        if self.is_crowded:
            return CROWDED_WIDTH_PX, CROWDED_HEIGHT_PX
        return NOMINAL_WIDTH_PX, HEIGHT_PX


def drawn(plane: Plane) -> Figure:
    """Draw a plane: points with both intervals, names that do not collide, the front as steps.

    Raises:
        ValueError: If there is nothing to draw.
    """
    if not plane.points:
        raise ValueError(f"{plane.name} has no points; leave the plane out")
    costs = [_span(p.cost)[1] for p in plane.points]
    factor = score_scale(plane.metric, 1.0).factor
    is_log = wants_log(costs)
    x_domain = padded(costs, is_log=is_log, shares=ROOM_FOR_NAMES)
    y_domain = padded([end for p in plane.points for end in _span(p.score, factor)], is_log=False)
    x, y = _cost_axis(plane, x_domain, is_log=is_log), _score_axis(plane, y_domain)
    rows = _rows(plane, x_domain, y_domain, is_log=is_log)
    base = alt.Chart(alt.Data(values=rows))
    layers = (_staircase(rows, x_domain, x, y), *_intervals(base, x, y), _points(base, x, y))
    chart = alt.layer(*layers, _leaders(rows, x, y), _labels(base, x, y))
    return Figure(
        name=plane.name,
        title=plane.title,
        description=plane.description,
        spec=finished(chart.properties(width="container", height=plane.size_px[1])),
        height_px=plane.size_px[1],
        is_wide=plane.is_crowded,
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
            title=plane.metric.capitalize(), tickCount=5, labelExpr=f"datum.label + '{unit}'"
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


def _points(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    return base.mark_point(filled=True, size=95, strokeWidth=2, opacity=1).encode(
        x=x.copy(),
        y=y.copy(),
        shape=_by("shape", "shape"),
        stroke=_by("colour", "stroke"),
        fill=_by("fill", "fill"),
        tooltip=[
            alt.Tooltip("name:N", title="Name"),
            alt.Tooltip("cost_text:N", title="Cost"),
            alt.Tooltip("score_text:N", title="Score"),
            alt.Tooltip("tip:N", title="Pareto"),
        ],
    )


def _labels(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.LayerChart:
    place_ = {
        "align": alt.ExprRef("datum.align"),
        "dx": alt.ExprRef("datum.dx"),
        "dy": alt.ExprRef("datum.dy"),
    }
    named = base.encode(x=x.copy(), y=y.copy(), text="label:N")
    halo = named.mark_text(**place_, stroke=SURFACE, strokeWidth=3.5, fill=SURFACE)
    return alt.layer(halo, named.mark_text(**place_, fill=INK))


def _leaders(rows: Sequence[_Row], x: alt.X, y: alt.Y) -> alt.Chart:
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


def _staircase(
    rows: Sequence[_Row], x_domain: tuple[float, float], x: alt.X, y: alt.Y
) -> alt.Chart:
    """The front as steps: between two of its points only the cheaper one can be had."""
    front = sorted(_place_of(row) for row in rows if row["is_on_front"])
    ends = [(x_domain[1], front[-1][1])] if front else []
    steps = [{"cost": cost, "score": score} for cost, score in (*front, *ends)]
    line = alt.Chart(alt.Data(values=steps)).mark_line(
        interpolate="step-after", stroke=INK, opacity=0.35, strokeWidth=1.3, clip=True
    )
    return line.encode(x=x.copy(), y=y.copy(), order=alt.Order("cost:Q"))


def _place_of(row: _Row) -> tuple[float, float]:
    return float(row["cost"]), float(row["score"])


def _span(estimate: Estimate, factor: float = 1.0) -> tuple[float, float, float]:
    """Low, value and high in a unit; the value itself where there is no interval."""
    value = estimate.value or 0.0
    low = value if estimate.low is None else estimate.low
    high = value if estimate.high is None else estimate.high
    return low / factor, value / factor, high / factor


def _rows(
    plane: Plane, x_domain: tuple[float, float], y_domain: tuple[float, float], *, is_log: bool
) -> list[_Row]:
    """One row per point; those on the front choose the place of their name first."""
    factor = score_scale(plane.metric, 1.0).factor
    order = sorted(plane.points, key=lambda p: (not p.is_on_front, not p.is_named))
    spots = [
        Spot(
            x=share_of(_span(p.cost)[1], x_domain, is_log=is_log),
            y=share_of(_span(p.score, factor)[1], y_domain, is_log=False),
            text=p.label,
            y_span=_shares(_span(p.score, factor), y_domain),
            is_optional=not p.is_named and len(order) >= PACKED,
        )
        for p in order
    ]
    width_px, height_px = plane.size_px
    front = [s for s, p in zip(spots, order, strict=True) if p.is_on_front]
    steps = _treads(front, width_px, height_px)
    wide_px = WIDE_PX if len(order) >= PACKED else None
    places = place(spots, width_px=width_px, height_px=height_px, lines=steps, wide_px=wide_px)
    rows = [
        {**_row(plane, point, at), "label": point.label if at.text else ""}
        for point, at in zip(order, places, strict=True)
    ]
    return rows[::-1]


def _treads(front: Sequence[Spot], width_px: float, height_px: float) -> list[Box]:
    """The level parts of the staircase, which names should keep off."""
    ordered = sorted(front, key=lambda s: s.x)
    starts = [spot.x for spot in ordered]
    return [
        Box(
            spot.x * width_px,
            (1 - spot.y) * height_px - 2,
            end * width_px,
            (1 - spot.y) * height_px + 2,
        )
        for spot, end in zip(ordered, [*starts[1:], 1.0], strict=False)
    ]


def _shares(span: tuple[float, float, float], domain: tuple[float, float]) -> tuple[float, float]:
    return share_of(span[0], domain, is_log=False), share_of(span[2], domain, is_log=False)


def _row(plane: Plane, point: PlanePoint, at: Placement) -> _Row:
    cost_low, cost, cost_high = _span(point.cost)
    score_low, score, score_high = _span(point.score, score_scale(plane.metric, 1.0).factor)
    return {
        "name": point.name,
        "label": point.label,
        "tip": point.tip,
        "is_on_front": point.is_on_front,
        "cost": cost,
        "cost_low": cost_low,
        "cost_high": cost_high,
        "score": score,
        "score_low": score_low,
        "score_high": score_high,
        "cost_text": format_estimate(point.cost, plane.resource),
        "score_text": format_score(point.score, plane.metric),
        "colour": point.look.colour,
        "fill": point.look.colour if point.is_on_front else SURFACE,
        "shape": point.look.shape,
        "dx": at.dx,
        "dy": at.dy,
        "align": at.align,
    }
