"""Search tables: every trial, which settings mattered, and what pruning saved."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.tuning.search_results import SearchResult, Sensitivity, TrialResult
from breakeven.records import Resource, Scalar
from breakeven.report.lookup import compared
from breakeven.report.quantity import WORDS
from breakeven.report.search_words import p_words
from breakeven.report.signs import EM_DASH, NBSP
from breakeven.report.tables.life_cells import cost_cell, resource_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, words


def search_tables(analysis: StudyAnalysis) -> Iterator[Table]:
    """Tables of the rows that were tuned; none without any."""
    if analysis.searches:
        yield _trials_table(analysis)
        yield _sensitivity_table(analysis)
        yield _pruning_table(analysis)


def _trials_table(analysis: StudyAnalysis) -> Table:
    resources = compared(analysis)
    return Table(
        name="trials",
        caption="Every trial, pruned and failed ones too; each is a run and counts in full.",
        columns=(
            Column(name="row", title="Row"),
            Column(name="trial", title="Trial"),
            Column(name="status", title="Ended"),
            Column(name="settings", title="Settings drawn"),
            Column(name="metric", title="Score"),
            Column(name="score", title="On validation", is_number=True),
            Column(name="last_step", title="Last judged at step"),
            *(Column(name=str(r), title=WORDS[r].title, is_number=True) for r in resources),
            Column(name="run_id", title="Run"),
        ),
        rows=tuple(
            _trial_row(found, trial, resources)
            for found in analysis.searches
            for trial in found.trials
        ),
    )


def _trial_row(
    found: SearchResult, trial: TrialResult, resources: tuple[Resource, ...]
) -> tuple[Cell, ...]:
    step = trial.last_step
    return (
        words(found.row),
        words(f"{trial.number} (best)" if trial.is_best else str(trial.number)),
        words(trial.status.value),
        words(", ".join(f"{name}={_shown(value)}" for name, value in trial.drawn.items())),
        words(found.metric),
        missing(EM_DASH, hint="it did not end well")
        if trial.score is None
        else Cell(text=f"{trial.score:.4g}", value=trial.score),
        words(EM_DASH if step is None else f"{step[0]:g} of {step[1]:g}"),
        *(
            cost_cell(trial.costs.get(r), r, scale=None, why="this run did not observe it")
            for r in resources
        ),
        words(trial.run_id),
    )


def _sensitivity_table(analysis: StudyAnalysis) -> Table:
    return Table(
        name="sensitivity",
        caption=(
            "How much of the scatter of scores each searched setting explains alone: Spearman's "
            "rho squared, or for choices without order H / (n - 1) of Kruskal and Wallis. Settings "
            "that act together only are not seen."
        ),
        columns=(
            Column(name="row", title="Row"),
            Column(name="setting", title="Setting"),
            Column(name="share", title="Share of rank variance", is_number=True),
            Column(name="rho", title="Rank correlation with the score", is_number=True),
            Column(name="p", title="p", is_number=True),
            Column(name="n_trials", title="Trials", is_number=True),
            Column(name="rests_on", title="Rests on"),
        ),
        rows=tuple(
            _sensitivity_row(found, each)
            for found in analysis.searches
            for each in found.sensitivities
        ),
    )


def _sensitivity_row(found: SearchResult, each: Sensitivity) -> tuple[Cell, ...]:
    rho = each.rho if each.rho is None or found.higher_is_better else -each.rho
    return (
        words(found.row),
        words(each.setting),
        Cell(text=f"{100 * each.share:.0f}{NBSP}%", value=each.share),
        missing(EM_DASH, hint="its choices have no order")
        if rho is None
        else Cell(text=f"{rho:+.2f}", value=rho),
        Cell(text=p_words(each.p).removeprefix("p ").removeprefix("= "), value=each.p),
        Cell(text=str(each.n), value=float(each.n)),
        words(found.compared),
    )


def _pruning_table(analysis: StudyAnalysis) -> Table:
    return Table(
        name="pruning",
        caption=(
            "What all trials of a row took, and what pruned ones would have taken beyond: the cost "
            "of their work per step times the steps left. The first is measured or counted, the "
            "second modelled."
        ),
        columns=(
            Column(name="row", title="Row"),
            Column(name="resource", title="Cost"),
            Column(name="spent", title="All trials", is_number=True),
            Column(name="saved", title="Saved by pruning", is_number=True),
            Column(name="share", title="Share saved", is_number=True),
            Column(name="method", title="Method"),
        ),
        rows=tuple(
            _pruning_row(found, resource) for found in analysis.searches for resource in found.spent
        ),
    )


def _pruning_row(found: SearchResult, resource: Resource) -> tuple[Cell, ...]:
    spent, saved = found.spent[resource], found.saved.get(resource)
    why = "no trial was pruned, or none that was had counted it"
    share = found.share_saved(resource)
    return (
        words(found.row),
        resource_cell(resource),
        cost_cell(spent, resource, scale=None, why=""),
        cost_cell(saved, resource, scale=None, why=why),
        missing(EM_DASH, hint=why)
        if share is None
        else Cell(text=f"{100 * share:.0f}{NBSP}%", value=share),
        words(EM_DASH if saved is None else saved.method),
    )


def _shown(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)
