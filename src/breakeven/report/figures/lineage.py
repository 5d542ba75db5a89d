"""Life-cycle tree: every row of development below those it rests on, down to the models in use.

One line per node, so that it stays legible from one row to some twenty-five, on a telephone and in
print. A bar says how much of all that development took was paid for the row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.lineage import Lineage, LineageRow, LineageUse
from breakeven.analysis.words import listed, one_item, stage_words
from breakeven.report.figures.figure import INK, MUTED, SURFACE, Figure, finished, series
from breakeven.report.figures.lanes import Lane, above, lanes
from breakeven.report.figures.stages import stage_colour
from breakeven.report.kinds import is_seen
from breakeven.report.lineage_words import (
    finding,
    long_row,
    long_use,
    short_row,
    short_use,
    study_lineage,
)

MAX_ROWS = 25
"""More are left to the table: the smallest that no pathway needs first."""
ROW_PX, LANE_PX, LEFT_PX, TOP_PX = 48, 18, 9, 12
TEXT_PX = 14
"""Between a mark and its words."""
WIDE_PX = 700
"""From this width on there is room for whole sentences."""
BAR_PX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """One line of the drawing.

    Attributes:
        key: Unique among nodes.
        above: Keys of the nodes it rests on.
        name: In bold.
        brief: Numbers where there is little room.
        words: The same with intervals and shares.
        colour: Of mark and bar.
        shape: Of the mark.
        share: Length of the bar, from 0 to 1; None for none.
        is_seen: Whether its cost was measured or counted.
    """

    key: str
    above: tuple[str, ...]
    name: str
    brief: str
    words: str
    colour: str
    shape: str
    share: float | None
    is_seen: bool


def lineage_figure(analysis: StudyAnalysis, found: Lineage | None = None) -> Figure | None:
    """Draw the life-cycle as a tree; None where no row of development is recorded.

    Args:
        analysis: The study.
        found: Its life-cycle, where that was laid out already.
    """
    found = found or study_lineage(analysis)
    nodes = list(_nodes(analysis, found))
    if not found.rows:
        return None
    places = lanes([node.key for node in nodes], {node.key: node.above for node in nodes})
    rows = [_row(node, index, places) for index, node in enumerate(nodes)]
    height_px = ROW_PX * len(nodes)
    layers = (_edges(nodes, places), *_bars(rows), _marks(rows), *_texts(rows))
    chart = alt.layer(*layers).properties(width="container", height=height_px)
    return Figure(
        name="lineage",
        title=finding(found),
        description="Rows of development, each below those whose results it used: "
        + " ".join(_told(node, nodes) for node in nodes),
        spec=finished(chart),
        height_px=height_px,
        is_wide=True,
    )


def left_out(found: Lineage) -> int:
    """How many rows the drawing leaves to the table."""
    return len(found.rows) - len(_kept(found))


def _kept(found: Lineage) -> list[LineageRow]:
    ranked = sorted(found.rows, key=lambda row: (not row.users, -(row.paid_share or 0.0)))
    kept = {row.row for row in ranked[:MAX_ROWS]}
    return [row for row in found.rows if row.row in kept]


def _nodes(analysis: StudyAnalysis, found: Lineage) -> Iterator[_Node]:
    """Rows, each followed by the pathways that deploy it."""
    rows, item = _kept(found), one_item(analysis.definition.item)
    drawn = {row.row for row in rows}
    looks = {look.name: look for look in series(analysis)}

    def use_node(use: LineageUse) -> _Node:
        return _Node(
            key=f"use {use.pathway}",
            above=(f"row {use.row}",),
            name=f"{use.pathway}, in use",
            brief=short_use(use, found.resource, item),
            words=long_use(use, found.resource, item),
            colour=looks[use.pathway].colour,
            shape=looks[use.pathway].shape,
            share=None,
            is_seen=use.cost is None or is_seen(use.cost),
        )

    for row in rows:
        yield _Node(
            key=f"row {row.row}",
            above=tuple(f"row {parent}" for parent in row.parents),
            name=f"{row.row}, {stage_words(row.stage)}",
            brief=short_row(row, found.resource),
            words=long_row(row, found.resource),
            colour=stage_colour(row.stage),
            shape="circle",
            share=row.paid_share,
            is_seen=row.paid is None or is_seen(row.paid),
        )
        yield from (use_node(use) for use in found.uses if use.row == row.row)
    yield from (use_node(use) for use in found.uses if use.row not in drawn)


def _told(node: _Node, nodes: Sequence[_Node]) -> str:
    names = {other.key: other.name.partition(",")[0] for other in nodes}
    rests = [names[key] for key in node.above if key in names]
    origin = f", from {listed(rests)}" if rests else ""
    return f"{node.name}{origin}: {node.words}."


def _x(lane: int) -> float:
    return LEFT_PX + LANE_PX * lane


def _y(index: int) -> float:
    return TOP_PX + ROW_PX * index


def _row(node: _Node, index: int, places: Mapping[str, Lane]) -> dict[str, object]:
    return {
        "name": node.name,
        "brief": node.brief,
        "words": node.words,
        "share": node.share,
        "x": _x(places[node.key].lane),
        "y": _y(index),
        "start": _x(places[node.key].clear - 1) + TEXT_PX,
        "colour": node.colour,
        "fill": node.colour if node.is_seen else SURFACE,
        "shape": node.shape,
    }


def _place(field: str) -> Mapping[str, object]:
    """Pixels as they are: a tree has no axes."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _at(x: str = "x", y: str = "y") -> Mapping[str, object]:
    return {"x": alt.X(**_place(x)), "y": alt.Y(**_place(y))}


