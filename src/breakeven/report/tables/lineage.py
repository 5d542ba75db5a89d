"""Lineage table: rows of development, what each rests on, who uses it and what it took."""

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.lineage import Lineage, LineageRow
from breakeven.analysis.words import counted, resource_words, stage_words
from breakeven.records import Estimate
from breakeven.report.lineage_words import NOBODY, percent, runs_words, shares_words, study_lineage
from breakeven.report.quantity import format_estimate
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.provenance import some_ids
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words


def lineage_table(analysis: StudyAnalysis) -> Table:
    """One row per row of development, parents before their children."""
    found = study_lineage(analysis)
    resource = found.resource
    cost = resource_words(resource)
    return Table(
        name="lineage",
        caption=(
            f"What each row of development rests on and took. For one model counts the mean over "
            f"repeats and all that was lost; paid is the {cost} of every run of the study."
        ),
        columns=(
            Column(name="row", title="Row"),
            Column(name="stage", title="Stage"),
            Column(name="parents", title="From"),
            Column(name="users", title="Used by"),
            Column(name="runs", title="Runs"),
            Column(name=f"one_model_{resource.value}", title="For one model", is_number=True),
            Column(name="shares", title="Share of development"),
            Column(name=f"paid_{resource.value}", title="Paid", is_number=True),
            Column(name="paid_share", title="Of all paid", is_number=True, is_plain=True),
        ),
        rows=tuple(_row(row, found) for row in found.rows),
    )


def _row(row: LineageRow, found: Lineage) -> tuple[Cell, ...]:
    unknown = [f"{counted(row.n_unknown, 'run')} not in these records"] if row.n_unknown else []
    ids = row.paid.run_ids if row.paid is not None else ()
    return (
        words(row.row),
        words(stage_words(row.stage)),
        words(", ".join((*row.parents, *unknown)) or EM_DASH),
        words(", ".join(row.users) or NOBODY),
        words(runs_words(row), hint=some_ids(ids)),
        _amount(row.cost, row, found),
        words(shares_words(row) or EM_DASH),
        _amount(row.paid, row, found),
        _share(row, found),
    )


def _amount(estimate: Estimate | None, row: LineageRow, found: Lineage) -> Cell:
    if estimate is None:
        return missing(EM_DASH, hint=_why(row, found))
    return number(estimate, format_estimate(estimate, found.resource))


def _share(row: LineageRow, found: Lineage) -> Cell:
    if row.paid_share is None:
        return missing(EM_DASH, hint=_why(row, found))
    return Cell(text=percent(row.paid_share), value=row.paid_share)


def _why(row: LineageRow, found: Lineage) -> str:
    """Why a number of a row is missing."""
    if row.paid is None:
        return f"no run of it observed {resource_words(found.resource)}"
    return NOBODY
