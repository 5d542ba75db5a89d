"""A stored grid stands in for the machine: what it serves, what it hides and what it charges."""

from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.analysis.search.bench import Bench
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.recordings import NoGridError, grid_of
from breakeven.analysis.search.replay import Grid, Recording, ReplayBench
from breakeven.records import Resource, Settings, Stage
from breakeven.testing.factorial import factorial_runs

LONG = Cell(route="FT", settings={"max_length": 128})
SHORT = Cell(route="FT", settings={"max_length": 16})
GRAPH = Cell(route="OV", settings={"max_length": 16})


def grid() -> Grid:
    right = np.array([1.0, 1.0, 1.0, 0.0])
    return Grid(
        recordings=(
            Recording(
                cell=LONG, blocks={0: 8.0, 1: 9.0, 2: 10.0, 3: 11.0}, correct=right, warmup=2.0
            ),
            Recording(
                cell=SHORT, blocks={0: 4.0, 1: 5.0, 2: 6.0, 3: 7.0}, correct=right, warmup=1.0
            ),
            Recording(
                cell=GRAPH,
                blocks=dict.fromkeys(range(4), 1.0),
                correct=right[::-1],
                needs=("ov", "OV/serve"),
                seen={Resource.LATENCY_P99_S: {0: 0.1, 1: 9.0, 2: 0.2, 3: 9.0}},
            ),
        ),
        openings={"ov": 30.0, "OV/serve": 10.0},
    )


def bench(seed: int = 0) -> ReplayBench:
    return ReplayBench(grid(), blocks=(0, 2), rng=np.random.default_rng(seed))


def test_it_can_stand_in_for_any_bench() -> None:
    found: Bench = bench()
    assert (found.n_selection, found.spent, dict(found.failed)) == (4, 0.0, {})


def test_only_visible_blocks_are_served_the_same_for_all_cells() -> None:
    long, short = bench().cost([LONG, SHORT], n_examples=2, n_blocks=2)
    assert sorted(long) == [8.0, 10.0]
    np.testing.assert_array_equal(long - short, [4.0, 4.0])


def test_it_serves_no_more_blocks_than_may_be_seen() -> None:
    (costs,) = bench().cost([LONG], n_examples=2, n_blocks=5)
    assert len(costs) == 2


def test_all_blocks_that_are_asked_for_are_charged() -> None:
    found = bench()
    found.cost([GRAPH], n_examples=2, n_blocks=5)
    assert found.spent == pytest.approx(30.0 + 10.0 + 5 * 2 * 1.0)


def test_limits_are_judged_by_visible_blocks_alone() -> None:
    assert bench().seen([GRAPH]) == [{Resource.LATENCY_P99_S: 0.2}]


def test_later_rounds_begin_with_the_block_that_was_not_served_yet() -> None:
    found = bench()
    (first,) = found.cost([LONG], n_examples=2, n_blocks=1)
    (second,) = found.cost([LONG], n_examples=2, n_blocks=1)
    assert sorted([*first, *second]) == [8.0, 10.0]


def test_examples_are_charged_at_the_rate_of_their_block_with_the_warm_up() -> None:
    found = bench()
    found.cost([SHORT], n_examples=3, n_blocks=2)
    assert found.spent == pytest.approx(3 * (4.0 + 6.0) + 2 * 1.0)


def test_a_route_is_made_and_loaded_once() -> None:
    found = bench()
    found.cost([GRAPH], n_examples=1, n_blocks=1)
    found.cost([GRAPH], n_examples=1, n_blocks=1)
    assert found.spent == pytest.approx(30.0 + 10.0 + 2 * 1.0)


def test_answers_that_were_given_while_costs_were_measured_are_free() -> None:
    found = bench()
    found.cost([SHORT], n_examples=3, n_blocks=1)
    spent = found.spent
    found.answers([SHORT], n_examples=3)
    assert found.spent == spent
    found.answers([SHORT], n_examples=4)
    assert found.spent > spent


def test_fewer_examples_are_part_of_more_and_the_same_for_all_cells() -> None:
    found = bench(seed=3)
    long, graph = found.answers([LONG, GRAPH], n_examples=4)
    (fewer,) = found.answers([LONG], n_examples=2)
    np.testing.assert_array_equal(long[:2], fewer)
    assert int(np.flatnonzero(long == 0)[0]) != int(np.flatnonzero(graph == 0)[0])


def test_the_grid_costs_every_cell_in_every_visible_block_and_each_route_once() -> None:
    rows = 4 * (8.0 + 10.0 + 4.0 + 6.0 + 2.0) + 2 * (2.0 + 1.0)
    assert grid().cost((0, 2)) == pytest.approx(rows + 40.0)


def test_every_other_block_is_the_truth() -> None:
    assert grid().halves() == ((0, 2), (1, 3))


def factorial(*, n_blocks: int = 2) -> StudyRuns:
    return study_runs(*factorial_runs(n_blocks=n_blocks))


def right(found: StudyRuns) -> dict[str, dict[int, bool]]:
    return {
        run.run_id: {i: i < (score.n_correct or 0) for i in range(score.n_examples)}
        for run in found.runs
        for score in run.scores
    }


def test_a_stored_study_becomes_a_grid() -> None:
    found = factorial()
    made = grid_of(found, right(found).get)
    cell = next(r for r in made.recordings if r.cell.settings["max_length"] == 16)
    assert set(cell.cell.settings) == {"max_length", "n_layers", "padding", "precision"}
    assert set(cell.blocks) == {0, 1}
    assert made.openings["ft"] == pytest.approx(1500.0)


def exported() -> StudyRuns:
    """FT once more as an fp32 graph and as an int8 one."""
    definition, runs = factorial_runs(n_blocks=2)
    precisions = {"ts": "fp32", "ta": "int8-static"}
    changed = tuple(
        replace(
            run,
            stage=Stage.EXPORT,
            parents=("ft",),
            settings=Settings(
                resolved={
                    "backend": "openvino",
                    "precision": precisions[run.row],
                    "start": "ft",
                }
            ),
        )
        if run.row in precisions
        else run
        for run in runs
    )
    return study_runs(definition, changed)


def test_fp32_graphs_are_expected_to_answer_as_their_model_and_others_are_not() -> None:
    found = exported()
    recordings = grid_of(found, right(found).get, depths=lambda _: 6).recordings
    alike = {r.cell.route: r.cell.alike for r in recordings if r.cell.settings["max_length"] == 16}
    assert alike["FT"] == alike["TS"] != alike["TA"]
    assert {r.cell.features.depth for r in recordings if not r.cell.settings["n_layers"]} == {6.0}


def test_costs_are_foretold_by_what_runs_a_model_where_its_depth_is_known() -> None:
    found = exported()
    known = grid_of(found, right(found).get, depths=lambda _: 6).recordings
    levels = {r.cell.route: r.cell.features.levels["route"] for r in known}
    assert levels["TA"] == "openvino int8-static"
    unknown = grid_of(found, right(found).get).recordings
    assert {r.cell.features.levels["backend"] for r in unknown} == {"torch", "openvino"}


def test_what_all_routes_need_was_there_before() -> None:
    found = exported()
    needs = {name for r in grid_of(found, right(found).get).recordings for name in r.needs}
    assert needs == {"ts", "ta"}


def test_a_study_without_known_answers_is_refused() -> None:
    with pytest.raises(NoGridError, match="known answers"):
        grid_of(factorial(), lambda _: None)
