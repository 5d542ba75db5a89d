"""Comparison tables: break-even of every pair, Pareto membership, the inference sweep."""

from breakeven.analysis.results import ConfigurationResult, ParetoFront, ParetoPoint, StudyAnalysis
from breakeven.analysis.words import one_item
from breakeven.records import Resource
from breakeven.report.lookup import compared, headline, pathway_named
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_probability,
    format_ratio,
    format_score,
)
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import break_even_cell, column_scale, cost_cell, score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words


def break_even_table(analysis: StudyAnalysis) -> Table:
    """Every ordered pair that was compared, in every cost measure."""
    item = analysis.definition.item
    return Table(
        name="break_even",
        caption="From which volume on one pathway has cost less than another.",
        columns=(
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="resource", title="Cost"),
            Column(name="verdict", title="Verdict"),
            Column(name=f"{item}s", title="Break-even", is_number=True),
            Column(
                name="probability_before_planned",
                title="P(before planned)",
                is_number=True,
            ),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(
            (
                words(found.candidate),
                words(found.incumbent),
                Cell(text=WORDS[found.resource].title, value=found.resource.value),
                words(found.verdict.value),
                break_even_cell(found),
                _probability(found.probability_before_planned),
                words(found.sentence),
            )
            for found in analysis.break_evens
        ),
    )


def _probability(probability: float | None) -> Cell:
    if probability is None:
        return missing(EM_DASH, hint="not computable from these runs")
    return Cell(text=format_probability(probability), value=probability)


def pareto_table(analysis: StudyAnalysis) -> Table:
    """Every point of every plane: on the front or not, how surely, and who dominates it."""
    return Table(
        name="pareto",
        caption="Pareto efficiency: nothing else is at least as good and cheaper.",
        columns=(
            Column(name="phase", title="Phase"),
            Column(name="resource", title="Cost measure"),
            Column(name="name", title="Pathway"),
            Column(name="cost", title="Cost", is_number=True),
            Column(name="score", title="Score", is_number=True),
            Column(name="on_front", title="On the front"),
            Column(name="membership", title="P(on the front)", is_number=True),
            Column(name="dominated_by", title="Dominated by"),
        ),
        rows=tuple(
            _pareto_row(analysis, front, point)
            for front in analysis.fronts
            for point in front.points
        ),
    )


def _pareto_row(
    analysis: StudyAnalysis, front: ParetoFront, point: ParetoPoint
) -> tuple[Cell, ...]:
    costs = (p.cost.value for p in front.points)
    scale = common_scale((cost for cost in costs if cost is not None), front.resource)
    return (
        words(front.phase),
        Cell(text=WORDS[front.resource].title, value=front.resource.value),
        words(point.name),
        number(point.cost, format_estimate(point.cost, front.resource, scale=scale)),
        number(point.score, format_score(point.score, analysis.definition.metric)),
        words("yes" if point.is_on_front else "no"),
        _probability(point.membership),
        words(", ".join(point.dominated_by) or EM_DASH),
    )


def sweep_table(analysis: StudyAnalysis) -> Table:
    """Every inference configuration: cost per item, ratio to the reference, score."""
    resource = headline(analysis)
    others = [r for r in compared(analysis) if r is not resource]
    title, item = WORDS[resource].title, analysis.definition.item
    return Table(
        name="sweep",
        caption="Inference configurations; ratios are against the reference of the same pathway.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(
                name=f"per_{item}_{resource}", title=f"{title} per {one_item(item)}", is_number=True
            ),
            Column(name=f"ratio_{resource}", title=f"{title} ratio", is_number=True),
            Column(name="score", title=analysis.definition.metric.capitalize(), is_number=True),
            *(
                Column(name=f"ratio_{r}", title=f"{WORDS[r].title} ratio", is_number=True)
                for r in others
            ),
            Column(name="on_front", title="On the front"),
        ),
        rows=tuple(_sweep_row(analysis, c, (resource, *others)) for c in analysis.sweep),
    )


def _sweep_row(
    analysis: StudyAnalysis, configuration: ConfigurationResult, resources: tuple[Resource, ...]
) -> tuple[Cell, ...]:
    pathway = pathway_named(analysis, configuration.pathway)
    scale = column_scale((c.marginal for c in analysis.sweep), resources[0])
    ratios = [_ratio_cell(configuration, resource) for resource in resources]
    return (
        words(configuration.pathway),
        words(configuration.label),
        cost_cell(analysis, configuration.marginal, resources[0], pathway=pathway, scale=scale),
        ratios[0],
        score_cell(analysis, configuration.score),
        *ratios[1:],
        words("yes" if configuration.is_on_front else "no"),
    )


def _ratio_cell(configuration: ConfigurationResult, resource: Resource) -> Cell:
    estimate = configuration.ratio.get(resource)
    if estimate is not None:
        return number(estimate, format_ratio(estimate))
    if configuration.label == "reference" and resource in configuration.marginal:
        return words("1 (reference)")
    return missing(EM_DASH, hint="no block holds both this configuration and its reference")
