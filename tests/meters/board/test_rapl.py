"""RAPL: every fault that released tools show, on synthetic powercap trees."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import CounterResetError, MeterUnavailableError, SettingsError
from breakeven.meters import MeterBank
from breakeven.meters.asking import make_meter, parse_meter
from breakeven.meters.board.rapl import RaplMeter, asleep_s
from breakeven.records import NoteCode, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import (
    AMD,
    LAPTOP,
    PLATFORMS,
    SERVER,
    FakePerf,
    FakePowercap,
    FakeZone,
    Layout,
    MeterConformance,
    SteppingClock,
)

SPAN_J = 262_143.32885

PACKAGE = FakeZone(folder="intel-rapl:0", name="package-0")


class TestRaplMeter(MeterConformance):
    maker = RaplMeter

    @pytest.fixture
    def meter(self, tmp_path: Path) -> Meter:
        self.tree = FakePowercap(tmp_path / "powercap")
        return opened(self.tree, SteppingClock())

    def break_sensor(self, meter: Meter) -> bool:
        for zone in LAPTOP:
            self.tree.break_zone(zone.folder)
        return True


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def opened(tree: FakePowercap, clock: SteppingClock) -> RaplMeter:
    return RaplMeter(sysfs=tree.sysfs, ways=("powercap",), clock_s=clock)


def test_a_wrap_just_before_the_window_closes_is_not_minus_262_kilojoules(
    tmp_path: Path, clock: SteppingClock
) -> None:
    near_the_end = FakeZone(
        folder="intel-rapl:0", name="package-0", energy_uj=int((SPAN_J - 150) * 1e6)
    )
    tree = FakePowercap(tmp_path, (near_the_end,))
    bank = MeterBank([opened(tree, clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(2.0)
        tree.consume("intel-rapl:0", 152.5)
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(152.5, abs=1e-5)


def test_the_platform_is_never_added_to_its_package(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakePowercap(tmp_path, LAPTOP)
    bank = MeterBank([opened(tree, clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        for folder, joules in (
            ("intel-rapl:0", 225.0),
            ("intel-rapl:0:0", 150.0),
            ("intel-rapl:1", 449.0),
            ("intel-rapl-mmio:0", 225.0),
        ):
            tree.consume(folder, joules)
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(449.0)


def test_many_polls_across_many_wraps_are_exact(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakePowercap(tmp_path, (PACKAGE,))
    meter = opened(tree, clock)
    meter.read()
    for _ in range(1000):
        clock.advance(30.0)
        tree.consume("intel-rapl:0", 29_000.0)
        total_j = meter.read().totals["package-0"]
    assert total_j == pytest.approx(29_000_000.0, abs=1e-3)


STEPS = st.lists(
    st.tuples(st.floats(min_value=0.01, max_value=30.0), st.integers(0, 2_000)),
    min_size=1,
    max_size=30,
)


@given(start_j=st.integers(0, 65_700), steps=STEPS)
def test_any_work_in_any_number_of_reads_is_counted_to_the_microjoule(
    tmp_path_factory: pytest.TempPathFactory, start_j: int, steps: list[tuple[float, int]]
) -> None:
    """AMD's short range: the register turns over after 33 s at the largest power."""
    zone = replace(AMD[0], energy_uj=start_j * 1_000_000)
    tree, clock = FakePowercap(tmp_path_factory.mktemp("powercap"), (zone,)), SteppingClock()
    meter = opened(tree, clock)
    meter.read()
    for elapsed_s, power_w in steps:
        clock.advance(elapsed_s)
        tree.consume("intel-rapl:0", 0.001 + power_w * elapsed_s)
        total_j = meter.read().totals["package-0"]
    meter.close()
    true_j = sum(0.001 + power_w * elapsed_s for elapsed_s, power_w in steps)
    assert total_j == pytest.approx(true_j, abs=2e-6 * len(steps))


def test_a_reset_is_an_error_never_a_negative_or_a_guess(
    tmp_path: Path, clock: SteppingClock
) -> None:
    start = FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=5_000_000_000)
    tree = FakePowercap(tmp_path, (start,))
    meter = opened(tree, clock)
    meter.read()
    clock.advance(1.0)
    tree.reset("intel-rapl:0")
    with pytest.raises(CounterResetError, match="rapl package-0"):
        meter.read()


def test_a_reset_of_one_register_leaves_no_other_without_this_reading(
    tmp_path: Path, clock: SteppingClock
) -> None:
    zones = (
        FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=5_000_000_000),
        FakeZone(folder="intel-rapl:1", name="package-1"),
    )
    tree = FakePowercap(tmp_path, zones)
    meter = opened(tree, clock)
    meter.read()
    tree.reset("intel-rapl:0")
    clock.advance(100.0)
    tree.consume("intel-rapl:1", 50.0)
    with pytest.raises(CounterResetError):
        meter.read()
    clock.advance(100.0)  # 200 s since the first reading: too long, had the second not counted
    tree.consume("intel-rapl:0", 1.0)
    tree.consume("intel-rapl:1", 1.0)
    assert meter.read().totals == {"package-0": 1.0, "package-1": 51.0}


