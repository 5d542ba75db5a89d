"""Usage tables: research and production side by side, and development shared by several tasks."""

from breakeven.analysis.costs.life_results import LifeAnswers, ShareStep, Usage
from breakeven.analysis.results import BreakEven, StudyAnalysis
from breakeven.records import Item
from breakeven.report.quantity import format_items, format_share
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.pathways import break_even_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

RESEARCH, PRODUCTION = "research", "production"


def usage_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Research and production beside each other, each with the volume it takes of a pathway."""
    found = {(u.pathway, u.resource, u.profile): u for u in life.usage}
    pairs = dict.fromkeys((u.pathway, u.resource) for u in life.usage)
    item = analysis.definition.item
    heads = (("volume", "Volume"), ("total", "Life cost"), ("share", "Of it development"))
    return Table(
        name="usage",
        caption=(
            "Two profiles of use: research makes a model and tests it, production uses it as "
            "planned. Whichever part is larger is where saving pays."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="resource", title="Cost"),
            *(
                Column(
                    name=f"{profile}_{name}",
                    title=title,
                    is_number=True,
                    group=profile.capitalize(),
                )
                for profile in (RESEARCH, PRODUCTION)
                for name, title in heads
            ),
        ),
        rows=tuple(
            (
                words(pathway),
                resource_cell(resource),
                *(
                    cell
                    for profile in (RESEARCH, PRODUCTION)
                    for cell in _usage_cells(found.get((pathway, resource, profile)), item)
                ),
            )
            for pathway, resource in pairs
        ),
    )


def _usage_cells(usage: Usage | None, item: Item) -> tuple[Cell, Cell, Cell]:
    if usage is None:
        why = "no score says how long a pass over the test split is"
        unknown = missing(EM_DASH, hint=why)
        return unknown, unknown, unknown
    return (
        Cell(text=format_items(usage.volume, item), value=usage.volume),
        cost_cell(usage.total, usage.resource, scale=None, why=""),
        number(usage.development_share, format_share(usage.development_share)),
    )


def sharing_table(life: LifeAnswers) -> Table:
    """How break-evens move with the number of downstream tasks."""
    return Table(
        name="sharing",
        caption=(
            "Break-evens of the headline cost when a row of development serves several tasks; the "
            "number of tasks is assumed."
        ),
        columns=(
            Column(name="row", title="Shared row"),
            Column(name="n_tasks", title="Tasks", is_number=True),
            Column(name="candidate", title="Pathway"),
            Column(name="incumbent", title="Against"),
            Column(name="break_even", title="Break-even", is_number=True),
            Column(name="sentence", title="In words"),
        ),
        rows=tuple(
            _sharing_row(step, found) for step in life.sharing for found in step.break_evens
        ),
    )


def _sharing_row(step: ShareStep, found: BreakEven) -> tuple[Cell, ...]:
    mark = " (asked)" if step.is_asked else ""
    return (
        words(step.row),
        Cell(text=f"{step.n_tasks}{mark}", value=float(step.n_tasks)),
        words(found.candidate),
        words(found.incumbent),
        break_even_cell(found),
        words(found.sentence),
    )
