"""Pareto planes: quality against cost, development above deployment (Dürlich et al. 2023, fig. 2).

Filled points are on the front by their values; the percentage is the probability of being there.
The same drawing serves the reduction frontiers, one plane per pathway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import altair as alt

from breakeven.analysis.results import ConfigurationResult, ParetoFront, StudyAnalysis
from breakeven.analysis.words import one_item, resource_words
from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import (
    INK,
    SURFACE,
    Figure,
    Series,
    finished,
    padded,
    series,
    value_axis,
    wants_log,
)
from breakeven.report.figures.labels import Spot, place, share_of
from breakeven.report.lookup import compared, headline
from breakeven.report.quantity import (
    WORDS,
    format_estimate,
    format_probability,
    format_score,
    score_scale,
)
from breakeven.report.signs import NBSP

HEIGHT_PX, NOMINAL_WIDTH_PX = 230, 270


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One mark: where it is, how it looks, what it is called."""

    name: str
    label: str
    look: Series
    cost: Estimate
    score: Estimate
    is_on_front: bool
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """One plane with its axes."""

    name: str
    title: str
    description: str
    resource: Resource
    cost_title: str
    metric: str
    points: Sequence[_Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRow:
    """Planes of one phase side by side."""

    phase: str
    figures: tuple[Figure, ...]


def pareto_rows(analysis: StudyAnalysis) -> tuple[PanelRow, ...]:
    """Up to three planes per phase, phases in the order of the analysis."""
    chosen = compared(analysis)
    kept = [f for f in analysis.fronts if f.resource in chosen and f.points]
    kept.sort(key=lambda f: (_phase_order(analysis, f.phase), chosen.index(f.resource)))
    return tuple(
        PanelRow(phase=phase, figures=tuple(_drawn(_front_panel(analysis, f)) for f in fronts))
        for phase, fronts in groupby(kept, key=lambda f: f.phase)
    )


def _phase_order(analysis: StudyAnalysis, phase: str) -> int:
    phases = list(dict.fromkeys(f.phase for f in analysis.fronts))
    return phases.index(phase)


def _front_panel(analysis: StudyAnalysis, front: ParetoFront) -> _Panel:
    looks = {s.name: s for s in series(analysis)}
    metric, item = analysis.definition.metric, one_item(analysis.definition.item)
    on_front = [p.name for p in front.points if p.is_on_front]
    cost = WORDS[front.resource].title
    total = front.phase == "development"
    points = [
        _Point(
            name=p.name,
            label=p.name if p.membership is None else _with_share(p.name, p.membership),
            look=looks[p.name],
            cost=p.cost,
            score=p.score,
            is_on_front=p.is_on_front,
            tip=f"dominated by {', '.join(p.dominated_by)}" if p.dominated_by else "on the front",
        )
        for p in front.points
        if p.name in looks and _is_drawable(p.cost, p.score)
    ]
    return _Panel(
        name=f"pareto-{front.phase}-{front.resource.value}".replace(" ", "-"),
        title=f"{cost}: {_listed(on_front)} on the front",
        description=f"{metric} against {cost} in {front.phase}, {len(points)} pathways; on the "
        f"Pareto front: {', '.join(on_front)}.",
        resource=front.resource,
        cost_title=f"{cost} to develop" if total else f"{cost} per {item}",
        metric=metric,
        points=points,
    )


def _with_share(name: str, membership: float) -> str:
    return f"{name} {format_probability(membership)}".replace(NBSP, "")


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return f"only {names[0]} is" if names else "none is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"


def _is_drawable(cost: Estimate, score: Estimate) -> bool:
    return cost.value is not None and score.value is not None


def frontier_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """One plane per pathway that has at least two configurations."""
    looks = {s.name: s for s in series(analysis)}
    by_pathway = {
        name: [c for c in analysis.sweep if c.pathway == name and _configured(analysis, c)]
        for name in looks
    }
    return tuple(
        _drawn(_sweep_panel(analysis, looks[name], configurations))
        for name, configurations in by_pathway.items()
        if len(configurations) > 1
    )


def _configured(analysis: StudyAnalysis, configuration: ConfigurationResult) -> bool:
    cost = configuration.marginal.get(headline(analysis))
    return cost is not None and configuration.score is not None and cost.value is not None


def _sweep_panel(
    analysis: StudyAnalysis, look: Series, configurations: Sequence[ConfigurationResult]
) -> _Panel:
    resource, metric = headline(analysis), analysis.definition.metric
    points = [
        _Point(
            name=c.label,
            label=c.label,
            look=replace(look, shape="diamond") if c.label == "reference" else look,
            cost=c.marginal[resource],
            score=c.score,
            is_on_front=c.is_on_front,
        )
        for c in configurations
        if c.score is not None
    ]
    return _Panel(
        name=f"frontier-{[s.name for s in series(analysis)].index(look.name) + 1}",
        title=f"{look.name}: {_cheapest(configurations, resource, metric)}",
        description=f"{metric} against {WORDS[resource].title} per item for {len(points)} "
        f"inference configurations of {look.name}.",
        resource=resource,
        cost_title=f"{WORDS[resource].title} per {one_item(analysis.definition.item)}",
        metric=metric,
        points=points,
    )


def _cheapest(
    configurations: Sequence[ConfigurationResult], resource: Resource, metric: str
) -> str:
    cost = resource_words(resource)
    lowest = min(configurations, key=lambda c: c.marginal[resource].value or 0.0)
    ratio = lowest.ratio.get(resource)
    if ratio is None or ratio.value is None:
        return f"no configuration tried takes less {cost} than the reference"
    before = next((c.score for c in configurations if c.label == "reference"), None)
    change = f"{metric} {format_score(lowest.score, metric, interval=False)}"
    if before is not None:
        change += f" against {format_score(before, metric, interval=False)}"
    return f"{lowest.label} takes {ratio.value:.2f} of the {cost}, {change}"


def _drawn(panel: _Panel) -> Figure:
    costs = [p.cost.value for p in panel.points if p.cost.value is not None]
    is_log = wants_log(costs)
    x_domain = padded(costs, is_log=is_log, share=0.16)
    scale = score_scale(panel.metric, 1.0)
    y_domain = padded(_ends(panel.points, scale.factor), is_log=False)
    x = alt.X(
        "cost:Q",
        scale=alt.Scale(type="log" if is_log else "linear", domain=x_domain, nice=False),
        axis=alt.Axis(
            title=panel.cost_title,
            labelExpr=value_axis(panel.resource),
            tickCount=4,
            labelOverlap=True,
        ),
    )
    y = alt.Y(
        "score:Q",
        scale=alt.Scale(domain=y_domain, nice=False, zero=False),
        axis=alt.Axis(
            title=panel.metric.capitalize(),
            tickCount=5,
            labelExpr=f"datum.label + '{NBSP + scale.symbol if scale.symbol else ''}'",
        ),
    )
    rows = _rows(panel, x_domain, y_domain, is_log=is_log)
    base = alt.Chart(alt.Data(values=rows))
    chart = alt.layer(
        _staircase(rows, x_domain, x, y),
        base.mark_rule(opacity=0.75, clip=True).encode(
            x=x.copy(), y=alt.Y("score_low:Q"), y2="score_high:Q", stroke=_by("colour", "stroke")
        ),
        base.mark_rule(opacity=0.75, clip=True).encode(
            x=alt.X("cost_low:Q"), x2="cost_high:Q", y=y.copy(), stroke=_by("colour", "stroke")
        ),
        _points(base, x, y),
        _labels(base, x, y),
    ).properties(width="container", height=HEIGHT_PX)
    return Figure(
        name=panel.name,
        title=panel.title,
        description=panel.description,
        spec=finished(chart),
        height_px=HEIGHT_PX,
    )


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


def _staircase(
    rows: Sequence[dict[str, object]], x_domain: tuple[float, float], x: alt.X, y: alt.Y
) -> alt.Chart:
    """The front as steps: between two of its points only the cheaper one can be had."""
    front = sorted(
        ({"cost": r["cost"], "score": r["score"]} for r in rows if r["is_on_front"]),
        key=lambda r: str(r["cost"]) and float(str(r["cost"])),
    )
    if front:
        front.append({"cost": x_domain[1], "score": front[-1]["score"]})
    line = alt.Chart(alt.Data(values=front)).mark_line(
        interpolate="step-after", stroke=INK, opacity=0.35, strokeWidth=1.3, clip=True
    )
    return line.encode(x=x.copy(), y=y.copy(), order=alt.Order("cost:Q"))


def _ends(points: Sequence[_Point], factor: float) -> list[float]:
    ends = [e for p in points for e in (p.score.low, p.score.value, p.score.high)]
    return [end / factor for end in ends if end is not None]


def _rows(
    panel: _Panel, x_domain: tuple[float, float], y_domain: tuple[float, float], *, is_log: bool
) -> list[dict[str, object]]:
    factor = score_scale(panel.metric, 1.0).factor
    order = sorted(panel.points, key=lambda p: not p.is_on_front)
    spots = [
        Spot(
            x=share_of(p.cost.value or 0.0, x_domain, is_log=is_log),
            y=share_of((p.score.value or 0.0) / factor, y_domain, is_log=False),
            text=p.label,
        )
        for p in order
    ]
    places = place(spots, width_px=NOMINAL_WIDTH_PX, height_px=HEIGHT_PX)
    return [
        {
            "name": p.name,
            "label": p.label,
            "tip": p.tip,
            "is_on_front": p.is_on_front,
            "cost": p.cost.value,
            "cost_low": _or_value(p.cost.low, p.cost),
            "cost_high": _or_value(p.cost.high, p.cost),
            "score": (p.score.value or 0.0) / factor,
            "score_low": (_or_value(p.score.low, p.score) or 0.0) / factor,
            "score_high": (_or_value(p.score.high, p.score) or 0.0) / factor,
            "cost_text": format_estimate(p.cost, panel.resource),
            "score_text": format_score(p.score, panel.metric),
            "colour": p.look.colour,
            "fill": p.look.colour if p.is_on_front else SURFACE,
            "shape": p.look.shape,
            "dx": at.dx,
            "dy": at.dy,
            "align": at.align,
        }
        for p, at in zip(order, places, strict=True)
    ]


def _or_value(end: float | None, estimate: Estimate) -> float | None:
    return estimate.value if end is None else end
