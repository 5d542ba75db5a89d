"""Product tables: what a cost is paid for, and break-evens when only right answers count."""

from collections.abc import Mapping

from breakeven.analysis.costs.life_results import LifeAnswers, ProductResult
from breakeven.analysis.results import BreakEven, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.words import item_words, one_item
from breakeven.records import Estimate, Resource
from breakeven.report.lookup import break_even_between, observed, pathway_named
from breakeven.report.quantity import common_scale, format_items
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.pathways import break_even_cell, score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, words
from breakeven.units import Scale, format_count


def product_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Development per point of score, output at the planned volume, cost per correct answer."""
    item, metric = one_item(analysis.definition.item), analysis.definition.metric
    volume = format_items(analysis.definition.planned_volume, analysis.definition.item)
    heads = (
        ("per_point", f"Development per point of {metric_words(metric)} (eq. 3)"),
        ("marginal", f"Per {item} (eq. 4)"),
        ("deployment", f"{volume} (eq. 5)"),
        ("total", "With development (eq. 6)"),
        ("per_correct", f"Per {life.weighted_item}"),
        ("average_per_correct", f"Per {life.weighted_item}, development included"),
    )
    return Table(
        name="product",
        caption=(
            "What the cost is paid for: performance (development per point of score, cost per "
            f"{item}) and output (the planned volume). Points are hundredths of the score."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="resource", title="Cost"),
            Column(name="takes_part", title="Takes part"),
            Column(name="score", title=metric_title(metric), is_number=True),
            *(Column(name=name, title=title, is_number=True) for name, title in heads),
        ),
        rows=tuple(
            _product_row(analysis, life, product, resource)
            for product in life.products
            for resource in observed(analysis)
            if resource in product.total
        ),
    )


def _product_row(
    analysis: StudyAnalysis, life: LifeAnswers, product: ProductResult, resource: Resource
) -> tuple[Cell, ...]:
    pathway = pathway_named(analysis, product.pathway)
    why = life.unweighted_why or "there is no score to weight by"

    def of(name: str) -> Cell:
        column = [getattr(p, name).get(resource) for p in life.products]
        estimate: Estimate | None = getattr(product, name).get(resource)
        return cost_cell(estimate, resource, scale=_scale(column, resource), why=why)

    marginal = pathway.marginal.get(resource) if pathway else None
    uses = [p.marginal.get(resource) for p in analysis.pathways]
    return (
        words(product.pathway),
        resource_cell(resource),
        words("yes" if product.is_valid else "no, drops out"),
        score_cell(analysis, pathway.score if pathway else None),
        of("per_point"),
        cost_cell(marginal, resource, scale=_scale(uses, resource), why=why),
        of("deployment"),
        of("total"),
        of("per_correct"),
        of("average_per_correct"),
    )


def _scale(estimates: list[Estimate | None], resource: Resource) -> Scale | None:
    values = (e.value for e in estimates if e is not None)
    return common_scale((value for value in values if value is not None), resource)


def weighted_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Break-evens on weighted items beside the plain ones, and in items of the candidate."""
    unit, item = life.weighted_item, item_words(analysis.definition.item)
    weights = {p.pathway: p.weight for p in life.products}
    return Table(
        name="weighted_break_even",
        caption=(
            f"From which volume one pathway has cost less than another, when only {unit}s count."
        ),
        columns=(
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="resource", title="Cost"),
            Column(name="plain", title=item.capitalize(), is_number=True),
            Column(name="weighted", title=f"{unit[:1].upper()}{unit[1:]}s", is_number=True),
            Column(
                name="weighted_in_items",
                title=f"The same in {item} of the pathway",
                is_number=True,
            ),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(_weighted_row(analysis, found, weights) for found in life.weighted),
    )


def _weighted_row(
    analysis: StudyAnalysis, found: BreakEven, weights: Mapping[str, float | None]
) -> tuple[Cell, ...]:
    plain = break_even_between(analysis, found.candidate, found.incumbent, found.resource)
    weight, volume = weights.get(found.candidate), found.estimate.value
    converted = (
        missing(EM_DASH, hint="no volume to convert")
        if not weight or not volume
        else Cell(text=format_count(volume / weight), value=volume / weight)
    )
    return (
        words(found.candidate),
        words(found.incumbent),
        resource_cell(found.resource),
        break_even_cell(plain) if plain else missing(EM_DASH, hint="not compared"),
        break_even_cell(found),
        converted,
        words(found.sentence),
    )
