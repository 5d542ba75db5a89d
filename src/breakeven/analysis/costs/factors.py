"""Factors: E_T, D_T and H of every row of development, where the records tell them.

`DevCost = E_T x D_T x H` (Schwartz et al. 2020; Dürlich et al. 2023, eq. 3). It holds for the work
phase only: loading, imports and unfinished runs are cost too, and stand beside the product.
"""

from collections.abc import Sequence

from breakeven.analysis.costs.life_results import StageFactors
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs import select
from breakeven.analysis.runs.continued import experiments, per_example
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.uncertain import as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource, Run, Stage, Status


def stage_factors(pathways: Sequence[PathwayCost]) -> tuple[StageFactors, ...]:
    """Factors of every row that some pathway rests on, ancestors first.

    Args:
        pathways: Gathered costs.

    Examples:
        >>> stage_factors([])
        ()
    """
    rows = {row.row: row for pathway in pathways for row in pathway.rows}
    return tuple(_factors(row) for row in rows.values() if row.stage is not Stage.STATED)


def _factors(row: RowCost) -> StageFactors:
    finished = [parts for parts in experiments(row.runs) if parts[-1].status is Status.OK]
    is_tuned = row.is_searched
    return StageFactors(
        row=row.row,
        stage=row.stage,
        per_example=_per_example(finished),
        n_processed=_mean([sum(run.output.n_examples for run in parts) for parts in finished]),
        n_labelled=_labelled([parts[-1] for parts in finished]),
        n_trials=len(finished) if is_tuned else min(1, len(finished)),
        n_lost=row.n_lost,
    )


def _per_example(finished: Sequence[Sequence[Run]]) -> dict[Resource, Estimate]:
    found: dict[Resource, Estimate] = {}
    additive = (r for r in Resource if r.is_additive and r is not Resource.N_LABELLED_EXAMPLES)
    for resource in additive:
        seen = [per_example(parts, resource) for parts in finished]
        known = [o for o in seen if o is not None]
        if known:
            what = f"work phase / examples worked through, mean of {counted(len(known), 'run')}"
            found[resource] = as_estimate(
                mean_of(known), f"{resource.value} per training example", what=what
            )
    return found


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if value]
    return sum(known) / len(known) if known else None


def _labelled(runs: Sequence[Run]) -> float | None:
    seen = [select.observe(run, Resource.N_LABELLED_EXAMPLES) for run in runs]
    return _mean([o.value for o in seen if o is not None])
