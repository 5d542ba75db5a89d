"""Lineage: the rows of a study's development, which rests on which, and what each was paid.

The life-cycle of Dürlich et al. 2023, figure 1, from the records: a row's parents are the rows
whose results its runs used. Two bases are kept apart: what one model of a row cost (the mean over
repeats, as a pathway's development counts it) and what the study paid for all of its runs.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.results import PathwayResult
from breakeven.analysis.runs.rollup import INSIDE, n_repeats
from breakeven.analysis.runs.select import NOT_DEVELOPMENT, observe
from breakeven.analysis.uncertain import Observation, as_estimate, mean_of, once
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource, Run, Stage, Status, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageRow:
    """One row of development.

    Attributes:
        row: Of the plan.
        stage: Its stage.
        parents: Rows whose results it used, each once.
        n_unknown: Parents whose records are not here.
        users: Pathways that rest on it; empty for what none of them needs.
        statuses: Number of runs by status.
        cost: For one model; None where no pathway rests on it, or nothing observed it.
        paid: For all of its runs; None where nothing observed it.
        paid_share: Of what the study paid for development, from 0 to 1.
        shares: Of the development of each pathway that rests on it, from 0 to 1.
    """

    row: str
    stage: Stage
    parents: tuple[str, ...]
    n_unknown: int
    users: tuple[str, ...]
    statuses: Mapping[Status, int]
    cost: Estimate | None
    paid: Estimate | None
    paid_share: float | None
    shares: Mapping[str, float]

    @property
    def n_runs(self) -> int:
        """Runs of every status."""
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageUse:
    """A pathway in use: where a branch of the life-cycle ends.

    Attributes:
        pathway: Name.
        row: Deployed row.
        cost: Per item at the reference configuration; None where nothing observed it.
        n_runs: Runs that average rests on.
    """

    pathway: str
    row: str
    cost: Estimate | None
    n_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """The life-cycle of a study as a graph.

    Attributes:
        resource: What the amounts are of.
        rows: Parents before their children.
        uses: In the study's order.
        paid: For the development of the whole study; None where nothing observed it.
    """

    resource: Resource
    rows: tuple[LineageRow, ...]
    uses: tuple[LineageUse, ...]
    paid: Estimate | None


def lineage(
    definition: StudyDefinition,
    runs: Sequence[Run],
    pathways: Sequence[PathwayResult],
    *,
    resource: Resource,
) -> Lineage:
    """Lay out which row rests on which.

    Args:
        definition: Of the study.
        runs: Its runs.
        pathways: Its results.
        resource: What to give the amounts of; it must add up.

    Raises:
        ValueError: If amounts of the resource do not add up.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.testing.runs import example_runs
        >>> found = analyse(*example_runs())
        >>> tree = lineage(found.definition, found.runs, found.pathways, resource=Resource.CPU_S)
        >>> [(row.row, row.parents) for row in tree.rows][:3]
        [('pretrain', ()), ('ft', ('pretrain',)), ('ts', ('ft',))]
        >>> tree.rows[0].users, tree.rows[0].n_runs
        (('FT', 'TS', 'TA'), 2)
    """
    if not resource.is_additive:
        raise ValueError(f"amounts of {resource.value} do not add up; give a cost that does")
    begun = _development(runs)
    first = (stage.row for pathway in pathways for stage in pathway.stages)
    by_row = {row: begun[row] for row in once((*first, *begun)) if row in begun}
    ids = {run.run_id: run.result_of for own in by_row.values() for run in own}
    parents = {row: _parents(row, own, ids) for row, own in by_row.items()}
    paid = {row: amount for row, own in by_row.items() if (amount := _paid(own, resource))}
    known = {run.run_id for run in runs}
    found = [
        _row(own, parents[row], paid.get(row), pathways, resource=resource, known=known)
        for row, own in ((row, by_row[row]) for row in _in_order(parents))
    ]
    total = math.fsum(amount.value for amount in paid.values())
    return Lineage(
        resource=resource,
        rows=tuple(_with_share(row, total) for row in found),
        uses=tuple(_uses(definition, pathways, resource)),
        paid=_estimate(_sum(list(paid.values())), resource) if paid else None,
    )


def _development(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Runs by row, in the order they began; what ran inside others is paid with those."""
    ids = {run.run_id for run in runs}
    found: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.started_at, run.run_id)):
        is_inside = run.settings.resolved.get(INSIDE) in ids
        if run.stage not in NOT_DEVELOPMENT and not is_inside:
            found.setdefault(run.result_of, []).append(run)
    return found