def _edges(nodes: Sequence[_Node], places: Mapping[str, Lane]) -> alt.Chart:
    """From each row down its own lane, then across to what rests on it."""
    at = {node.key: index for index, node in enumerate(nodes)}
    ways = [
        (f"{parent} > {node.key}", parent, node.key)
        for node in nodes
        for parent in above(node.key, {node.key: node.above}, at)
    ]
    corners = [
        {"way": way, "step": step, "x": x, "y": y}
        for way, parent, child in ways
        for step, (x, y) in enumerate(
            (
                (_x(places[parent].lane), _y(at[parent])),
                (_x(places[parent].lane), _y(at[child])),
                (_x(places[child].lane), _y(at[child])),
            )
        )
    ]
    line = alt.Chart(alt.Data(values=corners, name="edges")).mark_line(
        stroke=MUTED, strokeWidth=1.2, strokeJoin="round"
    )
    return line.encode(**_at(), detail="way:N", order="step:O")


def _bars(rows: Sequence[Mapping[str, object]]) -> tuple[alt.Chart, alt.Chart]:
    """Whole development as a faint track, and the part of it that was paid for a row.

    Tracks are of one length wherever they begin, so that parts compare by eye.
    """
    most = max(float(str(row["start"])) for row in rows)
    base = (
        alt.Chart(alt.Data(values=list(rows), name="nodes"))
        .transform_filter("isValid(datum.share)")
        .transform_calculate(
            end=f"datum.start + (width - {most}) * datum.share", low="datum.y + 25"
        )
    )
    whole = base.transform_calculate(end=f"datum.start + width - {most}")
    sides = {"x": alt.X(**_place("start")), "x2": "end:Q", "y": alt.Y(**_place("low"))}
    track = whole.mark_rule(stroke=MUTED, opacity=0.28, strokeWidth=1).encode(**sides)
    part = base.mark_rule(strokeWidth=BAR_PX).encode(
        **sides, stroke=alt.Stroke("colour:N", scale=None, legend=None)
    )
    inside = (
        base.transform_filter(f"datum.fill === '{SURFACE}' && datum.end - datum.start > 3")
        .transform_calculate(left="datum.start + 1.2", right="datum.end - 1.2")
        .mark_rule(strokeWidth=BAR_PX - 2.4, stroke=SURFACE)
        .encode(x=alt.X(**_place("left")), x2="right:Q", y=alt.Y(**_place("low")))
    )
    return alt.layer(track, part), inside


def _marks(rows: Sequence[Mapping[str, object]]) -> alt.Chart:
    base = alt.Chart(alt.Data(values=list(rows), name="nodes"))
    return base.mark_point(filled=True, size=95, strokeWidth=2, opacity=1).encode(
        **_at(),
        shape=alt.Shape("shape:N", scale=None, legend=None),
        stroke=alt.Stroke("colour:N", scale=None, legend=None),
        fill=alt.Fill("fill:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("name:N", title="Row"),
            alt.Tooltip("words:N", title="Cost"),
        ],
    )


def _texts(rows: Sequence[Mapping[str, object]]) -> tuple[alt.Chart, ...]:
    base = alt.Chart(alt.Data(values=list(rows), name="nodes")).encode(**_at("start"))
    room = alt.ExprRef("width - datum.start")
    style = {"align": "left", "baseline": "middle", "limit": room}
    name = base.mark_text(**style, fontWeight=600, fontSize=12.5, fill=INK).encode(text="name:N")
    below = {**style, "dy": 14, "fontSize": 11.5, "fill": MUTED}
    brief = base.transform_filter(f"width < {WIDE_PX}").mark_text(**below)
    words = base.transform_filter(f"width >= {WIDE_PX}").mark_text(**below)
    return name, brief.encode(text="brief:N"), words.encode(text="words:N")
