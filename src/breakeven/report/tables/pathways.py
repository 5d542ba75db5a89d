"""Pathway tables: what each way to a model costs, how good it is, when it pays back."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter

from breakeven.analysis.fronts.orders import ONCE
from breakeven.analysis.results import BreakEven, PathwayResult, StudyAnalysis, Verdict
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.scoring.score_results import CostOrder
from breakeven.analysis.words import listed, one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import (
    absence,
    baseline,
    break_even_between,
    drops_out,
    headline,
    is_alone,
    observed,
    value_of,
)
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_score,
    format_volume,
)
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import Scale

NOT_SCORED = "no run at the reference configuration has a score on the test split"


def pathways_table(analysis: StudyAnalysis) -> Table:
    """One row per pathway in the headline cost: development, per item, score, break-even."""
    resource, definition = headline(analysis), analysis.definition
    title, item = WORDS[resource].title, one_item(definition.item)
    base = baseline(analysis)
    pays_back = Column(
        name=f"break_even_{definition.item}s",
        title=f"Cheaper than {base.name} from" if base else "Break-even",
        is_number=True,
    )
    return Table(
        name="pathways",
        caption=(
            f"{title} to develop and per {item}, and {metric_words(definition.metric)}."
            if is_alone(analysis)
            else f"{title} to develop and per {item}, {metric_words(definition.metric)} and "
            "break-even."
        )
        + seeds_words(analysis),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name=f"development_{resource}", title=f"{title} to develop", is_number=True),
            Column(
                name=f"per_{definition.item}_{resource}",
                title=f"{title} per {item}",
                is_number=True,
            ),
            Column(
                name=f"score_{definition.metric}",
                title=f"{metric_title(definition.metric)} (test)",
                is_number=True,
            ),
            *([Column(name="n_seeds", title="Seeds")] if _has_seeds(analysis) else []),
            *([] if is_alone(analysis) else [pays_back]),
        ),
        rows=tuple(_overview_row(analysis, pathway, base) for pathway in analysis.pathways),
    )


def _overview_row(
    analysis: StudyAnalysis, pathway: PathwayResult, base: PathwayResult | None
) -> tuple[Cell, ...]:
    resource = headline(analysis)
    totals = column_scale((p.development for p in analysis.pathways), resource)
    averages = column_scale((p.marginal for p in analysis.pathways), resource)
    return (
        words(pathway.name, hint=pathway.description),
        cost_cell(analysis, pathway.development, resource, pathway=pathway, scale=totals),
        cost_cell(analysis, pathway.marginal, resource, pathway=pathway, scale=averages),
        _marked_score(analysis, pathway),
        *(
            [words(str(pathway.n_seeds) if pathway.n_seeds else EM_DASH)]
            if _has_seeds(analysis)
            else []
        ),
        *([] if is_alone(analysis) else [pay_back_cell(analysis, pathway, base)]),
    )


def seeds_words(analysis: StudyAnalysis) -> str:
    """Why a configuration's score may differ from its pathway's; empty without repeated seeds."""
    if not _has_seeds(analysis) or not analysis.sweep:
        return ""
    metric, repeated = analysis.definition.metric, [p for p in analysis.pathways if p.n_seeds > 1]
    told = [
        f"{p.name} {format_score(p.score, metric, interval=False)} ({p.n_seeds} seeds)"
        for p in repeated
        if p.score is not None
    ]
    if not told:
        return ""
    return (
        f" Over training seeds the mean is {listed(told)}; inference configurations, the "
        "reference among them, are scored with one seed."
    )


def _has_seeds(analysis: StudyAnalysis) -> bool:
    return any(pathway.n_seeds > 1 for pathway in analysis.pathways)


def _marked_score(analysis: StudyAnalysis, pathway: PathwayResult) -> Cell:
    """The score, marked where it may be that of always giving the commonest answer."""
    cell = score_cell(analysis, pathway.score)
    if pathway.is_above_majority is not False:
        return cell
    is_ranged = cell.text.endswith(")")
    start = f"{cell.text[:-1]};" if is_ranged else f"{cell.text} ("
    return replace(cell, text=f"{start}{' ' if is_ranged else ''}not above majority)")


def cost_cell(
    analysis: StudyAnalysis,
    costs: Mapping[Resource, Estimate],
    resource: Resource,
    *,
    pathway: PathwayResult | None = None,
    scale: Scale | None = None,
) -> Cell:
    """One cost, or the reason why it is missing; in the unit of its column if one is given."""
    if value_of(costs, resource) is None:
        text, hint = absence(analysis, resource, pathway=pathway)
        return missing(text, hint=hint)
    return number(costs[resource], format_estimate(costs[resource], resource, scale=scale))


def column_scale(
    columns: Iterable[Mapping[Resource, Estimate]], resource: Resource
) -> Scale | None:
    """One unit for all values of a resource in a column."""
    found = (value_of(costs, resource) for costs in columns)
    return common_scale((value for value in found if value is not None), resource)


def score_cell(analysis: StudyAnalysis, score: Estimate | None) -> Cell:
    """One score, or the reason why it is missing."""
    if score is None:
        return missing("not scored", hint=NOT_SCORED)
    return number(score, format_score(score, analysis.definition.metric))


def pay_back_cell(
    analysis: StudyAnalysis, pathway: PathwayResult, base: PathwayResult | None
) -> Cell:
    """From which volume on a pathway is cheaper than the one that is cheapest to build."""
    if base is None or pathway.name == base.name:
        return missing(EM_DASH, hint="the cheapest to build; the others are compared with it")
    if drops_out(analysis, pathway):
        return missing("drops out", hint=f"below the score of {analysis.definition.min_score:g}")
    found = break_even_between(analysis, pathway.name, base.name, headline(analysis))
    if found is None:
        return missing("not comparable", hint="the headline cost of one of the two is missing")
    return break_even_cell(found)


def break_even_cell(found: BreakEven, *, min_digits: int = 0) -> Cell:
    """A break-even volume, infinite for never and 0 for always; the sentence is the hint.

    Args:
        found: Of a pair.
        min_digits: Digits to keep however wide the interval; 3 are those of the sentence.
    """
    limits = {Verdict.NEVER: math.inf, Verdict.ALWAYS: 0.0}
    if found.verdict in limits:
        return Cell(text=found.verdict.value, value=limits[found.verdict], hint=found.sentence)
    if found.estimate.value is None:
        return missing(found.verdict.value, hint=found.sentence)
    volume = format_volume(found.estimate, min_digits=min_digits)
    prefix = {Verdict.UP_TO: "only up to ", Verdict.NOT_SHOWN: "not shown; about "}
    text = f"{prefix.get(found.verdict, '')}{volume}"
    return number(found.estimate, text, hint=found.sentence)


def costs_table(analysis: StudyAnalysis) -> Table:
    """Every pathway in every resource: development, start-up, per item."""
    item = analysis.definition.item
    return Table(
        name="costs",
        caption=(
            "All cost measures of all pathways; totals and averages are never added. Peaks, "
            "parameters and latencies do not add up: in development the largest of the rows stands "
            f"for all, in service the mean over blocks, not divided by any {one_item(item)}."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="resource", title="Cost"),
            Column(name="development", title="Development (total)", is_number=True),
            Column(name="startup", title="Start of the service (once)", is_number=True),
            Column(
                name="in_service",
                title=f"In service (sums per {one_item(item)})",
                is_number=True,
            ),
        ),
        rows=tuple(
            _cost_row(analysis, pathway, resource)
            for pathway in analysis.pathways
            for resource in dict.fromkeys((*observed(analysis), Resource.ENERGY_J))
        ),
    )


def _cost_row(
    analysis: StudyAnalysis, pathway: PathwayResult, resource: Resource
) -> tuple[Cell, ...]:
    parts = (attrgetter("development"), attrgetter("startup"), attrgetter("marginal"))
    cells = (_part_cell(analysis, pathway, resource, part=part) for part in parts)
    return (words(pathway.name), Cell(text=WORDS[resource].title, value=resource.value), *cells)


def _part_cell(
    analysis: StudyAnalysis,
    pathway: PathwayResult,
    resource: Resource,
    *,
    part: Callable[[PathwayResult], Mapping[Resource, Estimate]],
) -> Cell:
    column = [part(p) for p in analysis.pathways]
    is_elsewhere = resource in observed(analysis)
    if is_elsewhere and not any(resource in costs for costs in column):
        return missing(EM_DASH, hint="no pathway has this cost in this part of its life")
    scale = column_scale(column, resource)
    return cost_cell(analysis, part(pathway), resource, pathway=pathway, scale=scale)


def orders_table(analysis: StudyAnalysis) -> Table:
    """Rank of each pathway in each measure, so that disagreements are seen at once."""
    measures = [(r, phase) for r in observed(analysis) for phase in ("development", "marginal")]
    kept = [
        (resource, phase, ranks)
        for resource, phase in measures
        if resource.is_additive and len(ranks := _ranks(analysis, resource, phase)) > 1
    ]
    phases = {"development": "to develop", "marginal": f"per {one_item(analysis.definition.item)}"}
    return Table(
        name="orders",
        caption=(
            "Rank of each pathway by each cost measure, by point values; 1 is cheapest. Tied: the "
            "paired interval of the two costs holds no difference, so they are not told apart."
        ),
        columns=(
            Column(name="measure", title="Cost measure"),
            *(Column(name=p.name, title=p.name, is_number=True) for p in analysis.pathways),
        ),
        rows=tuple(
            (
                words(f"{WORDS[resource].title} {phases[phase]}{_once(analysis, resource, phase)}"),
                *(
                    _rank_cell(ranks.get(p.name), _ties(analysis, p.name, resource, phase))
                    for p in analysis.pathways
                ),
            )
            for resource, phase, ranks in kept
        ),
    )


def _ranks(analysis: StudyAnalysis, resource: Resource, phase: str) -> dict[str, int]:
    costs = {
        p.name: value
        for p in analysis.pathways
        if (value := value_of(p.development if phase == "development" else p.marginal, resource))
        is not None
    }
    return {name: 1 + sum(other < cost for other in costs.values()) for name, cost in costs.items()}


def _orders(analysis: StudyAnalysis, resource: Resource, phase: str) -> list[CostOrder]:
    name = "deployment" if phase == "marginal" else phase
    return [o for o in analysis.cost_orders if (o.resource, o.phase) == (resource, name)]


def _ties(analysis: StudyAnalysis, pathway: str, resource: Resource, phase: str) -> tuple[str, ...]:
    """Names of those from which the runs cannot tell a pathway apart."""
    undecided = [o for o in _orders(analysis, resource, phase) if o.is_told_apart is False]
    pairs = [{o.left, o.right} for o in undecided]
    names = {name for pair in pairs if pathway in pair for name in pair - {pathway}}
    return tuple(p.name for p in analysis.pathways if p.name in names)


def _once(analysis: StudyAnalysis, resource: Resource, phase: str) -> str:
    """What the name of a measure adds where an order rests on single runs."""
    reasons = {o.why for o in _orders(analysis, resource, phase) if o.why == ONCE}
    return f" ({reasons.pop()})" if reasons else ""


def _rank_cell(rank: int | None, ties: tuple[str, ...]) -> Cell:
    if rank is None:
        return missing(EM_DASH, hint="this cost was not observed for this pathway")
    text = f"{rank} (tied with {', '.join(ties)})" if ties else str(rank)
    return Cell(text=text, value=float(rank))
