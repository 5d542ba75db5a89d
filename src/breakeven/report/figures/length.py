"""Length figures: what an item costs against the length allowed, one line per way of padding.

With dynamic padding a batch is as wide as its longest text, so truncation saves little; padded to
the maximum, cost follows the length allowed. The two are different stories and different lines.
"""

from collections.abc import Sequence

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.sweeps.findings import Axis, AxisPoint, AxisResult
from breakeven.analysis.words import counted, one_item, resource_words
from breakeven.records import Resource
from breakeven.report.figures.figure import (
    INK,
    SURFACE,
    Figure,
    Series,
    finished,
    padded,
    series,
    value_axis,
)
from breakeven.report.figures.labels import spread
from breakeven.report.lookup import headline
from breakeven.report.quantity import WORDS, format_estimate
from breakeven.report.tables.axes import axes_of

HEIGHT_PX = 230
MIN_POINTS = 3
"""Two lengths make no curve; the table holds them."""

_NAMES = {"padding=max_length": "to the maximum", "padding=longest": "to the longest", "": ""}
_KEY = {
    "padding=max_length": "Solid: all inputs padded to the length allowed.",
    "padding=longest": "Dashed: inputs padded to the longest of their batch.",
}
_DASHES = {"padding=max_length": [1, 0], "padding=longest": [6, 3]}
_ROOM_FRAC = 0.1

_Row = dict[str, str | float]


def length_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """One panel per pathway whose sweep holds at least three lengths."""
    looks = {look.name: look for look in series(analysis)}
    found = {name: [a for a in _drawn(analysis) if a.pathway == name] for name in looks}
    return tuple(_figure(analysis, looks[name], axes) for name, axes in found.items() if axes)


def length_key(analysis: StudyAnalysis) -> str:
    """What the lines and marks of the length figures mean, as far as they are drawn."""
    axes = _drawn(analysis)
    ways = {axis.fixed for axis in axes}
    told = [text for way, text in _KEY.items() if way in ways]
    left_out = {axis.fixed for axis in axes_of(analysis, Axis.LENGTH)} - ways
    told += [
        f"Not drawn: inputs padded {_NAMES[way]}, of which there are too few lengths."
        for way in _KEY
        if way in left_out
    ]
    return " ".join([*told, *(["Hollow: a loss is shown."] if _has_loss(axes) else [])])


def _drawn(analysis: StudyAnalysis) -> list[AxisResult]:
    resource = headline(analysis)
    return [
        axis
        for axis in axes_of(analysis, Axis.LENGTH)
        if sum(resource in point.cost for point in axis.points) >= MIN_POINTS
    ]


def _has_loss(axes: Sequence[AxisResult]) -> bool:
    return any(p.is_loss_shown for axis in axes for p in axis.points if p is not axis.base)


def _figure(analysis: StudyAnalysis, look: Series, axes: list[AxisResult]) -> Figure:
    resource = headline(analysis)
    rows = [
        _row(axis, point, resource)
        for axis in axes
        for point in axis.points
        if resource in point.cost
    ]
    ends = [float(row[end]) for row in rows for end in ("low", "high")]
    lengths = sorted({float(row["length"]) for row in rows})
    base = alt.Chart(alt.Data(values=rows))
    x = alt.X(
        "length:Q",
        scale=alt.Scale(domain=padded(lengths, is_log=False, shares=(0.05, 0.05)), nice=False),
        axis=alt.Axis(title="Length allowed (tokens)", values=lengths, labelOverlap=True),
    )
    y = alt.Y(
        "cost:Q",
        scale=alt.Scale(domain=(0, max(ends) * (1 + _ROOM_FRAC)), nice=False),
        axis=alt.Axis(
            title=f"{WORDS[resource].title} per {one_item(analysis.definition.item)}",
            tickCount=4,
            labelExpr=value_axis(resource),
        ),
    )
    called = metric_words(analysis.definition.metric)
    hollow = f"; hollow marks lose {called} as far as the data show" if _has_loss(axes) else ""
    layers = (_lines(base, x, y, look), *_marks(base, x, y, look), _names(rows, axes, ends, x, y))
    name = f"length-{[s.name for s in series(analysis)].index(look.name) + 1}"
    return Figure(
        name=name,
        title=f"{look.name}: {_finding(axes, resource)}",
        description=f"{WORDS[resource].title} against sequence length for {look.name}, "
        f"{counted(len(axes), 'way')} of padding{hollow}.",
        spec=finished(alt.layer(*layers).properties(width="container", height=HEIGHT_PX)),
        height_px=HEIGHT_PX,
    )


