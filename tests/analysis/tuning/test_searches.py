"""Searches: what trials cost and saved, how widely they scored, and which setting mattered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.tuning.search_results import SearchResult
from breakeven.analysis.tuning.searches import mean_cost, search_notes, searches
from breakeven.records import (
    Judged,
    Kind,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Scalar,
    Score,
    Status,
    StudyDefinition,
    Trial,
    Volume,
)
from breakeven.testing.tiny import STUDY, tiny_run

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))


def scored(value: float, metric: str = "accuracy") -> Score:
    return Score(metric=metric, value=value, split="validation", n_examples=100)


def trial(  # noqa: PLR0913 - each says one thing of a trial
    number: int,
    drawn: Mapping[str, Scalar],
    *,
    cpu_s: float = 1.0,
    score: float | None = None,
    status: Status = Status.OK,
    step: float = 0.0,
) -> Run:
    """A trial of `ft` of 4 steps; one with a step was judged there by its score."""
    known = () if score is None else (scored(score),)
    return replace(
        tiny_run("ft", {CPU: cpu_s}, status=status),
        run_id=f"t{number}",
        row=f"ft/trial-{number}",
        trial=Trial(row="ft", number=number, metric="accuracy", drawn=drawn),
        scores=known if status is Status.OK else (),
        judged=(Judged(step=step, n_steps=4, scores=known),) if step else (),
        output=Volume(n_examples=10),
    )


def search(runs: Sequence[Run]) -> SearchResult:
    (found,) = searches(study_runs(DEFINITION, runs))
    return found


def test_every_trial_counts_in_full_in_the_development_of_its_pathway() -> None:
    runs = [
        trial(0, {"lr": 0.1}, cpu_s=4.0, score=0.7),
        trial(1, {"lr": 0.2}, cpu_s=1.0, score=0.3, status=Status.PRUNED, step=1),
        trial(2, {"lr": 0.3}, cpu_s=2.0, status=Status.FAILED),
        trial(3, {"lr": 0.4}, cpu_s=0.5, status=Status.INTERRUPTED),
        replace(trial(3, {"lr": 0.4}, cpu_s=5.0, score=0.8), run_id="again"),
    ]
    cost = pathway_cost(study_runs(DEFINITION, runs), DEFINITION.pathways[0])
    development = cost.development(CPU)
    assert development is not None
    assert development.value == 12.5
    assert cost.is_finished


def test_what_begins_from_a_tuned_row_rests_on_all_of_its_trials() -> None:
    definition = replace(DEFINITION, pathways=(PathwayDefinition(name="TS", row="ts"),))
    runs = [
        trial(0, {"lr": 0.1}, cpu_s=4.0, score=0.7),
        trial(1, {"lr": 0.2}, cpu_s=3.0, score=0.9),
        replace(tiny_run("ts", {CPU: 1.0}), parents=("t1",)),
    ]
    cost = pathway_cost(study_runs(definition, runs), definition.pathways[0])
    assert [row.row for row in cost.rows] == ["ft", "ts"]
    development = cost.development(CPU)
    assert development is not None
    assert development.value == 8.0


def test_a_row_whose_trials_all_failed_is_not_finished() -> None:
    runs = [trial(n, {"lr": 0.1 * n}, status=Status.FAILED) for n in range(2)]
    cost = pathway_cost(study_runs(DEFINITION, runs), DEFINITION.pathways[0])
    assert not cost.is_finished
    assert search(runs).spread is None


def test_pruning_saves_the_cost_of_the_steps_that_were_left() -> None:
    runs = [
        trial(0, {"lr": 0.1}, cpu_s=8.0, score=0.7),
        trial(1, {"lr": 0.2}, cpu_s=2.0, score=0.3, status=Status.PRUNED, step=1),
        trial(2, {"lr": 0.3}, cpu_s=3.0, score=0.4, status=Status.PRUNED, step=3),
    ]
    found = search(runs)
    assert found.saved[CPU].value == pytest.approx(2.0 * 3 + 3.0 / 3)
    assert found.saved[CPU].kinds == (Kind.MODELLED,)
    assert found.spent[CPU].value == 13.0
    assert found.share_saved(CPU) == pytest.approx(7 / 20)
    assert "at most" not in found.saved[CPU].method


def test_savings_are_bounds_where_trials_stop_by_themselves() -> None:
    runs = [
        trial(0, {"lr": 0.1}, score=0.7, step=2),
        trial(1, {"lr": 0.2}, score=0.3, status=Status.PRUNED, step=1),
    ]
    assert "at most, as trials may stop early" in search(runs).saved[CPU].method


def test_without_pruned_trials_nothing_was_saved() -> None:
    found = search([trial(0, {"lr": 0.1}, score=0.7)])
    assert not found.saved
    assert found.share_saved(CPU) is None


def test_spread_is_over_finished_trials() -> None:
    runs = [trial(n, {"lr": 0.1 * n}, score=s) for n, s in enumerate((0.6, 0.9, 0.5))]
    spread = search([*runs, trial(9, {"lr": 1.0}, status=Status.FAILED)]).spread
    assert spread is not None
    assert (spread.n, spread.best, spread.median, spread.worst) == (3, 0.9, 0.6, 0.5)
    assert spread.sd == pytest.approx(np.std([0.6, 0.9, 0.5], ddof=1))


def test_of_losses_the_least_is_best() -> None:
    def lossy(number: int, value: float) -> Run:
        run = trial(number, {"lr": 0.1 * number})
        loss = replace(scored(value, "loss"), higher_is_better=False)
        assert run.trial is not None
        return replace(run, trial=replace(run.trial, metric="loss"), scores=(loss,))

    found = search([lossy(0, 2.0), lossy(1, 1.5), lossy(2, 3.0)])
    assert found.spread is not None
    assert (found.spread.best, found.spread.worst) == (1.5, 3.0)
    assert [t.number for t in found.trials if t.is_best] == [1]
    assert not found.higher_is_better


@given(st.lists(st.tuples(st.floats(1, 9), st.floats(0.1, 0.9)), min_size=4, max_size=12))
def test_sensitivity_to_numbers_is_spearmans_rho_squared(pairs: list[tuple[float, float]]) -> None:
    numbers = [round(x, 3) for x, _ in pairs]
    scores = [round(y, 3) for _, y in pairs]
    runs = [
        trial(n, {"lr": x}, score=y) for n, (x, y) in enumerate(zip(numbers, scores, strict=True))
    ]
    found = search(runs).sensitivities
    if len(set(numbers)) < 2 or len(set(scores)) < 2:
        assert found == ()
    else:
        rho = stats.spearmanr(numbers, scores).statistic
        assert found[0].share == pytest.approx(rho**2)
        assert found[0].rho == pytest.approx(rho)


def test_choices_without_order_are_compared_by_rank_variance_between_them() -> None:
    names = ["a", "b", "a", "b", "c", "c"]
    scores = [0.1, 0.5, 0.2, 0.6, 0.9, 0.8]
    runs = [trial(n, {"c": x}, score=s) for n, (x, s) in enumerate(zip(names, scores, strict=True))]
    (found,) = search(runs).sensitivities
    h = 12 / (6 * 7) * (3**2 + 7**2 + 11**2) / 2 - 3 * 7
    assert found.rho is None
    assert found.share == pytest.approx(h / 5)


def test_two_choices_and_two_numbers_explain_alike() -> None:
    scores = [0.1, 0.5, 0.2, 0.6, 0.3]
    runs = [trial(n, {"x": n % 2, "y": "ab"[n % 2]}, score=s) for n, s in enumerate(scores)]
    left, right = search(runs).sensitivities
    assert left.share == pytest.approx(right.share)


def test_pruned_trials_take_part_by_their_first_judgement() -> None:
    runs = [
        trial(
            n, {"lr": 0.1 * n}, score=0.1 * n, status=Status.PRUNED if n < 3 else Status.OK, step=1
        )
        for n in range(5)
    ]
    found = search(runs)
    assert found.compared == "scores after the first pass, pruned trials included"
    assert found.sensitivities[0].n == 5
    assert found.sensitivities[0].rho == pytest.approx(1.0)


def test_few_trials_and_settings_that_never_varied_give_no_sensitivity() -> None:
    assert search([trial(n, {"lr": n}, score=0.1 * n) for n in range(3)]).sensitivities == ()
    assert search([trial(n, {"lr": 1}, score=0.1 * n) for n in range(5)]).sensitivities == ()


def test_notes_count_every_trial_and_say_when_they_are_few() -> None:
    runs = [trial(n, {"lr": n}, score=0.1 * n) for n in range(5)]
    again = replace(trial(0, {"lr": 0}, status=Status.INTERRUPTED), run_id="killed")
    counted, few = search_notes([search([*runs, again])])
    assert (counted.code, few.code) == (NoteCode.TRIALS_COUNTED, NoteCode.FEW_TRIALS)
    assert "5 trials in 6 runs (5 ok, 1 interrupted)" in counted.message
    assert "best 0.4, median 0.2, worst 0" in counted.message
    many = search([trial(n, {"lr": n}, score=0.01 * n) for n in range(10)])
    assert [note.code for note in search_notes([many])] == [NoteCode.TRIALS_COUNTED]


def test_the_mean_cost_is_that_of_finished_trials() -> None:
    runs = [
        trial(0, {"lr": 0.1}, cpu_s=2.0, score=0.7),
        trial(1, {"lr": 0.2}, cpu_s=4.0, score=0.3),
        trial(2, {"lr": 0.3}, cpu_s=9.0, status=Status.FAILED),
    ]
    assert mean_cost(search(runs), CPU) == 3.0
    assert mean_cost(search(runs[2:]), CPU) is None


def test_a_study_tells_its_searches() -> None:
    analysis = analyse(DEFINITION, [trial(0, {"lr": 0.1}, score=0.7)])
    assert [found.row for found in analysis.searches] == ["ft"]
    assert NoteCode.TRIALS_COUNTED in {note.code for note in analysis.notes}
