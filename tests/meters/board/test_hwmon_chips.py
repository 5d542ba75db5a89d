"""Inputs of hwmon chips: called the same at every start, each with its place."""

from pathlib import Path

import pytest

from breakeven.meters.board.hwmon_chips import Input, find_inputs
from breakeven.records import Scope
from breakeven.testing.hwmon import (
    ACPI_METER,
    AMD_SOCKETS,
    INTEL_CARD,
    RAIL,
    FakeChip,
    FakeHwmon,
)


def found(tmp_path: Path, *chips: FakeChip) -> dict[str, Input]:
    FakeHwmon(tmp_path / "hwmon", *chips)
    return {one.channel: one for one in find_inputs(tmp_path / "hwmon")}


def test_a_chip_is_called_by_its_name_and_device_not_by_its_number(tmp_path: Path) -> None:
    first = found(tmp_path / "today", RAIL, ACPI_METER)
    assert set(first) == {"ina226-1-0040:power1", "power_meter-ACPI000D:00:power1"}
    assert set(first) == set(found(tmp_path / "tomorrow", ACPI_METER, RAIL))


def test_labels_name_channels(tmp_path: Path) -> None:
    chip = FakeChip(name="ina226", files={"power1_input": 1, "power1_label": "VDD CPU"})
    assert list(found(tmp_path, chip)) == ["ina226-1-0040:VDD-CPU"]


def test_a_firmware_meter_feeds_the_whole_machine_and_states_interval_and_error(
    tmp_path: Path,
) -> None:
    (meter,) = found(tmp_path, ACPI_METER).values()
    assert (meter.place.scope, meter.is_counter, meter.period_s) == (Scope.SUPPLY, False, 1.0)
    assert meter.relative_error == pytest.approx(0.05)


def test_sockets_of_amd_check_the_package_and_cores_are_inside_them(tmp_path: Path) -> None:
    inputs = found(tmp_path, AMD_SOCKETS)
    assert {channel: one.check_of for channel, one in inputs.items()} == {
        "amd_energy-amd_energy.0:Esocket0": "package-0"
    }


def test_the_package_of_a_card_is_on_the_card(tmp_path: Path) -> None:
    inputs = found(tmp_path, INTEL_CARD)
    card = "xe-0000:03:00.0:card"
    assert {channel: one.part_of for channel, one in inputs.items()} == {
        card: None,
        "xe-0000:03:00.0:pkg": card,
    }
    assert inputs[card].is_known_part


def test_rails_of_a_power_supply_are_part_of_its_total(tmp_path: Path) -> None:
    supply = FakeChip(
        name="corsairpsu",
        device="0003:1B1C:1C08.0001",
        files={"power1_input": 90, "power2_input": 80, "power2_label": "power +12v"},
    )
    inputs = found(tmp_path, supply)
    total = "corsairpsu-0003:1B1C:1C08.0001:power1"
    assert {one.part_of for channel, one in inputs.items() if channel != total} == {total}
    assert inputs[total].part_of is None


def test_supply_lines_of_a_processor_are_part_of_its_package(tmp_path: Path) -> None:
    chip = FakeChip(name="zenpower", files={"power1_input": 1, "power1_label": "SVI2_P_Core"})
    (line,) = found(tmp_path, chip).values()
    assert line.part_of == "package-0"


def test_nobody_says_what_a_rail_feeds(tmp_path: Path) -> None:
    (rail,) = found(tmp_path, RAIL).values()
    assert not rail.place.is_known
    assert not rail.is_known_part
    assert rail.period_s == 0.1


@pytest.mark.parametrize(
    ("chip", "reason"),
    [
        (FakeChip(name="amdgpu", files={"power1_average": 1}), "has a meter of its own"),
        (FakeChip(name="BAT0", files={"power1_input": 1}), "charges"),
        (FakeChip(name="cw2015", subsystem="power_supply", files={"power1_input": 1}), "charges"),
        (FakeChip(name="power_meter", files={"power1_average": 1, "power1_is_battery": 1}), "same"),
        (FakeChip(name="nvme", files={"temp1_input": 42_000}), "has no power input"),
        (FakeChip(name="", files={"power1_input": 1}), "has no name"),
    ],
)
def test_what_says_nothing_of_consumption_is_not_taken(
    tmp_path: Path, chip: FakeChip, reason: str
) -> None:
    assert found(tmp_path, chip) == {}, reason


def test_an_instantaneous_input_goes_before_an_average(tmp_path: Path) -> None:
    chip = FakeChip(name="ina226", files={"power1_input": 1, "power1_average": 2})
    (one,) = found(tmp_path, chip).values()
    assert one.path.name == "power1_input"


def test_where_energy_and_power_are_both_shown_the_power_checks_the_energy(tmp_path: Path) -> None:
    chip = FakeChip(
        name="nouveau",
        device="0000:01:00.0",
        files={
            "energy1_input": 1,
            "energy1_label": "card",
            "power1_input": 1,
            "power1_label": "card",
        },
    )
    inputs = found(tmp_path, chip)
    energy = "nouveau-0000:01:00.0:card"
    assert inputs[energy].is_counter
    assert inputs[f"{energy}-power"].check_of == energy


def test_without_an_interval_a_second_is_taken(tmp_path: Path) -> None:
    chip = FakeChip(name="ina219", files={"power1_input": 1, "update_interval": "soon"})
    (one,) = found(tmp_path, chip).values()
    assert one.period_s == 1.0


def test_a_machine_without_hwmon_has_none(tmp_path: Path) -> None:
    assert find_inputs(tmp_path / "none") == []
