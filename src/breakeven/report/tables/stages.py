"""Stage tables: where development cost arises, and Table 1 of Dürlich et al. 2023."""

from collections.abc import Mapping

from breakeven.analysis.results import PathwayResult, StageCost, StudyAnalysis
from breakeven.records import Estimate, Resource, Run, Stage
from breakeven.report.lookup import absence, compared, failures, shared_with
from breakeven.report.quantity import WORDS, format_score
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.pathways import column_scale, cost_cell, score_cell
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import J_PER_WH, format_duration

_TABLE_1_COSTS = (Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS)
_GROUPS: Mapping[str, frozenset[Stage]] = {
    "Pre-training": frozenset({Stage.PRETRAIN}),
    "Distillation": frozenset({Stage.DISTIL}),
    "Fine-tuning": frozenset({Stage.FINETUNE, Stage.TUNE}),
}
_EVALUATION = "Evaluation"


def stages_table(analysis: StudyAnalysis) -> Table:
    """One row per pathway and stage of its development."""
    resources = compared(analysis)
    return Table(
        name="stages",
        caption="Development by stage; every run counts, failed and interrupted ones too.",
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
        words(f"{n_runs} ({bad})" if bad else str(n_runs), hint=", ".join(stage.run_ids)),
        words(", ".join(shared_with(analysis, pathway, stage)) or EM_DASH),
        *(
            cost_cell(analysis, stage.totals, r, pathway=pathway, scale=scale)
            for r, scale in scales.items()
        ),
    )


def table_1(analysis: StudyAnalysis) -> Table:
    """Stages across, pathways down: time, energy and FLOPs of each, then the score.

    The shape of Dürlich et al. 2023, table 1; a stage that a pathway lacks shows a dash, a cost
    that nobody observed says so. Evaluation is one pass over the test examples.
    """
    groups = [name for name in _GROUPS if _occurs(analysis, name)]
    return Table(
        name="table1",
        caption=(
            f"Performance ({analysis.definition.metric}) and cost (time: hh:mm:ss, energy: Wh, "
            "FLOPs) by stage and pathway."
        ),
        columns=(
            Column(name="pathway", title="Pathway"),
            *(
                Column(
                    name=f"{group.lower().replace('-', '_')}_{resource}",
                    title=f"{group}: {_short(resource)}",
                    is_number=True,
                )
                for group in (*groups, _EVALUATION)
                for resource in _TABLE_1_COSTS
            ),
            Column(
                name=f"score_{analysis.definition.metric}",
                title=analysis.definition.metric.capitalize(),
                is_number=True,
            ),
        ),
        rows=tuple(_table_1_row(analysis, pathway, groups) for pathway in analysis.pathways),
    )


def _short(resource: Resource) -> str:
    return "Energy (Wh)" if resource is Resource.ENERGY_J else WORDS[resource].short


def _occurs(analysis: StudyAnalysis, group: str) -> bool:
    return any(stage.stage in _GROUPS[group] for p in analysis.pathways for stage in p.stages)


def _table_1_row(
    analysis: StudyAnalysis, pathway: PathwayResult, groups: list[str]
) -> tuple[Cell, ...]:
    development = (
        _group_cell(analysis, pathway, group, resource)
        for group in groups
        for resource in _TABLE_1_COSTS
    )
    evaluation = (_evaluation_cell(analysis, pathway, resource) for resource in _TABLE_1_COSTS)
    score = score_cell(analysis, pathway.score)
    if pathway.score is not None and pathway.score.value is not None:
        text = format_score(pathway.score, analysis.definition.metric, interval=False)
        score = number(pathway.score, text)
    return (words(pathway.name), *development, *evaluation, score)


def _group_cell(
    analysis: StudyAnalysis, pathway: PathwayResult, group: str, resource: Resource
) -> Cell:
    stages = [stage for stage in pathway.stages if stage.stage in _GROUPS[group]]
    if not stages:
        return missing(EM_DASH, hint=f"{pathway.name} has no such stage")
    found = [stage.totals[resource] for stage in stages if resource in stage.totals]
    if len(found) < len(stages):
        return _absent(analysis, resource, pathway)
    return _sum_cell(found, resource)


def _evaluation_cell(analysis: StudyAnalysis, pathway: PathwayResult, resource: Resource) -> Cell:
    average, n_examples = pathway.marginal.get(resource), _n_test(analysis, pathway)
    if average is None or n_examples is None or average.value is None:
        return _absent(analysis, resource, pathway)
    total = average.value * n_examples
    cell = number(average, _table_1_text(total, resource), hint=f"{n_examples} test examples")
    return Cell(text=cell.text, value=total, badges=cell.badges, hint=cell.hint)


def _n_test(analysis: StudyAnalysis, pathway: PathwayResult) -> int | None:
    """Items of one pass over the test split, from the records that the average rests on."""
    by_id: dict[str, Run] = {run.run_id: run for run in analysis.runs}
    of_score = pathway.score.run_ids if pathway.score else ()
    for run_id in of_score:
        run = by_id.get(run_id)
        for score in run.scores if run else ():
            if run and score.n_examples and run.output.n_examples:
                share = run.output.count(analysis.definition.item) / run.output.n_examples
                return round(score.n_examples * share)
    return None


def _absent(analysis: StudyAnalysis, resource: Resource, pathway: PathwayResult) -> Cell:
    text, hint = absence(analysis, resource, pathway=pathway)
    return missing(text, hint=hint)


def _sum_cell(found: list[Estimate], resource: Resource) -> Cell:
    values = [e.value for e in found if e.value is not None]
    total = sum(values)
    cells = [number(e, "") for e in found]
    badges = tuple(dict.fromkeys(badge for cell in cells for badge in cell.badges))
    return Cell(
        text=_table_1_text(total, resource),
        value=total,
        badges=badges,
        hint=f"{len(found)} row{'s' if len(found) > 1 else ''} of the plan",
    )


def _table_1_text(value: float, resource: Resource) -> str:
    if resource is Resource.DURATION_S:
        return format_duration(value)
    return f"{value / J_PER_WH:.3g}" if resource is Resource.ENERGY_J else f"{value:.2e}"
