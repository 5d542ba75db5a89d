"""`breakeven import power` through the real command line: clocks, joules, refusals."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group, main
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

OFFSET_S = 7.3
IDLE_W, WORK_W = 60.0, 105.0
EPOCH_S = 1_790_000_000.0


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [*map(str, arguments)])


def said(*arguments: str | Path) -> str:
    found = call(*arguments)
    assert found.exit_code == 0, found.output
    return found.output


def stamp(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")


def spans(store: Store) -> list[tuple[float, float]]:
    phases = [phase.measurement for run in store.runs() for phase in run.phases]
    return [(datetime.fromisoformat(m.started_at).timestamp(), m.duration_s) for m in phases]


def draws(store: Store) -> list[float]:
    """What a plug would show of each phase: more, the more of its time a processor worked."""
    phases = [phase.measurement for run in store.runs() for phase in run.phases]
    used = [m.total(Resource.CPU_S) for m in phases]
    return [
        IDLE_W + (WORK_W - IDLE_W) * cost.value / m.duration_s
        for cost, m in zip(used, phases, strict=True)
        if cost is not None
    ]


def write_wall(
    path: Path,
    busy: list[tuple[float, float]],
    *,
    period_s: float = 0.02,
    watts: list[float] | None = None,
) -> Path:
    first_s, last_s = busy[0][0] - 3, busy[-1][0] + busy[-1][1] + 3
    n = int((last_s - first_s) / period_s)
    lines = ["time,wall (W)"]
    for now_s in (first_s + i * period_s for i in range(n)):
        drawn = watts or [WORK_W] * len(busy)
        seen = [w for (start_s, d), w in zip(busy, drawn, strict=True) if 0 <= now_s - start_s < d]
        lines.append(f"{stamp(now_s + OFFSET_S)},{seen[0] if seen else IDLE_W:.1f}")
    path.write_text("\n".join(lines) + "\n")
    return path


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


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A store of four runs on a made-up clock, seen by RAPL."""
    with Store(tmp_path / "store") as store:
        for i, (start_s, duration_s) in enumerate(((5, 4), (20, 6), (40, 3), (50, 5))):
            store.append(
                run_at(
                    EPOCH_S + start_s,
                    duration_s,
                    joules("package-0", 40.0 * duration_s),
                    run_id=f"r{i}",
                )
            )
    return tmp_path / "store"


def test_measured_commands_meet_a_wall_log_with_another_clock(tmp_path: Path) -> None:
    """The whole way: measure three commands, import what a plug saw of them, read the joules."""
    folder = tmp_path / "store"
    for seconds, rest_s in ((0.3, 0.3), (1.2, 1.0), (0.6, 0.3)):
        command = ("-c", f"import time\nwhile time.process_time() < {seconds}: pass")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "breakeven",
                "measure",
                "--store",
                folder,
                "--",
                sys.executable,
                *command,
            ],
            check=True,
            capture_output=True,
        )
        time.sleep(rest_s)
    store = Store(folder)
    watts = draws(store)
    wall = write_wall(tmp_path / "wall.csv", spans(store), watts=watts)
    out = said("import", "power", wall, "--store", folder)
    store = Store(folder)
    (attached,) = store.attachments()
    assert attached.offset_low_s <= OFFSET_S <= attached.offset_high_s
    assert attached.offset_s == pytest.approx(OFFSET_S, abs=0.05)
    assert "clock ahead by 7." in out
    assert "added to 3 runs" in out
    for run, drawn_w in zip(store.runs(), watts, strict=True):
        (total,) = run.costs(Resource.ENERGY_J)
        (work,) = run.measurements(PhaseName.WORK)
        assert total.low <= drawn_w * work.duration_s <= total.high
        assert total.value == pytest.approx(drawn_w * work.duration_s, rel=0.1)
        assert (total.kind, total.scope) == (Kind.MEASURED, Scope.WALL)
    assert "J" in said("store", "show", folder)


def test_the_same_log_again_is_said_and_doubles_nothing(stored: Path, tmp_path: Path) -> None:
    wall = write_wall(tmp_path / "wall.csv", spans(Store(stored)), period_s=0.2)
    said("import", "power", wall, "--store", stored)
    once = said("store", "show", stored)
    assert "the earlier import of this log was replaced" in said(
        "import", "power", wall, "--store", stored
    )
    assert said("store", "show", stored) == once


