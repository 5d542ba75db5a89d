"""Life tables: what a cost is paid for, shared development, research and production, latency."""

from collections.abc import Iterator

from breakeven.analysis.costs.life_results import (
    LatencyPoint,
    LifeAnswers,
    StageFactors,
)
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import one_item
from breakeven.records import Resource
from breakeven.report.lookup import compared, headline
from breakeven.report.quantity import WORDS
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.product import product_table, weighted_table
from breakeven.report.tables.sweep import named
from breakeven.report.tables.table import Cell, Column, Table, missing, words
from breakeven.report.tables.usage import sharing_table, usage_table
from breakeven.units import format_count


def life_tables(analysis: StudyAnalysis) -> Iterator[Table]:
    """Every table that has an answer to show."""
    life = analysis.life
    if life is None:
        return
    made = (
        product_table(analysis, life),
        weighted_table(analysis, life),
        _factors_table(analysis, life),
        usage_table(analysis, life),
        sharing_table(life),
        _latency_table(analysis, life),
    )
    yield from (table for table in made if table.rows)


def _factors_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """E_T, D_T and H of every row of development."""
    resources = compared(analysis)
    return Table(
        name="factors",
        caption=(
            "Development as E_T x D_T x H (eq. 3): cost per training example, examples, trainings. "
            "Loading, imports and unfinished runs come on top."
        ),
        columns=(
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="n_labelled", title="Labelled examples (D_T)", is_number=True),
            Column(name="n_processed", title="Examples worked through", is_number=True),
            Column(name="n_trials", title="Trainings (H)", is_number=True),
            Column(name="n_lost", title="Unfinished", is_number=True),
            *(
                Column(
                    name=f"per_example_{r}",
                    title=f"{WORDS[r].title} per training example (E_T)",
                    is_number=True,
                )
                for r in resources
            ),
        ),
        rows=tuple(_factors_row(f, resources) for f in life.factors),
    )


def _factors_row(factors: StageFactors, resources: tuple[Resource, ...]) -> tuple[Cell, ...]:
    why = "the row did not count the examples it worked through, or what they cost"
    return (
        words(factors.row),
        words(factors.stage.value),
        _count(factors.n_labelled, why="nobody counted labelled examples"),
        _count(factors.n_processed, why="the row did not count the examples it worked through"),
        _count(factors.n_trials, why=""),
        _count(factors.n_lost, why=""),
        *(cost_cell(factors.per_example.get(r), r, scale=None, why=why) for r in resources),
    )


def _count(value: float | None, *, why: str) -> Cell:
    if value is None:
        return missing("not counted", hint=why)
    return Cell(text=format_count(value), value=float(value))


def _latency_table(analysis: StudyAnalysis, life: LifeAnswers) -> Table:
    """Every configuration against latency and the headline cost, and energy where measured."""
    shown = dict.fromkeys((headline(analysis), Resource.ENERGY_J))
    item = one_item(analysis.definition.item)
    return Table(
        name="latency",
        caption=(
            f"Cost per {item} against the time one batch waits; a larger batch is cheaper per "
            f"{item} and slower to answer."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            Column(name="resource", title="Cost"),
            Column(name="cost", title=f"Per {item}", is_number=True),
            Column(name="latency_p50_s", title="Latency of a batch, median", is_number=True),
            Column(name="latency_p99_s", title="99th percentile", is_number=True),
            Column(name="on_front", title="On the front of cost and latency"),
            Column(name="worth_having", title="And of score"),
        ),
        rows=tuple(_latency_row(p) for p in life.latency if p.resource in shown),
    )


def _latency_row(point: LatencyPoint) -> tuple[Cell, ...]:
    tail = "a 99th percentile needs rows of at least 100 batches; raise n_batches"
    p50, p99 = Resource.LATENCY_P50_S, Resource.LATENCY_P99_S
    return (
        words(point.pathway),
        named(point.label),
        resource_cell(point.resource),
        cost_cell(point.cost, point.resource, scale=None, why=""),
        cost_cell(point.latency_p50, p50, scale=None, why=""),
        cost_cell(point.latency_p99, p99, scale=None, why=tail),
        words("yes" if point.is_on_front else "no"),
        words({True: "yes", False: "no", None: EM_DASH}[point.is_worth_having]),
    )
