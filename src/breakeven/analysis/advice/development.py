"""Development: runs that came to nothing, and models that more than one task could begin from."""

from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.advice.amounts import amount_range, percent, summed
from breakeven.analysis.advice.result import Advice, Basis, Ground, Topic
from breakeven.analysis.results import PathwayResult, StageCost
from breakeven.analysis.runs.continued import continued_by
from breakeven.analysis.runs.rollup import n_repeats
from breakeven.analysis.runs.select import observe
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, listed, resource_words, stage_words
from breakeven.records import Estimate, Kind, Origin, Run, Stage, Status

LEAST_FRAC = 0.02
N_TASKS = 2
_LOST = frozenset({Status.FAILED, Status.INTERRUPTED})
_TRAINED = frozenset({Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL})


def development_advice(ground: Ground) -> Iterator[Advice]:
    """Runs that failed or were killed, and trained models that could serve a second time.

    Args:
        ground: What advice is reckoned from.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> analysis, found = analyse(*example_runs()), study_runs(*example_runs())
        >>> [each.subject for each in development_advice(Ground(analysis=analysis, found=found))]
        ['pretrain and ta', 'pretrain']
    """
    yield from _lost(ground)
    yield from _shared(ground)


def _lost(ground: Ground) -> Iterator[Advice]:
    runs = ground.runs_of_development()
    carried = continued_by(runs)
    lost = [run for run in runs if run.status in _LOST and run.run_id not in carried]
    whole = sum(_amount(ground, run) for run in runs)
    seen = [o for run in lost if (o := observe(run, ground.resource)) is not None]
    if not seen or not whole:
        return
    spent = summed(seen, ground.resource, what=f"{counted(len(seen), 'run')} without a result")
    share = (spent.value or 0.0) / whole
    if share < LEAST_FRAC:
        return
    users = once(name for run in lost for name in ground.users_of(run.result_of))
    whole_of = [u for u in users if all(u in ground.users_of(run.result_of) for run in lost)]
    yield Advice(
        topic=Topic.LOST_RUNS,
        subject=listed(once(run.result_of for run in lost)),
        pathways=once((*whole_of, *users)),
        action="Find out why runs end without a result, and let trainings save checkpoints.",
        evidence=(
            f"{counted(len(lost), 'run')} of {len(runs)} ended without a result after "
            f"{amount_range(spent, ground.resource)}, {percent(share)} of the "
            f"{resource_words(ground.resource)} of all development."
        ),
        figure=spent,
        basis=Basis.AMOUNT,
        saves=_at_most(spent),
        share=ground.share_of(whole_of[0], spent) if whole_of else None,
        caution="Some were perhaps stopped on purpose.",
        is_of_study=not whole_of,
        table="stages",
    )


def _at_most(spent: Estimate) -> Estimate:
    """A checkpoint keeps some of what a lost run took, at most all of it."""
    method = f"{spent.method}; an upper bound"
    return replace(spent, low=0.0, high=spent.value, level=None, method=method)


def _amount(ground: Ground, run: Run) -> float:
    seen = observe(run, ground.resource)
    return 0.0 if seen is None else seen.value * n_repeats(run)


def _shared(ground: Ground) -> Iterator[Advice]:
    """The dearest trained ancestor of each pathway that no second task is assumed to share yet.

    Each row is told once.
    """
    told: set[str] = set()
    for pathway in ground.pathways:
        found = _dearest(ground, pathway)
        if found is not None and found.row not in told:
            told.add(found.row)
            yield _shareable(ground, pathway, found)


def _dearest(ground: Ground, pathway: PathwayResult) -> StageCost | None:
    ancestors = [
        s for s in pathway.stages[:-1] if s.stage in _TRAINED and s.row not in ground.shared
    ]
    known = [s for s in ancestors if (e := s.totals.get(ground.resource)) is not None and e.value]
    return max(known, key=lambda s: s.totals[ground.resource].value or 0.0, default=None)


def _shareable(ground: Ground, pathway: PathwayResult, stage: StageCost) -> Advice:
    spent = stage.totals[ground.resource]
    users = ground.users_of(stage.row)
    made = pathway.development.get(ground.resource)
    part = "" if made is None or not made.value else _part(pathway, spent, made)
    saves = _halved(spent)
    return Advice(
        topic=Topic.SHARING,
        subject=stage.row,
        pathways=(pathway.name, *(user for user in users if user != pathway.name)),
        action=f"Let a second task, language or student begin from {stage.row}.",
        evidence=(
            f"Its {stage_words(stage.stage)} takes {amount_range(spent, ground.resource)}{part}; "
            f"with {N_TASKS} tasks each pays half."
        ),
        figure=spent,
        basis=Basis.AMOUNT,
        saves=saves,
        share=ground.share_of(pathway.name, saves),
        caution="The second task is assumed; `breakeven report --share` tries other numbers.",
        table="stages",
    )


def _part(pathway: PathwayResult, spent: Estimate, made: Estimate) -> str:
    return (
        f", {percent((spent.value or 0.0) / (made.value or 1.0))} of {pathway.name}'s development"
    )


def _halved(spent: Estimate) -> Estimate:
    def part(end: float | None) -> float | None:
        return None if end is None else end * (1 - 1 / N_TASKS)

    return Estimate(
        name=f"{spent.name} paid by another task",
        value=part(spent.value),
        low=part(spent.low),
        high=part(spent.high),
        level=spent.level,
        method=f"cost of the row x (1 - 1 / {N_TASKS}); {spent.method}",
        n=spent.n,
        kinds=once((*spent.kinds, Kind.ASSUMED)),
        origins=once((*spent.origins, Origin.STATED)),
        run_ids=spent.run_ids,
    )
