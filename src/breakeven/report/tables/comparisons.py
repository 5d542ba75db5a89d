"""Comparison tables: break-even of every pair, Pareto membership."""

from breakeven.analysis.results import ParetoFront, ParetoPoint, StudyAnalysis
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_probability,
    format_score,
)
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import break_even_cell
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
        caption=(
            "Pareto efficiency by point values: nothing else is at least as good and cheaper. In "
            "brackets, the axes on which an interval cannot tell the two apart."
        ),
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


def _dominators(point: ParetoPoint) -> str:
    """Who dominates a point, each with what the runs cannot tell apart."""
    doubts = point.doubts or ("",) * len(point.dominated_by)
    pairs = zip(point.dominated_by, doubts, strict=True)
    return ", ".join(f"{name} ({doubt})" if doubt else name for name, doubt in pairs)


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
        words(_dominators(point) or EM_DASH),
    )
