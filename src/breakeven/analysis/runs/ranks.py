"""Ranks: the processes of one stage, put together into the one run that they were.

What adds up is summed over ranks and nodes, every device once; the duration is that of the rank
that took longest; volumes are summed; scores are those of rank 0. Model and data sizes, which
every rank may state, count once: the largest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from breakeven.analysis.runs.ranks_measured import together
from breakeven.analysis.runs.ranks_seen import Seen
from breakeven.analysis.uncertain import once
from breakeven.records import (
    Cost,
    Kind,
    NamedWindow,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Rank,
    Resource,
    Run,
    Score,
    Status,
    Volume,
)

STATED_ONCE = frozenset(
    {Resource.N_PARAMETERS, Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES}
)
"""What a count says of the model and the data as a whole, not of a rank's share."""

MAY_LAG = timedelta(minutes=10)
"""How much later than the last end of the others a rank may begin and still be of the same time;
clocks of nodes differ, and imports take long on a slow file system."""

_WORST = (Status.FAILED, Status.INTERRUPTED, Status.PRUNED, Status.OK)


def rolled_up(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Put the ranks of each stage together; runs of one process pass as they are.

    The whole has the id of its lowest rank, and children of any rank become children of it.

    Returns:
        By (started_at, run_id), as a store gives them.

    Examples:
        >>> from breakeven.records import Stage
        >>> def rank(n: int) -> Run:
        ...     return Run(run_id=f"r{n}", row="ft", stage=Stage.FINETUNE, status=Status.OK,
        ...                started_at="2024-05-01T12:00:00Z", output=Volume(n_examples=10),
        ...                rank=Rank(group="g", rank=n, n_ranks=2, local_rank=n, node="a"))
        >>> (whole,) = rolled_up([rank(1), rank(0)])
        >>> whole.run_id, whole.output.n_examples
        ('r0', 20)
    """
    found = list(runs)
    ranks = [run for run in found if run.rank is not None]
    if not ranks:
        return tuple(found)
    wholes = {stage[0].run_id: stage for stage in _stages(ranks)}
    alias = {run.run_id: whole for whole, stage in wholes.items() for run in stage}
    present = _present(ranks)
    alone = [run for run in found if run.rank is None]
    everything = [*alone, *(_whole(stage, present) for stage in wholes.values())]
    renamed = [
        replace(run, parents=once(alias.get(parent, parent) for parent in run.parents))
        for run in everything
    ]
    return tuple(sorted(renamed, key=lambda run: (run.started_at, run.run_id)))


def _stages(ranks: Sequence[Run]) -> list[list[Run]]:
    """Runs that were one stage, lowest rank first: of one launch and row, at one time."""
    by_key: defaultdict[tuple[str, ...], list[Run]] = defaultdict(list)
    for run in sorted(ranks, key=lambda run: (run.started_at, run.run_id)):
        by_key[_place(run).group, run.study, run.row, run.stage, run.joined].append(run)
    stages = [stage for same in by_key.values() for stage in _at_one_time(same)]
    return [sorted(stage, key=lambda run: _place(run).rank) for stage in stages]


def _at_one_time(runs: Sequence[Run]) -> list[list[Run]]:
    """Tell one launch from the next under the same name, and one call from the next."""
    stages: list[list[Run]] = []
    for run in runs:
        last = stages[-1] if stages else []
        is_new = _place(run).rank not in {_place(other).rank for other in last}
        if last and is_new and _begin(run) <= max(map(_end, last)) + MAY_LAG:
            last.append(run)
        else:
            stages.append([run])
    return stages


def _whole(stage: Sequence[Run], present: Mapping[str, frozenset[int]]) -> Run:
    first, place = stage[0], _place(stage[0])
    missing = sorted(set(range(place.n_ranks)) - present[place.group])
    status = min((run.status for run in stage), key=_WORST.index)
    error = next((run.error for run in stage if run.status is status and run.error), None)
    if missing and status is Status.OK:
        status, error = Status.INTERRUPTED, _missing_note(place, missing).message
    notes = once(n for run in stage for n in run.notes if n.code is not NoteCode.COUNTED_BY_RANK)
    more = [_missing_note(place, missing)] if missing else []
    if len(stage) > 1:
        more.append(_summed_note(stage))
    return replace(
        first,
        status=status,
        error=error,
        started_at=min(run.started_at for run in stage),
        phases=_phases(stage),
        counts=_counts(stage),
        output=_volume(run.output for run in stage),
        scores=_scores(stage),
        parents=once(parent for run in stage for parent in run.parents),
        artifacts={name: h for run in reversed(stage) for name, h in run.artifacts.items()},
        notes=(*notes, *more),
        windows=_windows(stage),
        rank=None,
    )


def _phases(stage: Sequence[Run]) -> tuple[Phase, ...]:
    """Phases of one name are matched in the order they ran."""
    matched: dict[tuple[PhaseName, int], list[Seen]] = {}
    for run in stage:
        counted: defaultdict[PhaseName, int] = defaultdict(int)
        for phase in run.phases:
            key = phase.name, counted[phase.name]
            counted[phase.name] += 1
            matched.setdefault(key, []).append(Seen(_place(run), phase.measurement))
    return tuple(Phase(name=name, measurement=together(s)) for (name, _), s in matched.items())


def _windows(stage: Sequence[Run]) -> tuple[NamedWindow, ...]:
    """Named windows by name; opened as often as by the rank that opened most."""
    same: dict[str, list[tuple[Run, NamedWindow]]] = {}
    for run in stage:
        for window in run.windows:
            same.setdefault(window.name, []).append((run, window))
    return tuple(
        NamedWindow(
            name=name,
            n_times=max(window.n_times for _, window in found),
            measurement=together([Seen(_place(run), w.measurement) for run, w in found]),
        )
        for name, found in same.items()
    )


def _counts(stage: Sequence[Run]) -> tuple[Cost, ...]:
    same: defaultdict[tuple[Resource, Kind, str, str], list[Cost]] = defaultdict(list)
    for run in stage:
        for cost in run.counts:
            same[cost.resource, cost.kind, cost.channel, cost.sensor].append(cost)
    return tuple(
        max(costs, key=lambda c: c.value) if resource in STATED_ONCE else reduce(add, costs)
        for (resource, *_), costs in same.items()
    )


def _volume(volumes: Iterable[Volume]) -> Volume:
    return reduce(add, volumes, Volume())


def _scores(stage: Sequence[Run]) -> tuple[Score, ...]:
    """Those of the lowest rank that has any."""
    return next((run.scores for run in stage if run.scores), ())


def _present(ranks: Iterable[Run]) -> Mapping[str, frozenset[int]]:
    """Ranks of each launch that have any record: a step that only rank 0 takes is no gap."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for run in ranks:
        found[_place(run).group].add(_place(run).rank)
    return {group: frozenset(numbers) for group, numbers in found.items()}


def _missing_note(place: Rank, missing: Sequence[int]) -> Note:
    which = ", ".join(map(str, missing[:8])) + (" ..." if len(missing) > 8 else "")
    return Note(
        code=NoteCode.RANKS_MISSING,
        message=f"rank {which} of {place.n_ranks} has no record here, so its cost is unknown.",
        advice="Merge the stores of the other nodes (breakeven store merge), recover killed ranks "
        "(breakeven store recover), or open the measurement on every rank.",
    )


def _summed_note(stage: Sequence[Run]) -> Note:
    n_nodes = len({_place(run).node for run in stage})
    nodes = "1 node" if n_nodes == 1 else f"{n_nodes} nodes"
    ids = ", ".join(run.run_id for run in stage)
    return Note(
        code=NoteCode.RANKS_SUMMED,
        message=f"{len(stage)} ranks on {nodes} were put together: {ids}.",
        advice="Nothing to do; `breakeven store show --ranks` lists them one by one.",
    )


def _place(run: Run) -> Rank:
    if run.rank is None:
        raise ValueError(f"{run.run_id} is no rank; pass it on as it is")
    return run.rank


def _begin(run: Run) -> datetime:
    return datetime.fromisoformat(run.started_at)


def _end(run: Run) -> datetime:
    """About when it ended; only to tell launches apart, never for a duration."""
    return _begin(run) + timedelta(seconds=sum(p.measurement.duration_s for p in run.phases))
