"""hwmon: counters are differenced, power is integrated, and nothing is summed twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError, SettingsError
from breakeven.meters import MeterBank
from breakeven.meters.asking import make_meter, parse_meter
from breakeven.meters.board.hwmon import Asked, HwmonBoardMeter, HwmonMeter
from breakeven.meters.board.rapl import RaplMeter
from breakeven.meters.opening import open_bank
from breakeven.records import Measurement, NoteCode, Resource, Scope
from breakeven.records.protocols import Meter
from breakeven.testing import (
    FakePowercap,
    FakeZone,
    MeterConformance,
    ScriptedMeter,
    SteppingClock,
    joules,
)
from breakeven.testing.hwmon import (
    ACPI_METER,
    AMD_SOCKETS,
    INTEL_CARD,
    RAIL,
    FakeChip,
    FakeHwmon,
)

CARD = "xe-0000:03:00.0:card"
SOCKET = "amd_energy-amd_energy.0:Esocket0"
ACPI = "power_meter-ACPI000D:00:power1"


class TestHwmonMeter(MeterConformance):
    @pytest.fixture
    def meter(self, tmp_path: Path) -> Meter:
        self.tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
        return HwmonMeter(sysfs=self.tree.sysfs, clock_s=SteppingClock())

    def break_sensor(self, meter: Meter) -> bool:
        self.tree.show("xe", "energy1_input", 0)
        return True


class TestHwmonBoardMeter(MeterConformance):
    maker = HwmonBoardMeter

    @pytest.fixture
    def meter(self, tmp_path: Path) -> Meter:
        self.tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
        return HwmonBoardMeter(sysfs=self.tree.sysfs, clock_s=SteppingClock())

    def break_sensor(self, meter: Meter) -> bool:
        self.tree.show("power_meter", "power1_average", "")
        return True


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


def total_j(measurement: Measurement) -> float:
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    return total.value


def test_joules_of_a_counter_are_differenced(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    bank = MeterBank([HwmonMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        tree.count("xe", "energy1_input", 380.0)
        tree.count("xe", "energy2_input", 300.0)
    assert total_j(window.measurement) == pytest.approx(380.0)


def test_a_counter_is_never_taken_for_power(tmp_path: Path, clock: SteppingClock) -> None:
    """Released tools made power of a counter and integrated that: 520 J for 380 J."""
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    meter = HwmonMeter(sysfs=tree.sysfs, clock_s=clock)
    meter.read()
    for elapsed_s, energy_j in ((1.0, 200.0), (9.0, 180.0)):
        clock.advance(elapsed_s)
        tree.count("xe", "energy1_input", energy_j)
        reading = meter.read()
    assert reading.totals[CARD] == pytest.approx(380.0)
    assert reading.covered_s == {}
    assert {channel.sensor for channel in meter.channels()} == {"hwmon-energy"}


def test_watts_are_integrated_over_the_samples(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    meter = HwmonBoardMeter(sysfs=tree.sysfs, clock_s=clock)
    meter.read()
    for watts in (350, 450, 450):
        clock.advance(1.0)
        tree.show("power_meter", "power1_average", watts * 1_000_000)
        reading = meter.read()
    assert reading.totals[ACPI] == pytest.approx(300 + 400 + 450)
    assert reading.covered_s[ACPI] == 3.0
    assert reading.slack[ACPI] == pytest.approx(50 + 50)


def test_power_that_was_not_sampled_is_not_covered(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    bank = MeterBank([HwmonBoardMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(60.0)
    assert window.measurement.total(Resource.ENERGY_J) is None
    assert [note.code for note in window.measurement.notes] == [NoteCode.PARTIAL_COVERAGE]


def test_the_interval_holds_stated_error_and_update_period(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    bank = MeterBank([HwmonBoardMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
    with bank.window() as window:
        for _ in range(20):
            clock.advance(1.0)
            bank._poll(bank.meters[0])
    (cost,) = [c for c in window.measurement.costs if c.resource is Resource.ENERGY_J]
    assert cost.value == pytest.approx(20 * 250.0)
    assert cost.high == pytest.approx(5000 + 0.05 * 5000 + 250)  # 5 % of it, and one update
    assert cost.low == pytest.approx(5000 - 0.05 * 5000 - 250)


def test_sockets_check_rapl_and_are_not_added_to_it(tmp_path: Path, clock: SteppingClock) -> None:
    powercap = FakePowercap(
        tmp_path / "powercap", (FakeZone(folder="intel-rapl:0", name="package-0"),)
    )
    hwmon = FakeHwmon(tmp_path / "hwmon", AMD_SOCKETS)
    meters: list[Meter] = [
        RaplMeter(sysfs=powercap.sysfs, clock_s=clock),
        HwmonMeter(sysfs=hwmon.sysfs, clock_s=clock),
    ]
    with MeterBank(meters, clock_s=clock).window() as window:
        clock.advance(10.0)
        powercap.consume("intel-rapl:0", 900.0)
        hwmon.count("amd_energy", "energy2_input", 901.0)
    assert total_j(window.measurement) == pytest.approx(900.0)
    assert sorted(c.channel for c in window.measurement.costs) == [SOCKET, "package-0", "wall"]


def test_sockets_count_where_rapl_cannot_be_read(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", AMD_SOCKETS)
    bank = MeterBank([HwmonMeter(sysfs=tree.sysfs, clock_s=clock)], clock_s=clock)
    with bank.window() as window:
        clock.advance(10.0)
        tree.count("amd_energy", "energy2_input", 901.0)
    assert total_j(window.measurement) == pytest.approx(901.0)


def test_the_whole_machine_is_not_added_to_its_parts(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD, ACPI_METER)
    meters = [
        HwmonMeter(sysfs=tree.sysfs, clock_s=clock),
        HwmonBoardMeter(sysfs=tree.sysfs, clock_s=clock),
    ]
    with MeterBank(meters, clock_s=clock).window() as window:
        clock.advance(2.0)
        tree.count("xe", "energy1_input", 100.0)
    assert total_j(window.measurement) == pytest.approx(500.0)


def test_the_whole_machine_is_measured_only_when_asked_for(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD, ACPI_METER, RAIL)
    assert [c.name for c in HwmonMeter(sysfs=tree.sysfs).channels()] == [
        CARD,
        "xe-0000:03:00.0:pkg",
    ]
    assert [c.name for c in HwmonBoardMeter(sysfs=tree.sysfs).channels()] == [ACPI]


def test_a_rail_is_placed_by_whoever_asks_for_it(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", RAIL, ACPI_METER)
    named = {"chip": "ina226", "sysfs": str(tree.sysfs)}
    (board,) = HwmonBoardMeter.from_options({**named, "scope": "supply"}).channels()
    assert (board.name, board.scope) == ("ina226-1-0040:power1", Scope.SUPPLY)
    (line,) = HwmonBoardMeter.from_options({**named, "part_of": "package-0"}).channels()
    assert (line.scope, line.part_of) == (Scope.PART, "package-0")


def test_two_meters_of_the_whole_machine_are_not_added_where_one_is_said_to_check(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    options = {"check_of": "chassis-1", "sysfs": str(tree.sysfs)}
    firmware = HwmonBoardMeter.from_options(options, clock_s=clock)
    chassis = replace(joules("chassis-1"), scope=Scope.SUPPLY)
    bmc = ScriptedMeter([{"chassis-1": 0.0}, {"chassis-1": 502.0}], channels=[chassis])
    with MeterBank([firmware, bmc], clock_s=clock).window() as window:
        clock.advance(2.0)
    assert total_j(window.measurement) == pytest.approx(502.0)


def test_a_rail_without_a_place_is_refused(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", RAIL)
    with pytest.raises(SettingsError, match="nobody says what ina226-1-0040:power1 measures"):
        HwmonBoardMeter(Asked(chip="ina226"), sysfs=tree.sysfs)


def test_a_known_chip_stays_in_its_place(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    asked = Asked(chip="power_meter", scope=Scope.PART)
    (channel,) = HwmonBoardMeter(asked, sysfs=tree.sysfs).channels()
    assert channel.scope is Scope.SUPPLY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hwmon-board:rail=3", "has no option 'rail'"),
        ("hwmon-board:scope=room", "'room' is not"),
    ],
)
def test_an_option_that_it_does_not_know_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_meter(parse_meter(text), {})


def test_a_machine_without_such_chips_is_no_news(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="no chip under") as caught:
        HwmonMeter(sysfs=tmp_path / "none")
    assert not caught.value.is_worth_a_note
    with open_bank() as bank:
        assert not [note for note in bank.notes if note.message.startswith("hwmon")]


@pytest.mark.parametrize("meter", [HwmonMeter, HwmonBoardMeter])
def test_what_there_is_besides_is_named_with_how_to_ask_for_it(
    tmp_path: Path, meter: type[HwmonMeter]
) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", RAIL)
    with pytest.raises(MeterUnavailableError, match="ina226-1-0040:power1") as caught:
        meter(sysfs=tree.sysfs)
    assert "--meter hwmon-board:chip=ina226-1-0040,scope=supply" in caught.value.advice


def test_inputs_that_can_be_read_are_read_and_the_rest_is_told(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    tree.path("xe", "energy2_input").write_text("")
    meter = HwmonMeter(sysfs=tree.sysfs)
    assert [channel.name for channel in meter.channels()] == [CARD]
    (note,) = meter.notes
    assert "pkg cannot be read by this user" in note.message
    assert f"sudo chmod a+r {tree.path('xe', 'energy2_input')}" in note.advice


def test_an_input_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    path = tree.path("xe", "energy2_input")
    path.unlink()
    path.symlink_to(tmp_path / "gone")
    (note,) = HwmonMeter(sysfs=tree.sysfs).notes
    assert "pkg cannot be read by this user" in note.message


def test_inputs_none_of_which_can_be_read_are_unavailable(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    tree.path("power_meter", "power1_average").write_text("")
    with pytest.raises(MeterUnavailableError, match=f"{ACPI} cannot be read") as caught:
        HwmonBoardMeter(sysfs=tree.sysfs)
    assert "sudo chmod a+r" in caught.value.advice
    assert caught.value.is_worth_a_note


@pytest.mark.parametrize("shown", ["-5000000", "0", "N/A"])
def test_a_machine_that_draws_nothing_is_absent_with_the_reason(
    tmp_path: Path, clock: SteppingClock, shown: str
) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    meter = HwmonBoardMeter(sysfs=tree.sysfs, clock_s=clock)
    tree.show("power_meter", "power1_average", shown)
    reading = meter.read()
    assert reading.totals == {}
    assert "it shows" in reading.reasons[ACPI]


def test_a_counter_that_stands_still_is_absent_with_the_reason(
    tmp_path: Path, clock: SteppingClock
) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    meter = HwmonMeter(sysfs=tree.sysfs, clock_s=clock)
    clock.advance(100.0)
    assert len(meter.read().totals) == 2  # the first reading says nothing about standing still
    clock.advance(10.0)
    tree.count("xe", "energy1_input", 20.0)
    reading = meter.read()
    assert list(reading.totals) == [CARD]
    assert reading.reasons == {"xe-0000:03:00.0:pkg": "it has stood still for 10 s"}


def test_a_counter_that_falls_is_an_error(tmp_path: Path, clock: SteppingClock) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    meter = HwmonMeter(sysfs=tree.sysfs, clock_s=clock)
    meter.read()
    tree.show("xe", "energy1_input", 0)
    with pytest.raises(CounterResetError, match=f"hwmon {CARD}"):
        meter.read()


@pytest.mark.parametrize(
    ("interval", "period_s"), [(100, 0.2), (500, 0.5), (30_000, 1.0), ("", 1.0)]
)
def test_power_is_sampled_as_often_as_it_changes_within_reason(
    tmp_path: Path, interval: str | int, period_s: float
) -> None:
    chip = FakeChip(name="ina226", files={"power1_input": 1, "update_interval": interval})
    tree = FakeHwmon(tmp_path / "hwmon", chip)
    meter = HwmonBoardMeter(Asked(chip="ina226", scope=Scope.PART), sysfs=tree.sysfs)
    assert meter.poll_period_s == period_s


def test_a_closed_meter_reads_nobody_else_s_file(tmp_path: Path) -> None:
    meter = HwmonMeter(sysfs=FakeHwmon(tmp_path / "hwmon", INTEL_CARD).sysfs)
    meter.close()
    meter.close()
    with pytest.raises(MeterUnavailableError, match="hwmon was closed"):
        meter.read()


def test_counters_alone_can_wait(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD)
    assert HwmonMeter(sysfs=tree.sysfs).poll_period_s == 10.0


def test_a_socket_is_the_package_that_rapl_owns(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", AMD_SOCKETS)
    devices = {c.name: c.device for c in HwmonMeter(sysfs=tree.sysfs).channels()}
    assert devices[SOCKET] == "rapl:package-0"


def test_every_channel_names_its_device_and_what_it_leaves_out(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", INTEL_CARD, ACPI_METER)
    channels = [
        *HwmonMeter(sysfs=tree.sysfs).channels(),
        *HwmonBoardMeter(sysfs=tree.sysfs).channels(),
    ]
    assert all(channel.not_covered for channel in channels)
    assert [c.device for c in channels] == [f"hwmon:{c.name}" for c in channels]
