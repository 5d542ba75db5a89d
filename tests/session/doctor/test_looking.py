"""Looking at sensors whose update period and step are known."""

from collections.abc import Callable, Mapping

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.records.protocols import Channel, Reading
from breakeven.session.doctor.looking import (
    FAST_S,
    Looks,
    channels_found,
    look_at,
    shown_by,
    stated,
    with_looks,
)
from breakeven.testing import ScriptedMeter, SteppingClock, joules


class Ticking:
    """A counter that moves by `step_j` every `period_s` of its clock."""

    name = "ticking"
    poll_period_s = 1.0

    def __init__(self, clock_s: Callable[[], float], *, period_s: float, step_j: float) -> None:
        self._clock_s, self._period_s, self._step_j = clock_s, period_s, step_j

    def channels(self) -> list[Channel]:
        return [joules("wall", resolution=1e-6)]

    def read(self) -> Reading:
        return Reading(totals={"wall": self._step_j * (self._clock_s() // self._period_s)})

    def close(self) -> None:
        pass


class Integrating(Ticking):
    """Integrates power, so that its totals always move, and says what its sensor shows."""

    def read(self) -> Reading:
        return Reading(totals={"wall": self._clock_s()})

    def sensed(self) -> Mapping[str, float]:
        return Ticking.read(self).totals


def test_update_period_and_step_are_found_not_stated() -> None:
    clock = SteppingClock(step_s=0.001)
    meter = Ticking(clock, period_s=0.1, step_j=2.5)
    (found,) = channels_found(meter, look_s=3.0, clock_s=clock, wait=clock.advance)
    assert found.seen_period_s == pytest.approx(0.1, abs=0.01)
    assert found.seen_step == 2.5
    assert found.n_updates > 8
    assert (found.stated_resolution, found.stated_period_s) == (1e-6, None)


def test_a_fast_sensor_is_told_by_the_first_short_look() -> None:
    clock = SteppingClock(step_s=1e-5)
    meter = Ticking(clock, period_s=0.001, step_j=0.25)
    (found,) = channels_found(meter, look_s=60.0, clock_s=clock, wait=clock.advance)
    assert found.seen_period_s == pytest.approx(0.001, rel=0.1)
    assert clock.now_s < 2 * FAST_S


def test_the_sensor_is_looked_at_not_its_integral() -> None:
    clock = SteppingClock(step_s=0.001)
    meter = Integrating(clock, period_s=0.1, step_j=2.5)
    (found,) = channels_found(meter, look_s=3.0, clock_s=clock, wait=clock.advance)
    assert found.seen_period_s == pytest.approx(0.1, abs=0.01)
    assert shown_by(meter) == meter.sensed()


def test_a_counter_that_stands_still_was_looked_at_and_did_not_move() -> None:
    clock = SteppingClock(step_s=0.01)
    meter = Ticking(clock, period_s=1e9, step_j=1.0)
    (found,) = channels_found(meter, look_s=1.0, clock_s=clock, wait=clock.advance)
    assert (found.n_updates, found.seen_step, found.seen_period_s) == (0, None, None)
    assert found.looked_every_s is not None


def test_a_sensor_that_dies_leaves_what_was_seen_before() -> None:
    clock = SteppingClock(step_s=0.1)
    meter = ScriptedMeter(
        [{"a": 1.0, "b": 1.0}, {"a": 2.0}, MeterUnavailableError("gone."), {"a": 9.0}]
    )
    looks = look_at(meter, duration_s=5.0, clock_s=clock)
    assert looks.values == {"a": (1.0, 2.0)}


def test_a_sensor_that_never_answers_is_described_as_stated() -> None:
    clock = SteppingClock(step_s=0.1)
    meter = ScriptedMeter([], channels=[joules("a")])
    assert channels_found(meter, look_s=1.0, clock_s=clock, wait=clock.advance) == (
        stated("scripted", joules("a")),
    )
    assert with_looks(stated("m", joules("a")), Looks()).read_s is None


def test_how_long_a_read_takes_is_told() -> None:
    clock = SteppingClock(step_s=0.125)
    looks = look_at(
        ScriptedMeter([{"a": float(i)} for i in range(100)]), duration_s=3.0, clock_s=clock
    )
    assert looks.read_s == 0.125
