"""Who wins where: the recommended pathway over volume and quality floor, or volume and tasks.

Regions bear names, so that they are told apart without colour; paler ones are not sure. Rows have
names, under which live_map.js changes them when a reader turns a control.
"""

import math
from collections.abc import Mapping, Sequence

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.words import item_words
from breakeven.report.figures.figure import (
    GRID,
    INK,
    SURFACE,
    Figure,
    count_axis,
    finished,
    series,
)
from breakeven.report.figures.hollow import behind_words, doubted_costs
from breakeven.report.lookup import headline
from breakeven.report.winning import Region, Winning
from breakeven.units import format_count

HEIGHT_PX = 300
WIDTH_PX = 980
"""About what the page gives; decides only which regions are wide enough for a name."""
CHAR_PX = 7.6
SURE, UNSURE = 0.42, 0.16
NOBODY = "nobody"


def winners_figure(
    analysis: StudyAnalysis, winning: Winning, *, title: str, is_floor: bool
) -> Figure:
    """The map as one figure.

    Args:
        analysis: Whose.
        winning: What holds where.
        title: What was found.
        is_floor: Whether the second axis is the quality floor; otherwise tasks on a row.
    """
    name = "winners-floor" if is_floor else "winners-tasks"
    colours = {look.name: look.colour for look in series(analysis)}
    rows = [_row(region, colours) for region in winning.regions]
    x, volume = _x(analysis), analysis.recommendation.volume
    y = _y(analysis, winning)
    chart = alt.layer(
        _tiles(rows, x, y),
        *_rules(volume, winning.asked, x, y),
        _labels(rows, volume, x, y, is_log=not is_floor),
    ).properties(width="container", height=HEIGHT_PX)
    what = "lowest score accepted" if is_floor else f"number of tasks that share {winning.row}"
    return Figure(
        name=name,
        title=title,
        description=f"Recommended pathway for each volume and {what}; the table holds the same.",
        spec={**finished(chart), "params": _ends(winning.regions)},
        height_px=HEIGHT_PX,
        is_wide=True,
        note=_note(analysis, winning),
    )


def _note(analysis: StudyAnalysis, winning: Winning) -> str:
    """What the places rest on beside measured and counted numbers: an area has no sign for it."""
    ranked = {each.pathway for each in analysis.decision.ranked} if analysis.decision else set()
    doubts = doubted_costs(analysis, headline(analysis), with_use=True)
    behind = behind_words({name: told for name, told in doubts.items() if name in ranked})
    shared = f"Sharing of {winning.row} is assumed." if winning.row else ""
    return f"{behind} {shared}".strip()


def _expr(axis: str) -> list[dict[str, str]]:
    return [{"expr": f"{axis}_low"}, {"expr": f"{axis}_high"}]


def _ends(regions: Sequence[Region]) -> list[dict[str, object]]:
    """Both axes' ends by name; rows that are empty at times have none of their own."""
    sides = (
        ("x", [v for r in regions for v in r.volumes]),
        ("y", [o for r in regions for o in r.others]),
    )
    return [
        {"name": f"{axis}_{name}", "value": float(f"{end(values):.6g}")}
        for axis, values in sides
        for name, end in (("low", min), ("high", max))
    ]


def _row(region: Region, colours: Mapping[str, str]) -> dict[str, object]:
    name = region.pathway or NOBODY
    return {
        "pathway": name,
        "colour": colours.get(name, GRID),
        "opacity": SURE if region.is_sure else UNSURE,
        "volume": region.volumes[0],
        "volume2": region.volumes[1],
        "other": region.others[0],
        "other2": region.others[1],
        "tip": name if region.is_sure or not region.pathway else f"{name}, not sure to be cheapest",
    }


def _x(analysis: StudyAnalysis) -> alt.X:
    items = item_words(analysis.definition.item).capitalize()
    decades = [10.0**k for k in range(16)]
    return alt.X(
        "volume:Q",
        scale=alt.Scale(type="log", domain=_expr("x"), nice=False),
        axis=alt.Axis(title=f"{items} over the lifetime", labelExpr=count_axis(), values=decades),
    )


