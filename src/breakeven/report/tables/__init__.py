"""Tables: everything the report says in rows, without altair or jinja2."""

from collections.abc import Mapping

from breakeven.analysis.results import StudyAnalysis
from breakeven.report.tables.advice import advice_table
from breakeven.report.tables.axes import (
    combined_table,
    compact_table,
    depth_table,
    fits_table,
    length_table,
    precision_table,
)
from breakeven.report.tables.comparisons import break_even_table, pareto_table
from breakeven.report.tables.generation import generation_tables
from breakeven.report.tables.life import life_tables
from breakeven.report.tables.lineage import lineage_table
from breakeven.report.tables.modalities import modality_tables
from breakeven.report.tables.optimum import optimum_tables
from breakeven.report.tables.pathways import costs_table, orders_table, pathways_table
from breakeven.report.tables.pricetag import price_tag_table
from breakeven.report.tables.provenance import (
    machines_table,
    notes_table,
    provenance_table,
    runs_table,
)
from breakeven.report.tables.scores import scores_table
from breakeven.report.tables.searches import search_tables
from breakeven.report.tables.seeds import score_differences_table, seeds_table
from breakeven.report.tables.serving import serving_table
from breakeven.report.tables.spread import spread_table
from breakeven.report.tables.stages import stages_table, table_1
from breakeven.report.tables.sweep import sweep_costs_table, sweep_table
from breakeven.report.tables.table import Cell, Column, Table
from breakeven.report.tables.traffic import traffic_tables

__all__ = ["Cell", "Column", "Table", "modality_tables", "tables"]

_BUILDERS = (
    pathways_table,
    advice_table,
    seeds_table,
    score_differences_table,
    scores_table,
    costs_table,
    break_even_table,
    pareto_table,
    stages_table,
    lineage_table,
    spread_table,
    sweep_table,
    sweep_costs_table,
    serving_table,
    length_table,
    depth_table,
    precision_table,
    combined_table,
    fits_table,
    compact_table,
    table_1,
    orders_table,
    runs_table,
    machines_table,
    notes_table,
)


def tables(analysis: StudyAnalysis) -> Mapping[str, Table]:
    """Return every table by name; those that answer questions are there when they were asked."""
    built = (
        *(build(analysis) for build in _BUILDERS),
        *life_tables(analysis),
        *modality_tables(analysis.runs),
        *generation_tables(analysis.runs),
        *traffic_tables(analysis),
        *search_tables(analysis),
        *optimum_tables(analysis),
        price_tag_table(analysis),
    )
    traced = provenance_table(analysis, [table for table in built if table.name != "runs"])
    return {table.name: table for table in (*built, traced)}
