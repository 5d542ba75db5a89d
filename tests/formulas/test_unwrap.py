"""Unwrapping: exact below one turn between reads, an error beyond, never negative."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import CounterResetError
from breakeven.formulas.unwrap import Unwrapper

SPAN_UJ = 262_143_328_850
MAX_POWER_W = 500.0
SPAN_J = SPAN_UJ / 1e6

STEPS = st.lists(
    st.tuples(
        st.floats(min_value=0.01, max_value=0.99 * SPAN_J / MAX_POWER_W),
        st.floats(min_value=0.0, max_value=1.0),
    ),
    min_size=1,
    max_size=50,
)


def counter(*, max_rate: float = 10.0) -> Unwrapper:
    return Unwrapper(span=100.0, max_rate=max_rate)


def test_a_wrap_just_before_the_window_closes_is_added_back() -> None:
    unwrapper = Unwrapper(span=SPAN_J, max_rate=MAX_POWER_W, name="package-0")
    unwrapper.add(SPAN_J - 150.0, time_s=0.0)
    assert unwrapper.add(2.5, time_s=1.0) == pytest.approx(152.5)


def test_the_first_reading_is_the_zero() -> None:
    assert counter().add(77.0, time_s=5.0) == 0.0


def test_a_counter_that_stands_still_adds_nothing() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, time_s=0.0)
    assert unwrapper.add(50.0, time_s=9.0) == 0.0


def test_a_gap_in_which_a_turn_may_hide_is_an_error() -> None:
    unwrapper = counter()
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="10 s passed between two reads"):
        unwrapper.add(60.0, time_s=10.0)


def test_a_fall_that_no_wrap_explains_is_an_error() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="went from 50 to 3"):
        unwrapper.add(3.0, time_s=1.0)


def test_a_jump_that_no_power_explains_is_an_error() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError, match="went from 50 to 70"):
        unwrapper.add(70.0, time_s=1.0)


def test_after_an_error_counting_goes_on_from_there() -> None:
    unwrapper = counter(max_rate=1.0)
    unwrapper.add(50.0, time_s=0.0)
    with pytest.raises(CounterResetError):
        unwrapper.add(3.0, time_s=1.0)
    assert unwrapper.add(4.0, time_s=2.0) == 1.0


@given(start_j=st.floats(min_value=0, max_value=SPAN_J * 0.999), steps=STEPS)
def test_any_walk_below_a_turn_per_read_is_exact(
    start_j: float, steps: list[tuple[float, float]]
) -> None:
    unwrapper = Unwrapper(span=SPAN_J, max_rate=MAX_POWER_W)
    true_j, now_s = start_j, 0.0
    unwrapper.add(true_j % SPAN_J, time_s=now_s)
    for elapsed_s, load in steps:
        now_s, true_j = now_s + elapsed_s, true_j + load * MAX_POWER_W * elapsed_s
        total_j = unwrapper.add(true_j % SPAN_J, time_s=now_s)
    assert total_j == pytest.approx(true_j - start_j, rel=1e-9, abs=1e-3)
