"""Table 1: stages against time, energy and FLOPs for each pathway, as a paper prints it.

The shape of Dürlich et al. 2023, table 1. Development cells hold all phases of the rows of that
stage; evaluation is one pass over the test split at the reference, mean over blocks. A cell that
cannot be filled says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breakeven import units
from breakeven.analysis.results import PathwayResult, StageCost, StudyAnalysis
from breakeven.analysis.runs.select import ROLE, StudyRuns, observe, study_runs
from breakeven.analysis.scoring.scores import REPEAT
from breakeven.analysis.uncertain import mean_of, once
from breakeven.analysis.words import resource_words, stage_words
from breakeven.records import Estimate, Kind, Origin, PhaseName, Resource, Run, Stage, Status

PRINTED_STAGES = (Stage.DISTIL, Stage.FINETUNE, Stage.EVALUATE)
"""The three stages that the paper prints; others are added in front when a pathway has them."""

DEPLOYED = frozenset({"reference", REPEAT})
"""Roles of runs at the reference configuration: the first training seed and the others."""

PRINTED_RESOURCES = (Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of the table, or the reason why there is none.

    Attributes:
        value: In SI; None when absent.
        text: hh:mm:ss, Wh or FLOPs; a dash when absent.
        kinds: Kinds that entered.
        origins: Origins that entered, so that replayed numbers are not taken for measured ones.
        reason: Why the cell is empty; empty when it is not.
    """

    value: float | None
    text: str
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One pathway.

    Attributes:
        pathway: Its name.
        cells: By stage and resource; every printed one is present.
        score: Quality, or None.
    """

    pathway: str
    cells: Mapping[Stage, Mapping[Resource, Cell]]
    score: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table1:
    """The table.

    Attributes:
        stages: Groups of columns, in the order of the life-cycle.
        resources: Columns of each group.
        rows: One per pathway.
    """

    stages: tuple[Stage, ...]
    resources: tuple[Resource, ...]
    rows: tuple[TableRow, ...]


def table1(analysis: StudyAnalysis) -> Table1:
    """Lay out development and evaluation of every pathway as in the paper's table 1.

    Args:
        analysis: Of the study.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.testing.runs import example_runs
        >>> table = table1(analyse(*example_runs()))
        >>> [stage.value for stage in table.stages]
        ['pretrain', 'distil', 'finetune', 'evaluate']
        >>> table.rows[1].cells[Stage.DISTIL][Resource.FLOPS].text
        '4.90e12'
        >>> table.rows[0].cells[Stage.DISTIL][Resource.FLOPS].reason
        'FT has no distillation stage.'
    """
    seen = {stage.stage for pathway in analysis.pathways for stage in pathway.stages}
    extra = tuple(s for s in Stage if s in seen and s not in (*PRINTED_STAGES, Stage.STATED))
    found = study_runs(analysis.definition, analysis.runs)
    stages = (*extra, *PRINTED_STAGES)
    return Table1(
        stages=stages,
        resources=PRINTED_RESOURCES,
        rows=tuple(_row(pathway, stages, found=found) for pathway in analysis.pathways),
    )


def cell_text(resource: Resource, value: float) -> str:
    """Print a value as the paper does: hh:mm:ss, Wh, or powers of ten.

    Examples:
        >>> cell_text(Resource.DURATION_S, 47219)
        '13:06:59'
        >>> cell_text(Resource.ENERGY_J, 6848.9 * 3600)
        '6848.9 Wh'
        >>> cell_text(Resource.ENERGY_J, 36.0)
        '0.01 Wh'
        >>> cell_text(Resource.FLOPS, 2.48e16)
        '2.48e16'
    """
    return _TEXTS[resource](value)


def _row(pathway: PathwayResult, stages: Sequence[Stage], *, found: StudyRuns) -> TableRow:
    return TableRow(
        pathway=pathway.name,
        cells={
            stage: _evaluation(pathway, found)
            if stage is Stage.EVALUATE
            else _development(pathway, stage)
            for stage in stages
        },
        score=pathway.score,
    )


def _development(pathway: PathwayResult, stage: Stage) -> dict[Resource, Cell]:
    rows = [row for row in pathway.stages if row.stage is stage]
    if not rows:
        reason = f"{pathway.name} has no {stage_words(stage)} stage."
        return {resource: _absent(reason) for resource in PRINTED_RESOURCES}
    return {resource: _summed(pathway.name, rows, resource) for resource in PRINTED_RESOURCES}


def _summed(pathway: str, rows: Sequence[StageCost], resource: Resource) -> Cell:
    silent = [row.row for row in rows if resource not in row.totals]
    if silent:
        return _absent(
            f"{pathway}: {resource_words(resource)} of {', '.join(silent)} was not observed."
        )
    totals = [row.totals[resource] for row in rows]
    value = sum(total.value or 0.0 for total in totals)
    return Cell(
        value=value,
        text=cell_text(resource, value),
        kinds=once(kind for total in totals for kind in total.kinds),
        origins=once(origin for total in totals for origin in total.origins),
    )


def _evaluation(pathway: PathwayResult, found: StudyRuns) -> dict[Resource, Cell]:
    runs = [
        run
        for run in found.inference(pathway.name)
        if run.status is Status.OK and run.settings.resolved.get(ROLE) in DEPLOYED
    ]
    return {resource: _mean_work(pathway.name, runs, resource) for resource in PRINTED_RESOURCES}


def _mean_work(pathway: str, runs: Sequence[Run], resource: Resource) -> Cell:
    seen = [observe(run, resource, phases={PhaseName.WORK}) for run in runs]
    present = [o.scaled(_one_pass(run)) for run, o in zip(runs, seen, strict=True) if o is not None]
    if not runs:
        return _absent(f"{pathway} has no finished inference at the reference configuration.")
    if not present:
        return _absent(f"{pathway}: {resource_words(resource)} of inference was not observed.")
    mean = mean_of(present)
    text = cell_text(resource, mean.value)
    return Cell(value=mean.value, text=text, kinds=mean.kinds, origins=mean.origins)


def _one_pass(run: Run) -> float:
    """Share of the work phase that one pass over the scored split is; a window may repeat it."""
    n_scored = max((score.n_examples for score in run.scores), default=0)
    return min(1.0, n_scored / run.output.n_examples) if n_scored and run.output.n_examples else 1.0


def _absent(reason: str) -> Cell:
    return Cell(value=None, text="–", reason=reason)  # noqa: RUF001 - the dash tables use


def _wh(energy_j: float) -> str:
    energy_wh = energy_j / units.J_PER_WH
    return f"{energy_wh:.1f} Wh" if energy_wh >= 1 else f"{energy_wh:.3g} Wh"


def _flops(flops: float) -> str:
    mantissa, _, exponent = f"{flops:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


_TEXTS: Mapping[Resource, Callable[[float], str]] = {
    Resource.DURATION_S: units.format_duration,
    Resource.ENERGY_J: _wh,
    Resource.FLOPS: _flops,
}
