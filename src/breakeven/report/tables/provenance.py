"""Provenance tables: which runs each number rests on, what those runs were, what is doubtful."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.words import one_item, surroundings_words
from breakeven.records import Estimate, Machine, PhaseName, Resource, Run
from breakeven.report.lookup import observed
from breakeven.report.quantity import WORDS, format_estimate, format_score
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, Column, Table, number, words
from breakeven.units import format_bytes

MAX_IDS = 4
"""Run ids named in a cell; the CSV of runs holds them all."""
MAX_LABELS = 4
"""Cells of a row that say which of a table's numbers is meant."""
MAX_LABEL_CHARS = 60
"""Longer ones are sentences, which do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """One number shown: where it belongs, what it is, its estimate and how it is written."""

    pathway: str
    what: str
    estimate: Estimate
    text: str


def provenance_table(analysis: StudyAnalysis, others: Iterable[Table] = ()) -> Table:
    """Each number on the page with its method and the runs it was computed from.

    Args:
        analysis: What is shown.
        others: Tables whose numbers are listed behind those of the pathways, each number once.
    """
    figures = (*_figures(analysis), *chain.from_iterable(map(_of_table, others)))
    once = {id(figure.estimate): figure for figure in reversed(figures)}
    return Table(
        name="provenance",
        caption="Where each number comes from.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="what", title="Number"),
            Column(name="value", title="Value", is_number=True),
            Column(name="kinds", title="Kind"),
            Column(name="origins", title="Origin"),
            Column(name="n", title="n"),
            Column(name="method", title="Method"),
            Column(name="runs", title="Runs"),
        ),
        rows=tuple(_figure_row(f) for f in figures if once[id(f.estimate)] is f),
    )


def _of_table(table: Table) -> Iterator[_Figure]:
    """Numbers of a table; the words of their row say which they are."""
    for row in table.rows:
        said = [
            cell.text
            for column, cell in zip(table.columns, row, strict=True)
            if not column.is_number and not cell.is_missing and len(cell.text) <= MAX_LABEL_CHARS
        ][:MAX_LABELS]
        has_pathway = table.columns[0].name == "pathway"
        labels = " / ".join(said[1:] if has_pathway else said)
        for column, cell in zip(table.columns, row, strict=True):
            if cell.estimate is not None and not cell.is_missing:
                where = f"{column.full_title} in table {table.name}"
                yield _Figure(
                    pathway=said[0] if has_pathway and said else EM_DASH,
                    what=f"{where}: {labels}" if labels else where,
                    estimate=cell.estimate,
                    text=cell.text,
                )


def _figures(analysis: StudyAnalysis) -> Iterator[_Figure]:
    told = analysis.recommendation
    for name, estimate in (
        (told.pathway, told.average),
        (told.runner_up, told.runner_up_average),
    ):
        if name is not None and estimate is not None:
            what = "cost per item at the planned volume"
            text = format_estimate(estimate, told.resource)
            yield _Figure(pathway=name, what=what, estimate=estimate, text=text)
    for pathway in analysis.pathways:
        yield from _of_pathway(analysis, pathway)


def _of_pathway(analysis: StudyAnalysis, pathway: PathwayResult) -> Iterator[_Figure]:
    if pathway.score is not None:
        score = pathway.score
        text = format_score(score, analysis.definition.metric)
        yield _Figure(pathway=pathway.name, what="score", estimate=score, text=text)
    item = one_item(analysis.definition.item)
    parts = (
        ("to develop", "in development", pathway.development),
        ("to start the service", "at the start", pathway.startup),
        (f"per {item}", "in service", pathway.marginal),
    )
    for of_sums, of_peaks, costs in parts:
        for resource in observed(analysis):
            if resource in costs:
                when = of_sums if resource.is_additive else of_peaks
                yield _Figure(
                    pathway=pathway.name,
                    what=f"{WORDS[resource].title} {when}",
                    estimate=costs[resource],
                    text=format_estimate(costs[resource], resource),
                )


def _figure_row(figure: _Figure) -> tuple[Cell, ...]:
    estimate = figure.estimate
    value = number(estimate, figure.text)
    return (
        words(figure.pathway),
        words(figure.what),
        value,
        words(", ".join(badge.name for badge in value.badges) or EM_DASH),
        words(", ".join(origin.value for origin in estimate.origins) or EM_DASH),
        words(str(estimate.n)),
        words(estimate.method),
        Cell(text=some_ids(estimate.run_ids), value=" ".join(estimate.run_ids)),
    )


def some_ids(run_ids: tuple[str, ...]) -> str:
    """The first few run ids and how many more there are."""
    shown = ", ".join(run_ids[:MAX_IDS]) or EM_DASH
    more = len(run_ids) - MAX_IDS
    return f"{shown} and {more} more" if more > 0 else shown


def runs_table(analysis: StudyAnalysis) -> Table:
    """Every run: what it was, how it ended, where it ran, what it was asked."""
    titles = {
        "run_id": "Run",
        "row": "Row",
        "stage": "Stage",
        "status": "Status",
        "started_at": "Started (UTC)",
        "duration_s": "Time",
        "machine": "Machine",
        "parents": "Parents",
        "settings": "Settings",
        "error": "Error",
    }
    numbers = {"duration_s"}
    return Table(
        name="runs",
        caption="Every run of the study, failed and interrupted ones too.",
        columns=tuple(
            Column(name=name, title=title, is_number=name in numbers)
            for name, title in titles.items()
        ),
        rows=tuple(_run_row(run) for run in analysis.runs),
    )


def _run_row(run: Run) -> tuple[Cell, ...]:
    settings = ", ".join(f"{key}={value}" for key, value in sorted(run.settings.resolved.items()))
    return (
        words(run.run_id),
        words(run.row),
        words(run.stage.value),
        words(run.status.value),
        words(run.started_at),
        _duration(run),
        words(run.machine.fingerprint if run.machine else EM_DASH),
        words(", ".join(run.parents) or EM_DASH),
        words(settings or EM_DASH),
        words(run.error.strip().splitlines()[-1] if run.error else EM_DASH),
    )


def _duration(run: Run) -> Cell:
    seconds = [
        phase.measurement.duration_s for phase in run.phases if phase.name is not PhaseName.IDLE
    ]
    if not seconds:
        return Cell(text=EM_DASH)
    estimate = Estimate(
        name="duration_s", value=sum(seconds), method="sum of its phases", n=1, kinds=()
    )
    return number(estimate, format_estimate(estimate, Resource.DURATION_S))


def machines_table(analysis: StudyAnalysis) -> Table:
    """Each distinct machine on which a run ran."""
    machines = {run.machine.fingerprint: run.machine for run in analysis.runs if run.machine}
    titles = (
        *("Machine", "Host", "System", "CPU", "CPUs", "Memory"),
        *("Accelerators", "Surroundings", "Python"),
    )
    return Table(
        name="machines",
        caption="Machines; costs are compared only within one of them.",
        columns=tuple(Column(name=t.lower(), title=t) for t in titles),
        rows=tuple(
            tuple(
                words(text)
                for text in (
                    mark,
                    machine.host,
                    machine.system,
                    machine.cpu_model,
                    str(machine.n_cpus),
                    format_bytes(machine.memory_bytes),
                    ", ".join(machine.accelerators) or "none",
                    _surroundings(machine),
                    machine.python,
                )
            )
            for mark, machine in sorted(machines.items())
        ),
    )


def _surroundings(machine: Machine) -> str:
    """What stood between the runs and the hardware; a dash where nobody looked or found any."""
    return EM_DASH if machine.surroundings is None else surroundings_words(machine.surroundings)


def notes_table(analysis: StudyAnalysis) -> Table:
    """Every doubt and what to do about it."""
    return Table(
        name="notes",
        caption="Doubts about these numbers, and what to do about each.",
        columns=(
            Column(name="code", title="Code"),
            Column(name="message", title="Doubt"),
            Column(name="advice", title="What to do"),
        ),
        rows=tuple(
            (words(note.code.value), words(note.message), words(note.advice))
            for note in analysis.notes
        ),
    )
