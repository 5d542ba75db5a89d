from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.costs.life_studies import gathered

from breakeven.analysis.costs.factors import stage_factors
from breakeven.analysis.costs.life import usage_profiles
from breakeven.analysis.costs.usage import share_of
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Item, Resource, Stage
from breakeven.testing.runs import N_TEST, example_runs

LOOSE = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.25, curvature=0.0125)
"""A use with scatter over five degrees of freedom."""


def test_research_is_development_and_production_is_use() -> None:
    found = {
        u.profile: u
        for u in usage_profiles(*example_runs())
        if (u.pathway, u.resource) == ("FT", Resource.CPU_S)
    }

    assert found["research"].volume == N_TEST
    assert found["production"].volume == 1e5
    assert found["research"].development_share.value == pytest.approx(0.94, abs=0.01)
    assert found["production"].development_share.value == pytest.approx(0.17, abs=0.01)


def test_research_may_pass_over_the_test_set_several_times() -> None:
    volumes = {
        u.volume for u in usage_profiles(*example_runs(), n_passes=3) if u.profile == "research"
    }

    assert volumes == {3 * N_TEST}


def test_a_pass_counts_the_items_of_the_study() -> None:
    definition, runs = example_runs()
    found = usage_profiles(replace(definition, item=Item.REAL_TOKEN), runs)

    assert {u.volume for u in found if u.profile == "research"} == {24 * N_TEST}


def test_without_a_test_set_there_is_no_research_profile() -> None:
    """The bought service states its score, not on how many examples."""
    profiles = {u.profile for u in usage_profiles(*example_runs()) if u.pathway == "API"}

    assert profiles == {"production"}


@given(st.floats(min_value=1e-6, max_value=1e9), st.floats(min_value=1e-6, max_value=1e9))
def test_a_share_lies_between_0_and_1_and_inside_its_interval(part: float, rest: float) -> None:
    found = share_of(
        Uncertain(value=part, low=part * 0.9, high=part * 1.1, variance=part**2 * 1e-3),
        Uncertain(
            value=rest, low=rest, high=rest, variance=rest**2 * 0.01, curvature=rest**4 / 1e5
        ),
    )

    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value * (1 + 1e-9)
    assert found.value <= found.high * (1 + 1e-9)
    assert found.high <= 1


def test_an_exact_share_has_no_level() -> None:
    found = share_of(Uncertain.exact(3.0), Uncertain.exact(1.0))

    assert (found.low, found.value, found.high, found.level) == (0.75, 0.75, 0.75, None)


def test_nothing_spent_on_development_is_no_share_of_it() -> None:
    found = share_of(Uncertain.exact(0.0), LOOSE)

    assert (found.value, found.low, found.high, found.level) == (0.0, None, None, None)
    assert found.method.endswith("no interval")


def test_a_share_says_that_development_ran_once() -> None:
    found = share_of(Uncertain.exact(3.0), LOOSE, once_only=["ft"])

    assert found.level == 0.95
    assert found.method.endswith("over inference runs only; development ran once")


def test_factors_of_a_row_by_hand() -> None:
    """ft worked through 16,200 examples (three passes over 5,400) with 7.9e12 FLOPs."""
    _, pathways = gathered(*example_runs())
    ft = next(f for f in stage_factors(pathways) if f.row == "ft")

    assert (ft.n_labelled, ft.n_processed, ft.n_trials, ft.n_lost) == (5400, 16200, 1, 0)
    assert ft.per_example[Resource.FLOPS].value == pytest.approx(7.9e12 / 16200)


def test_every_trial_of_a_tuning_row_is_a_training() -> None:
    definition, runs = example_runs()
    first = next(run for run in runs if run.run_id == "ft")
    trials = (
        replace(first, stage=Stage.TUNE),
        replace(first, stage=Stage.TUNE, run_id="ft-2", repeat=1),
    )
    _, pathways = gathered(definition, (*(r for r in runs if r.run_id != "ft"), *trials))

    assert next(f for f in stage_factors(pathways) if f.row == "ft").n_trials == 2


def test_a_stated_row_has_no_factors_and_a_killed_run_counts_beside() -> None:
    _, pathways = gathered(*example_runs())
    found = {f.row: f for f in stage_factors(pathways)}

    assert "api" not in found
    assert found["pretrain"].n_lost == 1
