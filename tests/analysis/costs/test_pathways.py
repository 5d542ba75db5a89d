from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.costs.comparison import compare, development_difference
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.estimates import mixed_kinds, pathway_result, score_estimate
from breakeven.analysis.runs.rows import row_cost
from breakeven.analysis.runs.select import (
    ScoredRun,
    StudyRuns,
    by_block,
    development_rows,
    missing_parents,
    score_on_test,
    study_runs,
)
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import (
    Item,
    Kind,
    NoteCode,
    Origin,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import (
    STUDY,
    tiny_cost,
    tiny_inference,
    tiny_phase,
    tiny_run,
    tiny_score,
)

CPU = Resource.CPU_S
FT = PathwayDefinition(name="FT", row="ft")
TS = PathwayDefinition(name="TS", row="ts")


def study(runs: Sequence[Run], *pathways: PathwayDefinition) -> StudyRuns:
    return study_runs(StudyDefinition(name=STUDY, pathways=pathways or (FT, TS)), runs)


def cost_of(runs: Sequence[Run], pathway: PathwayDefinition = FT) -> PathwayCost:
    return pathway_cost(study(runs), pathway)


def total(cost: PathwayCost, resource: Resource = CPU) -> Uncertain:
    found = cost.development(resource)
    assert found is not None
    return found


LADDER = (
    tiny_run("pretrain", {CPU: 70.0}, stage=Stage.PRETRAIN),
    tiny_run("ft", {CPU: 18.0}, parents=["pretrain"]),
    tiny_run("ts", {CPU: 11.0}, stage=Stage.DISTIL, parents=["ft", "pretrain"]),
)


def test_development_is_a_walk_over_parents_each_once() -> None:
    assert development_rows(study(LADDER), TS) == ("pretrain", "ft", "ts")
    assert total(cost_of(LADDER, TS)).value == 99.0


def test_a_teacher_is_an_ancestor_though_nothing_else_leads_to_it() -> None:
    runs = [
        tiny_run("base", {CPU: 70.0}, stage=Stage.PRETRAIN),
        tiny_run("teacher", {CPU: 18.0}),
        tiny_run("ts", {CPU: 11.0}, stage=Stage.DISTIL, parents=["base", "teacher"]),
    ]
    assert development_rows(study(runs), TS) == ("base", "teacher", "ts")
    assert total(cost_of(runs, TS)).value == 99.0


def test_a_shared_ancestor_is_paid_by_both_and_cancels_between_them() -> None:
    ft, ts = cost_of(LADDER, FT), cost_of(LADDER, TS)
    assert total(ts).value - total(ft).value == 11.0
    assert development_difference(ts, ft, CPU).value == 11.0


def test_doubt_of_a_shared_ancestor_cancels_too() -> None:
    runs = [*LADDER[1:], tiny_run("pretrain", {CPU: (70.0, 30.0)}, stage=Stage.PRETRAIN)]
    ft, ts = cost_of(runs, FT), cost_of(runs, TS)
    assert total(ft).high == 118.0
    assert development_difference(ts, ft, CPU).high == 11.0


def test_peaks_are_compared_whole() -> None:
    peak = Resource.PEAK_MEMORY_BYTES
    runs = [
        tiny_run("ft", {peak: 5.0}),
        tiny_run("ts", {peak: 3.0}, parents=["ft"]),
    ]
    ft, ts = cost_of(runs, FT), cost_of(runs, TS)
    assert total(ts, peak).value == 5.0
    assert development_difference(ts, ft, peak).value == 0.0


def test_failed_and_interrupted_attempts_are_part_of_the_cost() -> None:
    killed = replace(
        tiny_run("ft", {CPU: 5.0}, status=Status.INTERRUPTED, parents=["pretrain"]), run_id="k"
    )
    crashed = replace(tiny_run("pretrain", {CPU: 2.0}, status=Status.FAILED), run_id="c")
    assert total(cost_of([*LADDER, killed, crashed], TS)).value == 106.0


def test_repeats_are_averaged_and_give_a_variance() -> None:
    runs = [replace(tiny_run("ft", {CPU: value}), run_id=str(value)) for value in (4.0, 5.0, 9.0)]
    assert total(cost_of(runs)).value == 6.0
    assert total(cost_of(runs)).variance == pytest.approx(7.0 / 3)


def test_failures_come_on_top_of_the_mean_of_repeats() -> None:
    runs = [replace(tiny_run("ft", {CPU: value}), run_id=str(value)) for value in (4.0, 6.0)]
    lost = [
        replace(tiny_run("ft", {CPU: 1.0}, status=Status.FAILED), run_id=f"f{i}") for i in range(2)
    ]
    assert total(cost_of([*runs, *lost])).value == 7.0


def test_tuning_trials_all_count() -> None:
    trials = [
        replace(tiny_run("tune", {CPU: 3.0}, stage=Stage.TUNE), run_id=f"t{i}") for i in range(4)
    ]
    runs = [*trials, tiny_run("ft", {CPU: 1.0}, parents=["t2"])]
    assert total(cost_of(runs)).value == 13.0


def test_serving_and_using_a_model_is_no_development_of_what_grows_from_it() -> None:
    runs = [
        tiny_run("ft", {CPU: 1.0}),
        tiny_run("FT/serve", {CPU: 4.0}, stage=Stage.SERVE, parents=["ft"]),
        tiny_run("FT/reference", {CPU: 8.0}, stage=Stage.INFER, parents=["ft", "FT/serve"]),
        tiny_run("ts", {CPU: 2.0}, parents=["ft", "FT/serve", "FT/reference"]),
    ]
    assert development_rows(study(runs), TS) == ("ft", "ts")
    assert total(cost_of(runs, TS)).value == 3.0


def test_every_phase_of_development_counts() -> None:
    phases = [tiny_phase(name, [tiny_cost(CPU, 1.0)]) for name in PhaseName]
    run = replace(tiny_run("ft", {}), phases=tuple(phases))
    assert total(cost_of([run])).value == len(PhaseName)


def test_an_update_is_development_that_begins_from_the_deployed_model() -> None:
    update = tiny_run("ft-update", {CPU: 4.0}, parents=["ft"])
    updated = PathwayDefinition(name="FT, updated", row="ft-update")
    found = study([*LADDER, update], FT, updated)
    assert [s.row for s in pathway_result(pathway_cost(found, updated), found).stages] == [
        "pretrain",
        "ft",
        "ft-update",
    ]
    assert total(pathway_cost(found, updated)).value == total(pathway_cost(found, FT)).value + 4.0


@pytest.mark.parametrize(
    ("item", "average"),
    [(Item.EXAMPLE, 4.0), (Item.REAL_TOKEN, 0.5), (Item.PADDED_TOKEN, 0.25)],
)
def test_output_is_counted_in_the_item_the_study_names(item: Item, average: float) -> None:
    volume = Volume(n_examples=2, n_real_tokens=16, n_padded_tokens=32)
    runs = [tiny_run("ft", {CPU: 1.0}), replace(tiny_inference("FT", {CPU: 8.0}), output=volume)]
    found = study_runs(StudyDefinition(name=STUDY, pathways=(FT,), item=item), runs)
    marginal = pathway_cost(found, FT).marginal(CPU)
    assert marginal is not None
    assert marginal.value == average


def test_use_counts_the_work_phase_alone() -> None:
    idle = tiny_phase(PhaseName.IDLE, [tiny_cost(CPU, 50.0)])
    run = tiny_inference("FT", {CPU: 8.0}, n_items=4)
    run = replace(run, phases=(idle, *run.phases))
    cost = cost_of([tiny_run("ft", {CPU: 1.0}), run])
    marginal = cost.marginal(CPU)
    assert marginal is not None
    assert marginal.value == 2.0


def test_only_the_reference_configuration_gives_the_cost_of_use() -> None:
    runs = [
        tiny_run("ft", {CPU: 1.0}),
        tiny_inference("FT", {CPU: 2.0}),
        tiny_inference("FT", {CPU: 99.0}, label="aa"),
        tiny_inference("FT", {CPU: 99.0}, label="length=16"),
        replace(tiny_inference("FT", {CPU: 99.0}, block=1), status=Status.FAILED),
    ]
    marginal = cost_of(runs).marginal(CPU)
    assert marginal is not None
    assert (marginal.value, marginal.n) == (2.0, 1)


def test_repeats_within_a_block_are_averaged_first() -> None:
    twice = [tiny_inference("FT", {CPU: value}, n_items=1) for value in (2.0, 4.0)]
    assert by_block(twice, CPU, item=Item.EXAMPLE)[0].value == 3.0


def test_runs_outside_blocks_stay_apart() -> None:
    runs = [tiny_inference("FT", {CPU: 2.0}, block=None) for _ in range(2)]
    assert sorted(by_block(runs, CPU, item=Item.EXAMPLE)) == [-2, -1]


def test_no_items_means_no_average() -> None:
    run = tiny_inference("FT", {CPU: 2.0}, n_items=0)
    assert by_block([run], CPU, item=Item.EXAMPLE) == {}


def test_pathway_whose_name_begins_another_is_told_apart() -> None:
    pathways = FT, PathwayDefinition(name="FT/small", row="small")
    found = study([tiny_inference("FT", {}), tiny_inference("FT/small", {})], *pathways)
    assert [run.row for run in found.inference("FT")] == ["FT/reference"]
    assert [run.row for run in found.inference("FT/small")] == ["FT/small/reference"]


def test_runs_of_other_studies_are_left_out() -> None:
    assert study([replace(LADDER[0], study="other")]).runs == ()


def test_a_row_that_did_not_measure_makes_the_total_unknown() -> None:
    runs = [tiny_run("pretrain", {}), tiny_run("ft", {CPU: 1.0}, parents=["pretrain"])]
    cost = cost_of(runs)
    assert cost.development(CPU) is None
    assert [note.code for note in cost.notes] == [NoteCode.PARTIAL_COVERAGE]
    assert "CPU time of pretrain was not observed" in cost.notes[0].message


def test_finished_runs_that_did_not_measure_are_not_replaced_by_a_failed_one() -> None:
    failed = replace(tiny_run("ft", {CPU: 1.0}, status=Status.FAILED), run_id="f")
    assert row_cost([tiny_run("ft", {}), failed]).amounts == {}


def test_examples_used_by_some_rows_only_still_add_up() -> None:
    used = Resource.N_UNLABELLED_EXAMPLES
    runs = [tiny_run("pretrain", {used: 7.0}), tiny_run("ft", {}, parents=["pretrain"])]
    assert total(cost_of(runs), used).value == 7.0


def test_a_failed_run_that_did_not_count_is_said() -> None:
    flops = Resource.FLOPS
    lost = replace(tiny_run("ft", {}, status=Status.FAILED), run_id="f")
    cost = cost_of([tiny_run("ft", {flops: 4.0}), lost])
    assert total(cost, flops).value == 4.0
    assert "runs without a count of FLOPs (1 of ft)" in cost.notes[0].message


def test_parent_that_is_not_in_the_store_is_said() -> None:
    runs = [tiny_run("ft", {CPU: 1.0}, parents=["gone"])]
    assert missing_parents(study(runs), ["ft"]) == ("gone",)
    assert [note.code for note in cost_of(runs).notes] == [NoteCode.PARENT_MISSING]


def test_pathway_without_a_finished_model_lists_what_was_spent() -> None:
    found = study([tiny_run("ft", {CPU: 3.0}, status=Status.FAILED)])
    cost = pathway_cost(found, FT)
    result = pathway_result(cost, found)
    assert (cost.development(CPU), result.development) == (None, {})
    assert result.stages[0].totals[CPU].value == 3.0
    assert [note.code for note in result.notes] == [NoteCode.NOT_FINISHED]


def test_start_of_the_service_is_given_apart() -> None:
    serve = replace(
        tiny_run("FT/serve", {CPU: 99.0}, stage=Stage.SERVE),
        phases=(
            tiny_phase(PhaseName.IMPORT, [tiny_cost(CPU, 8.0)]),
            tiny_phase(PhaseName.LOAD, [tiny_cost(CPU, 1.0)]),
            tiny_phase(PhaseName.IDLE, [tiny_cost(CPU, 50.0)]),
        ),
    )
    silent = replace(serve, run_id="silent", phases=())
    runs = [tiny_run("ft", {CPU: 1.0}), tiny_inference("FT", {CPU: 2.0}), serve, silent]
    cost = cost_of([*runs[:1], replace(runs[1], parents=("ft", "FT/serve")), *runs[2:]])
    assert cost.startup[CPU].value == 9.0
    assert total(cost).value == 1.0
    result = pathway_result(cost, study(runs))
    assert result.startup[CPU].name == "cpu_s per start"


def test_parameters_of_the_deployed_model_come_from_its_training() -> None:
    parameters = Resource.N_PARAMETERS
    runs = [
        tiny_run("ft", {parameters: 12.0, CPU: 1.0}),
        tiny_run("ts", {parameters: 6.0, CPU: 1.0}, parents=["ft"]),
        tiny_inference("TS", {CPU: 2.0}),
    ]
    cost = cost_of(runs, TS)
    marginal = cost.marginal(parameters)
    assert marginal is not None
    assert (marginal.value, total(cost, parameters).value) == (6.0, 12.0)
    assert not cost.has_life(parameters)


def test_kinds_that_were_added_are_listed_with_a_note() -> None:
    modelled = tiny_cost(Resource.ENERGY_J, 5.0, kind=Kind.MODELLED)
    runs = [
        tiny_run("ft", {Resource.ENERGY_J: 4.0}),
        tiny_run("ts", {Resource.ENERGY_J: modelled}, parents=["ft"]),
    ]
    found = study(runs)
    estimate = pathway_result(pathway_cost(found, TS), found).development[Resource.ENERGY_J]
    assert estimate.value == 9.0
    assert estimate.kinds == (Kind.MEASURED, Kind.MODELLED)
    assert [note.code for note in estimate.notes] == [NoteCode.MIXED_KINDS]


def test_kinds_within_one_run_are_listed_too() -> None:
    phase = tiny_phase(
        PhaseName.WORK, [tiny_cost(CPU, 1.0), tiny_cost(CPU, 2.0, kind=Kind.ASSUMED)]
    )
    cost = cost_of([replace(tiny_run("ft", {}), phases=(phase,))])
    assert total(cost).value == 3.0
    assert mixed_kinds(total(cost))[0].code is NoteCode.MIXED_KINDS


def test_one_kind_needs_no_note() -> None:
    assert mixed_kinds(total(cost_of(LADDER))) == ()


def test_comparing_kinds_is_noted() -> None:
    stated = tiny_cost(CPU, 0.0, kind=Kind.ASSUMED, origin=Origin.STATED)
    runs = [
        tiny_run("ft", {CPU: 1.0}),
        tiny_inference("FT", {CPU: 2.0}),
        tiny_run("ts", {CPU: stated}, stage=Stage.STATED),
        tiny_inference("TS", {CPU: 1.0}),
    ]
    found = compare(cost_of(runs, TS), cost_of(runs, FT), CPU, item=Item.EXAMPLE)
    assert found is not None
    assert [n.code for n in found.notes] == [NoteCode.SINGLE_DEVELOPMENT, NoteCode.MIXED_KINDS]
    assert found.notes[0].message.startswith("ft ran once")


def test_nothing_to_compare_without_use() -> None:
    ft, ts = cost_of(LADDER, FT), cost_of(LADDER, TS)
    assert compare(ts, ft, CPU, item=Item.EXAMPLE) is None


def test_stage_cost_counts_attempts_by_status() -> None:
    lost = replace(tiny_run("ft", {CPU: 1.0}, status=Status.FAILED), run_id="f")
    found = study([tiny_run("ft", {CPU: 2.0}), lost])
    stage = pathway_result(pathway_cost(found, FT), found).stages[0]
    assert stage.statuses == {Status.OK: 1, Status.FAILED: 1}
    assert stage.run_ids == ("f", "ft")
    assert stage.totals[CPU].method == "one run plus 1 unfinished; no spread"


@pytest.mark.parametrize(
    ("stage", "words"), [(Stage.FINETUNE, "mean of 2 runs"), (Stage.TUNE, "sum of 2 runs")]
)
def test_stage_cost_says_how_repeats_were_combined(stage: Stage, words: str) -> None:
    runs = [replace(tiny_run("ft", {CPU: 2.0}, stage=stage), run_id=str(i)) for i in range(2)]
    found = study(runs)
    result = pathway_result(pathway_cost(found, FT), found)
    assert result.stages[0].totals[CPU].method.startswith(words)


def test_baseline_is_known_by_its_model() -> None:
    run = replace(tiny_run("ft", {}), settings=Settings(resolved={"model": "tfidf"}))
    assert cost_of([run]).is_baseline
    assert not cost_of(LADDER).is_baseline


def test_score_interval_is_wilsons() -> None:
    estimate = score_estimate(ScoredRun(score=tiny_score(81, 263), run_id="FT/reference/0"))
    assert estimate is not None
    assert estimate.low == pytest.approx(0.2553, abs=5e-5)
    assert estimate.level == 0.95
    assert estimate.run_ids == ("FT/reference/0",)


@pytest.mark.parametrize(
    "score",
    [
        Score(metric="f1", value=87.3, split="test", n_examples=13504),
        Score(metric="accuracy", value=0.9, split="test", n_examples=0, n_correct=0),
    ],
    ids=["not a count", "stated without examples"],
)
def test_score_without_counts_has_no_interval(score: Score) -> None:
    estimate = score_estimate(ScoredRun(score=score, run_id="a"))
    assert estimate is not None
    assert (estimate.low, estimate.level) == (None, None)


def test_score_of_the_test_split_only() -> None:
    validation = replace(tiny_score(9, 10), split="validation")
    other = tiny_score(9, 10, metric="f1")
    run = replace(LADDER[0], scores=(validation, other, tiny_score(7, 10)))
    failed = replace(run, status=Status.FAILED)
    found = score_on_test([run], "accuracy")
    assert found is not None
    assert (found.score.value, found.run_id) == (0.7, run.run_id)
    assert score_on_test([failed], "accuracy") is None
