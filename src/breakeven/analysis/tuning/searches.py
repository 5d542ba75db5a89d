"""Searches: what the trials of each tuned row cost, what pruning saved, and what they show."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median, stdev

import numpy as np
from scipy import stats

from breakeven.analysis.runs.select import StudyRuns, observe
from breakeven.analysis.tuning.search_results import (
    ScoreSpread,
    SearchResult,
    Sensitivity,
    TrialResult,
    trials_of,
)
from breakeven.analysis.uncertain import Observation, Uncertain, as_estimate, once, total_of
from breakeven.analysis.words import counted
from breakeven.records import (
    Estimate,
    Kind,
    Note,
    NoteCode,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Score,
    Status,
    best_trial,
)
from breakeven.records.trial import score_of

MIN_PER_SETTING = 10
"""Trials for each searched setting below which its share of the scatter is mostly chance."""

_LEAST = 4
"""Trials without which no correlation is worth a number."""

_DATA = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})


def searches(found: StudyRuns) -> tuple[SearchResult, ...]:
    """Gather what the tuning of each row came to.

    Args:
        found: The study's runs.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import StudyDefinition
        >>> searches(study_runs(StudyDefinition(name="s", pathways=()), []))
        ()
    """
    rows = once(run.trial.row for run in found.runs if run.trial is not None)
    return tuple(_search(trials_of(found.runs, row), found.resources) for row in rows)


def search_notes(results: Sequence[SearchResult]) -> tuple[Note, ...]:
    """Say how many trials there were, whatever became of them, and when they are few.

    Args:
        results: One per tuned row.

    Examples:
        >>> search_notes([])
        ()
    """
    return tuple(note for result in results for note in (_ledger(result), *_few(result)))


def _search(runs: Sequence[Run], resources: Sequence[Resource]) -> SearchResult:
    first = runs[0].trial
    assert first is not None
    best, metric = best_trial(runs), first.metric
    finals = {run.run_id: s for run in runs if (s := _final(run)) is not None}
    compared, scores = _compared(runs, finals, metric)
    summed = [r for r in resources if r.is_additive and r not in _DATA]
    return SearchResult(
        row=first.row,
        metric=metric,
        higher_is_better=any(score.higher_is_better for score in finals.values()),
        trials=tuple(_trial(run, finals, resources, is_best=run is best) for run in runs),
        spread=_spread(list(finals.values())),
        sensitivities=_sensitivities([r for r in runs if r.run_id in scores], scores),
        compared=compared,
        spent={r: e for r in summed if (e := _spent(runs, r)) is not None},
        saved={r: e for r in summed if (e := _saved(runs, r)) is not None},
    )


def _final(run: Run) -> Score | None:
    assert run.trial is not None
    return score_of(run.scores, run.trial.metric) if run.status is Status.OK else None


def _trial(
    run: Run, finals: Mapping[str, Score], resources: Sequence[Resource], *, is_best: bool
) -> TrialResult:
    assert run.trial is not None
    seen = {resource: observe(run, resource) for resource in resources}
    score, last = finals.get(run.run_id), run.judged[-1] if run.judged else None
    return TrialResult(
        number=run.trial.number,
        status=run.status,
        drawn=run.trial.drawn,
        score=None if score is None else score.value,
        last_step=None if last is None else (last.step, last.n_steps),
        costs={
            resource: as_estimate(total_of([amount]), resource.value, what="one run")
            for resource, amount in seen.items()
            if amount is not None
        },
        run_id=run.run_id,
        is_best=is_best,
    )


def _spread(finals: Sequence[Score]) -> ScoreSpread | None:
    if not finals:
        return None
    values = [score.value for score in sorted(finals, key=lambda s: s.product)]
    return ScoreSpread(
        n=len(values),
        best=values[-1],
        median=median(values),
        worst=values[0],
        sd=stdev(values) if len(values) > 1 else None,
    )


def _compared(
    runs: Sequence[Run], finals: Mapping[str, Score], metric: str
) -> tuple[str, dict[str, float]]:
    """Scores of as many trials as can be compared at one point, larger is better.

    Where some were pruned the others are the better ones, so that their ends alone would show too
    little; all are then compared after their first judgement.
    """
    early = {run.run_id: score_of(run.judged[0].scores, metric) for run in runs if run.judged}
    known = {run_id: score.product for run_id, score in early.items() if score is not None}
    if any(run.status is Status.PRUNED for run in runs) and len(known) > len(finals):
        return "scores after the first pass, pruned trials included", known
    return "scores of finished trials", {i: score.product for i, score in finals.items()}


def _sensitivities(runs: Sequence[Run], scores: Mapping[str, float]) -> tuple[Sensitivity, ...]:
    ranked = [scores[run.run_id] for run in runs]
    if len(runs) < _LEAST or len(set(ranked)) < 2:
        return ()
    names = once(name for run in runs if run.trial for name in run.trial.drawn)
    found = [
        _sensitivity(name, [run.trial.drawn[name] for run in runs if run.trial], ranked)
        for name in names
        if len({run.trial.drawn[name] for run in runs if run.trial}) > 1
    ]
    return tuple(sorted(found, key=lambda each: -each.share))


def _sensitivity(name: str, values: Sequence[Scalar], scores: Sequence[float]) -> Sensitivity:
    """Rank variance explained: Spearman's rho squared, or H / (n - 1) of Kruskal and Wallis.

    The two agree where a choice has two values, up to ties.
    """
    n = len(scores)
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == n:
        rho, p = stats.spearmanr(numbers, scores)
        return Sensitivity(setting=name, share=float(rho) ** 2, rho=float(rho), p=float(p), n=n)
    choices = once(values)
    groups = [np.array([s for v, s in zip(values, scores, strict=True) if v == c]) for c in choices]
    h, p = stats.kruskal(*groups)
    return Sensitivity(setting=name, share=float(h) / (n - 1), rho=None, p=float(p), n=n)


def _spent(runs: Sequence[Run], resource: Resource) -> Estimate | None:
    seen = [amount for run in runs if (amount := observe(run, resource)) is not None]
    if not seen:
        return None
    return as_estimate(total_of(seen), resource.value, what=f"sum over {counted(len(seen), 'run')}")


def _saved(runs: Sequence[Run], resource: Resource) -> Estimate | None:
    """What pruned trials would have taken: cost of their work per step times the steps left."""
    parts = [part for run in runs if (part := _left(run, resource)) is not None]
    if not parts:
        return None
    may_stop = any(
        run.status is Status.OK and run.judged and run.judged[-1].step < run.judged[-1].n_steps
        for run in runs
    )
    most = "; at most, as trials may stop early by themselves" if may_stop else ""
    amount = total_of(parts)
    modelled = Uncertain(
        value=amount.value,
        low=amount.low,
        high=amount.high,
        variance=amount.variance,
        n=len(parts),
        kinds=(Kind.MODELLED,),
        origins=amount.origins,
        run_ids=amount.run_ids,
    )
    what = (
        f"work per step up to the end of {counted(len(parts), 'pruned trial')} x steps left{most}"
    )
    return as_estimate(modelled, resource.value, what=what)


def _left(run: Run, resource: Resource) -> Observation | None:
    if run.status is not Status.PRUNED or not run.judged:
        return None
    work, last = observe(run, resource, phases={PhaseName.WORK}), run.judged[-1]
    return None if work is None else work.scaled((last.n_steps - last.step) / last.step)


def _ledger(result: SearchResult) -> Note:
    ended = [f"{n} {status.value}" for status in Status if (n := result.count(status))]
    n_trials = len({trial.number for trial in result.trials})
    again = len(result.trials) - n_trials
    repeated = f" in {counted(len(result.trials), 'run')}" if again else ""
    spread = result.spread
    scores = (
        f" Their {result.metric} on validation: best {spread.best:.4g}, median "
        f"{spread.median:.4g}, worst {spread.worst:.4g}."
        if spread is not None and spread.n > 1
        else ""
    )
    return Note(
        code=NoteCode.TRIALS_COUNTED,
        message=f"{result.row} was tuned: {counted(n_trials, 'trial')}{repeated} "
        f"({', '.join(ended)}), each of them in its development cost.{scores}",
        advice="Report all of them with the best one's score: the others were needed to find it.",
    )


def _few(result: SearchResult) -> tuple[Note, ...]:
    n_settings = len(result.sensitivities)
    n = result.sensitivities[0].n if n_settings else 0
    if not n_settings or n >= MIN_PER_SETTING * n_settings:
        return ()
    return (
        Note(
            code=NoteCode.FEW_TRIALS,
            message=f"{result.row}: sensitivity to {counted(n_settings, 'setting')} rests on "
            f"{counted(n, 'trial')}; shares come out far too large or too small by chance.",
            advice=f"Make {MIN_PER_SETTING} trials for each setting that is searched, with "
            "sampler: random, before drawing conclusions from it.",
        ),
    )


def mean_cost(result: SearchResult, resource: Resource) -> float | None:
    """Mean cost of a finished trial; None where none was seen.

    Args:
        result: Of one row.
        resource: Which cost.
    """
    seen = [
        estimate.value
        for trial in result.trials
        if trial.status is Status.OK and (estimate := trial.costs.get(resource)) is not None
        if estimate.value is not None
    ]
    return fmean(seen) if seen else None
