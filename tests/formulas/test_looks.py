"""Update periods told from looks at a value, on sensors whose period is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.looks import MIN_UPDATES, update_rate


def looks(period_s: float, *, every_s: float, n_looks: int) -> tuple[list[float], list[float]]:
    """A value that grows by 2 at each multiple of the period."""
    times_s = [i * every_s for i in range(n_looks)]
    return times_s, [2.0 * (time_s // period_s) for time_s in times_s]


def test_the_period_is_the_median_gap_between_changes() -> None:
    rate = update_rate([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    assert (rate.period_s, rate.n_updates, rate.step) == (3.0, 4, 1)
    assert (rate.low_s, rate.high_s) == (2.5, 3.0)
    assert rate.looked_every_s == 1
    assert not rate.is_always_fresh


def test_a_value_that_is_new_at_every_look_has_no_period_of_its_own() -> None:
    rate = update_rate([0, 1, 2, 3, 4, 5], [0, 3, 7, 8, 20, 21])
    assert (rate.period_s, rate.low_s, rate.high_s) == (None, None, None)
    assert rate.is_always_fresh
    assert rate.step == 1


def test_a_value_that_stands_still_tells_nothing() -> None:
    rate = update_rate([0, 1, 2], [5, 5, 5])
    assert (rate.period_s, rate.step, rate.n_updates) == (None, None, 0)
    assert not rate.is_always_fresh


def test_few_changes_are_not_enough_for_a_period() -> None:
    rate = update_rate([0, 1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2, 3])
    assert rate.n_updates == MIN_UPDATES - 1
    assert rate.period_s is None
    assert not rate.is_always_fresh


def test_updates_to_the_same_value_do_not_move_the_median() -> None:
    """A power sensor at rest: every fourth update shows what the one before it showed."""
    values = [0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6]
    assert update_rate(list(range(16)), values).period_s == 2


@given(period_s=st.floats(0.05, 0.5), every_s=st.floats(0.001, 0.02))
def test_the_period_of_a_steady_sensor_is_found_to_a_look(period_s: float, every_s: float) -> None:
    times_s, values = looks(period_s, every_s=every_s, n_looks=int(10 * period_s / every_s) + 2)
    rate = update_rate(times_s, values)
    assert rate.period_s is not None
    assert rate.period_s == pytest.approx(period_s, abs=1.01 * every_s)
    assert rate.step == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("times_s", "values", "words"),
    [
        pytest.param([0.0], [1.0], "at least 2 looks", id="one look"),
        pytest.param([0.0, 1.0], [1.0], "2 times and 1 values", id="shapes differ"),
        pytest.param([1.0, 1.0], [1.0, 2.0], "must rise", id="time stands"),
    ],
)
def test_what_cannot_be_looks_is_refused(
    times_s: list[float], values: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        update_rate(times_s, values)
