"""Nested repeats: nine students of three teachers are three independent families, not nine."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.estimates import pathway_result
from breakeven.analysis.runs.families import families, together
from breakeven.analysis.runs.seeds import seed_doubt
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.scoring.differences import seed_results
from breakeven.analysis.scoring.score_pairs import score_difference
from breakeven.records import (
    Item,
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    Stage,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
TS = PathwayDefinition(name="TS", row="ts")
DEFINITION = StudyDefinition(name=STUDY, pathways=(TS,))
COSTS = ((10.0, 12.0), (20.0, 22.0), (36.0, 38.0))
"""Training cost of two students of each of three teachers; family means 11, 21 and 37."""


def student(number: int, cost: float, *, parent: str) -> Run:
    run = tiny_run("ts", {CPU: cost}, stage=Stage.DISTIL, parents=[parent])
    return replace(run, run_id=f"ts{number}", repeat=number)


def in_use(number: int, cost: float, *, block: int, n_correct: int) -> Run:
    label = f"repeat-{number}" if number else "reference"
    run = tiny_inference("TS", {CPU: cost}, label=label, block=block)
    if number:
        settings = Settings(resolved={"role": "repeat", "start_repeat": number})
        run = replace(run, settings=settings)
    return replace(run, scores=(tiny_score(n_correct, 100),))


CORRECT = (70, 72, 80, 82, 90, 92)


def nested_runs() -> list[Run]:
    teachers = [
        replace(tiny_run("ft", {CPU: 5.0}), run_id=f"ft{n}", repeat=n) for n in range(len(COSTS))
    ]
    trained = [
        student(2 * n + k, cost, parent=f"ft{n}")
        for n, pair in enumerate(COSTS)
        for k, cost in enumerate(pair)
    ]
    used = [
        in_use(number, 100.0 * (number // 2) + number % 2 + 0.1 * block, block=block, n_correct=c)
        for number, c in enumerate(CORRECT)
        for block in range(2)
    ]
    return [*teachers, *trained, *used]


def cost_of(runs: list[Run]) -> PathwayCost:
    return pathway_cost(study_runs(DEFINITION, runs), TS)


def test_development_is_the_mean_per_instance_and_rests_on_the_means_of_parents() -> None:
    cost = cost_of(nested_runs())
    row = next(row for row in cost.rows if row.row == "ts")
    amount = row.amounts[CPU]
    assert amount.value == pytest.approx(23.0)
    assert amount.n == 3
    assert amount.df == pytest.approx(2.0)
    assert amount.variance == pytest.approx(np.var([11.0, 21.0, 37.0], ddof=1) / 3)
    assert len(amount.run_ids) == 6
    total = cost.development(CPU)
    assert total is not None
    assert total.value == pytest.approx(28.0)


def test_each_seed_says_which_repeat_of_its_parent_it_begins_from() -> None:
    seeds = seed_results(cost_of(nested_runs()), item=Item.EXAMPLE)
    assert [seed.begins_from for seed in seeds] == [
        "ft 0",
        "ft 0",
        "ft 1",
        "ft 1",
        "ft 2",
        "ft 2",
    ]


def test_seeds_of_one_parent_do_not_name_it() -> None:
    runs = [run for run in nested_runs() if run.repeat < 2 and run.run_id not in ("ft1", "ft2")]
    assert {s.begins_from for s in seed_results(cost_of(runs), item=Item.EXAMPLE)} == {""}


def test_the_stage_says_of_how_many_parents_its_runs_are() -> None:
    found = study_runs(DEFINITION, nested_runs())
    result = pathway_result(pathway_cost(found, TS), found)
    methods = [s.totals[CPU].method for s in result.stages if s.row == "ts"]
    assert methods[0].startswith("mean of 6 runs of 3 parents;")


def test_the_score_takes_seeds_of_one_parent_together() -> None:
    scored = cost_of(nested_runs()).scored
    assert scored is not None
    assert (scored.n_seeds, scored.values) == (6, (0.71, 0.81, 0.91))
    assert scored.value == pytest.approx(0.81)
    assert "those of one of 3 parents taken together" in scored.method
    between = np.var([0.71, 0.81, 0.91], ddof=1) / 3
    assert scored.doubt is not None
    assert scored.doubt.variance == pytest.approx(0.81 * 0.19 / 100 + between)


def test_answers_of_one_family_are_averaged_before_they_are_crossed() -> None:
    told = {
        run.run_id: {i: i < n for i in range(100)}
        for run in nested_runs()
        if run.stage is Stage.INFER
        for n in [run.scores[0].n_correct or 0]
    }
    found = study_runs(DEFINITION, nested_runs())
    scored = pathway_cost(found, TS, answers=told.get).scored
    assert scored is not None
    assert scored.sheet is not None
    assert scored.sheet.correct.shape == (3, 100)
    assert scored.sheet.correct[0, [69, 71, 72]].tolist() == [1.0, 0.5, 0.0]
    difference = score_difference(scored, scored)
    assert "6 (of 3 parents) and 6 (of 3 parents) training seeds" in difference.method


def test_cost_of_use_doubts_families_not_seeds() -> None:
    cost = cost_of(nested_runs())
    assert set(cost.seeds) == set(range(6))
    assert set(cost.independent) == {0, 2, 4}
    doubt = seed_doubt(cost.independent, CPU)
    assert doubt is not None
    per_item = [b[0].value for b in (cost.independent[n][CPU] for n in (0, 2, 4))]
    assert doubt.variance == pytest.approx(float(np.var(per_item, ddof=1)) / 3)
    assert doubt.df == pytest.approx(2.0)


def test_repeats_that_all_share_one_parent_are_independent() -> None:
    runs = [student(n, 1.0 + n, parent="ft") for n in range(3)] + [tiny_run("ft", {CPU: 5.0})]
    found = study_runs(DEFINITION, runs)
    assert sorted(families(found, runs[:3]).values()) == [0, 1, 2]


def test_what_is_connected_throughout_cannot_be_told_apart() -> None:
    parents = [("a0", "b0"), ("a0", "b1"), ("a1", "b0"), ("a1", "b1")]
    runs = [replace(student(n, 1.0, parent=""), parents=pair) for n, pair in enumerate(parents)]
    assert sorted(families(study_runs(DEFINITION, runs), runs).values()) == [0, 1, 2, 3]
    assert families(study_runs(DEFINITION, []), []) == {}


def test_grandparents_make_families_too() -> None:
    lines = [("a0", "b0"), ("a0", "b1"), ("a1", "b2")]
    middle = [replace(tiny_run(b, {}), run_id=b, parents=(a,)) for a, b in lines]
    runs = [student(n, 1.0, parent=b) for n, (_, b) in enumerate(lines)]
    assert families(study_runs(DEFINITION, [*middle, *runs]), runs) == {
        "ts0": 0,
        "ts1": 0,
        "ts2": 1,
    }


def test_an_ancestor_that_two_parents_share_is_met_once() -> None:
    base = replace(tiny_run("base", {}), run_id="base")
    middle = [replace(tiny_run(name, {}), run_id=name, parents=("base",)) for name in ("a0", "b0")]
    runs = [replace(student(0, 1.0, parent=""), parents=("a0", "b0")), student(1, 1.0, parent="c0")]
    found = families(study_runs(DEFINITION, [base, *middle, *runs]), runs)
    assert found == {"ts0": 0, "ts1": 1}


def test_a_repeat_of_unknown_family_is_its_own() -> None:
    assert together([0, 1, 2, 3], {0: 0, 1: 0}) == ((0, 1), (2,), (3,))


def test_intervals_over_families_hold_where_those_over_all_runs_do_not() -> None:
    rng = np.random.default_rng(5)
    held = {"families": 0, "all runs": 0}
    n_trials, n_parents, n_own = 400, 3, 3
    for _ in range(n_trials):
        values = rng.normal(size=(n_parents, 1)) + 0.3 * rng.normal(size=(n_parents, n_own))
        for name, sample in (("families", values.mean(axis=1)), ("all runs", values.ravel())):
            half = stats.t.ppf(0.975, len(sample) - 1) * np.std(sample, ddof=1)
            held[name] += abs(sample.mean()) <= half / math.sqrt(len(sample))
    assert held["families"] / n_trials > 0.93
    assert held["all runs"] / n_trials < 0.85