def test_a_dry_run_keeps_nothing(stored: Path, tmp_path: Path) -> None:
    wall = write_wall(tmp_path / "wall.csv", spans(Store(stored)), period_s=0.2)
    assert "would be added to 4 runs" in said(
        "import", "power", wall, "--store", stored, "--dry-run"
    )
    assert Store(stored).attachments() == ()


def test_a_stated_offset_is_taken_with_its_doubt(stored: Path, tmp_path: Path) -> None:
    wall = write_wall(tmp_path / "wall.csv", spans(Store(stored)), period_s=0.2)
    out = said(
        "import", "power", wall, "--store", stored, "--offset-s", "7.3", "--offset-error-s", "0.5"
    )
    assert "clock ahead by 7.30 s (6.80 to 7.80 s, as stated)" in out


def test_a_check_of_a_channel_that_no_run_has_is_refused(stored: Path, tmp_path: Path) -> None:
    wall = write_wall(tmp_path / "wall.csv", spans(Store(stored)), period_s=0.2)
    options = ("--offset-s", "7.3", "--check-of")
    refused = call("import", "power", wall, "--store", stored, *options, "package0")
    assert "no energy channel of these runs named 'package0'. Did you mean 'package-0'?" in str(
        refused.exception
    )
    assert Store(stored).attachments() == ()
    said("import", "power", wall, "--store", stored, *options, "package-0")
    said("import", "power", wall, "--store", stored, *options, "package-0")


def test_a_log_says_its_scope_by_its_name_and_each_doubt_once(stored: Path, tmp_path: Path) -> None:
    log = tmp_path / "wall.csv"
    rows = [f"{stamp(EPOCH_S + i)},60.0" for i in range(70)]
    log.write_text("time,power_W\n" + "\n".join(rows))
    out = said("import", "power", log, "--store", stored, "--offset-s", "0")
    assert out.count("fewer than 10 updates of power") == 1
    assert "(one every 1 s). (4 notes like this.) Lengthen" in out
    assert "in brackets: the least and the most" in out
    tight = ("--offset-s", "0", "--offset-error-s", "0.001")
    assert "by 0.00 s (0.00 to 0.00 s, as" in said(
        "import", "power", log, "--store", stored, *tight
    )
    (total,) = Store(stored).runs()[0].costs(Resource.ENERGY_J)
    assert total.scope is Scope.WALL


def test_elapsed_seconds_need_their_beginning(stored: Path, tmp_path: Path) -> None:
    wall = tmp_path / "wall.csv"
    rows = [f"{i / 2},{105 if any(a <= i / 2 < b for a, b in BUSY) else 60}" for i in range(140)]
    wall.write_text("t_s,wall_W\n" + "\n".join(rows))
    refused = call("import", "power", wall, "--store", stored)
    assert refused.exit_code == 2
    assert "--starts-at 2026-" in refused.output
    out = said("import", "power", wall, "--store", stored, "--starts-at", stamp(EPOCH_S - 1.0))
    assert "added to 4 runs" in out
    assert Store(stored).attachments()[0].offset_s == pytest.approx(-1.0, abs=0.5)


BUSY = ((5, 9), (20, 26), (40, 43), (50, 55))


def test_a_log_from_end_to_end_needs_no_store(shared_dir: Path) -> None:
    published = shared_dir / "published"
    out = said(
        *("import", "power", published / "sst2_milestone" / "power_traces.csv"),
        *("--by", "config", "--whole"),
    )
    lines = [line for line in out.splitlines() if not line.startswith("  ")]
    assert len(lines) == 33
    shortest = next(line for line in lines if "precision_fp16/max_sequence_length_16" in line)
    assert shortest.endswith("6.51 J (1.67 J to 11.3 J; 0.001807 Wh), 4 samples in 150 ms")
    assert lines[0] == "phase_1_baseline: 202 J (194 J to 210 J; 0.05608 Wh), 56 samples in 2.76 s"
    assert "the first 5 samples climb to the end of the trace" in out


def test_four_supplies_are_integrated_each_and_together(tmp_path: Path) -> None:
    log = tmp_path / "psu.csv"
    log.write_text(
        "t_s,PSU1 (W),PSU2 (W),PSU3 (W),PSU4 (W)\n"
        + "\n".join(f"{t},100,100,50,50" for t in (0, 10, 15, 40, 60, 61))
    )
    lines = [line for line in said("import", "power", log, "--whole").splitlines() if "J" in line]
    assert lines[0].startswith("PSU1: 6.1 kJ (")
    assert any(
        line.startswith("all 4 channels: 18.3 kJ (") and "5.083 Wh" in line for line in lines
    )
    found = json.loads(said("import", "power", log, "--whole", "--json"))
    assert [whole["energy"]["energy_j"] for whole in found] == [6100, 6100, 3050, 3050, 18300]


