"""Development by stage: one bar per pathway, cut into the rows of the plan that it rests on."""

from collections.abc import Mapping
from types import MappingProxyType

import altair as alt

from breakeven.analysis.results import PathwayResult, StageCost, StudyAnalysis
from breakeven.analysis.words import resource_words
from breakeven.records import Resource, Stage, Status
from breakeven.report.figures.figure import INK, SURFACE, Figure, finished, value_axis
from breakeven.report.figures.hollow import doubted_costs, hollow_words
from breakeven.report.kinds import doubted
from breakeven.report.lookup import failures, headline, is_alone, shared_with, value_of
from breakeven.report.quantity import WORDS, format_estimate

BAR_PX, AXIS_PX = 40, 10
LABELLED_SHARE = 0.13
"""Parts narrower than this share of the longest bar have no room for their name."""
LINE_PX = 4
LETTER_PX = 8
"""Width of a letter with room beside it: on a narrow page fewer parts have room for their name."""
_NO_RESULT = "without a result"
_DEAREST = "costs most to develop"

STAGE_COLOURS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.PRETRAIN: "var(--stage-1)",
        Stage.DISTIL: "var(--stage-2)",
        Stage.FINETUNE: "var(--stage-3)",
        Stage.TUNE: "var(--stage-4)",
        Stage.EVALUATE: "var(--stage-5)",
        Stage.FETCH: "var(--stage-7)",
        Stage.EXPORT: "var(--stage-8)",
        Stage.ADAPT: "var(--stage-9)",
    }
)
_OTHER = "var(--stage-6)"


def stage_colour(stage: Stage) -> str:
    """Colour of a stage in bars and legend."""
    return STAGE_COLOURS.get(stage, _OTHER)


def drawn_stages(analysis: StudyAnalysis) -> tuple[Stage, ...]:
    """Stages that occur in a bar, in the order of the enumeration, for the legend."""
    resource = headline(analysis)
    present = {s.stage for p in analysis.pathways for s in p.stages if value_of(s.totals, resource)}
    return tuple(stage for stage in Stage if stage in present)


def has_shared(analysis: StudyAnalysis) -> bool:
    """Whether runs of a stage serve several pathways, which bars underline."""
    return any(shared_with(analysis, p, stage) for p in analysis.pathways for stage in p.stages)


def stages_figure(analysis: StudyAnalysis) -> Figure | None:
    """Stacked bars in the headline cost; None when nothing was observed in it."""
    resource = headline(analysis)
    rows = [row for p in analysis.pathways for row in _parts(analysis, p, resource)]
    if not rows:
        return None
    names = [p.name for p in analysis.pathways if any(r["pathway"] == p.name for r in rows)]
    height_px = BAR_PX * len(names) + AXIS_PX
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "pathway:N",
            sort=names,
            axis=alt.Axis(title=None, labelFontSize=12, labelFontWeight=600, grid=False),
            scale=alt.Scale(paddingInner=0.3, paddingOuter=0.15),
        )
    )
    x = alt.X(
        "start:Q",
        axis=alt.Axis(
            title=f"{WORDS[resource].title} to develop",
            labelExpr=value_axis(resource),
            tickCount=6,
            grid=True,
        ),
    )
    looks = {
        "fill": alt.Fill("fill:N", scale=None, legend=None),
        "stroke": alt.Stroke("stroke:N", scale=None, legend=None),
    }
    whole = base.transform_filter("!datum.is_hollow").mark_bar(strokeWidth=1.5)
    hollow = base.transform_filter("datum.is_hollow").mark_bar(strokeWidth=2, strokeDash=[5, 3])
    hollows = {row["is_hollow"] for row in rows}
    drawn = [layer for layer, sign in ((whole, False), (hollow, True)) if sign in hollows]
    shown = {
        "x": x,
        "x2": "end:Q",
        **looks,
        "tooltip": [
            alt.Tooltip(f"{field}:N", title=title)
            for field, title in (
                ("row", "Row"),
                ("stage", "Stage"),
                ("cost", "Cost"),
                ("runs", "Runs"),
                ("shared", "Shared with"),
                ("kinds", "Known by"),
            )
        ],
    }
    bars = [layer.encode(**shown) for layer in drawn]
    text = (
        base.transform_filter(f"datum.share * width > {LETTER_PX} * length(datum.label)")
        .mark_text(fontWeight=600)
        .encode(
            x=alt.X("middle:Q"),
            text="label:N",
            fill=alt.Fill("ink:N", scale=None, legend=None),
        )
    )
    underlined = (
        base.transform_filter("datum.is_shared")
        .mark_bar(size=LINE_PX, yOffset=BAR_PX * 0.35 + LINE_PX, fill=INK)
        .encode(x=x, x2="end:Q")
    )
    shared = [underlined] if any(row["is_shared"] for row in rows) else []
    chart = alt.layer(*bars, *shared, text).properties(width="container", height=height_px)
    return Figure(
        name="stages",
        title=_title(analysis, resource),
        description=f"{WORDS[resource].title} of each stage of development for {', '.join(names)}. "
        "The table of stages holds the numbers.",
        spec=finished(chart),
        height_px=height_px,
        note=hollow_words(doubted_costs(analysis, resource, with_use=False), what="bar"),
    )


