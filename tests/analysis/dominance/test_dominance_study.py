"""Spaces of a study: pathways in every phase, configurations in use, and what pairs them."""

from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.dominance import (
    ConfigurationSpaces,
    PathwaySpaces,
    Phase,
    conclude,
    dominators,
    phases,
)
from breakeven.analysis.fronts.fronts import study_fronts
from breakeven.analysis.runs.select import study_runs
from breakeven.records import Estimate, PathwayDefinition, Resource, Run, StudyDefinition
from breakeven.testing.factorial import factorial_runs
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

DEVELOPMENT, DEPLOYMENT = phases()


@pytest.fixture(scope="module")
def spaces() -> PathwaySpaces:
    definition, runs = example_runs()
    found = study_runs(definition, runs)
    pathways = tuple(pathway_cost(found, p) for p in found.definition.pathways)
    return PathwaySpaces(found=found, pathways=pathways)


@pytest.mark.parametrize("phase", phases([1e5]), ids=lambda phase: phase.name)
@pytest.mark.parametrize("resource", [Resource.CPU_S, Resource.FLOPS], ids=lambda r: r.value)
def test_the_same_front_as_the_report(
    spaces: PathwaySpaces, phase: Phase, resource: Resource
) -> None:
    fronts = study_fronts(spaces.found, spaces.pathways, np.random.default_rng(0))
    expected = next(f for f in fronts if (f.phase, f.resource) == (phase.name, resource))
    space = spaces.space(spaces.axes([resource]), phase)
    found = conclude(space, spaces.compare(phase))
    assert set(found.front) == {p.name for p in expected.points if p.is_on_front}
    by_name = {p.name: p for p in expected.points}
    for name, winners in zip(space.names, dominators(space.losses), strict=True):
        assert {space.names[i] for i in winners} == set(by_name[name].dominated_by)


def test_three_axes_keep_what_two_kept(spaces: PathwaySpaces) -> None:
    two = spaces.space(spaces.axes([Resource.CPU_S]), DEPLOYMENT)
    three = spaces.space(spaces.axes([Resource.CPU_S, Resource.LATENCY_P50_S]), DEPLOYMENT)
    kept = set(conclude(two, spaces.compare(DEPLOYMENT)).front) & set(three.names)
    assert kept <= set(conclude(three, spaces.compare(DEPLOYMENT)).front)


def test_a_pathway_without_the_cost_is_left_out_by_name(spaces: PathwaySpaces) -> None:
    space = spaces.space(spaces.axes([Resource.CPU_S]), DEPLOYMENT)
    assert space.left_out == ("API",)


def test_development_that_ran_once_shows_nothing(spaces: PathwaySpaces) -> None:
    space = spaces.space(spaces.axes([Resource.CPU_S]), DEVELOPMENT)
    found = conclude(space, spaces.compare(DEVELOPMENT))
    (beaten,) = (reason for reason in found.reasons if reason.loser == "TS")
    assert beaten.gaps[1].why == "development ran once"
    assert not beaten.is_shown


def test_shared_development_cancels_in_the_ratio() -> None:
    """A teacher of 100 (3 repeats, large scatter) that both rest on, 10 and 20 on top of it."""
    definition = study("FT", "TS")
    teacher = [
        replace(tiny_run("base", {Resource.CPU_S: cost}), run_id=f"base-{i}", repeat=i)
        for i, cost in enumerate((80.0, 100.0, 120.0))
    ]
    own = [
        replace(
            tiny_run(row, {Resource.CPU_S: (cost, 0.5)}, parents=["base-0"]),
            run_id=f"{row}-{i}",
            repeat=i,
        )
        for row, cost in (("ft", 10.0), ("ts", 20.0))
        for i in range(3)
    ]
    use = [used("FT", 1.0, 900), used("TS", 1.0, 900)]
    spaces = spaces_of(definition, [*teacher, *own, *use])
    axes = spaces.axes([Resource.CPU_S])
    found = spaces.compare(DEVELOPMENT)("TS", "FT", axes[1]).estimate
    assert found.value == pytest.approx(120 / 110)
    assert found.low is not None
    assert found.low > 1.0


def test_use_is_compared_within_blocks() -> None:
    """Blocks that differ by half tell the two apart: the ratio is 2 in each of them."""
    runs = [
        replace(
            tiny_inference(name, {Resource.CPU_S: cost * block}, block=block),
            scores=(tiny_score(900),),
        )
        for name, cost in (("FT", 2.0), ("TS", 1.0))
        for block in (1, 2, 3)
    ]
    development = [tiny_run("ft", {Resource.CPU_S: 1.0}), tiny_run("ts", {Resource.CPU_S: 1.0})]
    spaces = spaces_of(study("FT", "TS"), [*development, *runs])
    axes = spaces.axes([Resource.CPU_S])
    there = spaces.compare(DEPLOYMENT)("FT", "TS", axes[1]).estimate
    back = spaces.compare(DEPLOYMENT)("TS", "FT", axes[1]).estimate
    assert (there.low, there.value, there.high) == pytest.approx((2.0, 2.0, 2.0))
    assert (back.low, back.value, back.high) == pytest.approx((0.5, 0.5, 0.5))


