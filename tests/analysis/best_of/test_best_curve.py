"""Curves of the best score: trials from stores, budgets, trials without a score, places."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.best_of import Drawn, Scale, TrialSet, best_curve, places, trial_sets
from breakeven.analysis.best_of.trials import range_of
from breakeven.analysis.runs.sources import lines, source
from breakeven.analysis.uncertain import Observation
from breakeven.records import Kind, Resource, Run, Score, Status, Trial
from breakeven.testing.tiny import tiny_run

CPU = Resource.CPU_S
SHARE = Scale(low=0.0, high=1.0)


def trial(  # noqa: PLR0913 - each says one thing of a trial
    number: int,
    score: float | None,
    *,
    status: Status = Status.OK,
    cpu_s: float = 1.0,
    row: str = "ft",
    metric: str = "accuracy",
) -> Run:
    known = Score(
        metric=metric,
        value=score or 0.0,
        split="validation",
        n_examples=100,
        higher_is_better=metric != "loss",
    )
    return replace(
        tiny_run(row, {CPU: cpu_s}, status=status),
        run_id=f"{row}-{number}-{status}",
        trial=Trial(row=row, number=number, metric=metric),
        scores=() if score is None else (known,),
    )


def found(*runs: Run) -> tuple[TrialSet, ...]:
    return trial_sets(lines([source("store", runs)]))


def test_every_trial_is_one_with_all_of_its_runs_in_its_cost() -> None:
    (only,) = found(
        trial(0, 0.7),
        trial(1, None, status=Status.INTERRUPTED, cpu_s=2.0),
        trial(1, 0.9, cpu_s=3.0),
        trial(2, 0.3, status=Status.PRUNED),
        trial(3, None, status=Status.FAILED),
    )
    assert only.scores == (0.7, 0.9)
    assert [t.costs[CPU].value for t in only.trials] == [1.0, 5.0, 1.0, 1.0]
    assert (only.count(Status.PRUNED), only.count(Status.FAILED)) == (1, 1)
    assert (only.metric, only.scale, only.kinds) == ("accuracy", SHARE, (Kind.COUNTED,))


def test_searches_are_told_apart_by_row_and_by_metric() -> None:
    runs = [trial(0, 0.7), trial(0, 0.6, row="ts"), trial(0, 2.0, row="lm", metric="loss")]
    assert [s.group for s in found(*runs)] == ["ft (accuracy)", "ts (accuracy)", "lm (loss)"]
    assert [s.group for s in found(*runs[:2])] == ["ft", "ts"]


def test_a_range_is_known_from_the_metric_unless_a_score_lies_outside_it() -> None:
    assert range_of("loss", [1.0]) == Scale(low=0.0)
    assert range_of("f1", [71.0, 80.0]) == Scale(low=0.0, high=100.0)
    assert range_of("pearson", [0.2, -2.0]) == Scale()
    assert range_of("accuracy", []) == Scale()


def made(name: str, scores: Sequence[float | None], *, cost: float | None = None) -> TrialSet:
    def drawn(score: float | None, share: float) -> Drawn:
        costs = {}
        if cost is not None:
            value = cost * share
            costs[CPU] = Observation(
                value=value,
                low=value,
                high=value,
                kinds=(Kind.MEASURED,),
                origins=(),
                run_ids=(name,),
            )
        fate = Status.OK if score is not None else Status.PRUNED
        return Drawn(score=score, fate=fate, costs=costs)

    shares = np.linspace(0.9, 1.1, len(scores))
    return TrialSet(
        group=name,
        metric="accuracy",
        higher_is_better=True,
        scale=SHARE,
        trials=tuple(drawn(*each) for each in zip(scores, shares, strict=True)),
        kinds=(Kind.COUNTED,),
    )


def test_a_trial_without_a_score_stands_at_the_worst_one_seen_and_is_said() -> None:
    curve = best_curve(made("ft", [0.7, None, 0.9]))
    assert [p.best.value for p in curve.points] == pytest.approx([2.3 / 3, 2.5 / 3, 0.9])
    assert "counts as a trial and with its cost" in curve.sentences[0]
    assert [p.is_grey for p in curve.points] == [False, True, True]


def test_the_budget_is_the_mean_cost_of_a_trial_times_their_number_with_its_doubt() -> None:
    """By hand: costs 9, 10 and 11, sd 1, so the mean is 10 and t(2) x 1 / sqrt(3) = 2.484."""
    points = best_curve(made("ft", [0.7, 0.8, 0.9], cost=10.0), resource=CPU).points
    budget = points[1].budget
    assert budget is not None
    assert budget.value == pytest.approx(20.0)
    assert (budget.low, budget.high) == pytest.approx((20 - 4.968, 20 + 4.968), abs=1e-3)
    assert budget.kinds == (Kind.MEASURED,)


def test_a_cost_that_no_trial_has_and_a_search_without_scores_give_no_curve() -> None:
    unpriced = best_curve(made("ft", [0.7, 0.8]), resource=CPU)
    assert not unpriced.points
    assert "no trial says its cpu_s" in unpriced.sentences[0]
    assert "none of 1 trial ended with a accuracy" not in unpriced.sentences[0]
    assert not best_curve(made("ft", [None])).points


def test_of_a_loss_the_smaller_is_better_and_its_band_is_turned() -> None:
    (losses,) = found(*(trial(i, s, metric="loss") for i, s in enumerate((1.2, 1.0, 0.9))))
    last = best_curve(losses).points[-1]
    assert last.best.value == pytest.approx(0.9)
    assert last.dodge > 0.9
    assert last.best.high is None
    assert last.best.low is not None
    assert 0 < last.best.low < 0.9
    assert "no known bottom or top" in best_curve(losses).sentences[-1]


RNG = np.random.default_rng(5)
STEADY = np.clip(RNG.normal(0.70, 0.005, 400), 0, 1).tolist()
WILD = RNG.beta(0.8, 0.8, 400).tolist()


def test_a_change_of_places_is_shown_where_the_bands_are_apart_before_and_after() -> None:
    (pair, _) = places([made("steady", STEADY), made("wild", WILD)])
    assert (pair.first, pair.last) == ("steady", "wild")
    assert pair.shown is not None
    (at,) = pair.changes
    assert pair.shown[0] < at < pair.shown[1]
    assert set(pair.shown_ahead) == {"steady", "wild"}


def test_the_median_shows_a_change_that_the_expectation_cannot_yet() -> None:
    """Unseen scores above the best one weigh on the expectation, and not on the median."""
    wide = np.clip(np.random.default_rng(6).normal(0.60, 0.1, 150), 0, 1).tolist()
    sets = [made("steady", STEADY[:150]), made("wide", wide)]
    by_expectation, by_median = places(sets)
    assert (by_expectation.by, by_median.by) == ("expectation", "median")
    assert by_expectation.shown is None
    assert by_median.shown is not None


def test_a_cheaper_trial_brings_the_change_forward_in_cost() -> None:
    (in_trials, _) = places([made("steady", STEADY), made("wild", WILD)])
    sets = [made("steady", STEADY, cost=2.0), made("wild", WILD, cost=1.0)]
    (in_cost, _) = places(sets, resource=CPU)
    assert in_cost.changes[0] / 2.0 < in_trials.changes[0]
    assert in_cost.most == pytest.approx(400.0)


def test_few_trials_cross_but_show_nothing() -> None:
    (pair, _) = places([made("steady", STEADY[:12]), made("wild", WILD[:12])])
    assert pair.shown is None


def test_two_searches_of_one_distribution_are_never_shown_to_change_places() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        scores = np.clip(rng.normal(0.8, 0.05, (2, 60)), 0, 1)
        pairs = places([made("a", scores[0].tolist()), made("b", scores[1].tolist())])
        assert [pair.shown for pair in pairs] == [None, None]
