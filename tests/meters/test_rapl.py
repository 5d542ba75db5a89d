"""RAPL: every fault that released tools show, on synthetic powercap trees."""

from pathlib import Path

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters import MeterBank
from breakeven.meters.rapl import RaplMeter, find_zones
from breakeven.records import NoteCode, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import (
    LAPTOP,
    SERVER,
    FakePowercap,
    FakeZone,
    MeterConformance,
    SteppingClock,
)

SPAN_J = 262_143.32885


class TestRaplMeter(MeterConformance):
    @pytest.fixture
    def meter(self, tmp_path: Path) -> Meter:
        return RaplMeter(sysfs=FakePowercap(tmp_path / "powercap").sysfs)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def test_zones_are_chosen_by_name_with_what_contains_them(tmp_path: Path) -> None:
    zones = find_zones(FakePowercap(tmp_path, LAPTOP).sysfs)
    assert {zone.channel: zone.part_of for zone in zones} == {
        "package-0": "psys",
        "core-0": "package-0",
        "uncore-0": "package-0",
        "psys": None,
    }


def test_two_sockets_and_their_memory_are_four_channels(tmp_path: Path) -> None:
    zones = find_zones(FakePowercap(tmp_path, SERVER).sysfs)
    assert [zone.channel for zone in zones] == ["package-0", "dram-0", "package-1", "dram-1"]
    assert all(zone.part_of is None for zone in zones)


def test_the_memory_mapped_interface_counts_only_where_there_is_no_other(tmp_path: Path) -> None:
    zones = (FakeZone(folder="intel-rapl-mmio:0", name="package-0"),)
    found = find_zones(FakePowercap(tmp_path, zones).sysfs)
    assert [zone.folder.name for zone in found] == ["intel-rapl-mmio:0"]


def test_a_mirrored_zone_is_read_once(tmp_path: Path) -> None:
    zones = (
        FakeZone(folder="intel-rapl:0", name="package-0"),
        FakeZone(folder="intel-rapl:1", name="package-0"),
    )
    found = find_zones(FakePowercap(tmp_path, zones).sysfs)
    assert [zone.folder.name for zone in found] == ["intel-rapl:0"]


def test_zones_without_a_name_or_a_range_are_skipped(tmp_path: Path) -> None:
    FakePowercap(tmp_path, (FakeZone(folder="intel-rapl:0", name="package-0", span_uj=0),))
    (tmp_path / "intel-rapl:1").mkdir()
    (tmp_path / "intel-rapl:2").mkdir()
    (tmp_path / "intel-rapl:2" / "name").write_text("package-2\n")
    assert find_zones(tmp_path) == []


def test_a_wrap_just_before_the_window_closes_is_not_minus_262_kilojoules(
    tmp_path: Path, clock: SteppingClock
) -> None:
    near_the_end = FakeZone(
        folder="intel-rapl:0", name="package-0", energy_uj=int((SPAN_J - 150) * 1e6)
    )
    tree = FakePowercap(tmp_path, (near_the_end,))
    bank = MeterBank([RaplMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(2.0)
        tree.consume("intel-rapl:0", 152.5)
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == pytest.approx(152.5, abs=1e-3)


def test_the_platform_is_never_added_to_its_package(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakePowercap(tmp_path, LAPTOP)
    bank = MeterBank([RaplMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
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
    tree = FakePowercap(tmp_path, (FakeZone(folder="intel-rapl:0", name="package-0"),))
    meter = RaplMeter(sysfs=tree.sysfs, clock_s=clock)
    meter.read()
    for _ in range(1000):
        clock.advance(30.0)
        tree.consume("intel-rapl:0", 29_000.0)
        total_j = meter.read().totals["package-0"]
    assert total_j == pytest.approx(29_000_000.0)


def test_a_reset_is_an_error_never_a_negative_or_a_guess(
    tmp_path: Path, clock: SteppingClock
) -> None:
    start = FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=5_000_000_000)
    tree = FakePowercap(tmp_path, (start,))
    meter = RaplMeter(sysfs=tree.sysfs, clock_s=clock)
    meter.read()
    clock.advance(1.0)
    tree.reset("intel-rapl:0")
    with pytest.raises(CounterResetError, match="rapl package-0"):
        meter.read()


def test_two_reads_are_never_further_apart_than_30_seconds() -> None:
    assert RaplMeter.poll_period_s <= 30.0


def test_no_zone_is_unavailable_and_the_fix_is_named(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError) as caught:
        RaplMeter(sysfs=tmp_path / "none")
    assert "modprobe intel_rapl_msr" in caught.value.advice


def test_a_refused_zone_names_the_command_that_allows_it(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path, (FakeZone(folder="intel-rapl:0", name="package-0"),))
    (tree.sysfs / "intel-rapl:0" / "energy_uj").unlink()
    with pytest.raises(MeterUnavailableError, match="not readable by this user") as caught:
        RaplMeter(sysfs=tree.sysfs)
    assert f"sudo chmod a+r {tmp_path}/intel-rapl*/energy_uj" in caught.value.advice
    assert "/etc/udev/rules.d/70-rapl.rules" in caught.value.advice


def test_zones_that_can_be_read_are_read_and_the_rest_is_told(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path, SERVER)
    tree.break_zone("intel-rapl:0:0")
    meter = RaplMeter(sysfs=tree.sysfs)
    assert "dram-0" not in [channel.name for channel in meter.channels()]
    assert [note.code for note in meter.notes] == [NoteCode.METER_UNAVAILABLE]
    assert "dram-0" in meter.notes[0].message


def test_a_driver_that_goes_away_is_an_error(tmp_path: Path) -> None:
    meter = RaplMeter(sysfs=FakePowercap(tmp_path, SERVER).sysfs)
    meter.close()
    meter._files = dict.fromkeys((zone.channel for zone in meter._zones), -1)
    with pytest.raises(MeterUnavailableError, match="no longer be read"):
        meter.read()


def test_every_channel_says_what_it_leaves_out(tmp_path: Path) -> None:
    channels = RaplMeter(sysfs=FakePowercap(tmp_path, LAPTOP).sysfs).channels()
    assert all(channel.not_covered for channel in channels)
