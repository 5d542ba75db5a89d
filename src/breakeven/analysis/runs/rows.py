"""Rows: what one stage of development cost for one model, failures included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from types import MappingProxyType

from breakeven.analysis.runs import select
from breakeven.analysis.runs.continued import experiments, together
from breakeven.analysis.uncertain import (
    Observation,
    Uncertain,
    mean_of,
)
from breakeven.records import (
    Origin,
    Resource,
    Run,
    Stage,
    Status,
)

USED_WHERE_NEEDED = frozenset(
    {
        Resource.N_LABELLED_EXAMPLES,
        Resource.N_UNLABELLED_EXAMPLES,
        Resource.N_PARAMETERS,
        Resource.PEAK_MEMORY_BYTES,
        Resource.PEAK_DEVICE_MEMORY_BYTES,
    }
)
"""Resources of which a stage that reports none has used none; the others are then unknown."""

TAKEN_FROM_ELSEWHERE = frozenset({Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED, Origin.STATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCost:
    """What one row of development cost for one model.

    Attributes:
        row: Row of the plan.
        stage: Its stage.
        runs: Every attempt at it.
        amounts: Mean over finished repeats plus all that failed, by resource.
        unseen: Runs that did not finish and did not observe a resource which others did.
        n_families: Finished repeats that are independent: those that share a parent which not all
            share count as one; 0 where nobody looked.
        per_run: What one repeat or trial took in the mean of those that finished, by resource: what
            another would.
    """

    row: str
    stage: Stage
    runs: tuple[Run, ...]
    amounts: Mapping[Resource, Uncertain]
    unseen: Mapping[Resource, int]
    n_families: int = 0
    per_run: Mapping[Resource, Uncertain] = field(default_factory=dict)

    @property
    def n_finished(self) -> int:
        """Number of repeats that ended well."""
        return sum(run.status is Status.OK for run in self.runs)

    @property
    def n_lost(self) -> int:
        """Number of attempts that ended badly and that nobody went on from."""
        return len(experiments(self.runs)) - self.n_finished

    @property
    def is_searched(self) -> bool:
        """Whether its runs are trials, each of which counts in full."""
        return any(map(is_trial, self.runs))


def is_trial(run: Run) -> bool:
    """Whether a run searched for settings, so that it is no repeat of another.

    Examples:
        >>> is_trial(Run(run_id="a", stage=Stage.TUNE, status=Status.OK, started_at=""))
        True
    """
    return run.trial is not None or run.stage is Stage.TUNE


def combined(amounts: Sequence[Uncertain | None], resource: Resource) -> Uncertain | None:
    """Sum over rows, or the largest for peaks and parameter counts.

    Args:
        amounts: One per row; None where the row did not observe the resource.
        resource: Decides how they combine and whether a gap makes the total unknown.

    Examples:
        >>> combined([Uncertain.exact(2.0), Uncertain.exact(3.0)], Resource.CPU_S).value
        5.0
        >>> combined([Uncertain.exact(2.0), Uncertain.exact(3.0)], Resource.N_PARAMETERS).value
        3.0
        >>> combined([Uncertain.exact(2.0), None], Resource.CPU_S) is None
        True
        >>> combined([Uncertain.exact(2.0), None], Resource.N_UNLABELLED_EXAMPLES).value
        2.0
    """
    known = [amount for amount in amounts if amount is not None]
    if not known or (len(known) < len(amounts) and resource not in USED_WHERE_NEEDED):
        return None
    if resource.is_additive:
        return reduce(add, known)
    return max(known, key=lambda amount: amount.value)


def row_cost(
    runs: Sequence[Run], *, family_of: Mapping[str, int] = MappingProxyType({})
) -> RowCost:
    """Cost of one row for one model: mean over finished repeats, plus everything unfinished.

    Tuning trials are not repeats of each other: each counts in full.

    Args:
        runs: Every attempt at the row, at least one.
        family_of: Family by run id; repeats of one family count as their mean, because they are
            not independent. A run that is absent is its own.

    Examples:
        >>> from breakeven.records import Cost, Kind
        >>> def run(i: int, status: Status, flops: float) -> Run:
        ...     cost = Cost.exact(Resource.FLOPS, flops, kind=Kind.COUNTED, sensor="kaplan-2020")
        ...     return Run(run_id=str(i), row="ft", stage=Stage.FINETUNE, status=status,
        ...                started_at="", counts=(cost,))
        >>> attempts = [run(0, Status.OK, 4e9), run(1, Status.OK, 6e9), run(2, Status.FAILED, 1e9)]
        >>> row_cost(attempts).amounts[Resource.FLOPS].value
        6000000000.0
    """
    amounts: dict[Resource, Uncertain] = {}
    per_run: dict[Resource, Uncertain] = {}
    unseen: dict[Resource, int] = {}
    for resource in Resource:
        finished, unfinished, n_unseen = _attempts(runs, resource, family_of)
        is_unknown = not finished and any(run.status is Status.OK for run in runs)
        if is_unknown or not (finished or unfinished):
            continue
        amounts[resource] = _total(finished, unfinished, resource, are_trials=is_trial(runs[0]))
        if finished:
            per_run[resource] = mean_of(finished)
        if n_unseen and resource not in USED_WHERE_NEEDED:
            unseen[resource] = n_unseen
    return RowCost(
        row=runs[0].result_of,
        stage=runs[0].stage,
        runs=tuple(runs),
        amounts=amounts,
        unseen=unseen,
        n_families=len(set(family_of.values())),
        per_run=per_run,
    )


_DATA = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})
"""Trials learn from the same examples, which are not used up."""


def _total(
    finished: Sequence[Observation],
    unfinished: Sequence[Observation],
    resource: Resource,
    *,
    are_trials: bool,
) -> Uncertain:
    """Mean over repeats, or sum over trials, and everything that did not finish on top."""
    if are_trials and resource in _DATA:
        return mean_of([max((*finished, *unfinished), key=lambda seen: seen.value)])
    repeats = [[seen] for seen in finished] if are_trials else [finished] if finished else []
    parts = [mean_of(seen) for seen in repeats]
    parts += [mean_of([seen]) for seen in unfinished]
    total = combined(parts, resource)
    assert total is not None
    return total


def _results(runs: Sequence[Run], resource: Resource) -> list[tuple[Run, Observation | None]]:
    """What each result cost; a run that another went on from is part of that one's."""
    found: list[tuple[Run, Observation | None]] = []
    for parts in experiments(runs):
        seen = [select.observe(run, resource) for run in parts]
        known = [part for part in seen if part is not None]
        is_whole = known and (len(known) == len(parts) or resource in USED_WHERE_NEEDED)
        found.append((parts[-1], together(known, resource) if is_whole else None))
    return found


def _attempts(
    runs: Sequence[Run], resource: Resource, family_of: Mapping[str, int]
) -> tuple[list[Observation], list[Observation], int]:
    seen = _results(runs, resource)
    finished: dict[object, list[Observation]] = defaultdict(list)
    for run, amount in seen:
        if run.status is Status.OK and amount is not None:
            key = run.run_id if is_trial(run) else family_of.get(run.run_id, run.run_id)
            finished[key].append(amount)
    unfinished = [o for run, o in seen if run.status is not Status.OK and o is not None]
    means = [select.averaged(amounts) for amounts in finished.values()]
    return means, unfinished, sum(o is None for _, o in seen)
