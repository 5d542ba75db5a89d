"""Curve: expected best score against a budget of trials, with its band and what it rests on.

The budget of n trials is n times the mean cost of a trial, failed and pruned ones included: what
n trials cost on average. Trials without a score stand at the worst score that was seen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.best_of.bands import Band, Scale, best_band, median_band, median_best
from breakeven.analysis.best_of.trials import TrialSet
from breakeven.analysis.best_of.weights import Estimator, expected_best
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource

MEDIAN = (
    "share of the scores up to each; band over all n at once by order statistics, highest density "
    "(Lourie et al. 2024)"
)
METHOD = (
    "unbiased estimator of Tang et al. 2020; band over all n at once by order statistics, "
    "highest density (Lourie et al. 2024)"
)


UNSCORED = (
    "a trial without a score (pruned, failed or interrupted) counts as a trial and with its cost, "
    "at the worst score that was seen; the far end of the band takes the worst that the metric "
    "can be."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BestPoint:
    """What n trials give.

    Attributes:
        n: Trials.
        budget: What they cost; None where trials are the budget.
        best: Expected best score with its band; an end is None where the metric has none.
        median: Median of the best score with its band, ends likewise.
        dodge: The expectation by Dodge et al. 2019, which is too low.
        is_grey: Whether it lies beyond half of the trials that were seen.
    """

    n: int
    budget: Estimate | None
    best: Estimate
    median: Estimate
    dodge: float
    is_grey: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BestCurve:
    """Expected best score of one search.

    Attributes:
        trials: What it rests on.
        resource: Of the budget; None for trials.
        per_trial: Mean cost of a trial; None for trials.
        points: Of 1, 2, ..., N trials.
        sentences: What was done with trials without a score, and what limits the curve.
    """

    trials: TrialSet
    resource: Resource | None
    per_trial: Uncertain | None
    points: tuple[BestPoint, ...]
    sentences: tuple[str, ...]

    @property
    def name(self) -> str:
        """Group."""
        return self.trials.group


def best_curve(
    found: TrialSet, *, resource: Resource | None = None, level: float = LEVEL
) -> BestCurve:
    """Expected best score of 1 to N trials of a search.

    Args:
        found: Its trials.
        resource: Of the budget; None counts trials.
        level: Of the whole band.

    Returns:
        Without points where no trial has a score, or none has the cost that is asked for.

    Examples:
        >>> from breakeven.analysis.best_of.trials import Drawn
        >>> from breakeven.records import Kind, Status
        >>> drawn = tuple(Drawn(score=s, fate=Status.OK, costs={}) for s in (0.7, 0.9, 0.8))
        >>> held = TrialSet(group="ft", metric="accuracy", higher_is_better=True,
        ...     scale=Scale(low=0.0, high=1.0), trials=drawn, kinds=(Kind.COUNTED,))
        >>> curve = best_curve(held)
        >>> [round(point.best.value, 4) for point in curve.points]
        [0.8, 0.8667, 0.9]
        >>> [point.is_grey for point in curve.points]
        [False, True, True]
    """
    per_trial = None if resource is None else _per_trial(found, resource)
    is_unpriced = resource is not None and per_trial is None
    points = () if is_unpriced or not found.scores else _points(found, resource, per_trial, level)
    return BestCurve(
        trials=found,
        resource=resource,
        per_trial=per_trial,
        points=points,
        sentences=tuple(_sentences(found, resource, is_unpriced=is_unpriced)),
    )


def _per_trial(found: TrialSet, resource: Resource) -> Uncertain | None:
    seen = [t.costs[resource] for t in found.trials if resource in t.costs]
    return mean_of(seen) if seen else None


def _points(
    found: TrialSet, resource: Resource | None, per_trial: Uncertain | None, level: float
) -> tuple[BestPoint, ...]:
    sign = 1.0 if found.higher_is_better else -1.0
    scores, n_seen = [sign * score for score in found.scores], len(found.trials)
    padded = [*scores, *[min(scores)] * (n_seen - len(scores))]
    tang, dodge = (expected_best(padded, estimator=e) for e in (Estimator.TANG, Estimator.DODGE))
    scale = found.scale
    if sign < 0:
        scale = Scale(low=-scale.high, high=-scale.low)
    n_unscored = n_seen - len(scores)
    band = best_band(scores, scale=scale, n_unscored=n_unscored, level=level)
    middle = median_band(scores, scale=scale, n_unscored=n_unscored, level=level)
    medians = median_best(padded)
    return tuple(
        BestPoint(
            n=n,
            budget=None
            if per_trial is None or resource is None
            else _budget(per_trial, n, resource),
            best=_estimate(found, sign * tang[n - 1], band, n, METHOD),
            median=_estimate(found, sign * medians[n - 1], middle, n, MEDIAN),
            dodge=sign * dodge[n - 1],
            is_grey=2 * n > n_seen,
        )
        for n in range(1, n_seen + 1)
    )


def _budget(per_trial: Uncertain, n: int, resource: Resource) -> Estimate:
    what = f"{counted(n, 'trial')} x mean of {counted(per_trial.n, 'trial')}"
    return as_estimate(per_trial.scaled(n), resource.value, what=what)


def _estimate(found: TrialSet, value: float, band: Band, n: int, method: str) -> Estimate:
    """A number of n trials with its ends of the band; None where the metric has no known end."""
    sign = 1.0 if found.higher_is_better else -1.0
    ends = [
        sign * end[n - 1] if end is not None and math.isfinite(end[n - 1]) else None
        for end in (band.lows, band.highs)
    ]
    low, high = ends if sign > 0 else reversed(ends)
    return Estimate(
        name=found.metric,
        value=value,
        low=low,
        high=high,
        level=band.level,
        method=method,
        n=len(found.trials),
        kinds=found.kinds,
        origins=found.origins,
    )


def _sentences(found: TrialSet, resource: Resource | None, *, is_unpriced: bool) -> Sequence[str]:
    n_seen, n_scored = len(found.trials), len(found.scores)
    if not n_scored:
        return (f"none of {counted(n_seen, 'trial')} ended with a {found.metric}: no curve.",)
    if is_unpriced and resource is not None:
        return (f"no trial says its {resource.value}: no curve over it; --x trials needs none.",)
    told = []
    if n_scored < n_seen:
        told.append(UNSCORED)
    if resource is not None and (n := sum(resource in t.costs for t in found.trials)) < n_seen:
        told.append(f"the mean cost of a trial rests on {n} of {n_seen}, which were seen by it.")
    if math.isinf(found.scale.high - found.scale.low):
        told.append(
            f"{found.metric} has no known bottom or top, so that the band is open there (?); "
            "say them with --range LOW,HIGH."
        )
    return told
