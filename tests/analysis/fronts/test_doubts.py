"""Orders, dominance and notes that say where the runs cannot tell two pathways apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.fronts.orders import (
    ONCE,
    ONE_BLOCK,
    STATED,
    Told,
    cost_orders,
    told_over_life,
)
from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.scoring.differences import score_differences, seed_results, seed_spread
from breakeven.analysis.scoring.score_notes import different_examples, unpaired
from breakeven.analysis.scoring.score_results import CostOrder
from breakeven.records import (
    Item,
    Kind,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
N = 100


def trained(name: str, *costs: float) -> list[Run]:
    row = name.lower()
    return [
        replace(tiny_run(row, {CPU: cost}), run_id=f"{row}-{i}", repeat=i)
        for i, cost in enumerate(costs)
    ]


def used(name: str, *costs: float, n_correct: int = 80, n: int = N, seed: int = 0) -> list[Run]:
    label = f"repeat-{seed}" if seed else "reference"
    runs = [tiny_inference(name, {CPU: c}, block=b, label=label) for b, c in enumerate(costs)]
    if seed:
        settings = Settings(resolved={"role": "repeat", "start_repeat": seed})
        runs = [replace(run, settings=settings) for run in runs]
    return [replace(run, scores=(tiny_score(n_correct, n),)) for run in runs]


def definition(*names: str) -> StudyDefinition:
    return StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=n, row=n.lower()) for n in names or ("FT", "TS")),
        planned_volume=100.0,
    )


def gathered(runs: Sequence[Run], *names: str) -> list[PathwayCost]:
    found = study_runs(definition(*names), runs)
    return [pathway_cost(found, p, answers=ANSWERS.get) for p in found.definition.pathways]


def right(n_correct: int, n: int = N) -> dict[int, bool]:
    return {i: i < n_correct for i in range(n)}


ANSWERS: Mapping[str, Mapping[int, bool]] = {
    "FT/reference/0": right(80),
    "TS/reference/0": right(78),
}


def orders(runs: Sequence[Run]) -> dict[str, CostOrder]:
    return {order.phase: order for order in cost_orders(gathered(runs), [CPU])}


def test_costs_whose_ratio_may_be_one_are_not_told_apart() -> None:
    runs = [*trained("FT", 9.0, 11.0), *trained("TS", 10.0, 12.0)]
    found = orders([*runs, *used("FT", 1.0, 1.2, 1.1), *used("TS", 1.1, 1.1, 1.15)])
    assert [order.is_told_apart for order in found.values()] == [False, False]
    ratio = found["deployment"].ratio
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 1 < ratio.high


def test_costs_whose_ratio_leaves_one_out_are_told_apart() -> None:
    runs = [*trained("FT", 9.0, 9.1), *trained("TS", 20.0, 20.1)]
    found = orders([*runs, *used("FT", 2.0, 2.2, 2.1), *used("TS", 1.0, 1.1, 1.05)])
    assert [order.is_told_apart for order in found.values()] == [True, True]
    assert found["deployment"].ratio.value == pytest.approx(2.0)
    assert found["development"].ratio.value == pytest.approx(9.05 / 20.05)


def test_development_that_ran_once_has_no_say() -> None:
    runs = [*trained("FT", 9.0), *trained("TS", 900.0, 901.0), *used("FT", 1.0), *used("TS", 1.0)]
    found = orders(runs)
    assert (found["development"].is_told_apart, found["development"].why) == (None, ONCE)
    assert (found["deployment"].is_told_apart, found["deployment"].why) == (None, ONE_BLOCK)
    assert found["deployment"].ratio.low is None


def test_shared_development_is_no_difference() -> None:
    shared = StudyDefinition(
        name=STUDY,
        pathways=(PathwayDefinition(name="FT", row="ft"), PathwayDefinition(name="TS", row="ft")),
    )
    found = study_runs(shared, [*trained("FT", 9.0), *used("FT", 1.0), *used("TS", 1.0)])
    pathways = [pathway_cost(found, p) for p in shared.pathways]
    development = next(o for o in cost_orders(pathways, [CPU]) if o.phase == "development")
    assert development.is_told_apart is False


def test_counts_need_no_blocks() -> None:
    flops = Resource.FLOPS

    def run(name: str, value: float) -> list[Run]:
        cost = tiny_cost(flops, value, kind=Kind.COUNTED)
        return [tiny_run(name.lower(), {flops: cost}), tiny_inference(name, {flops: cost})]

    found = cost_orders(gathered([*run("FT", 2.0), *run("TS", 1.0)]), [flops])
    assert [order.is_told_apart for order in found] == [True, True]


def test_stated_costs_have_no_interval() -> None:
    stated = tiny_cost(CPU, 1.0, kind=Kind.ASSUMED)
    runs = [*trained("FT", 9.0, 9.1), *used("FT", 1.0, 1.1), *trained("TS", 1.0)]
    found = orders([*runs, tiny_inference("TS", {CPU: stated})])
    assert found["deployment"].why == STATED


def test_what_one_of_two_lacks_is_not_ordered() -> None:
    assert cost_orders(gathered([*trained("FT", 1.0), *used("FT", 1.0)]), [CPU]) == ()


def told(runs: Sequence[Run], volume: float) -> Told:
    left, right = gathered(runs)
    return told_over_life(left, right, CPU, item=Item.EXAMPLE, volume=volume)


def test_over_a_life_both_parts_must_be_known() -> None:
    twice = [*trained("FT", 9.0, 9.1), *trained("TS", 20.0, 20.1)]
    use = [*used("FT", 2.0, 2.2, 2.1), *used("TS", 1.0, 1.1, 1.05)]
    answers = [told([*twice, *use], volume).is_apart for volume in (1.0, 10.5, 1000.0)]
    assert answers == [True, False, True]
    assert told([*twice, *used("FT", 2.0), *used("TS", 1.0)], 9.0).why == ONE_BLOCK
    assert told([*trained("FT", 9.0), *used("FT", 1.0)], 9.0).is_apart is None


def test_dominance_says_which_axis_is_not_told_apart() -> None:
    runs = [*trained("FT", 9.0, 9.1), *trained("TS", 20.0, 20.1)]
    runs += [*used("FT", 1.0, 1.1, 1.05), *used("TS", 2.0, 2.2, 2.1, n_correct=78)]
    analysis = analyse(definition(), runs, answers=ANSWERS.get)
    doubts = {f.phase: {p.name: p.doubts for p in f.points} for f in analysis.fronts}
    assert doubts["deployment"] == {"FT": (), "TS": ("score not told apart",)}
    assert doubts["lifetime at 100"]["TS"] == ("score not told apart",)


def test_pairs_of_examples_tell_apart_what_counts_cannot() -> None:
    runs = [*trained("FT", 1.0), *trained("TS", 1.0)]
    runs += [*used("FT", 1.0, n_correct=80), *used("TS", 1.0, n_correct=70)]
    answers = {"FT/reference/0": right(80), "TS/reference/0": right(70)}
    paired = analyse(definition(), runs, answers=answers.get).score_differences[0]
    counted = analyse(definition(), runs).score_differences[0]
    assert (paired.left, paired.right) == ("TS", "FT")
    assert [d.estimate.value for d in (paired, counted)] == pytest.approx([-0.1, -0.1])
    assert (paired.is_told_apart, counted.is_told_apart) == (True, False)
    assert (paired.left_only, paired.right_only, paired.n_seeds) == (0, 10, (1, 1))


def three_seeds() -> list[Run]:
    runs = trained("FT", 9.0, 10.0, 11.0)
    for seed, (cost, n_correct) in enumerate(((1.0, 80), (1.1, 82), (1.2, 84))):
        runs += used("FT", cost, cost + 0.1, n_correct=n_correct, seed=seed)
    return runs


def test_each_seed_is_told_with_its_score_its_use_and_its_training() -> None:
    (pathway,) = gathered(three_seeds(), "FT")
    seeds = seed_results(pathway, item=Item.EXAMPLE)
    assert [s.score.value for s in seeds if s.score] == [0.8, 0.82, 0.84]
    assert [s.marginal[CPU].value for s in seeds] == pytest.approx([1.05, 1.15, 1.25])
    assert [s.training[CPU].value for s in seeds] == [9.0, 10.0, 11.0]
    spread = seed_spread(seeds)
    assert spread is not None
    assert spread.score == pytest.approx(0.02)
    assert spread.marginal[CPU] == pytest.approx(0.1)
    assert spread.training[CPU] == pytest.approx(1.0)


def test_a_seed_without_a_score_leaves_the_others() -> None:
    runs = [replace(r, scores=()) if "repeat" in r.row else r for r in three_seeds()]
    (pathway,) = gathered(runs, "FT")
    spread = seed_spread(seed_results(pathway, item=Item.EXAMPLE))
    assert spread is not None
    assert spread.score is None
    unscored = [replace(r, scores=()) for r in three_seeds()]
    (nothing,) = gathered(unscored, "FT")
    assert [s.score for s in seed_results(nothing, item=Item.EXAMPLE)] == [None] * 3


def test_scores_that_cannot_be_paired_are_noted_once() -> None:
    known = gathered([*used("FT", 1.0), *used("TS", 1.0, n_correct=78)])
    assert unpaired(known) == ()
    (note,) = unpaired(gathered([*used("FT", 1.0), *used("TS", 1.0, n_correct=77)]))
    assert note.code is NoteCode.SCORES_UNPAIRED
    assert note.message.startswith("Which test examples TS got right")
    assert unpaired(gathered(used("FT", 1.0, n_correct=3), "FT")) == ()
    (seeds,) = unpaired(gathered(three_seeds(), "FT"))
    assert "their seeds are combined" in seeds.message


def test_scores_on_different_examples_are_noted() -> None:
    fewer = [*used("FT", 1.0), *used("TS", 1.0, n_correct=40, n=50)]
    (note,) = different_examples(gathered(fewer), [], {})
    assert note.code is NoteCode.DIFFERENT_EXAMPLES
    assert note.message.endswith("100 (FT), 50 (TS).")


def test_a_configuration_on_fewer_examples_is_noted() -> None:
    cut = replace(tiny_inference("FT", {CPU: 1.0}, label="length=16"), scores=(tiny_score(40, 50),))
    analysis = analyse(definition("FT"), [*trained("FT", 1.0), *used("FT", 1.0), cut])
    (note,) = (n for n in analysis.notes if n.code is NoteCode.DIFFERENT_EXAMPLES)
    assert "50 (FT/length=16)" in note.message


def test_many_rows_are_shortened() -> None:
    names = [f"P{i}" for i in range(5)]
    runs = [run for n in names for run in used(n, 1.0)] + used("Q", 1.0, n_correct=40, n=50)
    (note,) = different_examples(gathered(runs, *names, "Q"), [], {})
    assert note.message.endswith("100 (P0, P1 and 3 more), 50 (Q).")


def test_less_than_the_split_is_noted_where_its_size_is_known() -> None:
    scored = gathered([*used("FT", 1.0), *used("TS", 1.0)])
    assert different_examples(scored, [], {"n_test": N}) == ()
    (note,) = different_examples(scored, [], {"n_test": 872})
    assert note.message == "Scores rest on 100 of the 872 test examples."


def test_other_examples_of_the_same_number_are_noted() -> None:
    found = study_runs(definition(), [*used("FT", 1.0), *used("TS", 1.0)])
    far = {"FT/reference/0": right(80), "TS/reference/0": {i + 7: i < 80 for i in range(N)}}
    pathways = [pathway_cost(found, p, answers=far.get) for p in found.definition.pathways]
    (note,) = different_examples(pathways, [], {})
    assert note.message == "FT and TS were scored on different test examples."
    (difference,) = score_differences(pathways)
    assert difference.estimate.n == N - 7
