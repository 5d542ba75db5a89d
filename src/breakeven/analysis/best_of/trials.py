"""Trials: the draws that a curve of the best score is computed from, each with fate and cost.

Every run of a trial counts: one that was interrupted and made again is one trial, and both runs
are in its cost. A trial that was pruned, failed or never ended has no score and stays a trial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.analysis.best_of.bands import Scale
from breakeven.analysis.curves.points import group_of
from breakeven.analysis.runs.select import observe
from breakeven.analysis.runs.sources import Line
from breakeven.analysis.scoring.metric_scale import metric_scale
from breakeven.analysis.uncertain import Observation, once
from breakeven.records import Kind, Origin, Resource, Run, Score, Status
from breakeven.records.trial import score_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One trial.

    Attributes:
        score: On the validation split; None where the trial did not end well.
        fate: How it ended.
        costs: What all of its runs took, by resource.
    """

    score: float | None
    fate: Status
    costs: Mapping[Resource, Observation]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSet:
    """Trials of one search.

    Attributes:
        group: Name.
        metric: Score that they were compared by.
        higher_is_better: Its direction.
        scale: Where its values can lie.
        trials: In order.
        kinds: How the scores came about.
        origins: Where they were obtained.
    """

    group: str
    metric: str
    higher_is_better: bool
    scale: Scale
    trials: tuple[Drawn, ...]
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...] = (Origin.LIVE,)

    @property
    def scores(self) -> tuple[float, ...]:
        """Scores of the trials that have one."""
        return tuple(trial.score for trial in self.trials if trial.score is not None)

    def count(self, fate: Status) -> int:
        """Number of trials that ended like that."""
        return sum(trial.fate is fate for trial in self.trials)


def range_of(metric: str, scores: Sequence[float]) -> Scale:
    """Where the values of a metric lie, as far as its name and the scores tell.

    Args:
        metric: As in a score.
        scores: Those that were seen.

    Examples:
        >>> range_of("accuracy", [0.8, 0.9]).high, range_of("accuracy", [80.0, 90.0]).high
        (1.0, 100.0)
        >>> range_of("bleu", [30.0]).high
        inf
    """
    if not scores:
        return Scale()
    found = metric_scale(metric, max(scores))
    if min(scores) < found.low:
        return Scale()
    return Scale(low=found.low, high=found.high)


def trial_sets(found: Sequence[Line], *, by: Sequence[str] = ()) -> tuple[TrialSet, ...]:
    """Trials of the searches in some stores, one set for each tuned row and metric.

    Args:
        found: Lines of one or several stores.
        by: Columns of the tidy table that make a group in place of study and row.

    Examples:
        >>> trial_sets([])
        ()
    """
    runs = {line.run.run_id: line for line in found if line.run.trial is not None}
    names = _names(tuple(runs.values()))
    groups: dict[tuple[str, str], dict[tuple[str, str, str, int], list[Run]]] = {}
    for line in runs.values():
        run, trial = line.run, line.run.trial
        assert trial is not None
        own = (
            " / ".join(group_of(line, by)) if by else names[line.source.name, run.study, trial.row]
        )
        attempts = groups.setdefault((own, trial.metric), {})
        key = (line.source.name, run.study, trial.row, trial.number)
        attempts.setdefault(key, []).append(run)
    is_mixed = len({metric for _, metric in groups}) > 1
    return tuple(
        _trial_set(f"{own} ({metric})" if is_mixed else own, metric, list(attempts.values()))
        for (own, metric), attempts in groups.items()
    )


def _names(found: Sequence[Line]) -> Mapping[tuple[str, str, str], str]:
    """Shortest names of tuned rows that differ: the row; else its study; else its store too."""
    keys = once(
        (line.source.name, line.run.study, line.run.trial.row) for line in found if line.run.trial
    )
    for n_parts in (1, 2, 3):
        names = {key: " / ".join(part for part in key[-n_parts:] if part) for key in keys}
        if len(set(names.values())) == len(names):
            return names
    return names


def _trial_set(group: str, metric: str, attempts: Sequence[Sequence[Run]]) -> TrialSet:
    finals = [_final(runs, metric) for runs in attempts]
    scores = [score for score in finals if score is not None]
    return TrialSet(
        group=group,
        metric=metric,
        higher_is_better=all(score.higher_is_better for score in scores),
        scale=range_of(metric, [score.value for score in scores]),
        trials=tuple(
            Drawn(
                score=None if score is None else score.value,
                fate=Status.OK if score is not None else _fate(runs),
                costs=_costs(runs),
            )
            for runs, score in zip(attempts, finals, strict=True)
        ),
        kinds=once(score.kind for score in scores),
        origins=once(score.origin for score in scores),
    )


def _final(runs: Sequence[Run], metric: str) -> Score | None:
    """Score of the run that ended well; the last of several."""
    ended = [score_of(run.scores, metric) for run in runs if run.status is Status.OK]
    known = [score for score in ended if score is not None]
    return known[-1] if known else None


def _fate(runs: Sequence[Run]) -> Status:
    """How a trial without a score ended; one that ended well and was not scored has failed."""
    last = runs[-1].status
    return Status.FAILED if last is Status.OK else last


def _costs(runs: Sequence[Run]) -> dict[Resource, Observation]:
    costs: dict[Resource, Observation] = {}
    for resource in Resource:
        seen = [observe(run, resource) for run in runs] if resource.is_additive else []
        known = [amount for amount in seen if amount is not None]
        if known and len(known) == len(runs):
            costs[resource] = _sum(known)
    return costs


def _sum(seen: Sequence[Observation]) -> Observation:
    return Observation(
        value=sum(o.value for o in seen),
        low=sum(o.low for o in seen),
        high=sum(o.high for o in seen),
        kinds=once(kind for o in seen for kind in o.kinds),
        origins=once(origin for o in seen for origin in o.origins),
        run_ids=once(run_id for o in seen for run_id in o.run_ids),
    )