def test_sleep_is_an_error_even_where_the_register_looks_plausible(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree, slept = FakePowercap(tmp_path, (PACKAGE,)), SteppingClock()
    meter = RaplMeter(sysfs=tree.sysfs, clock_s=clock, asleep_s=slept)
    meter.read()
    clock.advance(5.0)
    slept.advance(3600.0)
    tree.consume("intel-rapl:0", 70.0)
    with pytest.raises(CounterResetError, match="slept for 3600 s"):
        meter.read()
    tree.consume("intel-rapl:0", 2.0)
    meter.read()
    clock.advance(0.5)
    tree.consume("intel-rapl:0", 3.0)
    assert meter.read().totals == {"package-0": 3.0}  # what came before the error is not told


def test_this_machine_has_slept_a_number_of_seconds() -> None:
    assert asleep_s() > -0.1


def test_a_slow_read_is_timed_on_both_sides(tmp_path: Path) -> None:
    tree, slow = FakePowercap(tmp_path, (PACKAGE,)), SteppingClock(step_s=70.0)
    meter = opened(tree, slow)
    meter.read()
    with pytest.raises(CounterResetError, match="210 s passed"):
        meter.read()


@pytest.mark.parametrize("zones", [SERVER, LAPTOP, AMD, (PACKAGE,)])
def test_two_reads_are_never_further_apart_than_30_seconds(
    tmp_path: Path, zones: tuple[FakeZone, ...], clock: SteppingClock
) -> None:
    meter = opened(FakePowercap(tmp_path, zones), clock)
    assert meter.poll_period_s <= 10.0


@given(range_uj=st.integers(min_value=2_100_000_000, max_value=10**16))
def test_two_polls_may_fail_before_any_register_can_turn_over(
    tmp_path_factory: pytest.TempPathFactory, range_uj: int
) -> None:
    zone = FakeZone(folder="intel-rapl:0", name="package-0", span_uj=range_uj)
    meter = opened(FakePowercap(tmp_path_factory.mktemp("powercap"), (zone,)), SteppingClock())
    assert 3 * meter.poll_period_s * 2000.0 < range_uj / 1e6
    meter.close()


def test_a_platform_is_read_oftener_because_it_may_draw_more(
    tmp_path: Path, clock: SteppingClock
) -> None:
    package = opened(FakePowercap(tmp_path / "package", (PACKAGE,)), clock)
    platform = opened(FakePowercap(tmp_path / "platform", LAPTOP), clock)
    assert platform.poll_period_s < package.poll_period_s / 2


def test_a_register_that_never_moves_is_absent_not_zero(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakePowercap(tmp_path, LAPTOP)
    bank = MeterBank([opened(tree, clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        tree.consume("intel-rapl:0", 225.0)
        tree.consume("intel-rapl:0:0", 150.0)
    energy = [c for c in window.measurement.costs if c.resource is Resource.ENERGY_J]
    assert {c.channel: c.value for c in energy} == {
        "package-0": 225.0,
        "core-0": 150.0,
        "uncore-0": 0.0,  # graphics may truly be off
    }
    (note,) = window.measurement.notes
    assert note.code is NoteCode.METER_UNAVAILABLE
    assert note.message.endswith("of psys: its register has stood still for 10 s")


def test_a_register_that_has_stood_still_for_a_hundred_updates_is_absent(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakePowercap(tmp_path, SERVER)
    meter = opened(tree, clock)
    clock.advance(100.0)
    assert len(meter.read().totals) == 4  # the first reading says nothing about standing still
    clock.advance(0.09)
    assert len(meter.read().totals) == 4
    tree.consume("intel-rapl:0", 5.0)
    clock.advance(0.01)
    reading = meter.read()
    assert reading.totals == {"package-0": 5.0}
    assert sorted(reading.reasons) == ["dram-0", "dram-1", "package-1"]


def test_a_platform_s_register_may_take_a_second(tmp_path: Path, clock: SteppingClock) -> None:
    meter = opened(FakePowercap(tmp_path, LAPTOP), clock)
    meter.read()
    clock.advance(0.9)
    assert "psys" in meter.read().totals
    clock.advance(0.1)
    assert "psys" in meter.read().reasons


def test_a_register_that_did_count_may_rest_for_a_minute(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakePowercap(tmp_path, (PACKAGE,))
    meter = opened(tree, clock)
    meter.read()
    tree.consume("intel-rapl:0", 5.0)
    clock.advance(1.0)
    meter.read()
    clock.advance(59.9)
    assert meter.read().totals == {"package-0": 5.0}
    clock.advance(0.1)
    assert meter.read().reasons == {"package-0": "its register has stood still for 60 s"}


def test_zones_that_can_be_read_are_read_and_the_rest_is_told(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path, SERVER)
    tree.break_zone("intel-rapl:0:0")
    meter = RaplMeter(sysfs=tree.sysfs)
    assert "dram-0" not in [channel.name for channel in meter.channels()]
    assert [note.code for note in meter.notes] == [NoteCode.METER_UNAVAILABLE]
    assert "dram-0" in meter.notes[0].message


def test_platforms_that_are_left_out_are_told(tmp_path: Path) -> None:
    (note,) = RaplMeter(sysfs=FakePowercap(tmp_path, PLATFORMS).sysfs).notes
    assert note.message == (
        "rapl: of psys, psys-1 nobody says which packages each holds; it is not read."
    )


@pytest.mark.parametrize("shown", ["", "2621", "262x\n"])
def test_a_torn_reading_leaves_its_channel_absent_and_the_others_sound(
    tmp_path: Path, clock: SteppingClock, shown: str
) -> None:
    tree = FakePowercap(tmp_path, SERVER)
    meter = opened(tree, clock)
    tree.break_zone("intel-rapl:0:0", shown)
    reading = meter.read()
    assert sorted(reading.totals) == ["dram-1", "package-0", "package-1"]
    assert list(reading.reasons) == ["dram-0"]
    tree.consume("intel-rapl:0:0", 7.0)
    clock.advance(0.5)
    assert meter.read().totals["dram-0"] == 0.0  # the first reading that it gave


def test_a_driver_that_goes_away_is_an_error_with_advice(
    tmp_path: Path, clock: SteppingClock
) -> None:
    fake = FakePerf(tmp_path)
    meter = RaplMeter(perf=fake.perf, ways=("perf",), clock_s=clock)
    fake.take_away()
    with pytest.raises(MeterUnavailableError, match="no longer be read: No such device") as caught:
        meter.read()
    assert "Was the driver unloaded" in caught.value.advice


def test_a_closed_meter_reads_nobody_else_s_file(tmp_path: Path) -> None:
    meter = RaplMeter(sysfs=FakePowercap(tmp_path, SERVER).sysfs)
    meter.close()
    meter.close()
    with pytest.raises(MeterUnavailableError, match="it was closed"):
        meter.read()


def test_every_channel_says_what_it_is_and_what_it_leaves_out(tmp_path: Path) -> None:
    channels = RaplMeter(sysfs=FakePowercap(tmp_path, LAPTOP).sysfs).channels()
    assert all(channel.not_covered for channel in channels)
    assert [c.device for c in channels] == [
        "rapl:package-0",
        "rapl:core-0",
        "rapl:uncore-0",
        "rapl:psys",
    ]


def test_where_powercap_is_refused_perf_event_is_the_way_in(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", LAPTOP, layout=Layout.LINKED)
    tree.mask()
    fake = FakePerf(tmp_path / "sys")
    meter = RaplMeter(sysfs=tree.sysfs, perf=fake.perf)
    assert [(c.name, c.sensor, c.device) for c in meter.channels()] == [
        ("package-0", "rapl-perf", "rapl:package-0"),
        ("core-0", "rapl-perf", "rapl:core-0"),
    ]


def test_the_two_ways_in_are_never_used_together(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", SERVER)
    tree.break_zone("intel-rapl:0:0")
    fake = FakePerf(tmp_path / "sys", events=("energy-pkg", "energy-ram"))
    meter = RaplMeter(sysfs=tree.sysfs, perf=fake.perf)
    assert {channel.sensor for channel in meter.channels()} == {"rapl"}
    assert fake.n_open == 0


def test_both_ways_shut_name_both_reasons(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError) as caught:
        RaplMeter(sysfs=tmp_path / "none", perf=FakePerf(tmp_path / "sys", refused=13).perf)
    assert "no RAPL zone under" in caught.value.message
    assert "perf_event_paranoid is 2" in caught.value.message
    assert "--cap-add PERFMON" in caught.value.advice


def test_a_tree_mounted_elsewhere_may_be_named(tmp_path: Path) -> None:
    FakePowercap(tmp_path / "powercap", SERVER, layout=Layout.NESTED)
    meter = make_meter(parse_meter(f"rapl:sysfs={tmp_path / 'powercap'}"), {})
    assert len(meter.channels()) == 4
    meter.close()


@pytest.mark.parametrize("text", ["rapl:via=msr", "rapl:folder=/powercap"])
def test_an_option_that_it_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="meter 'rapl'"):
        make_meter(parse_meter(text), {})


def test_the_way_in_may_be_named(tmp_path: Path) -> None:
    fake = FakePerf(tmp_path)
    meter = RaplMeter.from_options({"via": "perf"}, perf=fake.perf)
    assert {channel.sensor for channel in meter.channels()} == {"rapl-perf"}
