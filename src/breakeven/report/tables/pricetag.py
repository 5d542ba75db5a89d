"""Price tag table: E, D and H of every result, their product and what was really spent."""

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.tuning.search_results import PriceTag
from breakeven.records import Estimate, Resource
from breakeven.report.signs import EM_DASH, TIMES
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, words
from breakeven.units import format_count

_NO_E = "no run of it counted both the examples it worked through and this cost"
_OF_ROWS = "E and D differ between rows; see each of them"
_NO_USE = "nothing was answered with it, or nobody saw this cost"

DIGITS = 3
"""Significant digits of factors, product and sum however wide their intervals, for they are to be
multiplied."""


def price_tag_table(analysis: StudyAnalysis) -> Table:
    """One line per row of development and per pathway, in every cost."""
    return Table(
        name="price_tag",
        caption=(
            "Price tag of each result, Cost = E x D x H (Schwartz et al. 2020, equation 1): cost "
            "per example, training examples, experiments. The sum is what all experiments took, "
            "failed and pruned ones too: epochs, augmentation, unequal trials, loading and "
            "imports are in it and not in the product."
        ),
        columns=(
            Column(name="result", title="Result"),
            Column(name="resource", title="Cost"),
            Column(name="per_example", title="E, training", is_number=True),
            Column(name="per_use", title="E, inference", is_number=True),
            Column(name="n_examples", title="D", is_number=True),
            Column(name="n_passes", title="Passes over D", is_number=True),
            Column(name="n_experiments", title="H", is_number=True),
            Column(name="n_pruned", title="Of them pruned", is_number=True),
            Column(name="n_lost", title="Of them failed or killed", is_number=True),
            Column(name="product", title="E x D x H", is_number=True),
            Column(name="total", title="Sum over experiments", is_number=True),
            Column(name="factor", title="Sum / product", is_number=True),
        ),
        rows=tuple(_row(tag) for tag in analysis.price_tags),
    )


def _row(tag: PriceTag) -> tuple[Cell, ...]:
    why = _OF_ROWS if tag.is_pathway else ""
    factor = tag.factor
    return (
        words(f"pathway {tag.name}" if tag.is_pathway else f"row {tag.name}"),
        resource_cell(tag.resource),
        _amount(tag.per_example, tag.resource, why=why or _NO_E),
        _amount(
            tag.per_use,
            tag.resource,
            why=_NO_USE if tag.is_pathway else "a row is used through the pathways that deploy it",
        ),
        _count(tag.n_examples, why=why or "nobody counted training examples"),
        _passes(tag.n_passes, why=why or "nobody counted the examples worked through"),
        _count(tag.n_experiments, why=""),
        _count(tag.n_pruned, why=""),
        _count(tag.n_lost, why=""),
        _amount(tag.product, tag.resource, why=_NO_E),
        _total(tag),
        missing(EM_DASH, hint="without a product there is nothing to compare with")
        if factor is None
        else Cell(text=f"{factor:.3g}{TIMES}", value=factor),
    )


def _total(tag: PriceTag) -> Cell:
    cell = _amount(tag.total, tag.resource, why="")
    if not tag.n_unseen:
        return cell
    return Cell(
        text=f"at least {cell.text}",
        value=cell.value,
        low=cell.low,
        badges=cell.badges,
        hint=f"{tag.n_unseen} of {tag.n_experiments} experiments ended before they counted it",
    )


def _amount(estimate: Estimate | None, resource: Resource, *, why: str) -> Cell:
    return cost_cell(estimate, resource, scale=None, why=why, min_digits=DIGITS)


def _passes(value: float | None, *, why: str) -> Cell:
    if value is None:
        return missing(EM_DASH, hint=why)
    return Cell(text=f"{value:.3g}", value=value)


def _count(value: float | None, *, why: str) -> Cell:
    if value is None:
        return missing(EM_DASH, hint=why)
    return Cell(text=format_count(value), value=float(value))