def test_one_block_is_drawn_by_its_resolution() -> None:
    development = [tiny_run("ft", {Resource.CPU_S: 1.0}), tiny_run("ts", {Resource.CPU_S: 1.0})]
    use = [used("FT", (10.0, 2.0), 900), used("TS", (11.0, 2.0), 900)]
    spaces = spaces_of(study("FT", "TS"), [*development, *use])
    axes = spaces.axes([Resource.CPU_S])
    found = conclude(spaces.space(axes, DEPLOYMENT), spaces.compare(DEPLOYMENT))
    assert found.membership is not None
    assert 0.05 < found.membership["TS"] < 0.95
    gap = spaces.compare(DEPLOYMENT)("TS", "FT", axes[1])
    assert (gap.estimate.low, gap.estimate.high) == pytest.approx((9 / 12, 13 / 8))
    assert gap.is_shown is None  # one block tells no scatter


def test_every_configuration_of_a_sweep_is_placed() -> None:
    found = study_runs(*factorial_runs())
    spaces = ConfigurationSpaces(found=found)
    space = spaces.space(spaces.axes([Resource.ENERGY_J]))
    assert len(space.spots) == 120
    result = conclude(space, spaces.compare())
    best = max(space.spots, key=lambda spot: (spot.values[0], -spot.values[1]))
    assert result.front[0] == best.name
    assert all(r.gaps[1].estimate.low is not None for r in result.reasons)


def test_a_configuration_against_itself_is_no_difference() -> None:
    spaces = ConfigurationSpaces(found=study_runs(*factorial_runs()))
    axes = spaces.axes([Resource.CPU_S])
    found = spaces.compare()("FT/reference", "FT/reference", axes[1]).estimate
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)


def test_configurations_with_answers_are_compared_example_by_example() -> None:
    """The same 872 answers but one: alone Newcombe's 2.8 points, in pairs a fraction of it."""
    definition, runs = factorial_runs(n_blocks=1)
    inferred = [run for run in runs if run.scores]
    told = {
        run.run_id: {i: i < (run.scores[0].n_correct or 0) for i in range(872)} for run in inferred
    }
    found = study_runs(definition, runs)
    alone, paired = (
        ConfigurationSpaces(found=found),
        ConfigurationSpaces(found=found, answers=told.get),
    )
    axes = paired.axes([Resource.CPU_S])
    names = ("FT/reference", "FT/max_length=40")
    wide = alone.compare()(*names, axes[0]).estimate
    narrow = paired.compare()(*names, axes[0]).estimate
    assert narrow.value == wide.value
    assert width(narrow) < width(wide) / 2
    drawn = paired.space(axes)
    gap = drawn.spots[0].draws[:, 0] - drawn.spots[1].draws[:, 0]
    apart = alone.space(axes)
    assert gap.std() < (apart.spots[0].draws[:, 0] - apart.spots[1].draws[:, 0]).std()


def test_one_block_of_a_configuration_shows_bounds_and_no_more() -> None:
    definition, runs = factorial_runs(n_blocks=1)
    spaces = ConfigurationSpaces(found=study_runs(definition, runs))
    axes = spaces.axes([Resource.CPU_S])
    gap = spaces.compare()("FT/reference", "TS/reference", axes[1])
    assert gap.why == "fewer than two common blocks"
    assert gap.is_shown is None
    without = spaces.axes([Resource.PRICE_USD])
    assert len(spaces.space(without).left_out) == 120


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low


def study(*names: str) -> StudyDefinition:
    pathways = tuple(PathwayDefinition(name=name, row=name.lower()) for name in names)
    return StudyDefinition(name=STUDY, pathways=pathways)


def used(name: str, cost: float | tuple[float, float], n_correct: int) -> Run:
    run = tiny_inference(name, {Resource.CPU_S: cost})
    return replace(run, scores=(tiny_score(n_correct),))


def spaces_of(definition: StudyDefinition, runs: list[Run]) -> PathwaySpaces:
    found = study_runs(definition, runs)
    pathways = tuple(pathway_cost(found, p) for p in found.definition.pathways)
    return PathwaySpaces(found=found, pathways=pathways)
