"""Each check of the suites passes on a good meter and fails on one with exactly that fault."""

import math
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError, SettingsError
from breakeven.records import Note, NoteCode, Resource
from breakeven.records.protocols import Channel, Meter, Observer, PeakMeter, Reading
from breakeven.testing import (
    MeterConformance,
    ObserverConformance,
    PeakMeterConformance,
    ScriptedGauge,
    ScriptedMeter,
    joules,
)
from breakeven.testing.audit import watched_connections

GPU = replace(joules("gpu0"), device="gpu:GPU-0")
SUITE, PEAKS, OBSERVERS = MeterConformance(), PeakMeterConformance(), ObserverConformance()


class Good:
    """A meter without a fault; each class below has one."""

    name = "good"
    poll_period_s = 60.0

    def __init__(self) -> None:
        self.total_j = 0.0
        self.is_broken = False

    def channels(self) -> Sequence[Channel]:
        return [GPU]

    def read(self) -> Reading:
        if self.is_broken:
            raise MeterUnavailableError("it is gone.")
        self.total_j += 1.0
        return Reading(totals={"gpu0": self.total_j})

    def close(self) -> None:
        pass

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> "Good":
        raise SettingsError(f"meter 'good' has no option {next(iter(options))!r}; it takes none")


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


class TestScriptedGauge(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        return ScriptedGauge([3.0])


class Nameless(Good):
    name = ""


class Restless(Good):
    poll_period_s = 0.0


class Silent(Good):
    def channels(self) -> Sequence[Channel]:
        return []


class Twins(Good):
    def channels(self) -> Sequence[Channel]:
        return [GPU, GPU]


class InsideItself(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, part_of="gpu0")]


class ChecksItself(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, check_of="gpu0")]


class Homeless(Good):
    def channels(self) -> Sequence[Channel]:
        return [joules("gpu0")]


class Changing(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, resolution=self.total_j)]


