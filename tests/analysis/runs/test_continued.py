from dataclasses import replace

import pytest

from breakeven.analysis.costs.factors import stage_factors
from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.continued import continued_by
from breakeven.analysis.runs.rows import row_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.records import PathwayDefinition, Resource, Run, Status, StudyDefinition, Volume
from breakeven.testing.tiny import STUDY, tiny_run

CPU = Resource.CPU_S


def run(run_id: str, cpu_s: float, *, status: Status = Status.OK, continues: str = "") -> Run:
    made = tiny_run("pretrain", {CPU: cpu_s}, status=status)
    return replace(made, run_id=run_id, continues=continues)


def killed(run_id: str, cpu_s: float, *, continues: str = "") -> Run:
    return run(run_id, cpu_s, status=Status.INTERRUPTED, continues=continues)


def test_a_repeat_made_in_three_runs_is_one_repeat() -> None:
    """2 + 3 + 5 CPU s made the first repeat, 8 the second: 9 on average, and no failure on top."""
    runs = [killed("a", 2.0), killed("b", 3.0, continues="a"), run("c", 5.0, continues="b")]
    cost = row_cost([*runs, run("d", 8.0)])
    assert cost.amounts[CPU].value == pytest.approx(9.0)
    assert set(cost.amounts[CPU].run_ids) == {"a", "b", "c", "d"}
    assert len(cost.runs) == 4


def test_the_peak_of_a_repeat_made_in_two_runs_is_the_higher_one() -> None:
    peak = Resource.PEAK_MEMORY_BYTES
    first = tiny_run("pretrain", {peak: 9.0}, status=Status.INTERRUPTED)
    runs = [replace(first, run_id="a"), replace(tiny_run("pretrain", {peak: 5.0}), continues="a")]
    assert row_cost(runs).amounts[peak].value == 9.0


def test_an_attempt_that_left_no_checkpoint_is_lost_and_paid_in_full() -> None:
    """The second run died before its own checkpoint, so the third went on from the first's."""
    runs = [
        killed("a", 2.0),
        killed("b", 3.0, continues="a"),
        run("c", 5.0, continues="a"),
        run("d", 9.0),
    ]
    assert row_cost(runs).amounts[CPU].value == pytest.approx((2 + 5 + 9) / 2 + 3)


def test_factors_count_a_continued_repeat_once() -> None:
    """2 + 4 CPU s over 100 + 200 examples; the third run is the only one that was lost."""
    first = replace(killed("a", 2.0), output=Volume(n_examples=100))
    again = replace(run("b", 4.0, continues="a"), output=Volume(n_examples=200))
    row = row_cost([first, again, killed("c", 9.0)])
    definition = StudyDefinition(name=STUDY, pathways=())
    path = PathwayDefinition(name="P", row="pretrain")
    cost = pathway_cost(study_runs(definition, row.runs), path)
    (factors,) = stage_factors([cost])
    assert (row.n_finished, row.n_lost) == (1, 1)
    assert (factors.n_processed, factors.n_lost) == (300.0, 1)
    assert factors.per_example[CPU].value == pytest.approx(0.02)


def test_what_nobody_finished_is_a_failure_like_any_other() -> None:
    assert continued_by([killed("a", 2.0), killed("b", 3.0, continues="a")]) == {}


def test_a_run_that_is_not_at_hand_ends_the_chain() -> None:
    assert continued_by([run("c", 5.0, continues="elsewhere")]) == {}


def test_a_part_that_nobody_saw_leaves_the_result_unseen_but_not_its_data() -> None:
    data = Resource.N_UNLABELLED_EXAMPLES
    whole = tiny_run("pretrain", {data: 100.0, CPU: 5.0})
    blind = tiny_run("pretrain", {}, status=Status.INTERRUPTED)
    cost = row_cost([replace(blind, run_id="a"), replace(whole, run_id="b", continues="a")])
    assert cost.amounts[data].value == 100.0
    assert CPU not in cost.amounts
