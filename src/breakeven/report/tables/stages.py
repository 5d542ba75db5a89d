"""Stage tables: where development cost arises, and Table 1 of Dürlich et al. 2023."""

from breakeven.analysis.results import PathwayResult, StageCost, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.analysis.tables.table1 import Cell as PrintedCell
from breakeven.analysis.tables.table1 import table1
from breakeven.analysis.words import stage_words
from breakeven.records import Estimate
from breakeven.report.kinds import signs
from breakeven.report.lookup import compared, failures, shared_with
from breakeven.report.quantity import WORDS, format_score
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import NOT_SCORED, column_scale, cost_cell
from breakeven.report.tables.provenance import some_ids
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words


def stages_table(analysis: StudyAnalysis) -> Table:
    """One row per pathway and stage of its development."""
    resources = compared(analysis)
    return Table(
        name="stages",
        caption="Development of one model by stage: repeats of a row by their mean, failed and "
        "interrupted runs and every trial of a search in full.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="runs", title="Runs"),
            Column(name="shared_with", title="Shared with"),
            *(Column(name=str(r), title=WORDS[r].title, is_number=True) for r in resources),
        ),
        rows=tuple(
            _stage_row(analysis, pathway, stage)
            for pathway in analysis.pathways
            for stage in pathway.stages
        ),
    )


def _stage_row(
    analysis: StudyAnalysis, pathway: PathwayResult, stage: StageCost
) -> tuple[Cell, ...]:
    n_runs, bad = len(stage.run_ids), failures(stage)
    totals = [s.totals for p in analysis.pathways for s in p.stages]
    scales = {r: column_scale(totals, r) for r in compared(analysis)}
    return (
        words(pathway.name),
        words(stage.row),
        words(stage.stage.value),
        words(f"{n_runs} ({bad})" if bad else str(n_runs), hint=some_ids(stage.run_ids)),
        words(", ".join(shared_with(analysis, pathway, stage)) or EM_DASH),
        *(
            cost_cell(analysis, stage.totals, r, pathway=pathway, scale=scale)
            for r, scale in scales.items()
        ),
    )


def table_1(analysis: StudyAnalysis) -> Table:
    """Stages across, pathways down, time, energy and FLOPs of each, then the score.

    The shape of Dürlich et al. 2023, table 1; a cell that cannot be filled says why.
    """
    laid_out, metric = table1(analysis), analysis.definition.metric
    planes = [(stage, resource) for stage in laid_out.stages for resource in laid_out.resources]
    return Table(
        name="table1",
        caption=(
            "Cost by stage, as in Dürlich et al. 2023, table 1. Evaluation is one pass over "
            "the test split at the reference configuration."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            *(
                Column(
                    name=f"{stage.value}_{resource.value}",
                    title=WORDS[resource].short,
                    is_number=True,
                    group=stage_words(stage).capitalize(),
                )
                for stage, resource in planes
            ),
            Column(name=f"score_{metric}", title=metric_title(metric), is_number=True),
        ),
        rows=tuple(
            (
                words(row.pathway),
                *(_cell(row.cells[stage][resource]) for stage, resource in planes),
                _score(row.score, metric),
            )
            for row in laid_out.rows
        ),
    )


def _cell(cell: PrintedCell) -> Cell:
    if cell.value is None:
        return missing(EM_DASH, hint=cell.reason)
    return Cell(text=cell.text, value=cell.value, badges=signs(cell.kinds, cell.origins))


def _score(score: Estimate | None, metric: str) -> Cell:
    if score is None or score.value is None:
        return missing(EM_DASH, hint=NOT_SCORED)
    return number(score, format_score(score, metric, interval=False))