def _parents(row: str, own: Sequence[Run], row_of: Mapping[str, str]) -> tuple[str, ...]:
    rows = once(row_of[parent] for run in own for parent in run.parents if parent in row_of)
    return tuple(parent for parent in rows if parent != row)


def _in_order(parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Rows with parents first, each child as soon as all of its parents are placed.

    Rows that rest on each other in a circle come last, in the order they began.
    """
    placed: dict[str, None] = {}
    stack = [row for row in reversed(list(parents)) if not parents[row]]
    while stack:
        row = stack.pop()
        placed[row] = None
        ready = [
            child
            for child, above in parents.items()
            if row in above and child not in placed and all(parent in placed for parent in above)
        ]
        stack += reversed(ready)
    return (*placed, *(row for row in parents if row not in placed))


def _paid(runs: Sequence[Run], resource: Resource) -> Observation | None:
    """Sum over the runs that observed it, each as often as it was paid."""
    seen = [(observe(run, resource), n_repeats(run)) for run in runs]
    amounts = [own.scaled(n) for own, n in seen if own is not None]
    return _sum(amounts) if amounts else None


def _sum(amounts: Sequence[Observation]) -> Observation:
    return Observation(
        value=math.fsum(own.value for own in amounts),
        low=math.fsum(own.low for own in amounts),
        high=math.fsum(own.high for own in amounts),
        kinds=once(kind for own in amounts for kind in own.kinds),
        origins=once(origin for own in amounts for origin in own.origins),
        run_ids=once(run_id for own in amounts for run_id in own.run_ids),
    )


def _estimate(amount: Observation, resource: Resource) -> Estimate:
    what = f"sum over {counted(len(amount.run_ids), 'run')}, whatever became of them"
    return as_estimate(mean_of([amount]), resource.value, what=what)


def _row(  # noqa: PLR0913 - one row, and the study it is of
    own: Sequence[Run],
    parents: tuple[str, ...],
    paid: Observation | None,
    pathways: Sequence[PathwayResult],
    *,
    resource: Resource,
    known: Collection[str],
) -> LineageRow:
    row = own[0].result_of
    stages = {p.name: stage for p in pathways for stage in p.stages if stage.row == row}
    of_one = next(iter(stages.values()), None)
    cost = of_one.totals.get(resource) if of_one is not None else None
    statuses: Counter[Status] = Counter()
    for run in own:
        statuses[run.status] += n_repeats(run)
    shares = {
        p.name: _share(cost, p.development.get(resource)) for p in pathways if p.name in stages
    }
    return LineageRow(
        row=row,
        stage=of_one.stage if of_one is not None else own[0].stage,
        parents=parents,
        n_unknown=len({parent for run in own for parent in run.parents} - set(known)),
        users=tuple(stages),
        statuses=statuses,
        cost=cost,
        paid=None if paid is None else _estimate(paid, resource),
        paid_share=None,
        shares={name: share for name, share in shares.items() if share is not None},
    )


def _share(part: Estimate | None, whole: Estimate | None) -> float | None:
    if part is None or whole is None or part.value is None or not whole.value:
        return None
    return part.value / whole.value


def _with_share(row: LineageRow, total: float) -> LineageRow:
    if row.paid is None or row.paid.value is None or not total:
        return row
    return replace(row, paid_share=row.paid.value / total)


def _uses(
    definition: StudyDefinition, pathways: Sequence[PathwayResult], resource: Resource
) -> Iterator[LineageUse]:
    deployed = {pathway.name: pathway.row for pathway in definition.pathways}
    for pathway in pathways:
        cost = pathway.marginal.get(resource)
        yield LineageUse(
            pathway=pathway.name,
            row=deployed.get(pathway.name, ""),
            cost=cost,
            n_runs=0 if cost is None else len(cost.run_ids),
        )
