"""`doctor --calibrate` and `report --calibration` through the real command line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import BreakevenError, CalibrationError, DataFileError
from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Stage,
    Status,
)
from breakeven.store import Store
from breakeven.testing.runs import example_runs

EPOCH_S = 1_790_000_000.0


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [*map(str, arguments)])


def said(*arguments: str | Path) -> str:
    found = call(*arguments)
    assert found.exit_code == 0, found.output
    return found.output


def stamp(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")


def run_at(start_s: float, duration_s: float, *costs: Cost, run_id: str, host: str = "n") -> Run:
    seen = Measurement(started_at=stamp(start_s), duration_s=duration_s, costs=costs)
    return Run(
        run_id=run_id,
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at=stamp(start_s),
        phases=(Phase(name=PhaseName.WORK, measurement=seen),),
        machine=Machine(
            host=host,
            host_id=host,
            system="Linux",
            cpu_model="CPU",
            n_cpus=2,
            memory_bytes=1,
            python="3.11",
            libraries={},
        ),
    )


def joules(channel: str, value: float, scope: Scope = Scope.PART) -> Cost:
    return Cost(
        resource=Resource.ENERGY_J,
        value=value,
        low=value,
        high=value,
        kind=Kind.MEASURED,
        channel=channel,
        sensor="rapl",
        scope=scope,
    )


def write_pair(folder: Path, *, is_flat: bool = False) -> tuple[Path, Path]:
    levels = [50.0] * 8 if is_flat else [20.0, 120.0, 60.0, 150.0, 30.0, 90.0, 110.0, 40.0]
    wall, soft = ["time,PSU1 (W),PSU2 (W)"], ["time_s,gpu_W,cpu_W"]
    for i in range(800):
        soft_w = levels[(i // 50) % 8]
        wall_w = 35 + 1.25 * soft_w + (0.7 if i % 3 else -1.4)
        soft.append(f"{EPOCH_S + i},{0.8 * soft_w:.2f},{0.2 * soft_w:.2f}")
        wall.append(f"{EPOCH_S + i + 12},{wall_w / 2:.2f},{wall_w / 2:.2f}")
    paths = folder / "psu.csv", folder / "soft.csv"
    for path, lines in zip(paths, (wall, soft), strict=True):
        path.write_text("\n".join(lines))
    return paths


def test_two_logs_give_factor_offset_and_share(tmp_path: Path) -> None:
    wall, soft = write_pair(tmp_path)
    out = said("doctor", "--calibrate", wall, "--against", soft, "--out", tmp_path / "cal.json")
    assert out.startswith("PSU1+PSU2 = offset + factor x (gpu + cpu)")
    assert "share     0.58" in out
    kept = json.loads((tmp_path / "cal.json").read_text())
    assert kept["factor"]["low"] <= 1.25 <= kept["factor"]["high"]
    assert kept["factor"]["value"] == pytest.approx(1.25, abs=0.01)
    assert kept["offset_w"]["value"] == pytest.approx(35.0, abs=1.0)
    again = said(
        *("doctor", "--calibrate", wall, "--against", soft, "--json", "--offset-s", "12"),
        *("--channel", "gpu"),
    )
    assert json.loads(again)["channels"] == ["gpu"]


def test_logs_that_do_not_vary_are_refused(tmp_path: Path) -> None:
    wall, soft = write_pair(tmp_path, is_flat=True)
    found = call("doctor", "--calibrate", wall, "--against", soft, "--offset-s", "12")
    assert isinstance(found.exception, CalibrationError)
    assert "cannot be told apart" in str(found.exception)
    clocks = call("doctor", "--calibrate", wall, "--against", soft)
    assert "Say --offset-s" in str(clocks.exception)


def test_a_store_that_holds_both_calibrates_its_machine(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Store(folder) as store:
        for i, soft_w in enumerate((20.0, 60.0, 35.0, 90.0, 50.0, 75.0)):
            wall = joules("plug", 10 * (30 + 1.4 * soft_w) + i % 2, Scope.WALL)
            store.append(
                run_at(
                    EPOCH_S + 100 * i, 10.0, joules("package-0", 10 * soft_w), wall, run_id=f"r{i}"
                )
            )
    out = said("doctor", "--against", folder)
    assert out.startswith("wall = offset + factor x (package-0)")
    assert "factor    1.402 (" in out
    assert "brackets  95 % confidence intervals" in out
    with Store(folder) as store:
        store.append(run_at(EPOCH_S, 1.0, run_id="x", host="other"))
    assert "2 machines" in str(call("doctor", "--against", folder).exception)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--calibrate", "psu.csv"), "--calibrate needs --against"),
        (("--against", "soft.csv"), "--against FILE needs --calibrate"),
        (("--calibrate", "psu.csv", "--against", "store"), "import power psu.csv --store store"),
    ],
)
def test_half_a_question_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_pair(tmp_path)
    Store("store").close()
    found = call("doctor", *options)
    assert found.exit_code == 2
    assert message in " ".join(found.output.split())


def test_an_unknown_channel_and_a_foreign_clock_are_refused(tmp_path: Path) -> None:
    wall, soft = write_pair(tmp_path)
    unknown = call("doctor", "--calibrate", wall, "--against", soft, "--channel", "gpx")
    assert "Did you mean 'gpu'?" in str(unknown.exception)
    soft.write_text("t_s,gpu_W\n0,1\n1,1\n")
    assert "do not share a clock" in str(
        call("doctor", "--calibrate", wall, "--against", soft).exception
    )


# A calibrated report


@pytest.fixture
def example(tmp_path: Path) -> Path:
    definition, runs = example_runs()
    with Store(tmp_path / "example") as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return tmp_path / "example"


def write_calibration(path: Path) -> Path:
    wall, soft = ["time,wall (W)"], ["time_s,package-0 (W)"]
    for i in range(400):
        soft_w = (5.0, 30.0, 12.0, 21.0)[(i // 20) % 4]
        wall.append(f"{EPOCH_S + i},{30 + 1.4 * soft_w + i % 2:.1f}")
        soft.append(f"{EPOCH_S + i},{soft_w:.1f}")
    for name, lines in (("w.csv", wall), ("s.csv", soft)):
        (path.parent / name).write_text("\n".join(lines))
    said(
        *("doctor", "--calibrate", path.parent / "w.csv", "--against", path.parent / "s.csv"),
        *("--offset-s", "0", "--out", path),
    )
    return path


def test_a_report_calibrates_only_on_request_and_says_so(example: Path, tmp_path: Path) -> None:
    plain = said("report", example, "--tables-only", "--out", tmp_path / "plain")
    calibration = write_calibration(tmp_path / "cal.json")
    scaled = said(
        *("report", example, "--tables-only", "--out", tmp_path / "scaled"),
        *("--calibration", calibration),
    )
    assert "alibrated" not in plain
    assert "Calibrated: Energy is modelled: package-0 times 1.4" in scaled
    costs = {
        name: (tmp_path / name / "tables" / "costs.md").read_text() for name in ("plain", "scaled")
    }
    energy = {
        name: next(line for line in text.splitlines() if "| Energy |" in line)
        for name, text in costs.items()
    }
    assert "[replayed]" in energy["plain"]
    assert "[modelled]" in energy["scaled"]
    assert "calibrated" in (tmp_path / "scaled" / "tables" / "notes.md").read_text()


def test_a_calibration_that_is_none_is_refused(example: Path, tmp_path: Path) -> None:
    absent = call("report", example, "--calibration", tmp_path / "none.json")
    assert isinstance(absent.exception, DataFileError)
    (tmp_path / "bad.json").write_text("{}")
    damaged = call("report", example, "--calibration", tmp_path / "bad.json")
    assert isinstance(damaged.exception, BreakevenError)
    assert "bad.json" in str(damaged.exception)
