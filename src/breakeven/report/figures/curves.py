"""Amortized curves: cost per item over the lifetime (Dürlich et al. 2023, figure 3).

Where two curves cross, the dearer development has paid back. Rows and the ends of the cost axis
have names, under which live_curves.js changes them when a reader turns a control.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from breakeven.analysis.results import AmortizedCurve, StudyAnalysis
from breakeven.analysis.words import counted, item_words, one_item
from breakeven.records import Resource
from breakeven.report.crossings import Crossing, crossings, winner_sentence
from breakeven.report.figures.figure import (
    INK,
    MUTED,
    SURFACE,
    Figure,
    Series,
    count_axis,
    finished,
    series,
    ticks,
    value_axis,
)
from breakeven.report.figures.hollow import cores, doubted_costs, hollow_words
from breakeven.report.figures.labels import share_of, spread
from breakeven.report.lookup import compared, headline
from breakeven.report.quantity import WORDS, format_items
from breakeven.units import format_count

HEADLINE_HEIGHT_PX, HEIGHT_PX = 340, 250
CHAR_PX = 7.6
"""Width of a letter of the bold names at the ends of the curves; generous, for fonts differ."""
_TINY = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plane:
    """What every layer of one figure shares."""

    analysis: StudyAnalysis
    resource: Resource
    curves: Sequence[AmortizedCurve]
    looks: Sequence[Series]
    domain: tuple[float, float]
    height_px: int

    @property
    def x(self) -> alt.X:
        """Volumes on a log axis."""
        items = item_words(self.analysis.definition.item).capitalize()
        decades = [10.0**k for k in range(13)]
        return alt.X(
            "volume:Q",
            scale=alt.Scale(type="log", domain=[{"expr": "x_low"}, {"expr": "x_high"}], nice=False),
            axis=alt.Axis(
                title=f"{items} over the lifetime", labelExpr=count_axis(), values=decades
            ),
        )

    def y(self, field: str) -> alt.Y:
        """Cost per item on a log axis."""
        item = one_item(self.analysis.definition.item)
        return alt.Y(
            f"{field}:Q",
            scale=alt.Scale(type="log", domain=[{"expr": "y_low"}, {"expr": "y_high"}], nice=False),
            axis=alt.Axis(
                title=f"{WORDS[self.resource].title} per {item}",
                labelExpr=value_axis(self.resource),
                values=alt.ExprRef("y_ticks"),
            ),
        )

    @property
    def colour(self) -> alt.Color:
        """The pathway's colour."""
        names, colours = [s.name for s in self.looks], [s.colour for s in self.looks]
        return alt.Color("pathway:N", scale=alt.Scale(domain=names, range=colours), legend=None)


def curve_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """One figure per cost measure that was observed, headline first."""
    by_resource = (
        (resource, [c for c in analysis.curves if c.resource is resource and _drawable(c)])
        for resource in compared(analysis)
    )
    return tuple(_figure(analysis, resource, curves) for resource, curves in by_resource if curves)


def _drawable(curve: AmortizedCurve) -> bool:
    return len(curve.volumes) > 1 and min(curve.average) > 0


def _figure(
    analysis: StudyAnalysis, resource: Resource, curves: Sequence[AmortizedCurve]
) -> Figure:
    names = [c.pathway for c in curves]
    is_headline = resource is headline(analysis)
    plane = _Plane(
        analysis=analysis,
        resource=resource,
        curves=curves,
        looks=series(analysis),
        domain=_domain(curves),
        height_px=HEADLINE_HEIGHT_PX if is_headline else HEIGHT_PX,
    )
    marked = crossings(analysis, resource, curves)
    doubts = {
        name: told
        for name, told in doubted_costs(analysis, resource, with_use=True).items()
        if name in names
    }
    lines = _lines(plane)
    chart = alt.layer(
        _bands(plane),
        *_planned(plane),
        lines,
        *cores(lines, doubts),
        *_marks(plane, marked),
        _names(plane),
    ).properties(width="container", height=plane.height_px, padding=_room_for(names))
    item = one_item(analysis.definition.item)
    crossed = (
        f"; {counted(len(marked), 'crossing')} marked. The table of break-evens holds the numbers"
    )
    held = crossed if analysis.break_evens else ""
    return Figure(
        name=f"curves-{resource.value}",
        title=winner_sentence(analysis, resource, curves),
        description=f"{WORDS[resource].title} per {item} over the lifetime, "
        f"for {', '.join(names)}{held}.",
        spec={**finished(chart), "params": _ends_of(plane)},
        height_px=plane.height_px,
        note=hollow_words(doubts, what="line"),
    )


def _ends_of(plane: _Plane) -> list[dict[str, object]]:
    """Both axes' ends by name, for rows that are empty at times have none of their own."""
    volumes = [n for curve in plane.curves for n in curve.volumes]
    ends = (*plane.domain, min(volumes), max(volumes))
    low, high, first, last = (float(f"{end:.6g}") for end in ends)
    values = {
        "x_low": first,
        "x_high": last,
        "y_low": low,
        "y_high": high,
        "y_ticks": ticks(plane.domain),
    }
    return [{"name": name, "value": value} for name, value in values.items()]


def _room_for(names: Sequence[str]) -> dict[str, float]:
    return {"left": 4, "top": 6, "bottom": 4, "right": 10 + CHAR_PX * max(map(len, names))}


