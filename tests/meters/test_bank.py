"""The bank: background reads, what breaks a window, interrupts, forks."""

import os
from collections.abc import Mapping
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from breakeven.errors import CounterResetError
from breakeven.meters import MeterBank
from breakeven.records import NoteCode, Resource
from breakeven.testing import ScriptedGauge, ScriptedMeter, joules


def polled(meter: Any, seen: Event, period_s: float = 0.01) -> Any:
    meter.poll_period_s = period_s
    before = meter.read if hasattr(meter, "read") else meter.take_peaks

    def again() -> object:
        result = before()
        if bank_is_open.is_set():
            seen.set()
        return result

    setattr(meter, "read" if hasattr(meter, "read") else "take_peaks", again)
    return meter


bank_is_open = Event()


@pytest.fixture(autouse=True)
def _closed() -> None:
    bank_is_open.clear()


def test_a_reset_seen_in_the_background_breaks_the_open_window_only() -> None:
    script: list[Mapping[str, float] | Exception] = [{"gpu0": 50.0}, CounterResetError("fell")]
    script += [{"gpu0": float(total)} for total in range(1000)]
    seen = Event()
    meter = polled(ScriptedMeter(script, channels=[joules("gpu0")]), seen)
    with MeterBank([meter]) as bank:
        with bank.window() as broken:
            bank_is_open.set()
            bank.start()
            assert seen.wait(10)
        bank.stop()
        with bank.window() as sound:
            pass
    assert broken.measurement.total(Resource.ENERGY_J) is None
    assert [note.code for note in broken.measurement.notes] == [NoteCode.COUNTER_RESET]
    assert sound.measurement.total(Resource.ENERGY_J) is not None


def test_a_gap_before_a_window_does_not_break_it() -> None:
    script: list[Mapping[str, float] | Exception] = [CounterResetError("a long time passed")]
    script += [{"gpu0": 5.0}, {"gpu0": 9.0}]
    bank = MeterBank([ScriptedMeter(script, channels=[joules("gpu0")])])
    with bank.window() as window:
        pass
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, window.measurement.notes) == (4.0, ())


@pytest.mark.parametrize("totals", [(15.0, 3.0), (15.0, 3.0, 18.0)])
def test_a_total_that_fell_is_absent_with_a_note_though_its_meter_said_nothing(
    totals: tuple[float, ...],
) -> None:
    meter = ScriptedMeter([{"plug": total} for total in totals])
    bank = MeterBank([meter])
    with bank.window() as window:
        for _ in totals[2:]:
            bank._poll(meter)
    assert window.measurement.total(Resource.ENERGY_J) is None
    assert [note.code for note in window.measurement.notes] == [NoteCode.COUNTER_RESET]
    assert "fell from 15 to 3" in window.measurement.notes[0].message


def test_a_total_that_fell_before_a_window_does_not_break_it() -> None:
    bank = MeterBank([ScriptedMeter([{"plug": total} for total in (15.0, 16.0, 3.0, 4.5)])])
    with bank.window():
        pass
    with bank.window() as window:
        pass
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, window.measurement.notes) == (1.5, ())


def test_less_than_the_resolution_is_no_fall() -> None:
    channel = joules("plug", resolution=1.0)
    bank = MeterBank([ScriptedMeter([{"plug": 5.0}, {"plug": 4.5}], channels=[channel])])
    with bank.window() as window:
        pass
    assert window.measurement.total(Resource.ENERGY_J) is not None


def test_a_peak_between_open_and_close_is_caught_by_the_sampler() -> None:
    seen = Event()
    gauge = polled(ScriptedGauge([1.0, 900.0]), seen)
    with MeterBank(peak_meters=[gauge]) as bank, bank.window() as window:
        bank_is_open.set()
        bank.start()
        assert seen.wait(10)
    total = window.measurement.total(Resource.PEAK_MEMORY_BYTES)
    assert total is not None
    assert total.value == 900.0


def test_ticks_come_while_started_and_end_when_taken_back() -> None:
    ticked = Event()
    with MeterBank() as bank:
        end = bank.on_tick(ticked.set, period_s=0.001)
        assert not ticked.wait(0.02)
        bank.start()
        assert ticked.wait(10)
        end()


def test_closing_the_bank_closes_every_meter() -> None:
    meter = ScriptedMeter([])
    MeterBank([meter]).close()
    assert meter.is_closed


def test_the_channels_of_counters_and_gauges_are_listed() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": 0.0}])], peak_meters=[ScriptedGauge([])])
    assert [channel.name for channel in bank.channels()] == ["gpu0", "memory"]


def test_enough_is_ten_updates_of_the_slowest_energy_sensor_that_counts() -> None:
    slow, fast = (replace(joules(f"gpu{p}"), period_s=p) for p in (0.5, 0.1))
    check = replace(joules("check"), period_s=60.0, check_of="gpu0.5")
    bank = MeterBank([ScriptedMeter([], channels=[slow, fast, check])])
    assert bank.enough_s == pytest.approx(5.0)


def test_without_energy_sensors_any_length_is_enough() -> None:
    assert MeterBank(peak_meters=[ScriptedGauge([])]).enough_s == 0.0


def test_an_interrupt_while_opening_leaves_no_window_open() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    bank = MeterBank([ScriptedMeter([{"gpu0": 0.0}], on_read=interrupted)])
    with pytest.raises(KeyboardInterrupt), bank.window():
        pass
    assert bank._open == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_leaves_its_parent_s_window_alone() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 1.0}])])
    with bank.window() as window:
        bank._pid += 1  # as seen from a child of ours
    assert not hasattr(window, "measurement")
