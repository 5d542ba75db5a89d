"""Best: expected best score against the budget of a search, band and all; grey beyond N/2.

Needs the extra `report`.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import altair as alt

from breakeven.analysis.best_of import BestCurve, BestPoint
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import counted, resource_words
from breakeven.report.figures.figure import N_SERIES, Figure, finished, padded
from breakeven.report.figures.keys import key, keyed, scale_of
from breakeven.report.quantity import WORDS

HEIGHT_PX, WIDTH_PX = 400, 940
_FIRST_OF_SCALE = 3
"""Number of trials from whose band on the axis of scores is laid: that of one is very wide."""


def best_figure(
    curves: Sequence[BestCurve],
    *,
    name: str = "best",
    title: str = "",
    width: int | Literal["container"] = WIDTH_PX,
) -> Figure:
    """Draw the curves that have points; nothing is drawn that is not in their tables.

    Args:
        curves: Of one budget; at least one with points.
        name: Of the figure.
        title: The finding; what is drawn by default.
        width: Of the drawing in pixels, or that of its place.
    """
    drawn = [curve for curve in curves if curve.points]
    names = [curve.name for curve in drawn]
    colours = [f"var(--series-{i % N_SERIES + 1})" for i in range(len(names))]
    colour = alt.Color("group:N", scale=scale_of(names, colours), legend=key(names, is_square=True))
    factor, budget = _budget(drawn)
    rows = [row for curve in drawn for row in _rows(curve, factor)]
    x, y, low = _x(rows, budget), _y(drawn, "y"), _y(drawn, "low")
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    sure = [row for row in rows if row["is_sure"]]
    layers = [
        _chart(banded, "bands")
        .mark_area(opacity=0.13, clip=True)
        .encode(x=x, y=low, y2="high:Q", color=colour),
        _chart(rows, "curves")
        .mark_line(strokeWidth=2, strokeDash=[2, 4], opacity=0.6, clip=True)
        .encode(x=x, y=y, color=colour),
        _chart(sure, "seen").mark_line(strokeWidth=2.5, clip=True).encode(x=x, y=y, color=colour),
        _chart(sure, "seen").mark_point(filled=True, size=26).encode(x=x, y=y, color=colour),
    ]
    over = "trials" if drawn[0].resource is None else resource_words(drawn[0].resource)
    return Figure(
        name=name,
        title=title or f"Expected best {metric_words(drawn[0].trials.metric)} against {over}",
        description=f"{counted(len(drawn), 'curve')} of the expected best score "
        f"({', '.join(names)}) against {over}, each with its 95 % band over all budgets; dotted "
        "beyond half of the trials that were seen.",
        spec=keyed(finished(alt.layer(*layers).properties(width=width, height=HEIGHT_PX))),
        height_px=HEIGHT_PX,
        is_wide=True,
    )


def _budget(curves: Sequence[BestCurve]) -> tuple[float, str]:
    """Factor of the unit of the axis, and its title."""
    resource = curves[0].resource
    if resource is None:
        return 1.0, "Trials"
    most = max(_spent(curve.points[-1]) for curve in curves)
    unit = WORDS[resource].scale(most)
    return unit.factor, f"{WORDS[resource].title}, {unit.symbol}"


def _spent(point: BestPoint) -> float:
    """Budget of a point: its cost, or its number of trials."""
    if point.budget is None or point.budget.value is None:
        return float(point.n)
    return point.budget.value


def _rows(curve: BestCurve, factor: float) -> Iterator[dict[str, object]]:
    for point in curve.points:
        yield {
            "x": _spent(point) / factor,
            "y": point.best.value,
            "low": point.best.low,
            "high": point.best.high,
            "group": curve.name,
            "is_sure": not point.is_grey,
        }


def _x(rows: Sequence[dict[str, object]], title: str) -> alt.X:
    values = [float(str(row["x"])) for row in rows if float(str(row["x"])) > 0]
    scale = alt.Scale(type="log", domain=list(padded(values, is_log=True)), nice=False)
    labels = alt.Axis(title=title, format="~g", tickCount=6, labelOverlap=True)
    return alt.X("x:Q", scale=scale, axis=labels)


def _y(curves: Sequence[BestCurve], field: str) -> alt.Y:
    """Axis of scores: wide enough for the curves and for their bands from three trials on."""
    estimates = [point.best for curve in curves for point in curve.points]
    ends = [
        end
        for curve in curves
        for point in curve.points[_FIRST_OF_SCALE - 1 :]
        for end in (point.best.low, point.best.high)
    ]
    values = [v for v in [*(best.value for best in estimates), *ends] if v is not None]
    scale = alt.Scale(domain=list(padded(values, is_log=False)), nice=False, zero=False)
    labels = alt.Axis(title="Expected best score", tickCount=6)
    return alt.Y(f"{field}:Q", scale=scale, axis=labels)


def _chart(rows: Sequence[dict[str, object]], name: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows), name=name))
