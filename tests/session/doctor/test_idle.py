"""Idle draw, on meters that draw a known power and machines that are not idle."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from breakeven.records import Resource, Verdict
from breakeven.records.protocols import Channel, Meter, Reading
from breakeven.session.doctor.idle import (
    Stretch,
    judge_idleness,
    no_energy,
    sleep_through,
    slice_length_s,
)
from breakeven.session.doctor.load import LoadLook
from breakeven.testing import SteppingClock, joules

NOW = "2026-01-01T00:00:00Z"
GPU = replace(joules("gpu0"), sensor="nvml")
BUSY = Channel(name="gpu0-busy", resource=Resource.DEVICE_BUSY_S, sensor="nvml", resolution=1e-3)


class Steady:
    """Draws a constant power by the given clock."""

    name = "steady"
    poll_period_s = 0.5

    def __init__(self, power_w: float, clock_s: Callable[[], float]) -> None:
        self.n_reads = 0
        self._power_w, self._clock_s = power_w, clock_s

    def channels(self) -> list[Channel]:
        return [GPU]

    def read(self) -> Reading:
        self.n_reads += 1
        return Reading(totals={"gpu0": self._power_w * self._clock_s()})

    def close(self) -> None:
        pass


def stretch(*totals_j: float, load: tuple[LoadLook, LoadLook] | None = None) -> Stretch:
    """One read per second."""
    times_s = tuple(float(i) for i in range(len(totals_j)))
    return Stretch(times_s=times_s, totals={"gpu0": totals_j}, load=load)


def load_of(others_s: float) -> tuple[LoadLook, LoadLook]:
    """What a machine of 2 processors used while this process slept."""
    before = LoadLook(busy_s=100.0, own_s=5.0, n_cpus=2)
    return before, replace(before, busy_s=100.0 + others_s)


def test_the_mean_is_that_of_the_stretch_and_the_noise_that_of_the_slices() -> None:
    found = judge_idleness(stretch(0, 9, 20, 29, 40), [GPU], now=lambda: NOW)
    (reading,) = found.readings
    assert reading.power_w == 10
    assert (reading.duration_s, reading.measured_at, reading.sensor) == (4, NOW, "nvml")
    assert found.noise_w["gpu0"] == pytest.approx(1.1547, abs=1e-4)  # of 9, 11, 9, 11
    # t(3 degrees of freedom) = 3.1824, times 1.1547 / sqrt(4)
    assert reading.high_w - 10 == pytest.approx(3.1824 * 1.1547 / 2, abs=1e-3)
    assert reading.low_w == pytest.approx(20 - reading.high_w)
    assert found.self_test.verdict is Verdict.PASSED
    assert "gpu0 10 W" in found.self_test.message


def test_a_steady_draw_keeps_the_doubt_of_its_sensor() -> None:
    blurred = replace(GPU, resolution=1.0, relative_error=0.05, period_s=0.4)
    (reading,) = judge_idleness(stretch(0, 10, 20, 30, 40), [blurred]).readings
    assert reading.high_w == pytest.approx(10 + 1.0 / 4 + 0.05 * 10 + 10 * 0.4 / 4)


def test_one_slice_vouches_for_nothing() -> None:
    (reading,) = judge_idleness(stretch(0, 10), [GPU]).readings
    assert (reading.low_w, reading.power_w, reading.high_w) == (0, 10, 20)


@pytest.mark.parametrize(
    ("others_s", "is_idle"),
    [pytest.param(0.3, True, id="services"), pytest.param(4.0, False, id="half of a processor")],
)
def test_a_machine_that_others_use_is_not_idle(others_s: float, *, is_idle: bool) -> None:
    found = judge_idleness(stretch(0, 10, 20, 30, 40, load=load_of(others_s)), [GPU])
    assert bool(found.readings) == is_idle
    if not is_idle:
        assert found.self_test.verdict is Verdict.NOT_DONE
        assert "other processes used 50% of the processors" in found.self_test.message
        assert "Stop the other work" in found.self_test.advice


def test_a_device_that_works_is_not_idle() -> None:
    at_work = replace(stretch(0, 10, 20), totals={"gpu0": (0, 10, 20), "gpu0-busy": (0, 0.5, 1.0)})
    found = judge_idleness(at_work, [GPU, BUSY])
    assert not found.readings
    assert "gpu0-busy was busy 50% of the time" in found.self_test.message


def test_no_time_tells_nothing() -> None:
    assert not judge_idleness(stretch(5), [GPU]).readings


def test_without_joules_there_is_nothing_to_tell() -> None:
    found = judge_idleness(replace(stretch(0, 1), totals={}), [GPU])
    assert found == no_energy()
    assert found.self_test.verdict is Verdict.NOT_DONE


def test_it_sleeps_in_slices_and_polls_as_often_as_meters_ask() -> None:
    clock = SteppingClock()
    meter = Steady(7.0, clock)
    assert isinstance(meter, Meter)
    slept = sleep_through(
        [meter],
        duration_s=3.0,
        slice_s=1.0,
        clock_s=clock,
        wait=clock.advance,
        look=lambda: LoadLook(busy_s=1.0, own_s=0.5, n_cpus=2),
    )
    assert slept.times_s == (0, 1, 2, 3)
    assert slept.totals == {"gpu0": (0, 7, 14, 21)}
    assert meter.n_reads == 7
    assert slept.load is not None
    (reading,) = judge_idleness(slept, [GPU]).readings
    assert (reading.low_w, reading.power_w, reading.high_w) == (7, 7, 7)


class Slow(Steady):
    """Takes 3 s to answer, and then shows what it was at the end."""

    def __init__(self, power_w: float, clock: SteppingClock) -> None:
        super().__init__(power_w, clock)
        self._clock = clock

    def read(self) -> Reading:
        self._clock.advance(3.0)
        return super().read()


def test_a_sensor_that_takes_longer_than_a_slice_is_read_in_each() -> None:
    clock = SteppingClock()
    slept = sleep_through(
        [Slow(7.0, clock)],
        duration_s=8.0,
        slice_s=1.0,
        clock_s=clock,
        wait=clock.advance,
        look=lambda: None,
    )
    assert slept.times_s == (3.0, 6.5, 10.0, 13.5)
    (reading,) = judge_idleness(slept, [GPU]).readings
    assert reading.power_w == 7.0


def test_a_system_that_does_not_tell_its_load_is_believed() -> None:
    clock = SteppingClock()
    slept = sleep_through(
        [Steady(7.0, clock)],
        duration_s=1.0,
        slice_s=1.0,
        clock_s=clock,
        wait=clock.advance,
        look=lambda: None,
    )
    assert slept.load is None
    assert judge_idleness(slept, [GPU]).readings


def test_slices_hold_ten_updates_of_the_slowest_energy_sensor() -> None:
    assert slice_length_s([GPU]) == 1.0
    assert slice_length_s([GPU, replace(GPU, name="plug", period_s=0.5)]) == 5.0
    assert slice_length_s([replace(BUSY, period_s=9.0)]) == 1.0