def _y(analysis: StudyAnalysis, winning: Winning) -> alt.Y:
    if winning.row is not None:
        scale = alt.Scale(type="log", domain=_expr("y"), nice=False)
        axis = alt.Axis(
            title=f"Tasks that share {winning.row}",
            labelExpr=count_axis(),
            values=[1, 3, 10, 30, 100, 300, 1000],
        )
        return alt.Y("other:Q", scale=scale, axis=axis)
    scores = [p.score for p in analysis.ground.pathways if p.score] if analysis.ground else []
    side = "at least" if all(score.higher_is_better for score in scores) else "at most"
    title = f"{metric_title(analysis.definition.metric)} {side}"
    scale = alt.Scale(domain=_expr("y"), nice=False)
    return alt.Y("other:Q", scale=scale, axis=alt.Axis(title=title, tickCount=6))


def _chart(rows: Sequence[Mapping[str, object]], name: str) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(rows), name=name))


def _tiles(rows: Sequence[Mapping[str, object]], x: alt.X, y: alt.Y) -> alt.Chart:
    return (
        _chart(rows, "regions")
        .mark_rect(stroke=SURFACE, strokeWidth=1)
        .encode(
            x=x,
            x2="volume2:Q",
            y=y,
            y2="other2:Q",
            fill=alt.Fill("colour:N", scale=None),
            opacity=alt.Opacity("opacity:Q", scale=None),
            tooltip=[alt.Tooltip("tip:N", title="Choice")],
        )
    )


def _rules(
    volume: float, asked: float | None, x: alt.X, y: alt.Y
) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    text = f"planned: {format_count(volume)}"
    planned = _chart([{"volume": volume, "text": text}], "planned").encode(x=x)
    own = [] if asked is None else [{"other": asked, "text": f"asked: {asked:.3g}"}]
    across = _chart(own, "asked").encode(y=y)
    dashed = {"stroke": INK, "strokeDash": [3, 3]}
    name = planned.mark_text(align="center", dy=-8, fill=INK)  # above all names of regions
    return (
        planned.mark_rule(**dashed),
        name.encode(y=alt.value(0), text="text:N"),
        across.mark_rule(**dashed, clip=True),  # a floor far from all scores is not on the map
    )


def _labels(
    rows: Sequence[Mapping[str, object]], planned: float, x: alt.X, y: alt.Y, *, is_log: bool
) -> alt.Chart:
    """A name in each region with room for it, with a question mark where it is not sure.

    What is narrow only on a telephone loses its name there.
    """
    return (
        _chart(labels(rows, is_log=is_log, planned=planned), "labels")
        .transform_filter(f"datum.share * width > {CHAR_PX} * length(datum.text)")
        .mark_text(fontWeight=600, fill=INK)
        .encode(x=x, y=y, text="text:N")
    )


def labels(
    rows: Sequence[Mapping[str, object]], *, is_log: bool, planned: float
) -> list[dict[str, object]]:
    """Where names stand: in the middle, or beside the line of the planned volume.

    Args:
        rows: Regions as they are drawn.
        is_log: Whether the second axis is logarithmic.
        planned: Volume at which a line is drawn.
    """

    def size(row: Mapping[str, object], key: str, *, log: bool) -> float:
        one, two = float(str(row[key])), float(str(row[f"{key}2"]))
        return math.log(two / one) if log else two - one

    def middle(row: Mapping[str, object], key: str, *, log: bool) -> float:
        one, two = float(str(row[key])), float(str(row[f"{key}2"]))
        return math.sqrt(one * two) if log else (one + two) / 2

    if not rows:
        return []
    first, last = rows[0], rows[-1]
    width = math.log(max(float(str(r["volume2"])) for r in rows) / float(str(first["volume"])))
    height = size({"other": first["other"], "other2": last["other2"]}, "other", log=is_log)
    found = []
    for row in rows:
        text = str(row["pathway"]) + ("" if row["opacity"] == SURE else " ?")
        text = "none good enough" if row["pathway"] == NOBODY else text
        wide = size(row, "volume", log=True) / width * WIDTH_PX
        high = size(row, "other", log=is_log) / height * HEIGHT_PX
        if wide >= CHAR_PX * len(text) and high >= 13:
            x, y = middle(row, "volume", log=True), middle(row, "other", log=is_log)
            crosses = float(str(row["volume"])) < planned < float(str(row["volume2"]))
            x = math.sqrt(float(str(row["volume"])) * x) if crosses else x
            found.append({"volume": x, "other": y, "text": text, "share": wide / WIDTH_PX})
    return found
