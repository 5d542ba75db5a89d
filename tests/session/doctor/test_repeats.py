"""The A/A test: it passes where there is no difference, and fails where a meter makes one."""

from itertools import cycle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters import MeterBank
from breakeven.records import Kind, Resource, Verdict
from breakeven.records.protocols import Channel
from breakeven.session.doctor.repeats import (
    MIN_PAIRS,
    MOST_PAIRS,
    MOST_WORK_S,
    Pairs,
    judge_pairs,
    measure_pairs,
    plan_pairs,
    smallest_difference,
)
from breakeven.testing import ScriptedMeter, SteppingClock

CPU = Channel(name="process_tree", resource=Resource.CPU_S, sensor="script", resolution=1e-6)
RNG = np.random.default_rng(7)


def pairs(*, factor: float, scatter: float = 0.01, n_pairs: int = 30) -> Pairs:
    firsts = tuple(float(x) for x in np.exp(RNG.normal(0.0, scatter, n_pairs)))
    seconds = tuple(float(x) for x in factor * np.exp(RNG.normal(0.0, scatter, n_pairs)))
    return Pairs(firsts={Resource.CPU_S: firsts}, seconds={Resource.CPU_S: seconds})


def test_the_same_work_twice_shows_no_difference() -> None:
    (test,) = judge_pairs(pairs(factor=1.0))
    assert test.verdict is Verdict.PASSED
    assert abs(test.figures["difference_frac"]) < 0.02
    assert test.figures["low_frac"] < 0 < test.figures["high_frac"]


def test_the_interval_that_is_printed_is_the_one_that_decides() -> None:
    """The usual 95 % would leave zero out here, and the reader wonder why it passed."""
    seconds = tuple(0.975 + shift for shift in (-0.025, 0.025, -0.03, 0.03, -0.02, 0.025, 0.0))
    usual = {Resource.CPU_S: (1.0,) * 7}
    (test,) = judge_pairs(Pairs(firsts=usual, seconds={Resource.CPU_S: seconds}))
    assert test.verdict is Verdict.PASSED
    assert test.figures["high_frac"] < 0 < test.figures["sure_high_frac"]
    assert f"to {test.figures['sure_high_frac']:+.2%}, 99.9 % interval)" in test.message
    assert "Half-width of the 95 % interval" in test.message


def test_a_difference_where_there_is_none_fails() -> None:
    (test,) = judge_pairs(pairs(factor=1.1))
    assert test.verdict is Verdict.FAILED
    assert "a difference where there is none" in test.message
    assert "randomized blocks" in test.advice


def test_the_smallest_difference_is_told_for_several_numbers_of_repeats() -> None:
    (test,) = judge_pairs(pairs(factor=1.0, scatter=0.01, n_pairs=60))
    scatter = test.figures["pair_scatter_frac"]
    assert scatter == pytest.approx(0.01 * 2**0.5, rel=0.4)
    # t with 4 degrees of freedom is 2.776
    expected = np.expm1(2.776 * scatter / 5**0.5)
    assert test.figures["smallest_frac_5_pairs"] == pytest.approx(expected, rel=1e-3)
    assert "with 5" in test.message
    assert smallest_difference(scatter, 30) < smallest_difference(scatter, 10)


def test_windows_too_short_for_the_sensor_are_a_doubt() -> None:
    still = Pairs(firsts={Resource.ENERGY_J: (0.0, 1.0)}, seconds={Resource.ENERGY_J: (1.0, 1.0)})
    (test,) = judge_pairs(still)
    assert test.verdict is Verdict.DOUBTFUL
    assert "step is larger than the work" in test.message


def test_cpu_seconds_come_first_and_each_resource_is_judged() -> None:
    both = {Resource.DURATION_S: (1.0, 1.1), Resource.CPU_S: (1.0, 1.1)}
    names = [test.name for test in judge_pairs(Pairs(firsts=both, seconds=both))]
    assert names == ["A/A test of CPU seconds", "A/A test of wall-clock time"]


def test_windows_alternate_so_that_a_drift_is_shared() -> None:
    """A machine that slows down steadily: each window costs 1 more than the one before."""
    totals, reads = 0.0, []
    for window in range(4):
        reads += [{"process_tree": totals}, {"process_tree": totals + window + 1}]
        totals += window + 1
    bank = MeterBank([ScriptedMeter(reads, channels=[CPU])], clock_s=SteppingClock(step_s=1.0))
    n_done = []
    found = measure_pairs(bank, lambda: n_done.append(1), n_pairs=2)
    assert found.firsts[Resource.CPU_S] == (1, 4)  # A B B A
    assert found.seconds[Resource.CPU_S] == (2, 3)
    assert len(n_done) == 5  # one to warm up


def test_a_resource_that_one_window_did_not_see_is_left_out() -> None:
    reads = [{"process_tree": 0.0}, {"process_tree": 1.0}, {}, {}]
    bank = MeterBank([ScriptedMeter(reads, channels=[CPU])], clock_s=SteppingClock(step_s=1.0))
    found = measure_pairs(bank, cycle([1]).__next__, n_pairs=1)
    assert set(found.firsts) == {Resource.DURATION_S}
    assert CPU.kind is Kind.MEASURED


@given(period_s=st.floats(0, 10), budget_s=st.floats(0.1, 100))
def test_the_plan_keeps_to_its_bounds(period_s: float, budget_s: float) -> None:
    work_s, n_pairs = plan_pairs(longest_period_s=period_s, budget_s=budget_s)
    assert 0 < work_s <= MOST_WORK_S
    assert MIN_PAIRS <= n_pairs <= MOST_PAIRS
