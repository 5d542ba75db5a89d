"""Pareto planes: quality against cost, development above deployment (Dürlich et al. 2023, fig. 2).

Filled points are on the front by their values; the percentage is the probability of being there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from breakeven.analysis.results import ParetoFront, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Estimate
from breakeven.report.figures.figure import Figure, series
from breakeven.report.figures.plane import drawn
from breakeven.report.figures.plane_rows import Plane, PlanePoint
from breakeven.report.lookup import compared, unseen
from breakeven.report.quantity import WORDS, format_probability
from breakeven.report.signs import NBSP


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
        description=f"{metric_words(metric)} against {cost} in {front.phase}, {len(points)} "
        f"pathways; on the Pareto front: {', '.join(on_front)}.",
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
