"""Spread: each run behind a pathway's numbers as box, density and normal Q-Q plot.

The three share rows (one for each pathway) and the axis of values. Nothing is drawn of fewer than
three values, and no density of fewer than eight.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.samples.shape import NormalQuantiles, normal_quantiles
from breakeven.report.figures.figure import MUTED, SURFACE, Figure, Series, finished, series
from breakeven.report.spreads import (
    Spread,
    box_title,
    box_words,
    densities,
    density_title,
    density_words,
    normal_title,
    normal_words,
    number_text,
    spreads,
)

ROW_PX, LEAST_PX = 52, 104
MAX_POINTS = 120
"""Points drawn of one pathway; of more every k-th in the order of the runs, and both extremes."""
MARGIN = 0.1
"""Of a row, above and below what is drawn in it."""

Looks = Mapping[str, Series]
Row = dict[str, object]


def spread_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """Box, density and Q-Q plot of each number that scatters."""
    looks = {look.name: look for look in series(analysis)}
    made = ((_boxes(s, looks), _densities(s, looks), _normal(s, looks)) for s in spreads(analysis))
    return tuple(figure for figures in made for figure in figures if figure is not None)


def _boxes(spread: Spread, looks: Looks) -> Figure:
    """A box for each pathway with every run on it."""
    names = list(spread.drawn)
    base = _chart([_box_row(spread, name, i) for i, name in enumerate(names)], "boxes")
    base = base.encode(y=_y(spread, names))
    look = {"stroke": _by("stroke", names, looks), "fill": _by("fill", names, looks)}
    points = [row for i, name in enumerate(names) for row in _run_rows(spread, name, i)]
    runs = _chart(points, "runs").mark_point(size=20, strokeWidth=1.2, opacity=0.9, fill=SURFACE)
    layers = (
        base.mark_rule(strokeWidth=1.2).encode(
            x=_x(spread, "whisker_low"), x2="whisker_high:Q", stroke=look["stroke"]
        ),
        base.mark_bar(height=22, fillOpacity=0.16, strokeWidth=1.4).encode(
            x=_x(spread, "q1"), x2="q3:Q", **look
        ),
        base.mark_tick(orient="vertical", thickness=2.4, size=22).encode(
            x=_x(spread, "median"), **look
        ),
        runs.encode(
            x=_x(spread, "value"), y=_y(spread, names), stroke=look["stroke"], tooltip=_tip(spread)
        ),
    )
    return _figure(
        f"box-{spread.name}",
        box_title(spread),
        f"Box plot of {spread.words}, every run a point: {box_words(spread)}.",
        layers,
        len(names),
    )


def _densities(spread: Spread, looks: Looks) -> Figure | None:
    """Smoothed densities; None where no pathway has eight values."""
    found = densities(spread)
    if not found:
        return None
    names = list(found)
    top = max(max(made.heights) for made in found.values())
    rows = [
        {"pathway": name, "value": place, "y": _inside(i, height / top), "base": _inside(i, 0.0)}
        for i, (name, made) in enumerate(found.items())
        for place, height in zip(made.places, made.heights, strict=True)
    ]
    base = _chart(rows, "densities").encode(x=_x(spread, "value"), y=_y(spread, names))
    layers = (
        base.mark_area(opacity=0.18).encode(y2="base:Q", fill=_by("fill", names, looks)),
        base.mark_line(strokeWidth=1.8).encode(stroke=_by("stroke", names, looks)),
    )
    return _figure(
        f"density-{spread.name}",
        density_title(spread, found),
        f"Density of {spread.words}, {density_words(spread, found)}.",
        layers,
        len(names),
    )


def _normal(spread: Spread, looks: Looks) -> Figure | None:
    """Values against quantiles of a normal sample, with the line through the quartiles."""
    made = ((name, normal_quantiles(_thinned(own))) for name, own in spread.drawn.items())
    found = {name: plot for name, plot in made if plot is not None}
    if not found:
        return None
    names = list(found)
    reach = max(plot.expected[-1] for plot in found.values())
    rows = [
        row for i, name in enumerate(names) for row in _quantile_rows(name, i, found[name], reach)
    ]
    ends = [row for i, name in enumerate(names) for row in _line_rows(name, i, found[name], reach)]
    zeros: list[Row] = [{"y": _inside(i, 0.5)} for i in range(len(names))]
    middle = _chart(zeros, "zeros").mark_rule(stroke=MUTED, opacity=0.35, strokeDash=[2, 3])
    line = _chart(ends, "lines").mark_line(strokeWidth=1.2, opacity=0.8, clip=True)
    points = _chart(rows, "quantiles").mark_point(filled=True, size=26, opacity=0.95)
    layers = (
        middle.encode(y=_y(spread, names)),
        line.encode(
            x=_x(spread, "value"),
            y=_y(spread, names),
            order="y:Q",
            stroke=_by("stroke", names, looks),
        ),
        points.encode(
            x=_x(spread, "value"),
            y=_y(spread, names),
            fill=_by("fill", names, looks),
            tooltip=_tip(spread),
        ),
    )
    return _figure(
        f"normal-{spread.name}",
        normal_title(spread),
        f"Normal Q-Q plot of {spread.words}, normal quantiles upwards in each row, with the line "
        f"through the quartiles: {normal_words(spread)}.",
        layers,
        len(names),
    )


def _figure(
    name: str, title: str, description: str, layers: Sequence[alt.Chart], n_rows: int
) -> Figure:
    height_px = max(ROW_PX * n_rows, LEAST_PX)
    chart = alt.layer(*layers).properties(width="container", height=height_px)
    return Figure(
        name=name,
        title=title,
        description=description,
        spec=finished(chart),
        height_px=height_px,
    )


def _chart(rows: Sequence[Row], name: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows), name=name))


def _x(spread: Spread, field: str) -> alt.X:
    axis = alt.Axis(
        title=spread.axis,
        labelExpr=f"datum.label + '{spread.unit}'",
        tickCount=4,
        titleLimit=330,
        grid=True,
    )
    return alt.X(f"{field}:Q", scale=alt.Scale(zero=False), axis=axis)


def _y(spread: Spread, names: Sequence[str]) -> alt.Y:
    """Rows from the top, the name of each and its number of values in the middle."""
    labels = [f"{name}, n = {len(spread.drawn[name])}" for name in names]
    axis = alt.Axis(
        title=None,
        values=[i + 0.5 for i in range(len(names))],
        labelExpr=f"{json.dumps(labels)}[floor(datum.value)]",
        labelLimit=110,
        labelFontSize=11.5,
        grid=False,
    )
    return alt.Y("y:Q", scale=alt.Scale(domain=[len(names), 0], nice=False), axis=axis)


def _inside(row: int, share: float) -> float:
    """Place within a row, 0 at its bottom and 1 at its top."""
    return row + 1 - MARGIN - (1 - 2 * MARGIN) * share


def _by(channel: str, names: Sequence[str], looks: Looks) -> alt.Stroke | alt.Fill:
    scale = alt.Scale(domain=list(names), range=[looks[name].colour for name in names])
    make = {"stroke": alt.Stroke, "fill": alt.Fill}[channel]
    return make("pathway:N", scale=scale, legend=None)


def _tip(spread: Spread) -> list[alt.Tooltip]:
    return [alt.Tooltip("pathway:N", title="Pathway"), alt.Tooltip("text:N", title=spread.axis)]


def _box_row(spread: Spread, name: str, row: int) -> Row:
    found = spread.described(name)
    return {
        "pathway": name,
        "y": row + 0.5,
        "q1": found.quartiles[0],
        "median": found.median,
        "q3": found.quartiles[1],
        "whisker_low": found.whiskers[0],
        "whisker_high": found.whiskers[1],
    }


def _run_rows(spread: Spread, name: str, row: int) -> Iterator[Row]:
    """Points beside each other, so that equal ones show."""
    for index, value in enumerate(_thinned(spread.drawn[name])):
        aside = (index * 7 % 11 - 5) * 0.026
        text = number_text(value, spread)
        yield {"pathway": name, "y": row + 0.5 + aside, "value": value, "text": text}


def _quantile_rows(name: str, row: int, found: NormalQuantiles, reach: float) -> Iterator[Row]:
    for expected, value in zip(found.expected, found.values, strict=True):
        y = _inside(row, (expected / reach + 1) / 2)
        text = f"{value:.3g} at normal quantile {expected:.2f}"
        yield {"pathway": name, "y": y, "value": value, "expected": expected, "text": text}


def _line_rows(name: str, row: int, found: NormalQuantiles, reach: float) -> Iterator[Row]:
    for expected in (found.expected[0], found.expected[-1]):
        y = _inside(row, (expected / reach + 1) / 2)
        yield {"pathway": name, "y": y, "value": found.intercept + found.slope * expected}


def _thinned(values: Sequence[float]) -> list[float]:
    """Few enough values to draw, the extremes among them."""
    if len(values) <= MAX_POINTS:
        return list(values)
    step = -(-len(values) // (MAX_POINTS - 2))
    return [*values[::step], min(values), max(values)]
