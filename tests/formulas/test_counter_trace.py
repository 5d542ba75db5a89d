"""Logs of running totals: differenced, bounded by their own steps, unwrapped only when told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.counter_trace import CounterTrace
from breakeven.formulas.hygiene import Fault, Limits

STEPS = st.lists(
    st.tuples(st.floats(min_value=0.01, max_value=100), st.floats(min_value=0, max_value=1e5)),
    min_size=2,
    max_size=30,
)


def built(steps: list[tuple[float, float]]) -> CounterTrace:
    times_s = [0.0]
    totals_j = [0.0]
    for gap_s, energy_j in steps:
        times_s.append(times_s[-1] + gap_s)
        totals_j.append(totals_j[-1] + energy_j)
    return CounterTrace(times_s, totals_j)


def test_between_two_readings_the_energy_is_their_difference() -> None:
    energy = CounterTrace([0.0, 3600.0], [3.6e6, 7.2e6]).energy()
    assert (energy.low_j, energy.energy_j, energy.high_j) == (3.6e6, 3.6e6, 3.6e6)


def test_the_last_digit_of_the_meter_widens_both_bounds() -> None:
    """A Kill-A-Watt shows 0.01 kWh: 36 kJ."""
    energy = CounterTrace([0.0, 3600.0], [0.0, 3.6e6], resolution_j=36e3).energy()
    assert (energy.low_j, energy.high_j) == (3.564e6, 3.636e6)


def test_a_stretch_inside_one_step_may_hold_nothing_or_all_of_it() -> None:
    energy = CounterTrace([0.0, 10.0], [0.0, 100.0]).energy(start_s=2.0, end_s=4.0)
    assert (energy.low_j, energy.energy_j, energy.high_j) == (0.0, 20.0, 100.0)


def test_a_counter_that_is_turned_to_power_would_say_more() -> None:
    """Totals of 0, 10, 10, 200 J are 200 J; as powers per second their trapezoid is another."""
    log = CounterTrace([0.0, 1.0, 2.0, 3.0], [0.0, 10.0, 10.0, 200.0])
    assert log.energy().energy_j == 200.0


def test_a_wrap_is_undone_when_the_range_is_known() -> None:
    log = CounterTrace([0.0, 1.0, 2.0], [90.0, 98.0, 5.0], limits=Limits(range_j=100.0))
    assert log.energy().energy_j == 15.0
    assert [(f.fault, f.index, f.repaired) for f in log.findings] == [(Fault.WRAPPED, 2, 105.0)]


def test_a_fall_without_a_range_leaves_its_step_unobserved() -> None:
    log = CounterTrace([0.0, 1.0, 2.0, 3.0], [90.0, 98.0, 0.0, 8.0])
    energy = log.energy()
    assert (energy.energy_j, energy.covered_s) == (16.0, 2.0)
    assert energy.high_j == 24.0
    assert [f.fault for f in log.findings] == [Fault.FELL]


def test_a_jump_beyond_the_largest_power_is_left_out() -> None:
    log = CounterTrace([0.0, 1.0, 2.0], [0.0, 1e6, 1e6 + 50], limits=Limits(max_w=100.0))
    assert log.energy().energy_j == 50.0
    assert [f.fault for f in log.findings] == [Fault.TOO_HIGH]


def test_readings_too_far_apart_observe_nothing_between_them() -> None:
    log = CounterTrace([0.0, 1.0, 100.0], [0.0, 5.0, 500.0], limits=Limits(max_gap_s=10.0))
    assert (log.energy().energy_j, log.energy().covered_s) == (5.0, 1.0)


def test_outside_the_log_nothing_is_observed_but_the_bound_knows() -> None:
    energy = CounterTrace([0.0, 10.0], [0.0, 100.0]).energy(start_s=-5.0, end_s=10.0)
    assert (energy.energy_j, energy.covered_s, energy.high_j) == (100.0, 10.0, 150.0)


@pytest.mark.parametrize(
    ("times_s", "totals_j", "message"),
    [
        pytest.param([0.0], [1.0], "at least 2", id="one reading"),
        pytest.param([0.0, 0.0], [1.0, 2.0], "times must rise", id="time stands still"),
        pytest.param([0.0, 1.0], [1.0, -2.0], "reading 1", id="negative"),
        pytest.param([0.0, 1.0], [1.0, math.nan], "reading 1", id="no number"),
    ],
)
def test_impossible_readings_are_refused(
    times_s: list[float], totals_j: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        CounterTrace(times_s, totals_j)


def test_a_negative_stretch_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        CounterTrace([0.0, 1.0], [1.0, 1.0]).energy(start_s=1.0, end_s=0.0)


@given(STEPS, st.floats(min_value=-1, max_value=1.5), st.floats(min_value=-1, max_value=1.5))
def test_the_bounds_hold_the_value(
    steps: list[tuple[float, float]], one: float, other: float
) -> None:
    log = built(steps)
    first_s, last_s = sorted((one * log.duration_s, other * log.duration_s))
    energy = log.energy(start_s=first_s, end_s=last_s)
    assert energy.low_j <= energy.energy_j + 1e-6
    assert energy.energy_j <= energy.high_j + 1e-6


@given(STEPS, st.floats(min_value=0, max_value=1))
def test_two_neighbouring_stretches_add_up(steps: list[tuple[float, float]], cut: float) -> None:
    log = built(steps)
    cut_s = cut * log.duration_s
    left, right = log.energy(end_s=cut_s), log.energy(start_s=cut_s)
    assert left.energy_j + right.energy_j == pytest.approx(log.energy().energy_j, abs=1e-4)


@given(STEPS)
def test_a_total_is_never_negative_and_never_short(steps: list[tuple[float, float]]) -> None:
    assert built(steps).energy().energy_j == pytest.approx(sum(j for _, j in steps), abs=1e-4)


def test_a_total_that_moves_more_rarely_than_it_is_read_has_bounds_as_wide_as_its_moves() -> None:
    """Read every second, moved every 10 s at 10 W: 100 J a move."""
    times_s = [float(t) for t in range(41)]
    log = CounterTrace(times_s, [100.0 * (t // 10) for t in range(41)])
    assert log.period_s == 10.0
    seen = log.energy(start_s=12.0, end_s=35.0)
    assert (seen.low_j, seen.energy_j, seen.high_j) == (100.0, 230.0, 300.0)


def test_after_the_last_move_nothing_is_known() -> None:
    log = CounterTrace([0.0, 10.0, 20.0, 30.0], [0.0, 100.0, 100.0, 100.0])
    seen = log.energy(start_s=0.0, end_s=30.0)
    assert (seen.energy_j, seen.high_j, seen.covered_s) == (100.0, 300.0, 10.0)


def test_a_total_that_never_moves_counts_nothing_from_end_to_end() -> None:
    seen = CounterTrace([0.0, 10.0, 20.0], [7.0, 7.0, 7.0]).energy()
    assert (seen.energy_j, seen.high_j, seen.covered_s) == (0.0, 0.0, 20.0)


def test_a_reset_is_no_wrap_of_a_range_that_would_mean_impossible_power() -> None:
    """200 J to 1 J with a range of 262 kJ would be 262 kJ in a second beside 10 J."""
    log = CounterTrace(
        [0.0, 1.0, 2.0, 3.0], [190.0, 200.0, 1.0, 11.0], limits=Limits(range_j=262e3)
    )
    assert [f.fault for f in log.findings] == [Fault.FELL]
    assert log.energy().energy_j == 20.0
    assert log.energy().covered_s == 2.0