def test_what_was_joined_is_there_as_json(stored: Path, tmp_path: Path) -> None:
    wall = write_wall(tmp_path / "wall.csv", spans(Store(stored)), period_s=0.2)
    found = json.loads(said("import", "power", wall, "--store", stored, "--json"))
    assert found["is_offset_estimated"] is True
    assert {cost["channel"] for phase in found["phases"] for cost in phase["costs"]} == {"wall"}


def test_the_published_wrap_is_mended_and_named(shared_dir: Path) -> None:
    path = shared_dir / "published" / "cain2024" / "power_trace_with_counter_wrap.csv"
    options = ("--whole", "--time", "Date", "--column", "CPU Power", "--unit", "W", "--zone", "UTC")
    mended = said("import", "power", path, *options, "--range-j", "262143.32885")
    assert (
        ":36: CPU Power showed -262099.3125 W (a counter that wrapped); it was taken for 44 W"
        in (mended)
    )
    left = said("import", "power", path, *options)
    assert "it was left out; what it stood for is not observed" in left
    assert "99.8% of the log is observed" in left


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("time,meter (W)", (), "say --scope wall"),
        ("time,wall (W),psu (W)", ("--name", "x", "--scope", "wall"), "--name is for one channel"),
        ("time,wall (W)", ("--offset-error-s", "1"), "give both"),
        ("time,wall (W)", ("--starts-at", "yesterday"), "time 'yesterday' cannot be read"),
    ],
)
def test_what_the_options_leave_open_is_asked_for(
    stored: Path, tmp_path: Path, header: str, options: tuple[str, ...], message: str
) -> None:
    cells = ",1" * header.count("(W)")
    log = tmp_path / "log.csv"
    log.write_text(f"{header}\n{stamp(EPOCH_S)}{cells}\n{stamp(EPOCH_S + 60)}{cells}\n")
    found = call("import", "power", log, "--store", stored, *options)
    assert found.exit_code == 2
    assert message in " ".join(found.output.split())


def test_an_error_is_one_line_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("time,power\n1,2\n2,3\n")
    with pytest.raises(SystemExit):
        main(["import", "power", str(log), "--store", str(tmp_path)])
    assert capsys.readouterr().err.startswith(f"breakeven: error: {log}:1: column 'power' has no")


def test_two_supplies_add_up_and_contain_the_package(stored: Path, tmp_path: Path) -> None:
    log = tmp_path / "psu.csv"
    rows = [f"{stamp(EPOCH_S + i)},60.0,62.0" for i in range(70)]
    log.write_text("time,PSU1 (W),PSU2 (W)\n" + "\n".join(rows))
    said("import", "power", log, "--store", stored, "--offset-s", "0")
    (total,) = Store(stored).runs()[0].costs(Resource.ENERGY_J)
    assert total.value == pytest.approx(122.0 * 4)
    assert total.scope is Scope.SUPPLY
    assert "(PSU1)" not in said("store", "show", stored, "--modalities", "csv")
    table = said("store", "show", stored, "--modalities", "markdown")
    assert "| power supplies | CPU and DRAM |" in table


def test_gpus_of_one_column_are_called_by_a_prefix(stored: Path, tmp_path: Path) -> None:
    log = tmp_path / "smi.csv"
    rows = [
        f"{datetime.fromtimestamp(EPOCH_S + i, UTC):%Y/%m/%d %H:%M:%S}.000, {gpu}, 5{gpu}.00 W"
        for i in range(70)
        for gpu in (0, 1)
    ]
    log.write_text("timestamp, index, power.draw [W]\n" + "\n".join(rows))
    said(
        *("import", "power", log, "--store", stored, "--column", "power.draw [W]", "--by", "index"),
        *("--name", "gpu", "--zone", "UTC", "--offset-s", "0", "--adds"),
    )
    (total,) = Store(stored).runs()[0].costs(Resource.ENERGY_J)
    assert total.value == pytest.approx(4 * (40 + 50 + 51))
    assert "| CPU and DRAM | GPU |" in said("store", "show", stored, "--modalities", "markdown")