def _parts(
    analysis: StudyAnalysis, pathway: PathwayResult, resource: Resource
) -> list[dict[str, object]]:
    longest = max(_spent(p, resource) for p in analysis.pathways)
    parts: list[dict[str, object]] = []
    start = 0.0
    for stage in pathway.stages:
        value = value_of(stage.totals, resource)
        if not value:
            continue
        others = shared_with(analysis, pathway, stage)
        n_runs, bad = len(stage.run_ids), failures(stage)
        parts.append(
            {
                "pathway": pathway.name,
                "row": stage.row,
                "stage": stage.stage.value,
                "start": start,
                "end": start + value,
                "middle": start + value / 2,
                "share": value / longest,
                "label": _label(
                    f"{stage.row}, {_NO_RESULT}" if _is_lost(stage) else stage.row,
                    value / longest,
                    is_shared=bool(others),
                ),
                "cost": format_estimate(stage.totals[resource], resource),
                "runs": f"{n_runs} ({bad})" if bad else str(n_runs),
                "shared": ", ".join(others) or "no other pathway",
                **_look(stage, resource),
                "is_shared": bool(others),
            }
        )
        start += value
    return parts


def _look(stage: StageCost, resource: Resource) -> dict[str, object]:
    """Filled in the colour of its stage; a dashed frame of it where nobody measured or counted."""
    colour, cost = stage_colour(stage.stage), stage.totals[resource]
    told = doubted(cost.kinds, cost.origins)
    return {
        "fill": SURFACE if told else colour,
        "stroke": colour if told else SURFACE,
        "ink": INK if told else "var(--on-fill)",
        "is_hollow": bool(told),
        "kinds": told or " and ".join(cost.kinds),
    }


def _spent(pathway: PathwayResult, resource: Resource) -> float:
    """What all of its stages took, as drawn: of those too that came to nothing."""
    return sum(value_of(stage.totals, resource) or 0.0 for stage in pathway.stages)


def _is_lost(stage: StageCost) -> bool:
    """Whether runs of a stage took something and none ended well."""
    return not stage.statuses.get(Status.OK)


def _label(row: str, share: float, *, is_shared: bool) -> str:
    if share < LABELLED_SHARE:
        return ""
    text = f"{row}, shared" if is_shared and share >= 2 * LABELLED_SHARE else row
    room = int(share * 110)
    return text if len(text) <= room else f"{text[: room - 1]}\u2026"


def _title(analysis: StudyAnalysis, resource: Resource) -> str:
    cost = resource_words(resource)
    dearest = max(analysis.pathways, key=lambda p: _spent(p, resource))
    total = _spent(dearest, resource)
    largest = max(dearest.stages, key=lambda s: value_of(s.totals, resource) or 0.0)
    share = (value_of(largest.totals, resource) or 0.0) / total if total else 0.0
    others = shared_with(analysis, dearest, largest)
    row = f"{largest.row}, {_NO_RESULT}" if _is_lost(largest) else largest.row
    if is_alone(analysis):
        return f"{100 * share:.0f} % of the {cost} to develop {dearest.name} is {row}"
    tail = f", shared with {' and '.join(others)}" if others else ""
    costs = "took most and was not made" if any(map(_is_lost, dearest.stages)) else _DEAREST
    return f"{dearest.name} {costs}; {100 * share:.0f} % of its {cost} is {row}{tail}"