def _finding(axes: list[AxisResult], resource: Resource) -> str:
    """What the cheapest length without a shown loss saves, padded and not."""
    told = []
    for axis in axes:
        saving, label = axis.saving.get(resource), axis.cheapest.get(resource)
        how = _NAMES.get(axis.fixed, axis.fixed)
        prefix = f"padded {how}, " if how else ""
        if saving is None or saving.value is None or label is None:
            is_free = len(axis.flat) > 1  # but windows of a text may cost more when shorter
            what = "saves anything" if is_free else "is free of a shown loss"
            told.append(f"{prefix}no shorter length {what}")
        else:
            length = axis.point(label).value
            told.append(
                f"{prefix}{length} tokens take {saving.value:.2f} of the {resource_words(resource)}"
            )
    return "; ".join(told)


def _row(axis: AxisResult, point: AxisPoint, resource: Resource) -> _Row:
    cost = point.cost[resource]
    value = cost.value or 0.0
    return {
        "series": axis.fixed,
        "length": float(point.value),
        "cost": value,
        "low": value if cost.low is None else cost.low,
        "high": value if cost.high is None else cost.high,
        "tip": f"{point.value} tokens: {format_estimate(cost, resource)}",
        "quality": {None: "not known", True: "a loss is shown", False: "no loss is shown"}[
            False if point is axis.base else point.is_loss_shown
        ],
    }


def _lines(base: alt.Chart, x: alt.X, y: alt.Y, look: Series) -> alt.Chart:
    names = list(_DASHES)
    dash = alt.StrokeDash(
        "series:N",
        scale=alt.Scale(domain=names, range=[_DASHES[n] for n in names]),
        legend=None,
    )
    return base.mark_line(stroke=look.colour, strokeWidth=1.8).encode(
        x=x, y=y, strokeDash=dash, detail="series:N"
    )


def _marks(base: alt.Chart, x: alt.X, y: alt.Y, look: Series) -> tuple[alt.Chart, alt.Chart]:
    fill = alt.condition(
        "datum.quality == 'a loss is shown'", alt.value(SURFACE), alt.value(look.colour)
    )
    rules = base.mark_rule(stroke=look.colour, opacity=0.75).encode(
        x=x, y=alt.Y("low:Q"), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=55, strokeWidth=1.8, opacity=1).encode(
        x=x,
        y=y,
        fill=fill,
        stroke=alt.value(look.colour),
        tooltip=[
            alt.Tooltip("tip:N", title="Cost"),
            alt.Tooltip("quality:N", title="Quality"),
        ],
    )
    return rules, points


def _names(
    rows: list[_Row], axes: list[AxisResult], ends: list[float], x: alt.X, y: alt.Y
) -> alt.LayerChart:
    """Name each line above its longest length, inside the drawing."""
    last = [
        max((r for r in rows if r["series"] == a.fixed), key=lambda r: r["length"]) for a in axes
    ]
    top = max(ends) * (1 + _ROOM_FRAC)
    heights = [HEIGHT_PX * (1 - float(row["high"]) / top) - 11 for row in last]
    moved = spread(heights)
    named = [
        {
            **row,
            "name": _NAMES.get(str(row["series"]), ""),
            "dy": new - HEIGHT_PX * (1 - float(row["cost"]) / top),
        }
        for row, new in zip(last, moved, strict=True)
    ]
    text = alt.Chart(alt.Data(values=named)).encode(x=x, y=y, text="name:N")
    style = {"align": "right", "dx": 6, "dy": alt.ExprRef("datum.dy")}
    halo = text.mark_text(**style, stroke=SURFACE, strokeWidth=3.5, fill=SURFACE)
    return alt.layer(halo, text.mark_text(**style, fill=INK))
