"""Each check of the suite passes on a good meter and fails on one with exactly that fault."""

import os
import threading
from collections.abc import Callable

import pytest
from tests.testing.faulty_meters import (
    GPU,
    AfraidOfForks,
    BackInTime,
    Changing,
    ChecksItself,
    CountingOn,
    Crashing,
    Falling,
    Good,
    Homeless,
    InsideItself,
    Inventing,
    Nameless,
    NotANumber,
    OnceOnly,
    Restless,
    Seeing,
    Silent,
    Slow,
    Twins,
    Undescribed,
    Vanishing,
)

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.records.protocols import Meter, Reading
from breakeven.testing import MeterConformance, ScriptedMeter

SUITE = MeterConformance()


class TestGoodMeter(MeterConformance):
    maker = Good

    @pytest.fixture
    def meter(self) -> Good:
        return Good()

    def break_sensor(self, meter: Meter) -> bool:
        assert isinstance(meter, Good)
        meter.is_broken = True
        return True


class TestScriptedMeter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return ScriptedMeter([{"gpu0": total} for total in (1.0, 1.0, 4.0)], channels=[GPU])


class Breaking(MeterConformance):
    def break_sensor(self, meter: Meter) -> bool:
        assert isinstance(meter, Good)
        meter.is_broken = True
        return True


@pytest.mark.parametrize(
    ("check", "maker"),
    [
        (SUITE.test_is_a_meter, Nameless),
        (SUITE.test_is_a_meter, Restless),
        (SUITE.test_channels_are_described_once_and_honestly, Silent),
        (SUITE.test_channels_are_described_once_and_honestly, Twins),
        (SUITE.test_channels_are_described_once_and_honestly, InsideItself),
        (SUITE.test_channels_are_described_once_and_honestly, ChecksItself),
        (SUITE.test_what_belongs_to_the_machine_names_its_device, Homeless),
        (SUITE.test_channels_stay_what_they_are, Changing),
        (SUITE.test_totals_are_of_known_channels_and_finite, Undescribed),
        (SUITE.test_totals_are_of_known_channels_and_finite, NotANumber),
        (SUITE.test_totals_are_of_known_channels_and_finite, BackInTime),
        (SUITE.test_totals_never_fall_and_channels_never_vanish, Falling),
        (SUITE.test_totals_never_fall_and_channels_never_vanish, Vanishing),
        (SUITE.test_totals_never_fall_and_channels_never_vanish, Seeing),
        (Breaking().test_a_sensor_that_fails_is_told_and_not_invented, Inventing),
        (Breaking().test_a_sensor_that_fails_is_told_and_not_invented, CountingOn),
        (SUITE.test_survives_a_fork, AfraidOfForks),
    ],
)
def test_a_faulty_meter_is_caught(
    check: Callable[[Meter], None], maker: Callable[[], Meter]
) -> None:
    check(Good())
    with pytest.raises(AssertionError):
        check(maker())


@pytest.mark.parametrize(
    ("check", "maker", "error"),
    [
        (SUITE.test_closing_twice_is_fine, OnceOnly, RuntimeError),
        (SUITE.test_reading_after_closing_fails_as_documented_if_at_all, Crashing, KeyError),
        (Breaking().test_a_sensor_that_fails_is_told_and_not_invented, Crashing, KeyError),
    ],
)
def test_an_undocumented_error_is_not_caught_for_anybody(
    check: Callable[[Meter], None], maker: Callable[[], Meter], error: type[Exception]
) -> None:
    check(Good())
    with pytest.raises(error):
        check(maker())


def test_a_slow_meter_is_caught() -> None:
    class Strict(MeterConformance):
        read_cpu_s = 5e-4

    Strict().test_reading_costs_little(Good())
    with pytest.raises(AssertionError, match="s of CPU"):
        Strict().test_reading_costs_little(Slow())


def test_a_meter_that_hangs_in_a_fork_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(AfraidOfForks):
        def read(self) -> Reading:
            if os.getpid() != self._pid:
                threading.Event().wait()
            return Good.read(self)

    monkeypatch.setattr("breakeven.testing.checks.LONGEST_CHILD_S", 0.05)
    with pytest.raises(AssertionError, match="in a fork hangs"):
        SUITE.test_survives_a_fork(Hanging())


def test_where_nothing_forks_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    SUITE.test_survives_a_fork(AfraidOfForks())


def test_a_meter_that_was_unavailable_and_then_works_after_a_fork_is_caught() -> None:
    class Waking(Good):
        def read(self) -> Reading:
            self.is_broken, was_broken = False, self.is_broken
            if was_broken:
                raise MeterUnavailableError("it slept.")
            return super().read()

    asleep = Waking()
    asleep.is_broken = True
    with pytest.raises(AssertionError):
        SUITE.test_survives_a_fork(asleep)


def test_a_reset_is_a_documented_outcome() -> None:
    reset = ScriptedMeter([CounterResetError("it fell.")], channels=[GPU])
    SUITE.test_reading_after_closing_fails_as_documented_if_at_all(reset)
