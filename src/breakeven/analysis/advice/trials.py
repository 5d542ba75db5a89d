"""Trials: what pruning saved in a search, or would have saved by the median rule."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from breakeven.analysis.advice.amounts import amount_range, percent, summed
from breakeven.analysis.advice.result import Advice, Basis, Ground, Topic
from breakeven.analysis.runs.select import observe
from breakeven.analysis.tuning.search_results import SearchResult, trials_of
from breakeven.analysis.uncertain import Observation
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Estimate, Kind, PhaseName, Run, Status
from breakeven.records.trial import score_of

N_BEFORE = 5
"""Trials that end before the median rule stops any; optuna's MedianPruner begins there too."""
_OTHER_RULE = "Hyperband goes by another rule and spares more or less."


def search_advice(ground: Ground) -> Iterator[Advice]:
    """What pruning saved where trials were pruned, else what it would have saved.

    Args:
        ground: What advice is reckoned from.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> analysis, found = analyse(*example_runs()), study_runs(*example_runs())
        >>> [each.subject for each in search_advice(Ground(analysis=analysis, found=found))]
        []
    """
    for search in ground.analysis.searches:
        if search.count(Status.PRUNED):
            yield from _pruned(ground, search)
        else:
            yield from _unpruned(ground, search)


def _pruned(ground: Ground, search: SearchResult) -> Iterator[Advice]:
    saved, share = search.saved.get(ground.resource), search.share_saved(ground.resource)
    if saved is None or not share:
        return
    yield Advice(
        topic=Topic.SEARCH,
        subject=search.row,
        pathways=ground.users_of(search.row),
        action=f"Keep pruning the trials of {search.row}.",
        evidence=(
            f"It spared {amount_range(saved, ground.resource)}, {percent(share)} of what its "
            f"{counted(len({t.number for t in search.trials}), 'trial')} would have taken "
            "(modelled)."
        ),
        figure=saved,
        basis=Basis.AMOUNT,
        saves=None,
        share=None,
        caution="Saved already; nothing is left to gain by this.",
        table="pruning",
    )


def _unpruned(ground: Ground, search: SearchResult) -> Iterator[Advice]:
    runs = trials_of(ground.found.runs, search.row)
    stopped = stopped_by_median(runs, metric=search.metric)
    left = [o for run, step in stopped if (o := _left(ground, run, step)) is not None]
    spent = search.spent.get(ground.resource)
    if not left or spent is None or not spent.value:
        return
    saves = _modelled(summed(left, ground.resource, what="work after the median rule stops it"))
    users = ground.users_of(search.row)
    best = next((t for t in search.trials if t.is_best), None)
    is_lost = best is not None and best.run_id in {run.run_id for run, _ in stopped}
    yield Advice(
        topic=Topic.SEARCH,
        subject=search.row,
        pathways=users,
        action=f"Prune the trials of {search.row} (`pruner: hyperband` in its search).",
        evidence=(
            f"Replayed on their judgements, the median rule stops {len(stopped)} of "
            f"{counted(len({t.number for t in search.trials}), 'trial')} early and spares "
            f"{amount_range(saves, ground.resource)} of {resource_words(ground.resource)}, "
            f"{percent((saves.value or 0.0) / spent.value)} of what the search took."
        ),
        figure=saves,
        basis=Basis.AMOUNT,
        saves=saves,
        share=ground.share_of(users[0], saves) if users else None,
        caution=(
            f"It would have stopped trial {best.number}, which became the best. {_OTHER_RULE}"
            if best is not None and is_lost
            else f"The trial that became the best would have ended all the same. {_OTHER_RULE}"
        ),
        table="trials",
    )


def stopped_by_median(runs: Sequence[Run], *, metric: str) -> list[tuple[Run, float]]:
    """Trials that the median rule stops, each with the step at which it does.

    A trial ends at the first step at which its best score so far is below the median of what
    earlier trials that came to their end scored at that step; the first few are never stopped
    (Golovin et al. 2017, "Google Vizier", section 3.2.2, on scores at the step instead of running
    averages).

    Args:
        runs: Trials of one row in the order they were drawn.
        metric: By which they are compared.

    Examples:
        >>> stopped_by_median([], metric="accuracy")
        []
    """
    before: list[dict[float, float]] = []
    stopped = []
    for run in runs:
        seen = {
            judged.step: score.product
            for judged in run.judged
            if (score := score_of(judged.scores, metric)) is not None
        }
        step = _first_below(seen, before) if len(before) >= N_BEFORE else None
        if run.status is not Status.OK:
            continue
        if step is None:
            before.append(seen)
        else:
            stopped.append((run, step))
    return stopped


def _first_below(seen: dict[float, float], before: Sequence[dict[float, float]]) -> float | None:
    best = None
    steps = sorted(seen)
    for step in steps[:-1]:
        best = seen[step] if best is None else max(best, seen[step])
        others = [scores[step] for scores in before if step in scores]
        if len(others) >= N_BEFORE and best < median(others):
            return step
    return None


def _left(ground: Ground, run: Run, step: float) -> Observation | None:
    """What a trial took after a step: its work in proportion to the steps."""
    work, last = observe(run, ground.resource, phases={PhaseName.WORK}), run.judged[-1].step
    return None if work is None or last <= step else work.scaled((last - step) / last)


def _modelled(estimate: Estimate) -> Estimate:
    kinds = tuple(dict.fromkeys((Kind.MODELLED, *estimate.kinds)))
    return replace(estimate, kinds=kinds)
