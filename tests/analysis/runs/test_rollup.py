"""Roll-up: every run paid once, whatever became of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.runs.rollup import RollUp, roll_ups
from breakeven.records import (
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Trial,
)
from breakeven.report.tables.rollup import runs_words
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

CPU, PEAK = Resource.CPU_S, Resource.PEAK_MEMORY_BYTES


def study(**rows: str) -> StudyDefinition:
    pathways = tuple(PathwayDefinition(name=name, row=row) for name, row in rows.items())
    return StudyDefinition(name=STUDY, pathways=pathways)


TEACHER = tiny_run("teacher", {CPU: 60.0})
SMALL = tiny_run("small", {CPU: 10.0}, stage=Stage.DISTIL, parents=["teacher"])
SMALLER = tiny_run("smaller", {CPU: 6.0}, stage=Stage.DISTIL, parents=["teacher"])
TWO = study(A="small", B="smaller")


def rolled(definition: StudyDefinition, *runs: Run) -> RollUp:
    return roll_ups([definition], runs)[0]


def value(found: RollUp, row: str) -> float:
    return next(r for r in found.rows if r.row == row).totals[CPU].value


def test_a_teacher_of_two_students_is_paid_once_and_its_share_stated() -> None:
    found = rolled(TWO, TEACHER, SMALL, SMALLER)
    teacher = next(row for row in found.rows if row.row == "teacher")
    assert (teacher.users, teacher.share, teacher.totals[CPU].value) == (("A", "B"), 0.5, 60.0)
    total = found.total(CPU)
    assert total is not None
    assert total.value == 76.0
    by_pathway = found.by_pathway(CPU)
    assert {name: part.value for name, part in by_pathway.items()} == {"A": 40.0, "B": 36.0}
    assert by_pathway["A"].kinds == (Kind.MEASURED, Kind.ASSUMED)


def test_killed_and_pruned_trials_are_in_what_tuning_cost() -> None:
    def trial(number: int, cpu_s: float, status: Status) -> Run:
        run = tiny_run(f"ft/trial-{number}", {CPU: cpu_s}, status=status)
        return replace(run, trial=Trial(row="ft", number=number, metric="accuracy"))

    found = rolled(
        study(FT="ft"),
        trial(0, 8.0, Status.OK),
        trial(1, 2.0, Status.PRUNED),
        trial(2, 1.0, Status.INTERRUPTED),
        trial(3, 0.5, Status.FAILED),
    )
    (row,) = found.rows
    assert (row.row, row.stage, row.users) == ("ft", Stage.TUNE, ("FT",))
    assert {status.value: n for status, n in row.statuses.items()} == {
        "ok": 1,
        "pruned": 1,
        "interrupted": 1,
        "failed": 1,
    }
    assert found.by_stage(CPU)[Stage.TUNE].value == 11.5


def test_a_record_that_is_the_mean_of_three_runs_was_paid_three_times() -> None:
    printed = replace(TEACHER, settings=Settings(resolved={"n_repeats": 3}))
    (row,) = rolled(study(FT="teacher"), printed).rows
    assert (row.totals[CPU].value, row.n_runs, row.means) == (180.0, 3, (3,))
    assert row.totals[CPU].kinds == (Kind.MEASURED,)
    assert runs_words(row) == "3 (mean of 3)"


def test_what_a_mean_did_not_see_counts_as_often_as_it_was_run() -> None:
    seen = tiny_run("ft", {CPU: 60.0})
    blind = replace(
        tiny_run("ft", {Resource.DURATION_S: 2.0}),
        run_id="other",
        settings=Settings(resolved={"n_repeats": 2}),
    )
    (row,) = rolled(study(FT="ft"), seen, blind).rows
    assert (row.unseen[CPU], row.totals[CPU].value) == (2, 60.0)
    assert runs_words(row) == "3 (1 mean of 2)"


def test_every_repeat_is_paid_and_not_their_mean() -> None:
    again = replace(TEACHER, run_id="teacher-2", repeat=1)
    assert value(rolled(TWO, TEACHER, again), "teacher") == 120.0


def test_what_no_pathway_rests_on_is_still_paid() -> None:
    lost = tiny_run("tried", {CPU: 5.0}, status=Status.FAILED)
    found = rolled(TWO, TEACHER, SMALL, lost)
    unused, total = found.unused(CPU), found.total(CPU)
    assert unused is not None
    assert total is not None
    assert (unused.value, total.value) == (5.0, 75.0)
    assert found.rows[-1].borne(CPU) is None


def test_use_belongs_to_its_pathway() -> None:
    found = rolled(TWO, TEACHER, SMALL, tiny_inference("A", {CPU: 3.0}))
    assert found.rows[-1].users == ("A",)
    assert found.by_pathway(CPU)["A"].value == 73.0


def test_peaks_take_the_largest_and_are_not_shared_out() -> None:
    one, two = tiny_run("teacher", {PEAK: 5.0}), tiny_run("small", {PEAK: 9.0}, parents=["teacher"])
    again = replace(one, run_id="again", phases=two.phases)
    found = rolled(TWO, one, two, again)
    total = found.total(PEAK)
    assert total is not None
    assert (total.value, value_of(found, "teacher")) == (9.0, 9.0)
    assert found.by_pathway(PEAK) == {}


def value_of(found: RollUp, row: str) -> float:
    return next(r for r in found.rows if r.row == row).totals[PEAK].value


def test_what_a_run_did_not_see_is_counted_and_not_zero() -> None:
    blind = replace(tiny_run("teacher", {}), run_id="blind")
    found = rolled(TWO, TEACHER, blind)
    assert found.rows[0].unseen == {CPU: 1}
    assert found.total(Resource.ENERGY_J) is None


def test_a_run_inside_another_is_not_paid_again() -> None:
    inner = replace(tiny_run("step", {CPU: 4.0}), settings=Settings(resolved={"inside": "teacher"}))
    lost = replace(inner, run_id="alone", settings=Settings(resolved={"inside": "elsewhere"}))
    total = rolled(TWO, TEACHER, inner, lost).total(CPU)
    assert total is not None
    assert total.value == 64.0


def test_runs_outside_any_study_come_last_without_pathways() -> None:
    alone = replace(tiny_run("make", {CPU: 1.0}), study="")
    inside, outside = roll_ups([TWO], [alone, TEACHER])
    assert (inside.study, outside.study, outside.pathways) == (STUDY, "", ())
    assert roll_ups([TWO], []) == ()


@given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=6))
def test_stages_and_pathways_add_up_to_the_total(costs: list[float]) -> None:
    runs = [
        replace(run, run_id=f"{run.row}-{i}", phases=tiny_run("x", {CPU: cost}).phases)
        for i, cost in enumerate(costs)
        for run in (TEACHER, SMALL, SMALLER, tiny_run("unused", {CPU: 1.0}))
    ]
    found = rolled(TWO, *(replace(run, parents=()) for run in runs))
    total, unused = found.total(CPU), found.unused(CPU)
    assert total is not None
    assert unused is not None
    stages = sum(part.value for part in found.by_stage(CPU).values())
    pathways = sum(part.value for part in found.by_pathway(CPU).values())
    assert total.value == pytest.approx(stages)
    assert total.value == pytest.approx(pathways + unused.value)
    assert total.value == pytest.approx(4 * sum(costs))


def test_the_example_study_is_paid_once() -> None:
    definition, runs = example_runs()
    (found,) = roll_ups([definition], runs)
    total = found.total(CPU)
    assert total is not None
    spent = [c.value for run in runs for c in run.costs(CPU)]
    assert total.value == pytest.approx(sum(spent))
