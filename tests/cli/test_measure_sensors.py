"""`breakeven measure` on synthetic sensors: what a command drew, from the file to the store."""

import sys
from pathlib import Path

from click.testing import CliRunner, Result

from breakeven.cli.measure import command
from breakeven.records import Resource, Run, Scope
from breakeven.store import Store
from breakeven.testing import ACPI_METER, LAPTOP, FakeHwmon, FakePowercap, FakeZone, Layout

TURN_UJ = 262_143_328_911
"""One step more than the largest reading that the tree states."""


def measure(store: Path, *meters: str, code: str = "pass") -> tuple[Result, Run]:
    asked = [word for meter in meters for word in ("--meter", meter)]
    argv = ["--store", str(store), *asked, "--", sys.executable, "-c", code]
    result = CliRunner().invoke(command, argv)
    (run,) = Store(store).runs()
    return result, run


def writing(path: Path, energy_uj: int) -> str:
    return f"open({str(path)!r}, 'w').write('{energy_uj}\\n')"


def energy_j(run: Run) -> dict[str, float]:
    return {cost.channel: round(cost.value, 6) for cost in run.costs(Resource.ENERGY_J)}


def test_a_command_during_which_the_register_wraps_is_measured(tmp_path: Path) -> None:
    near_the_end = FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=TURN_UJ - 15_000_000)
    tree = FakePowercap(tmp_path / "powercap", (near_the_end,), layout=Layout.NESTED)
    counter = tree.path("intel-rapl:0") / "energy_uj"
    result, run = measure(
        tmp_path / "store", f"rapl:sysfs={tree.sysfs}", code=writing(counter, 5_000_000)
    )
    assert result.exit_code == 0
    assert energy_j(run) == {"package-0": 20.0}
    assert "20 J" in result.stderr


def test_the_platform_and_the_mirror_are_not_added_to_the_package(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", LAPTOP, layout=Layout.NESTED)
    amounts = {"intel-rapl:0": 9_000_000, "intel-rapl:0:0": 6_000_000, "intel-rapl:1": 15_000_000}
    code = "; ".join(
        writing(tree.path(folder) / "energy_uj", amount) for folder, amount in amounts.items()
    )
    _, run = measure(tmp_path / "store", f"rapl:sysfs={tree.sysfs}", code=code)
    assert energy_j(run) == {"psys": 15.0}
    seen = [c for c in run.phases[0].measurement.costs if c.resource is Resource.ENERGY_J]
    assert {cost.channel: cost.part_of for cost in seen} == {
        "package-0": "psys",
        "core-0": "package-0",
        "uncore-0": "package-0",
        "psys": None,
    }


def test_what_the_firmware_says_of_the_whole_machine_is_integrated(tmp_path: Path) -> None:
    tree = FakeHwmon(tmp_path / "hwmon", ACPI_METER)
    _, run = measure(tmp_path / "store", f"hwmon-board:sysfs={tree.sysfs}")
    (cost,) = run.costs(Resource.ENERGY_J)
    assert (cost.scope, cost.sensor) == (Scope.SUPPLY, "hwmon-power")
    assert cost.low <= 250.0 * run.phases[0].measurement.duration_s <= cost.high


def test_a_sensor_that_was_asked_for_and_is_not_there_is_an_error(tmp_path: Path) -> None:
    argv = ["--store", str(tmp_path / "store"), "--meter", f"rapl:sysfs={tmp_path}", "--", "true"]
    result = CliRunner().invoke(command, argv)
    assert result.exit_code != 0
    assert str(result.exception).startswith(f"no RAPL zone under {tmp_path}.")
