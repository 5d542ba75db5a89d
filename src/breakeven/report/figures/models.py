"""Models: score, work per item and parameters of every pathway, one above the other.

The layout of Schwartz et al. 2020 ("Green AI"), figure 4, for the models of a study: what more work
and more parameters bought. One drawing holds the three panels, so that it is as wide as its place.
"""

from collections.abc import Iterator, Mapping, Sequence

import altair as alt

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.scoring.direction import is_more_better
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.words import one_item
from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import (
    INK,
    MUTED,
    SURFACE,
    Figure,
    Series,
    finished,
    series,
)
from breakeven.report.kinds import is_seen
from breakeven.report.models_words import (
    SCORE,
    SIZE,
    WORK,
    compared_models,
    finding,
    known,
    value_of,
)
from breakeven.report.quantity import WORDS, format_estimate, format_score, score_scale
from breakeven.units import Scale, format_count

PANEL_PX, GAP_PX, HEAD_PX = 84, 38, 18
NAME_PX, NUMBER_PX = 92, 32
"""Room that a name and a number of three digits need: narrower names lean, numbers go."""
LEAST = 0.001
_ROOM = 0.82
"""Share of a panel's height that its largest value takes; the rest is for its number."""

_COUNTS = (Scale(1e9, "billions"), Scale(1e6, "millions"), Scale(1e3, "thousands"))

Row = dict[str, object]


def models_figure(analysis: StudyAnalysis) -> Figure | None:
    """Three panels over the pathways, least work first; None where fewer than two are known.

    A panel without any number is left out, and so is a number that nobody counted.
    """
    shown = compared_models(analysis)
    if len(shown) < 2:
        return None
    panels = [p for p in (SCORE, WORK, SIZE) if any(known(m, p) for m in shown)]
    looks = {look.name: look for look in series(analysis)}
    rows = [row for i, p in enumerate(panels) for row in _rows(analysis, shown, looks, p, i)]
    height_px = len(panels) * (PANEL_PX + GAP_PX)
    chart = alt.layer(*_layers(rows, _heads(analysis, shown, panels), shown)).properties(
        width="container", height=height_px
    )
    return Figure(
        name="models",
        title=finding(analysis),
        description="Side by side: " + "; ".join(_told(analysis, model) for model in shown) + ".",
        spec=finished(chart),
        height_px=height_px + 30,
        is_wide=True,
    )


def _text(analysis: StudyAnalysis, estimate: Estimate, panel: str) -> str:
    if panel == SCORE:
        return format_score(estimate, analysis.definition.metric, interval=False)
    resource = Resource.FLOPS if panel == WORK else Resource.N_PARAMETERS
    if panel == SIZE:
        return format_count(estimate.value or 0.0, digits=3)
    return format_estimate(estimate, resource, interval=False)


def _told(analysis: StudyAnalysis, model: PathwayResult) -> str:
    parts = []
    for panel, unit in ((SCORE, ""), (WORK, f" per {one_item(analysis.definition.item)}")):
        estimate = known(model, panel)
        parts.append(f"{panel} {_text(analysis, estimate, panel)}{unit}" if estimate else "")
    size = known(model, SIZE)
    parts.append(f"{_text(analysis, size, SIZE)} parameters" if size else "")
    return f"{model.name}, {', '.join(filter(None, parts)) or 'nothing known'}"


def _floor(index: int) -> float:
    """Bottom of a panel, in pixels from the top."""
    return (index + 1) * (PANEL_PX + GAP_PX) - GAP_PX + HEAD_PX


def _unit(analysis: StudyAnalysis, shown: Sequence[PathwayResult], panel: str) -> Scale:
    """One unit for a panel, that of its largest value, so that numbers are short."""
    largest = max(value_of(known(model, panel)) or 0.0 for model in shown)
    if panel == SCORE:
        return score_scale(analysis.definition.metric, largest)
    if panel == WORK:
        return WORDS[Resource.FLOPS].scale(largest)
    return next((scale for scale in _COUNTS if largest >= scale.factor), Scale(1.0, ""))