class Undescribed(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu7": 1.0})


class NotANumber(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu0": math.nan})


class BackInTime(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu0": 1.0}, covered_s={"gpu0": -1.0})


class Falling(Good):
    def read(self) -> Reading:
        self.total_j -= 1.0
        return Reading(totals={"gpu0": self.total_j})


class Vanishing(Good):
    def read(self) -> Reading:
        self.total_j += 1.0
        return Reading(totals={"gpu0": 1.0} if self.total_j < 2 else {})


class Seeing(Good):
    """What it says that it observed shrinks."""

    def read(self) -> Reading:
        self.total_j -= 1.0
        return Reading(totals={"gpu0": 1.0}, covered_s={"gpu0": 10.0 + self.total_j})


class Slow(Good):
    def read(self) -> Reading:
        sum(range(200_000))
        return super().read()


class OnceOnly(Good):
    def close(self) -> None:
        if self.is_broken:
            raise RuntimeError("closed already")
        self.is_broken = True


class Crashing(Good):
    """Raises what no caller expects, once it is closed or its sensor is gone."""

    def close(self) -> None:
        self.is_broken = True

    def read(self) -> Reading:
        if self.is_broken:
            raise KeyError("handle")
        return super().read()


class Inventing(Good):
    """Goes on as if nothing had happened, from zero."""

    def read(self) -> Reading:
        return Reading(totals={"gpu0": 0.0 if self.is_broken else 5.0})


class CountingOn(Good):
    """Goes on as if nothing had happened."""

    def read(self) -> Reading:
        self.total_j += 1.0
        return Reading(totals={"gpu0": self.total_j})


class AfraidOfForks(Good):
    def __init__(self) -> None:
        super().__init__()
        self._pid = os.getpid()

    def read(self) -> Reading:
        if os.getpid() != self._pid:
            raise RuntimeError("not my process")
        return super().read()


class Calling(Good):
    """Tells somebody, somewhere, each time it is read."""

    def read(self) -> Reading:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as told:
            told.connect(("127.0.0.3", 9))
        return super().read()


class Greedy(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        return cls()


class Talkative(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        raise SettingsError(f"what is {options}?\nIt knows no such thing.")


class Leaking(Good):
    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Good:
        raise SettingsError(f"meter 'leaking' cannot do anything with {dict(options)}, sorry")


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


def test_a_connection_that_nobody_named_is_caught() -> None:
    suite = MeterConformance()
    suite.setup_method()
    with pytest.raises(AssertionError, match=r"connected to \['127.0.0.3'\]"):
        suite.test_opens_no_connection_that_nobody_asked_for(Calling())
    suite.teardown_method()


def test_an_address_that_was_given_may_be_asked() -> None:
    class Told(MeterConformance):
        addresses = ("127.0.0.3",)

    suite = Told()
    suite.setup_method()
    suite.test_opens_no_connection_that_nobody_asked_for(Calling())
    suite.teardown_method()


def test_nothing_is_collected_when_nobody_watches() -> None:
    with watched_connections() as seen:
        Calling().read()
    Calling().read()
    assert seen == {"127.0.0.3"}


def test_looking_a_name_up_is_a_connection_too() -> None:
    with watched_connections() as seen:
        socket.getaddrinfo("localhost", 80)
    assert seen == {"localhost"}


def test_a_socket_that_is_a_file_is_no_connection() -> None:
    with (
        watched_connections() as seen,
        socket.socket(socket.AF_UNIX) as local,
        pytest.raises(OSError, match="No such file"),
    ):
        local.connect("/nowhere/at-all")
    assert seen == set()


@pytest.mark.parametrize("taker", [Greedy, Talkative, Leaking])
def test_options_that_are_taken_or_badly_refused_are_caught(taker: type[Good]) -> None:
    class Taking(MeterConformance):
        maker = taker

    with pytest.raises(AssertionError):
        Taking().test_options_are_refused_in_one_clear_sentence()


class Gauge(ScriptedGauge):
    """A peak meter without a fault."""

    def __init__(self) -> None:
        super().__init__([1.0, 2.0])


class AddingGauge(Gauge):
    def channels(self) -> Sequence[Channel]:
        return [replace(super().channels()[0], resource=Resource.CPU_S)]


class GrowingGauge(Gauge):
    n_looks = 0

    def channels(self) -> Sequence[Channel]:
        return [replace(super().channels()[0], resolution=float(self.n_looks))]

    def take_peaks(self) -> Mapping[str, float]:
        self.n_looks += 1
        return super().take_peaks()


class NegativeGauge(Gauge):
    def take_peaks(self) -> Mapping[str, float]:
        return {"memory": -1.0}


class StrayGauge(Gauge):
    def take_peaks(self) -> Mapping[str, float]:
        return {"other": 1.0}


class NamelessGauge(Gauge):
    def __init__(self) -> None:
        super().__init__()
        self.name = ""


@pytest.mark.parametrize(
    ("check", "maker"),
    [
        (PEAKS.test_is_a_peak_meter, NamelessGauge),
        (PEAKS.test_channels_are_described_once_and_honestly, AddingGauge),
        (PEAKS.test_channels_stay_what_they_are, GrowingGauge),
        (PEAKS.test_peaks_are_of_known_channels_and_not_negative, NegativeGauge),
        (PEAKS.test_peaks_are_of_known_channels_and_not_negative, StrayGauge),
        (PEAKS.test_survives_a_fork, StrayGauge),
    ],
)
def test_a_faulty_peak_meter_is_caught(
    check: Callable[[PeakMeter], None], maker: Callable[[], PeakMeter]
) -> None:
    check(Gauge())
    with pytest.raises(AssertionError):
        check(maker())


class Watcher:
    """An observer without a fault: it minds when something was counted."""

    name = "watcher"

    def look(self) -> Mapping[str, float]:
        return {"n_faults": 3.0}

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        if after.get("n_faults", 0.0) <= before.get("n_faults", math.inf):
            return []
        note = Note(code=NoteCode.BUSY_MACHINE, message="it faulted.", advice="Look after it.")
        return [note]

    def close(self) -> None:
        pass


class TestWatcher(ObserverConformance):
    @pytest.fixture
    def observer(self) -> Observer:
        return Watcher()


class Blurred(Watcher):
    def look(self) -> Mapping[str, float]:
        return {"n_faults": math.nan}


class Accusing(Watcher):
    """Minds what it could not read."""

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        note = Note(code=NoteCode.BUSY_MACHINE, message="it may have faulted.", advice="Look.")
        return [] if after else [note]


class Brief(Watcher):
    """Says that something happened, not what to do."""

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        return [Note(code=NoteCode.BUSY_MACHINE, message="it faulted.", advice="")]


class Moody(Watcher):
    n_judged = 0

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        self.n_judged += 1
        note = Note(code=NoteCode.BUSY_MACHINE, message=f"no. {self.n_judged}", advice="Wait.")
        return [note]


class Anonymous(Watcher):
    name = ""


@pytest.mark.parametrize(
    ("check", "maker"),
    [
        (OBSERVERS.test_is_an_observer, Anonymous),
        (OBSERVERS.test_looks_are_finite_numbers_by_name, Blurred),
        (OBSERVERS.test_judgements_are_notes_with_advice, Brief),
        (OBSERVERS.test_a_judgement_rests_on_its_looks_alone, Moody),
        (OBSERVERS.test_what_could_not_be_read_is_not_judged, Accusing),
    ],
)
def test_a_faulty_observer_is_caught(
    check: Callable[[Observer], None], maker: Callable[[], Observer]
) -> None:
    check(Watcher())
    with pytest.raises(AssertionError):
        check(maker())


def test_a_reset_is_a_documented_outcome() -> None:
    reset = ScriptedMeter([CounterResetError("it fell.")], channels=[GPU])
    SUITE.test_reading_after_closing_fails_as_documented_if_at_all(reset)
