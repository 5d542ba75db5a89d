"""Equivalents and fleets: ratios with intervals, and assumptions that stay visible."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.equivalents import Fleet, equivalents, fleet_costs, ratio_of
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import (
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Stage,
    Status,
    StudyDefinition,
    Trial,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

ENERGY = Resource.ENERGY_J
DEFINITION = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))


def pathways(*runs: Run) -> list[PathwayCost]:
    found = study_runs(DEFINITION, runs)
    return [pathway_cost(found, pathway) for pathway in DEFINITION.pathways]


def life(pretrain_j: float = 4000.0) -> list[PathwayCost]:
    fine = [replace(tiny_run("ft", {ENERGY: j}, parents=["pre"]), run_id=f"ft{j}") for j in (9, 11)]
    return pathways(
        tiny_run("pre", {ENERGY: pretrain_j}, stage=Stage.PRETRAIN),
        *fine,
        *(tiny_inference("FT", {ENERGY: 5.0}, block=b, n_items=100) for b in range(3)),
    )


def test_a_pre_training_is_so_many_fine_tunings_and_a_fine_tuning_so_many_answers() -> None:
    """4000 J over 10 J a run, and 10 J over 0.05 J an answer."""
    found = {(e.whole, e.part): e.times for e in equivalents(life(), item="example")}
    times = found["pre", "ft"]
    assert times.value == pytest.approx(400)
    assert times.low is not None
    assert times.low < 400
    assert found["ft", "FT, one example"].value == pytest.approx(200)
    assert found["pre", "FT, one example"].value == pytest.approx(80_000)


def test_two_fine_tunings_leave_the_upper_end_open() -> None:
    """9 and 11 J with one degree of freedom: 10 -+ 12.7, which reaches below nothing."""
    times = next(e.times for e in equivalents(life(), item="example") if e.part == "ft")
    assert times.high == math.inf


def test_what_costs_nothing_has_no_equivalents() -> None:
    with pytest.raises(ValueError, match="no equivalents"):
        ratio_of(Uncertain.exact(5.0), Uncertain.exact(0.0), "runs")
    free = pathways(
        tiny_run("pre", {ENERGY: 1.0}, stage=Stage.PRETRAIN),
        tiny_run("ft", {ENERGY: 0.0}, parents=["pre"]),
    )
    assert equivalents(free, item="example") == ()
    assert fleet_costs(free, Fleet(n_runs=1, n_actors=1)) == ()


@given(
    whole=st.floats(1, 1e9),
    part=st.floats(1e-3, 1e6),
    doubt=st.floats(0, 0.5),
)
def test_the_interval_holds_the_ratio(whole: float, part: float, doubt: float) -> None:
    cheap = Uncertain(value=part, low=part * (1 - doubt), high=part * (1 + doubt))
    found = ratio_of(Uncertain.exact(whole), cheap, "parts")
    assert found.value is not None
    assert found.value == pytest.approx(whole / part)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value * (1 + 1e-9)
    assert found.high >= found.value * (1 - 1e-9)


def test_a_fleet_is_an_assumption_times_a_measurement() -> None:
    """20 runs x 50 actors x 10 J = 10 kJ, which is 2.5 pre-trainings of 4 kJ."""
    (cost,) = fleet_costs(life(), Fleet(n_runs=20, n_actors=50))
    assert cost.all.value == pytest.approx(10_000)
    assert cost.all.kinds == (Kind.MODELLED, Kind.ASSUMED)
    assert cost.one.kinds == (Kind.MEASURED,)
    assert "20 runs x 50 actors (assumed)" in cost.all.method
    assert cost.equivalent is not None
    assert cost.equivalent.value == pytest.approx(2.5)


def test_data_are_not_used_up_by_use() -> None:
    data = Resource.N_LABELLED_EXAMPLES
    paths = pathways(
        tiny_run("pre", {ENERGY: 40.0, data: 100.0}, stage=Stage.PRETRAIN),
        tiny_run("ft", {ENERGY: 10.0, data: 50.0}, parents=["pre"]),
    )
    assert [e.resource for e in equivalents(paths, item="example")] == [ENERGY]
    assert [c.resource for c in fleet_costs(paths, Fleet(n_runs=1, n_actors=2))] == [ENERGY]


def test_tuning_is_a_training_that_a_pre_training_is_held_against() -> None:
    paths = pathways(
        tiny_run("pre", {ENERGY: 40.0}, stage=Stage.PRETRAIN),
        tiny_run("ft", {ENERGY: 10.0}, stage=Stage.TUNE, parents=["pre"]),
    )
    (found,) = equivalents(paths, item="example")
    assert (found.whole, found.part, found.times.value) == ("pre", "ft", 4.0)


def test_a_fleet_is_held_against_the_dearest_pre_training() -> None:
    cheap = tiny_run("cheap", {ENERGY: 10.0}, stage=Stage.PRETRAIN)
    dear = tiny_run("dear", {ENERGY: 50.0}, stage=Stage.PRETRAIN, parents=["cheap"])
    paths = pathways(cheap, dear, tiny_run("ft", {ENERGY: 5.0}, parents=["dear"]))
    (cost,) = fleet_costs(paths, Fleet(n_runs=10, n_actors=2))
    assert cost.equivalent is not None
    assert cost.equivalent.value == pytest.approx(2.0)


def test_without_a_pre_training_a_fleet_has_nothing_to_be_held_against() -> None:
    (cost,) = fleet_costs(pathways(tiny_run("ft", {ENERGY: 10.0})), Fleet(n_runs=1, n_actors=2))
    assert cost.equivalent is None


def test_a_pre_training_that_cost_nothing_is_no_measure() -> None:
    (cost,) = fleet_costs(
        pathways(
            tiny_run("pre", {ENERGY: 0.0}, stage=Stage.PRETRAIN),
            tiny_run("ft", {ENERGY: 10.0}, parents=["pre"]),
        ),
        Fleet(n_runs=1, n_actors=2),
    )
    assert cost.equivalent is None


def test_a_run_is_one_that_finished_and_a_model_is_made_with_failures_too() -> None:
    """Runs of 9 and 11 J and a failed one of 100 J: 10 J a run, 110 J for the model."""
    fine = [replace(tiny_run("ft", {ENERGY: j}, parents=["pre"]), run_id=f"ft{j}") for j in (9, 11)]
    paths = pathways(
        tiny_run("pre", {ENERGY: 4000.0}, stage=Stage.PRETRAIN),
        *fine,
        tiny_run("ft", {ENERGY: 100.0}, parents=["pre"], status=Status.FAILED),
        *(tiny_inference("FT", {ENERGY: 5.0}, block=b, n_items=100) for b in range(3)),
    )
    found = {(e.whole, e.part): e.times.value for e in equivalents(paths, item="example")}
    assert found["pre", "ft"] == pytest.approx(400)
    assert found["ft", "FT, one example"] == pytest.approx(110 / 0.05)
    (cost,) = fleet_costs(paths, Fleet(n_runs=20, n_actors=50))
    assert cost.one.value == pytest.approx(10)
    assert cost.all.value == pytest.approx(10_000)
    assert cost.one.method.startswith("mean over finished runs")


def test_a_run_of_a_tuned_row_is_a_trial_and_not_the_search() -> None:
    """Trials of 9 and 11 J: 10 J a run, where the search took 20 J."""
    trials = [
        replace(
            tiny_run("ft", {ENERGY: j}),
            run_id=f"trial{j}",
            trial=Trial(row="ft", number=j, metric="accuracy"),
        )
        for j in (9, 11)
    ]
    (cost,) = fleet_costs(pathways(*trials), Fleet(n_runs=3, n_actors=1))
    assert cost.one.value == pytest.approx(10)
    assert cost.all.value == pytest.approx(30)


@pytest.mark.parametrize(("runs", "actors"), [(0, 5), (5, -1), (math.inf, 2)])
def test_a_fleet_of_nobody_is_refused(runs: float, actors: float) -> None:
    with pytest.raises(ValueError, match="above 0 and finite"):
        Fleet(n_runs=runs, n_actors=actors)