def _heads(
    analysis: StudyAnalysis, shown: Sequence[PathwayResult], panels: Sequence[str]
) -> list[Row]:
    item = one_item(analysis.definition.item)
    words = {
        SCORE: _score_head(analysis),
        WORK: f"FLOPs per {item}",
        SIZE: "Parameters",
    }
    units = {panel: _unit(analysis, shown, panel).symbol for panel in panels}
    return [
        {
            "head": f"{words[panel]}, {units[panel]}" if units[panel] else words[panel],
            "y": _floor(i) - PANEL_PX - 12,
            "floor": _floor(i),
        }
        for i, panel in enumerate(panels)
    ]


def _score_head(analysis: StudyAnalysis) -> str:
    metric = analysis.definition.metric
    is_up = is_more_better(metric, analysis.runs)
    return metric_title(metric) if is_up else f"{metric_title(metric)} (less is better)"


def _rows(
    analysis: StudyAnalysis,
    shown: Sequence[PathwayResult],
    looks: Mapping[str, Series],
    panel: str,
    index: int,
) -> Iterator[Row]:
    """One mark per model that has the number; sizes begin at zero, scores need not."""
    found = {m.name: e for m in shown if (e := known(m, panel)) is not None}
    values = [estimate.value or 0.0 for estimate in found.values()]
    top, unit = max(values), _unit(analysis, shown, panel)
    bottom = min(values) - (top - min(values)) * 0.5 if panel == SCORE else 0.0
    for name, estimate in found.items():
        value = estimate.value or 0.0
        share = (value - bottom) / (top - bottom) if top > bottom else 1.0
        y = _floor(index) - PANEL_PX * _ROOM * share
        yield {
            "model": name,
            "panel": panel,
            "value": value,
            "number": _number(value / unit.factor),
            "text": _text(analysis, estimate, panel),
            "y": y,
            "floor": _floor(index),
            "colour": looks[name].colour,
            "fill": looks[name].colour if is_seen(estimate) else SURFACE,
            "shape": looks[name].shape,
        }


def _number(value: float) -> str:
    """Three digits in few letters; the tooltip has what is too small for the panel's unit."""
    return f"{value:#.3g}".rstrip(".") if value >= LEAST or value == 0 else f"< {LEAST}"


def _layers(
    rows: Sequence[Row], heads: Sequence[Row], shown: Sequence[PathwayResult]
) -> Iterator[alt.Chart]:
    names = [model.name for model in shown]
    narrow = f"width < {NAME_PX * len(names)}"
    x = alt.X(
        "model:N",
        sort=names,
        scale=alt.Scale(domain=names, type="point", padding=0.6),
        axis=alt.Axis(
            title=None,
            labelAngle=alt.ExprRef(f"{narrow} ? -35 : 0"),
            labelAlign=alt.ExprRef(f"{narrow} ? 'right' : 'center'"),
            labelLimit=90,
            labelFontSize=11.5,
            ticks=False,
            domain=False,
            labelOverlap=False,
        ),
    )
    base = alt.Chart(alt.Data(values=list(rows), name="models")).encode(x=x, y=_pixels("y"))
    top = alt.Chart(alt.Data(values=list(heads), name="panels"))
    yield top.mark_rule(stroke=MUTED, opacity=0.45).encode(y=_pixels("floor"))
    yield top.mark_text(align="left", x=0, fill=MUTED, fontSize=11.5).encode(
        y=_pixels("y"), text="head:N"
    )
    stroke = alt.Stroke("colour:N", scale=None, legend=None)
    stem = base.transform_filter(f"datum.panel !== '{SCORE}'")
    yield stem.mark_rule(strokeWidth=3, opacity=0.45).encode(y2="floor:Q", stroke=stroke)
    yield base.mark_point(size=70, filled=True, strokeWidth=2, opacity=1).encode(
        shape=alt.Shape("shape:N", scale=None, legend=None),
        stroke=stroke,
        fill=alt.Fill("fill:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("model:N", title="Pathway"),
            alt.Tooltip("panel:N", title="Of"),
            alt.Tooltip("text:N", title="Value"),
        ],
    )
    numbers = base.transform_filter(f"width >= {NUMBER_PX * len(names)}")
    yield numbers.mark_text(dy=-12, fill=INK, fontSize=10.5).encode(text="number:N")


def _pixels(field: str) -> alt.Y:
    return alt.Y(field, type="quantitative", scale=None, axis=None)