def _domain(curves: Sequence[AmortizedCurve]) -> tuple[float, float]:
    lowest = min(min(c.average) for c in curves)
    return lowest / 1.6, max(max(c.average) for c in curves) * 1.5


def _chart(rows: Sequence[Mapping[str, object]], name: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows), name=name))


def _bands(plane: _Plane) -> alt.Chart:
    rows = [
        {"pathway": c.pathway, "volume": n, "low": max(low, _TINY), "high": high}
        for c in plane.curves
        for n, low, high in zip(c.volumes, c.low, c.high, strict=True)
    ]
    band = _chart(rows, "bands").mark_area(opacity=0.16, clip=True)
    return band.encode(x=plane.x, y=plane.y("low"), y2="high:Q", color=plane.colour)


def _lines(plane: _Plane) -> alt.Chart:
    rows = [
        {"pathway": c.pathway, "volume": n, "average": a, "tip": _tip(plane, n, a)}
        for c in plane.curves
        for n, a in zip(c.volumes, c.average, strict=True)
    ]
    names, dashes = [s.name for s in plane.looks], [list(s.dash) for s in plane.looks]
    return (
        _chart(rows, "lines")
        .mark_line(strokeWidth=2.2, clip=True)
        .encode(
            x=plane.x,
            y=plane.y("average"),
            color=plane.colour,
            strokeDash=alt.StrokeDash(
                "pathway:N", scale=alt.Scale(domain=names, range=dashes), legend=None
            ),
            tooltip=[alt.Tooltip("pathway:N", title="Pathway"), alt.Tooltip("tip:N", title="Cost")],
        )
    )


def _tip(plane: _Plane, volume: float, average: float) -> str:
    scale, item = WORDS[plane.resource].scale(average), plane.analysis.definition.item
    rounded = float(f"{volume:.2g}")
    return (
        f"{average / scale.factor:.3g} {scale.symbol} per {one_item(item)} "
        f"at {format_items(rounded, item)}"
    )


def _planned(plane: _Plane) -> tuple[alt.Chart, alt.Chart]:
    volume = plane.analysis.recommendation.volume
    text = f"planned: {format_count(volume)}"
    base = _chart([{"volume": volume, "average": plane.domain[1], "text": text}], "planned")
    at = base.encode(x=plane.x, y=plane.y("average"))
    rule = at.mark_rule(stroke=MUTED, strokeDash=[3, 3]).encode(y2=alt.value("height"))
    near = f"scale('x', datum.volume) < {CHAR_PX * len(text):.0f}"
    beside = {
        "align": alt.ExprRef(f"{near} ? 'left' : 'right'"),
        "dx": alt.ExprRef(f"{near} ? 6 : -6"),
    }
    name = at.mark_text(**beside, dy=8, fill=MUTED).encode(text="text:N")
    return rule, name


def _marks(plane: _Plane, marked: Sequence[Crossing]) -> tuple[alt.Chart, ...]:
    rows = [_mark(plane, crossing) for crossing in marked]
    at = _chart(rows, "crossings").encode(x=plane.x, y=plane.y("average"))
    rings = at.mark_point(
        filled=True, fill=SURFACE, stroke=INK, strokeWidth=1.6, size=58, opacity=1
    ).encode(tooltip=[alt.Tooltip("tip:N", title="Crossing")])
    at_px = "scale('x', datum.volume)"
    near = f"{at_px} + {CHAR_PX} * length(datum.text) > width && 2 * {at_px} > width"
    beside = {  # right above the crossing, and where that ends left below, under all lines
        "align": alt.ExprRef(f"{near} ? 'right' : 'left'"),
        "dx": alt.ExprRef(f"{near} ? -8 : 8"),
        "dy": alt.ExprRef(f"{near} ? 13 : -11"),
    }
    halo = at.mark_text(**beside, stroke=SURFACE, strokeWidth=4, fill=SURFACE).encode(text="text:N")
    return rings, halo, at.mark_text(**beside, fill=INK).encode(text="text:N")


def _mark(plane: _Plane, crossing: Crossing) -> dict[str, object]:
    volume = format_count(crossing.volume, digits=2)
    items = item_words(plane.analysis.definition.item)
    told, pair = plane.analysis.recommendation, {crossing.candidate, crossing.incumbent}
    text = f"{crossing.candidate} under {crossing.incumbent} from {volume}"
    return {
        "volume": crossing.volume,
        "average": crossing.average,
        "text": text if crossing.changes_winner or pair == {told.pathway, told.runner_up} else "",
        "tip": f"{crossing.candidate} costs less than {crossing.incumbent} from {volume} {items}",
    }


def _names(plane: _Plane) -> alt.Chart:
    shares = [share_of(c.average[-1], plane.domain, is_log=True) for c in plane.curves]
    ends = [(1 - share) * plane.height_px for share in shares]
    moved = spread(ends, limit=plane.height_px)
    rows = [
        {
            "pathway": c.pathway,
            "volume": c.volumes[-1],
            "average": c.average[-1],
            "dy": new - end,
        }
        for c, end, new in zip(plane.curves, ends, moved, strict=True)
    ]
    names = _chart(rows, "names").mark_text(
        align="left", dx=6, dy=alt.ExprRef("datum.dy"), fontWeight=600, clip=False
    )
    return names.encode(x=plane.x, y=plane.y("average"), text="pathway:N", color=plane.colour)
