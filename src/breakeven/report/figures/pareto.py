"""Pareto planes: quality against cost, development above deployment (Dürlich et al. 2023, fig. 2).

Filled points are on the front by their values; the percentage is the probability of being there.
The same drawing serves the reduction frontiers, one plane per pathway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from breakeven.analysis.results import ConfigurationResult, ParetoFront, StudyAnalysis
from breakeven.analysis.words import item_words, one_item, resource_words
from breakeven.records import Estimate, Resource
from breakeven.report.figures.figure import Figure, Series, series
from breakeven.report.figures.plane import Plane, PlanePoint, drawn
from breakeven.report.lookup import compared, headline, unseen
from breakeven.report.quantity import WORDS, format_probability, format_score
from breakeven.report.signs import NBSP

REFERENCE, TWIN = "reference", "aa"
"""Labels of the reference configuration and of its A/A twin, which is a check and not a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRow:
    """Planes of one phase side by side, under a title."""

    title: str
    figures: tuple[Figure, ...]


def pareto_rows(analysis: StudyAnalysis) -> tuple[PanelRow, ...]:
    """Up to three planes per phase, phases in the order of the analysis."""
    chosen = compared(analysis)
    drawable = (f for f in analysis.fronts if any(_is_drawable(p.cost, p.score) for p in f.points))
    kept = [f for f in drawable if f.resource in chosen]
    kept.sort(key=lambda f: (_phase_order(analysis, f.phase), chosen.index(f.resource)))
    return tuple(
        PanelRow(
            title=_phase_title(analysis, phase),
            figures=tuple(drawn(_front_plane(analysis, f)) for f in fronts),
        )
        for phase, fronts in groupby(kept, key=lambda f: f.phase)
    )


def _phase_title(analysis: StudyAnalysis, phase: str) -> str:
    item = analysis.definition.item
    titles = {
        "development": "Development: total cost",
        "deployment": f"Deployment: cost per {one_item(item)}",
    }
    lifetime = f"{phase.capitalize()} {item_words(item)}: average cost, development included"
    return titles.get(phase, lifetime)


def _phase_order(analysis: StudyAnalysis, phase: str) -> int:
    phases = list(dict.fromkeys(f.phase for f in analysis.fronts))
    return phases.index(phase)


def _front_plane(analysis: StudyAnalysis, front: ParetoFront) -> Plane:
    looks = {s.name: s for s in series(analysis)}
    metric, item = analysis.definition.metric, one_item(analysis.definition.item)
    on_front = [p.name for p in front.points if p.is_on_front]
    cost = WORDS[front.resource].title
    total = front.phase == "development"
    points = [
        PlanePoint(
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
    return Plane(
        name=f"pareto-{front.phase}-{front.resource.value}".replace(" ", "-"),
        title=f"{cost}: {_listed(on_front)} on the front{unseen(analysis, front.resource)}",
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
        drawn(_sweep_plane(analysis, looks[name], configurations))
        for name, configurations in by_pathway.items()
        if len(configurations) > 1
    )


def _configured(analysis: StudyAnalysis, configuration: ConfigurationResult) -> bool:
    cost = configuration.marginal.get(headline(analysis))
    if configuration.label == TWIN:
        return False
    return cost is not None and configuration.score is not None and cost.value is not None


def _sweep_plane(
    analysis: StudyAnalysis, look: Series, configurations: Sequence[ConfigurationResult]
) -> Plane:
    resource, metric = headline(analysis), analysis.definition.metric
    points = [
        PlanePoint(
            name=c.label,
            label=c.label,
            look=replace(look, shape="diamond") if c.label == REFERENCE else look,
            cost=c.marginal[resource],
            score=c.score,
            is_on_front=c.is_on_front,
        )
        for c in configurations
        if c.score is not None
    ]
    return Plane(
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
    before = next((c.score for c in configurations if c.label == REFERENCE), None)
    change = f"{metric} {format_score(lowest.score, metric, interval=False)}"
    if before is not None:
        was = format_score(before, metric, interval=False)
        change = (
            f"{metric} stays at {was}" if change.endswith(f" {was}") else f"{change} against {was}"
        )
    return f"{lowest.label} takes {ratio.value:.2f} of the {cost}, {change}"
