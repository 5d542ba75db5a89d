"""Pathways that join a study by runs measured by hand, and what is said of them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.joined import joined_pathways
from breakeven.analysis.runs.select import study_runs
from breakeven.records import (
    Machine,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Settings,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import (
    STUDY,
    Amounts,
    tiny_cost,
    tiny_inference,
    tiny_run,
    tiny_score,
)

CPU, ENERGY = Resource.CPU_S, Resource.ENERGY_J
FT = PathwayDefinition(name="FT", row="ft")
DEFINITION = StudyDefinition(name=STUDY, pathways=(FT,), facts={"n_test": 1000})
HERE = Machine(
    host="here", host_id="a" * 16, system="", cpu_model="Here", n_cpus=2, memory_bytes=1, python=""
)
THERE = replace(HERE, host_id="b" * 16, cpu_model="There", n_cpus=8)


def own_runs() -> list[Run]:
    ft = tiny_run("ft", {CPU: 20.0})
    used = tiny_inference("FT", {CPU: 1.0}, n_items=1000)
    return [
        replace(run, machine=HERE, scores=(tiny_score(800),))
        for run in (ft, used, replace(used, run_id="again", block=1))
    ]


def trained(amounts: Amounts | None = None, *, row: str = "finetune", **changes: object) -> Run:
    run = tiny_run(f"THEIRS/{row}", amounts or {CPU: 5.0})
    made = replace(run, joined="THEIRS", machine=HERE, scores=(tiny_score(900),))
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def used(n_items: int, amounts: Amounts | None = None, **changes: object) -> Run:
    amounts = amounts or {CPU: 2.0 + 0.001 * n_items}
    run = tiny_inference("THEIRS", amounts, block=None, n_items=n_items)
    made = replace(
        run,
        run_id=f"used-{n_items}",
        joined="THEIRS",
        machine=HERE,
        settings=Settings(resolved={"role": "reference", "command": "theirs"}),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def analysis_of(*runs: Run, definition: StudyDefinition = DEFINITION) -> StudyAnalysis:
    return analyse(definition, [*own_runs(), *runs])


def theirs(analysis: StudyAnalysis) -> PathwayResult:
    (found,) = (p for p in analysis.pathways if p.name == "THEIRS")
    return found


def told(analysis: StudyAnalysis, code: NoteCode) -> list[str]:
    return [note.message for note in analysis.notes if note.code is code]


def test_it_stands_after_the_pathways_of_the_file_and_the_definition_stays_as_it_is() -> None:
    analysis = analysis_of(trained(), used(100), used(1100))
    assert [p.name for p in analysis.pathways] == ["FT", "THEIRS"]
    assert [p.name for p in analysis.definition.pathways] == ["FT", "THEIRS"]
    assert DEFINITION.pathways == (FT,)


def test_two_volumes_give_cost_per_item_and_start_up() -> None:
    result = theirs(analysis_of(trained(), used(100), used(1100)))
    assert result.development[CPU].value == 5.0
    assert result.marginal[CPU].value == pytest.approx(0.001)
    assert result.startup[CPU].value == pytest.approx(2.0)
    assert result.marginal[CPU].method.startswith("slope of a two-point line through 2 runs")
    assert result.startup[CPU].method.startswith("intercept of a two-point line")


def test_the_slope_is_what_decides_break_even_and_the_planes() -> None:
    analysis = analysis_of(trained(), used(100), used(1100), used(2100, run_id="third"))
    found = {(b.candidate, b.incumbent): b for b in analysis.break_evens}
    assert found["THEIRS", "FT"].verdict == "always cheaper"
    deployed = next(f for f in analysis.fronts if f.phase == "deployment" and f.resource is CPU)
    assert {p.name: p.cost.value for p in deployed.points}["THEIRS"] == pytest.approx(0.001)


def test_with_one_volume_start_up_is_inside_and_a_note_says_how_to_tell_it_apart() -> None:
    analysis = analysis_of(trained(), used(100))
    result = theirs(analysis)
    assert result.marginal[CPU].value == pytest.approx(0.021)
    assert result.marginal[CPU].method.startswith("mean per item, start-up included, 1 run")
    assert CPU not in result.startup
    (message,) = told(analysis, NoteCode.STARTUP_INSIDE)
    assert message == (
        "THEIRS was used on 100 examples each time, so its start-up is inside the CPU time per "
        "item."
    )


def test_a_line_that_no_cost_can_have_leaves_start_up_inside_and_says_so() -> None:
    analysis = analysis_of(trained(), used(100, {CPU: 9.0}), used(200, {CPU: 1.0}))
    (message,) = told(analysis, NoteCode.STARTUP_INSIDE)
    assert "has no slope above 0 in CPU time, so start-up is inside the cost per item" in message


def test_a_line_below_0_keeps_its_slope_and_says_that_start_up_is_not_told_from_0() -> None:
    analysis = analysis_of(trained(), used(100, {CPU: 1.0}), used(200, {CPU: 9.0}))
    result = theirs(analysis)
    (message,) = told(analysis, NoteCode.STARTUP_UNTOLD)
    assert message == "THEIRS: the start-up is not told apart from 0 in CPU time."
    assert result.marginal[CPU].value == pytest.approx(0.08)
    start = result.startup[CPU]
    assert (start.value, start.low, start.high) == pytest.approx((0.0, 0.0, 7.0))
    assert start.method.endswith("taken as 0; upper end as far above 0 as it fell below")


def test_three_runs_that_hold_0_say_so_in_the_method() -> None:
    runs = [used(n, {CPU: 0.01 * n + e}) for n, e in ((100, 0.0), (200, -0.3), (300, 0.3))]
    start = theirs(analysis_of(trained(), *runs)).startup[CPU]
    assert (start.value, start.low) == (0.0, 0.0)
    assert start.method == (
        "intercept of a least-squares line through 3 runs of 3 volumes, not told apart from 0; "
        "t interval, 1 degrees of freedom"
    )


def test_a_block_measured_in_python_holds_no_start_up() -> None:
    block = used(100, settings=Settings(resolved={"role": "reference"}))
    assert told(analysis_of(trained(), block), NoteCode.STARTUP_INSIDE) == []


def test_a_parent_of_the_study_is_part_of_its_development() -> None:
    analysis = analysis_of(trained(parents=("ft",)), used(100))
    assert theirs(analysis).development[CPU].value == 25.0


def test_the_deployed_row_is_the_one_that_nothing_builds_upon() -> None:
    base = trained(row="base", run_id="b")
    tuned = trained(row="tuned", run_id="t", parents=("b",))
    (pathway,) = joined_pathways(DEFINITION, [tuned, base])
    assert pathway.row == "THEIRS/tuned"


def test_a_row_that_leads_nowhere_is_named() -> None:
    analysis = analysis_of(
        trained(row="first", started_at="1"), trained(row="second", started_at="2"), used(100)
    )
    assert theirs(analysis).development[CPU].value == 5.0
    (message,) = told(analysis, NoteCode.JOINED_INCOMPLETE)
    assert "nothing builds upon THEIRS/first" in message


def test_the_score_that_rests_on_most_examples_counts() -> None:
    few = used(100, scores=(tiny_score(95, 100),))
    assert theirs(analysis_of(trained(), few)).score.value == 0.9  # type: ignore[union-attr]


def test_another_machine_is_said() -> None:
    (message,) = told(analysis_of(trained(machine=THERE), used(100)), NoteCode.JOINED_DIFFERS)
    assert (
        "THEIRS was measured on There (8 CPUs, host bbbbbb), the study on Here (2 CPUs" in message
    )


@pytest.mark.parametrize("facts", [{"n_test": 1000}, {}], ids=["by the task", "by its scores"])
def test_fewer_test_examples_are_said(facts: dict[str, int]) -> None:
    runs = [trained(scores=(tiny_score(90, 100),)), used(100)]
    (message,) = told(
        analysis_of(*runs, definition=replace(DEFINITION, facts=facts)), NoteCode.JOINED_DIFFERS
    )
    assert message.startswith("THEIRS was scored on 100 test examples, the study on 1,000;")


def test_other_sensors_are_said_both_ways() -> None:
    seen = {ENERGY: tiny_cost(ENERGY, 4.0)}
    (message,) = told(analysis_of(trained(seen), used(100, seen)), NoteCode.JOINED_DIFFERS)
    assert message == (
        "THEIRS was measured without CPU time and with energy of all, which its rows lack, unlike "
        "the rows of the study."
    )


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        pytest.param([trained(scores=()), used(100)], "no accuracy on the test split,", id="none"),
        pytest.param(
            [
                trained(scores=(Score(metric="f1", value=0.9, split="test", n_examples=9),)),
                used(100),
            ],
            "only f1 (test)",
            id="another metric",
        ),
        pytest.param([trained()], "no use of THEIRS was measured", id="never used"),
        pytest.param(
            [trained(), used(100), used(7, output=Volume())],
            "1 run of its use did not say how many examples",
            id="no volume",
        ),
    ],
)
def test_what_is_missing_is_said(runs: Sequence[Run], words: str) -> None:
    (message,) = told(analysis_of(*runs), NoteCode.JOINED_INCOMPLETE)
    assert words in message


def test_use_without_development_is_not_finished_and_says_what_to_measure() -> None:
    analysis = analysis_of(used(100, scores=(tiny_score(900),)))
    (note,) = (n for n in analysis.notes if n.code is NoteCode.NOT_FINISHED)
    assert note.advice.startswith("Measure its development: breakeven measure")


def test_failed_training_counts_as_development() -> None:
    failed = trained({CPU: 3.0}, status=Status.FAILED, run_id="failed")
    assert theirs(analysis_of(trained(), failed, used(100))).development[CPU].value == 8.0


def test_few_runs_of_its_use_are_said_in_its_own_words() -> None:
    messages = told(analysis_of(trained(), used(100), used(1100)), NoteCode.FEW_REPEATS)
    assert any(m.startswith("the use of THEIRS was measured 2 times only") for m in messages)


def test_four_runs_on_a_line_are_enough() -> None:
    runs = [used(n, {CPU: 2.0 + n / 1000 + e}) for n, e in ((100, 0), (900, 0.1), (1500, 0))]
    analysis = analysis_of(trained(), *runs, used(2500))
    assert [m for m in told(analysis, NoteCode.FEW_REPEATS) if "THEIRS" in m] == []
    assert theirs(analysis).marginal[CPU].level == 0.95


def test_a_name_that_the_file_uses_by_now_is_left_out_and_said() -> None:
    taken = PathwayDefinition(name="THEIRS", row="theirs")
    analysis = analysis_of(
        trained(), used(100), definition=replace(DEFINITION, pathways=(FT, taken))
    )
    (message,) = told(analysis, NoteCode.JOINED_INCOMPLETE)
    assert message.startswith("a pathway joined as THEIRS, which is a pathway of the study file")
    assert all(run.joined == "" for run in analysis.runs)


def test_a_definition_that_was_joined_already_joins_once() -> None:
    runs = [*own_runs(), trained(), used(100)]
    once = study_runs(DEFINITION, runs).definition
    assert study_runs(once, runs).definition == once


def test_its_use_is_no_configuration_of_the_sweep() -> None:
    analysis = analysis_of(trained(), used(100))
    assert {c.pathway for c in analysis.sweep} == {"FT"}


def test_several_trainings_are_scored_by_their_mean_over_seeds() -> None:
    """Whichever came first: the others were seen as well, and say how far seeds scatter."""
    scores = (0.90, 0.84)
    runs = [
        trained(run_id=f"seed-{seed}", scores=(tiny_score(round(1000 * score)),))
        for seed, score in enumerate(scores)
    ]
    one, both = (theirs(analysis_of(*some, used(1000))) for some in (runs[:1], runs))

    assert (one.n_seeds, both.n_seeds) == (1, 2)
    assert both.score is not None
    assert both.score.value == pytest.approx(0.87)
    assert both.score.run_ids == ("seed-0", "seed-1")
    assert both.score.high is not None
    assert both.score.high > 0.91


def test_a_score_on_more_examples_stands_before_those_of_trainings() -> None:
    larger = replace(tiny_score(900), n_examples=2000, n_correct=1700, value=0.85)
    analysis = analysis_of(trained(), used(2000, scores=(larger,)))
    found = theirs(analysis).score

    assert found is not None
    assert found.value == pytest.approx(0.85)
