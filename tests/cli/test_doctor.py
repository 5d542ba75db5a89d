"""`breakeven doctor`: every sensor, or why not, and what would change that."""

import json
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven import registry
from breakeven.cli.doctor import command
from breakeven.meters.rapl import RaplMeter
from breakeven.testing import FakePowercap

TRACE = "t_s,channel,power_w\n0,wall,100\n0.5,wall,100\n"


@pytest.fixture
def replayed(tmp_path: Path) -> list[str]:
    path = tmp_path / "power.csv"
    path.write_text(TRACE)
    return ["--replay", str(path)]


def test_what_works_is_listed_with_kind_resolution_and_period() -> None:
    result = CliRunner().invoke(command)
    assert result.exit_code == 0
    assert "host" in result.output
    assert "measured" in result.output
    assert "1 µs" in result.output


def test_what_does_not_work_has_a_reason_and_a_fix() -> None:
    result = CliRunner().invoke(command)
    assert "replay: replay needs a recording." in result.output
    assert "--replay TRACE.csv" in result.output


def test_a_recording_is_listed_as_replayed_not_as_measured_here(replayed: list[str]) -> None:
    result = CliRunner().invoke(command, replayed)
    assert "measured, replayed" in result.output
    assert "every 500 ms" in result.output


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Make one registered meter the only one."""

    def declared(name: str, value: str) -> None:
        points = [EntryPoint(name, value, "breakeven.meters")]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)

    return declared


def test_without_an_energy_sensor_it_says_so_plainly(only: Callable[[str, str], None]) -> None:
    only("host", "breakeven.meters.host:HostMeter")
    output = CliRunner().invoke(command).output
    assert "No sensor here counts joules" in output
    assert "What is not" not in output


def test_replayed_energy_is_not_this_machine_s(
    only: Callable[[str, str], None], replayed: list[str]
) -> None:
    only("replay", "breakeven.meters.replay:ReplayMeter")
    assert "Replayed, not measured here: wall." in CliRunner().invoke(command, replayed).output


def test_energy_sensors_are_named(
    only: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sysfs = FakePowercap(tmp_path / "powercap").sysfs
    monkeypatch.setattr(registry, "load", lambda kind, name: lambda: RaplMeter(sysfs=sysfs))
    only("rapl", "breakeven.meters.rapl:RaplMeter")
    output = CliRunner().invoke(command).output
    assert "Energy is measured on package-0, core-0, uncore-0, psys." in output
    assert "rapl psys leaves out: power supply loss" in output


def test_the_same_is_there_as_json() -> None:
    found = json.loads(CliRunner().invoke(command, ["--json"]).output)
    sensors = {sensor["name"]: sensor for sensor in found["sensors"]}
    assert sensors["host"]["channels"][0]["kind"] == "measured"
    assert not sensors["replay"]["is_available"]
    assert found["machine"]["n_cpus"] >= 1
