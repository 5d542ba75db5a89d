"""Watching sensors for their update period, on clocks that move when told to."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import MeterUnavailableError
from breakeven.meters.watching import watch_updates
from breakeven.testing import SteppingClock


def found_s(clock: SteppingClock, read: Callable[[], float]) -> float | None:
    """The period that watching one sensor finds."""
    (seen,) = watch_updates([read], clock_s=clock, sleep_s=clock.advance)
    return seen.period_s


def counter(clock: SteppingClock, period_s: float) -> Callable[[], float]:
    """A sensor that moves on every `period_s` seconds."""
    return lambda: float(int(clock.now_s / period_s + 1e-9))


def test_the_period_is_found_to_about_one_look() -> None:
    clock = SteppingClock()
    found = found_s(clock, counter(clock, 0.1))
    assert found == pytest.approx(0.1, abs=0.003)


@given(period_s=st.floats(0.01, 0.15))
def test_any_period_well_above_the_pause_is_found(period_s: float) -> None:
    clock = SteppingClock()
    found = found_s(clock, counter(clock, period_s))
    assert found == pytest.approx(period_s, abs=0.0021)


def test_a_sensor_that_never_moves_has_no_period() -> None:
    clock = SteppingClock()
    assert found_s(clock, lambda: 70.0) is None


def test_a_sensor_that_is_fresh_at_every_look_updates_as_often_as_looked() -> None:
    clock = SteppingClock()
    found = found_s(clock, lambda: clock.now_s)
    assert found == pytest.approx(0.002)


def test_updates_of_20_to_100_ms_give_the_longer_ones() -> None:
    """Three quarters of the gaps are no longer than what is told, so a window's end is covered."""
    clock = SteppingClock()
    moves_s = [0.02, 0.12, 0.14, 0.24, 0.26, 0.36, 0.38, 0.48, 0.50, 0.60]
    found = found_s(clock, lambda: float(sum(clock.now_s >= at_s for at_s in moves_s)))
    assert found == pytest.approx(0.1, abs=0.003)


def test_the_watch_ends_when_every_sensor_is_known() -> None:
    clock = SteppingClock()
    slow, fast = watch_updates(
        [counter(clock, 0.1), counter(clock, 0.02)],
        n_updates=4,
        clock_s=clock,
        sleep_s=clock.advance,
    )
    assert slow.watched_s == fast.watched_s == pytest.approx(0.4, abs=0.003)
    assert (slow.n_updates, fast.n_updates) == (4, 20)
    assert fast.period_s == pytest.approx(0.02, abs=0.003)


def test_a_sensor_that_stands_still_is_watched_to_the_end() -> None:
    clock = SteppingClock()
    (seen,) = watch_updates([lambda: 1.0], n_updates=4, clock_s=clock, sleep_s=clock.advance)
    assert (seen.n_updates, seen.period_s) == (0, None)
    assert seen.watched_s == pytest.approx(1.0, abs=0.003)


def test_without_time_nothing_is_watched() -> None:
    (seen,) = watch_updates([lambda: 1.0], watch_s=0.0)
    assert (seen.n_updates, seen.watched_s) == (0, 0.0)


def test_a_sensor_that_fails_now_and_then_is_looked_at_again() -> None:
    clock = SteppingClock()
    rising = counter(clock, 0.1)

    def read() -> float:
        if int(clock.now_s * 1000) % 20 < 2:
            raise MeterUnavailableError("GPU is lost")
        return rising()

    found = found_s(clock, read)
    assert found == pytest.approx(0.1, abs=0.005)


def test_a_clock_too_coarse_for_two_looks_counts_the_first() -> None:
    clock = SteppingClock()
    values = iter(range(1000))
    (seen,) = watch_updates(
        [lambda: float(next(values))],
        watch_s=0.01,
        clock_s=lambda: float(int(clock.now_s)),
        sleep_s=lambda _: clock.advance(0.3),
    )
    assert seen.n_updates == 0
