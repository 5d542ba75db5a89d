"""Windows: the order of things, what survives an exception, intervals, and what is left out."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.doubts import doubts_of, unobserved
from breakeven.records import Cost, Kind, Measurement, NoteCode, Origin, Resource
from breakeven.records.protocols import Channel, Reading
from breakeven.testing import ScriptedGauge, ScriptedMeter, SteppingClock, joules


def energy(measurement: Measurement, channel: str = "gpu0") -> Cost:
    return next(c for c in measurement.costs if c.channel == channel)


def codes(measurement: Measurement) -> list[NoteCode]:
    return [note.code for note in measurement.notes]


class Integrating:
    """A meter that observes only part of the time."""

    name = "part-time"
    poll_period_s = 3600.0

    def __init__(self, *reads: tuple[float, float], period_s: float | None = None) -> None:
        self._reads = iter(reads)
        self._period_s = period_s

    def channels(self) -> list[Channel]:
        return [
            Channel(
                name="gpu0",
                resource=Resource.ENERGY_J,
                sensor="power",
                resolution=0.0,
                period_s=self._period_s,
                relative_error=0.05,
            )
        ]

    def read(self) -> Reading:
        total_j, covered_s = next(self._reads)
        return Reading(totals={"gpu0": total_j}, covered_s={"gpu0": covered_s})

    def close(self) -> None:
        pass


def test_the_order_is_sync_read_work_sync_read() -> None:
    events: list[str] = []
    meter = ScriptedMeter([{"gpu0": 0.0}] * 2, on_read=lambda: events.append("read"))
    with MeterBank([meter]).window(synchronize=lambda: events.append("sync")):
        events.append("work")
    assert events == ["sync", "read", "work", "sync", "read"]


def test_counters_are_differenced_and_the_clock_timed() -> None:
    clock = SteppingClock()
    bank = MeterBank([ScriptedMeter([{"gpu0": 100.0}, {"gpu0": 160.0}])], clock_s=clock)
    with bank.window() as window:
        clock.advance(2.0)
    assert window.measurement.duration_s == 2.0
    assert energy(window.measurement).value == 60.0
    assert energy(window.measurement, "wall").value == 2.0


def test_an_exception_keeps_the_cost_and_passes_through() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": 1.0}, {"gpu0": 6.0}])])
    with pytest.raises(KeyboardInterrupt), bank.window() as window:
        raise KeyboardInterrupt
    assert energy(window.measurement).value == 5.0


def test_a_failing_synchronization_keeps_the_cost_too() -> None:
    answers = iter([None, RuntimeError("device lost")])

    def synchronize() -> None:
        if error := next(answers):
            raise error

    bank = MeterBank([ScriptedMeter([{"gpu0": 1.0}, {"gpu0": 6.0}])])
    with (
        pytest.raises(RuntimeError, match="device lost"),
        bank.window(synchronize=synchronize) as window,
    ):
        pass
    assert energy(window.measurement).value == 5.0


def test_the_interval_holds_the_resolution_and_what_the_reads_took() -> None:
    clock = SteppingClock(step_s=0.0)
    meter = ScriptedMeter(
        [{"gpu0": 0.0}, {"gpu0": 100.0}],
        channels=[joules("gpu0", resolution=1.0)],
        on_read=lambda: clock.advance(0.5),
    )
    with MeterBank([meter], clock_s=clock).window() as window:
        clock.advance(10.0)
    # 10 W for two reads of 0.5 s each, and 1 J of resolution.
    assert (energy(window.measurement).low, energy(window.measurement).high) == (89.0, 111.0)


def test_a_sensor_s_update_period_and_its_maker_s_error_widen_the_interval() -> None:
    clock = SteppingClock()
    bank = MeterBank([Integrating((0.0, 0.0), (100.0, 10.0), period_s=0.5)], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
    # 5 % of 100 J and half a second at 10 W.
    assert (energy(window.measurement).low, energy(window.measurement).high) == (90.0, 110.0)


def test_what_nobody_saw_between_two_samples_widens_the_interval() -> None:
    class Sampled(ScriptedMeter):
        """Its samples leave 2 J open in every stretch."""

        n_reads = 0

        def read(self) -> Reading:
            self.n_reads += 1
            return replace(super().read(), slack={"gpu0": 2.0 * self.n_reads})

    clock = SteppingClock()
    with MeterBank([Sampled([{"gpu0": 0.0}, {"gpu0": 50.0}])], clock_s=clock).window() as window:
        clock.advance(10.0)
    assert (energy(window.measurement).low, energy(window.measurement).high) == (48.0, 52.0)


class Lagging(Integrating):
    """A meter that is asked in the background: what it says is some joules behind."""

    def __init__(self, *lags_j: float) -> None:
        super().__init__((0.0, 0.0), (100.0, 10.0), period_s=1.0)
        self._lags_j = iter(lags_j)

    def read(self) -> Reading:
        return replace(super().read(), lag={"gpu0": next(self._lags_j)})


def test_what_is_not_in_the_totals_yet_widens_each_end_of_the_interval() -> None:
    clock = SteppingClock()
    with MeterBank([Lagging(20.0, 3.0)], clock_s=clock).window() as window:
        clock.advance(10.0)
    cost = energy(window.measurement)
    # Besides 5 % of 100 J; the update period is in what the meter itself says.
    assert (cost.low, cost.value, cost.high) == pytest.approx((75.0, 100.0, 108.0))


def test_the_interval_holds_what_was_consumed_while_other_meters_were_read() -> None:
    """10 W for 10 s, and for the second that another meter took before the window began."""
    clock = SteppingClock()
    card = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 110.0}])
    slow = ScriptedMeter([{}, {}], channels=[], name="slow", on_read=lambda: clock.advance(1.0))
    with MeterBank([card, slow], clock_s=clock).window() as window:
        clock.advance(10.0)
    cost = energy(window.measurement)
    assert (cost.low, cost.high) == pytest.approx((110.0 - 11.0, 110.0 + 11.0))


def test_a_counter_that_had_no_occasion_to_move_is_absent_not_zero() -> None:
    clock = SteppingClock()
    slow = replace(joules("gpu0"), period_s=0.1)
    bank = MeterBank([ScriptedMeter([{"gpu0": 5.0}] * 4, channels=[slow])], clock_s=clock)
    with bank.window() as short:
        clock.advance(0.05)
    with bank.window() as long:
        clock.advance(5.0)
    assert short.measurement.total(Resource.ENERGY_J) is None
    assert codes(short.measurement) == [NoteCode.SHORT_WINDOW]
    assert energy(long.measurement).value == 0.0


def test_a_check_that_is_too_slow_for_the_window_is_not_worth_a_note() -> None:
    clock = SteppingClock()
    slow = replace(joules("gpu0-counter"), period_s=60.0, check_of="gpu0")
    meter = ScriptedMeter([{"gpu0-counter": 0.0}, {"gpu0-counter": 1.0}], channels=[slow])
    with MeterBank([meter], clock_s=clock).window() as window:
        clock.advance(10.0)
    assert NoteCode.SHORT_WINDOW not in codes(window.measurement)


def test_what_was_not_observed_widens_the_upper_end_and_is_told() -> None:
    clock = SteppingClock()
    bank = MeterBank([Integrating((0.0, 0.0), (100.0, 5.0))], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
    cost = energy(window.measurement)
    assert (cost.value, cost.coverage_frac, cost.high) == (100.0, 0.5, 210.0)
    assert codes(window.measurement) == [NoteCode.PARTIAL_COVERAGE]


def test_a_window_nobody_observed_has_no_value_at_all() -> None:
    clock = SteppingClock()
    bank = MeterBank([Integrating((100.0, 5.0), (100.0, 5.0))], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
    assert window.measurement.total(Resource.ENERGY_J) is None
    assert codes(window.measurement) == [NoteCode.PARTIAL_COVERAGE]


def test_a_window_of_few_updates_is_marked() -> None:
    clock = SteppingClock()
    bank = MeterBank([Integrating((0.0, 0.0), (9.0, 0.9), period_s=0.1)], clock_s=clock)
    with bank.window() as window:
        clock.advance(0.9)
    assert codes(window.measurement) == [NoteCode.SHORT_WINDOW]


@pytest.mark.parametrize(
    ("reads", "code"),
    [
        pytest.param([{"gpu0": 1.0}, {}], NoteCode.METER_UNAVAILABLE, id="lost at the end"),
        pytest.param([{}, {"gpu0": 1.0}], NoteCode.METER_UNAVAILABLE, id="there too late"),
        pytest.param(
            [{"gpu0": 1.0}, MeterUnavailableError("gone.")], NoteCode.METER_UNAVAILABLE, id="gone"
        ),
        pytest.param(
            [MeterUnavailableError("not yet."), {"gpu0": 1.0}],
            NoteCode.METER_UNAVAILABLE,
            id="not yet",
        ),
        pytest.param([{"gpu0": 1.0}, CounterResetError("fell")], NoteCode.COUNTER_RESET, id="fell"),
    ],
)
def test_a_channel_without_both_readings_is_absent_not_zero(
    reads: list[Mapping[str, float] | Exception], code: NoteCode
) -> None:
    bank = MeterBank([ScriptedMeter(reads, channels=[joules("gpu0")])])
    with bank.window() as window:
        pass
    assert window.measurement.total(Resource.ENERGY_J) is None
    assert codes(window.measurement) == [code]


def test_windows_nest_and_the_outer_one_holds_the_inner_one() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": total} for total in (0.0, 10.0, 30.0, 35.0)])])
    with bank.window() as outer, bank.window() as inner:
        pass
    assert energy(inner.measurement).value == 20.0
    assert energy(outer.measurement).value == 35.0


def test_windows_overlap() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": total} for total in (0.0, 10.0, 30.0, 35.0)])])
    first, second = bank.window(), bank.window()
    one, two = first.__enter__(), second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert energy(one.measurement).value == 30.0
    assert energy(two.measurement).value == 25.0


def test_windows_of_several_threads_are_each_whole() -> None:
    totals = ScriptedMeter([{"gpu0": float(i)} for i in range(1000)])
    bank, gate, seen = MeterBank([totals]), Barrier(4), []

    def work() -> None:
        gate.wait()
        for _ in range(50):
            with bank.window() as window:
                pass
            seen.append(energy(window.measurement).value)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 200
    assert min(seen) >= 1.0


def test_so_far_measures_without_closing() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": total} for total in (0.0, 4.0, 9.0)])])
    with bank.window() as window:
        assert energy(window.so_far()).value == 4.0
    assert energy(window.measurement).value == 9.0


def test_peaks_of_nested_windows_are_their_own() -> None:
    # Seen at: outer opens, inner opens, inner closes, outer closes.
    bank = MeterBank(peak_meters=[ScriptedGauge([5.0, 900.0, 40.0, 30.0])])
    with bank.window() as outer, bank.window() as inner:
        pass
    assert energy(inner.measurement, "memory").value == 40.0
    assert energy(outer.measurement, "memory").value == 900.0


def test_an_outer_window_goes_on_after_an_inner_one_has_ended() -> None:
    bank = MeterBank(peak_meters=[ScriptedGauge([5.0, 6.0, 7.0, 900.0])])
    with bank.window() as outer, bank.window() as inner:
        pass
    assert energy(inner.measurement, "memory").value == 7.0
    assert energy(outer.measurement, "memory").value == 900.0


def test_a_row_after_a_bigger_row_has_its_own_smaller_peak() -> None:
    bank = MeterBank(peak_meters=[ScriptedGauge([1.0, 900.0, 2.0, 30.0])])
    with bank.window() as big:
        pass
    with bank.window() as small:
        pass
    assert energy(big.measurement, "memory").value == 900.0
    assert energy(small.measurement, "memory").value == 30.0


def test_a_peak_that_nobody_saw_is_absent_and_told() -> None:
    bank = MeterBank(peak_meters=[ScriptedGauge([])])
    with bank.window() as window:
        pass
    assert window.measurement.total(Resource.PEAK_MEMORY_BYTES) is None
    assert codes(window.measurement) == [NoteCode.SHORT_WINDOW]


def test_parts_are_kept_apart_from_what_contains_them() -> None:
    channels = [joules("psys"), joules("package-0", part_of="psys"), joules("dram-0")]
    reads = [dict.fromkeys(("psys", "package-0", "dram-0"), 0.0)]
    reads.append({"psys": 449.0, "package-0": 225.0, "dram-0": 10.0})
    with MeterBank([ScriptedMeter(reads, channels=channels)]).window() as window:
        pass
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == 459.0


def test_a_platform_counter_that_stands_still_does_not_hide_its_parts() -> None:
    channels = [joules("psys"), joules("package-0", part_of="psys")]
    reads = [{"psys": 0.0, "package-0": 0.0}, {"psys": 0.0, "package-0": 225.0}]
    clock = SteppingClock()
    bank = MeterBank([ScriptedMeter(reads, channels=channels)], clock_s=clock)
    with bank.window() as window:
        clock.advance(3.0)
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == 225.0
    assert codes(window.measurement) == [NoteCode.COSTS_DISAGREE]


def test_a_replayed_channel_says_so() -> None:
    channel = Channel(
        name="gpu0",
        resource=Resource.ENERGY_J,
        sensor="replay of a.csv",
        resolution=0.0,
        origin=Origin.REPLAYED,
    )
    meter = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 1.0}], channels=[channel])
    with MeterBank([meter]).window() as window:
        pass
    assert (energy(window.measurement).origin, energy(window.measurement).kind) == (
        Origin.REPLAYED,
        Kind.MEASURED,
    )
    assert codes(window.measurement) == [NoteCode.REPLAYED]


@pytest.mark.parametrize(
    ("origin", "advice"),
    [(Origin.LIVE, "measure a longer window"), (Origin.REPLAYED, "replay a longer recording")],
)
def test_what_was_observed_in_part_is_advised_on_as_what_it_is(origin: Origin, advice: str) -> None:
    channel = replace(joules("gpu0"), origin=origin)
    (note,) = doubts_of(channel, duration_s=1.0, coverage_frac=0.5)
    assert advice in note.advice
    assert advice.capitalize() in unobserved(channel, 1.0).advice


def test_what_was_not_seen_is_said_in_words() -> None:
    with MeterBank(peak_meters=[ScriptedGauge([])]).window() as window:
        pass
    (note,) = window.measurement.notes
    assert note.message.endswith("no reading (script) showed any peak memory of memory.")
