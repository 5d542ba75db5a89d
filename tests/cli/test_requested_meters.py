"""Meters that open only when named, through the real command line, and what is stored of them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.meters import open_bank
from breakeven.records import Kind, NoteCode, Resource
from breakeven.store import Store
from breakeven.testing import FakeRedfish, FakeShelly, Outlet
from breakeven.testing.audit import watched_connections

SECRET = "correct-horse"
STUDY = """\
study: small
engine: toy
task: {{name: toy}}
stages: [{{name: ft, stage: finetune}}]
pathways: {{FT: ft}}
inference: {{blocks: 1}}
meters: {meters}
"""

Breakeven = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def breakeven(tmp_path: Path) -> Breakeven:
    """Run the command line in a process of its own, with a password in its environment."""

    def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "breakeven", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PLUG_PASSWORD": SECRET},
            timeout=60,
            check=False,
        )

    return call


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_plug_is_measured_beside_the_host_and_its_password_is_not_stored(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    with FakeShelly(Outlet(power_w=40.0), password=SECRET) as plug:
        shelly = f"shelly:url={plug.url},password_env=PLUG_PASSWORD,use=power,every=0.1"
        told = ("--meter", shelly, "--meter", "host")
        work = "import time; time.sleep(0.3); raise SystemExit(7)"
        ended = breakeven("measure", *told, "--", sys.executable, "-c", work)
    assert ended.returncode == 7
    (run,) = Store(tmp_path / "store").runs()
    (cost,) = [c for c in run.costs(Resource.ENERGY_J) if c.check_of is None]
    assert cost.kind is Kind.MEASURED
    assert cost.low <= 40.0 * run.phases[-1].measurement.duration_s <= cost.high
    assert SECRET.encode() not in stored_bytes(tmp_path / "store")
    assert SECRET not in ended.stdout + ended.stderr


def test_a_plug_that_is_not_there_stops_before_the_command_begins(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    ended = breakeven("measure", "--meter", "shelly:url=http://127.0.0.1:9", "--", "touch", "begun")
    assert ended.returncode == 1
    assert "gives no answer: Connection refused" in ended.stderr
    assert not (tmp_path / "begun").exists()


def test_a_modelled_figure_is_marked_in_the_record_and_on_the_screen(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    ended = breakeven(
        *("measure", "--meter", "host", "--meter", "modelled:cpu_idle_w=10-20,cpu_busy_w=45-65"),
        *("--", sys.executable, "-c", "sum(range(10**6))"),
    )
    (run,) = Store(tmp_path / "store").runs()
    assert {cost.kind for cost in run.costs(Resource.ENERGY_J)} == {Kind.MODELLED}
    assert NoteCode.MODELLED in {note.code for note in run.notes}
    assert "modelled, not measured" in " ".join(ended.stderr.split())


def test_a_study_takes_options_and_stores_no_secret(breakeven: Breakeven, tmp_path: Path) -> None:
    with FakeShelly(Outlet(power_w=40.0), password=SECRET) as plug, FakeRedfish() as bmc:
        shelly = f"shelly:url={plug.url},password_env=PLUG_PASSWORD,use=power,every=1"
        meters = ["host", shelly, f"redfish:url={bmc.url},every=1"]
        (tmp_path / "small.yaml").write_text(STUDY.format(meters=meters))
        ended = breakeven("run", "small.yaml")
    assert ended.returncode == 0, ended.stderr
    runs = Store(tmp_path / "store").runs()
    notes = {note.message for run in runs for p in run.phases for note in p.measurement.notes}
    for channel in ("plug-b3c4d5", "plug-b3c4d5-counter", "chassis-1"):
        assert any(f"showed any energy of {channel}." in told for told in notes)
    assert SECRET.encode() not in stored_bytes(tmp_path / "store")


@pytest.mark.parametrize(
    "meter",
    [
        f"shelly:url=http://127.0.0.1:9,password={SECRET}",
        f"shelly:url=http://admin:{SECRET}@127.0.0.1:9",
        f"redfish:url=https://127.0.0.1:9,user=root,password={SECRET}",
    ],
)
def test_a_study_that_writes_a_password_out_is_refused_before_anything_is_stored(
    breakeven: Breakeven, tmp_path: Path, meter: str
) -> None:
    (tmp_path / "small.yaml").write_text(STUDY.format(meters=[meter]))
    ended = breakeven("run", "small.yaml")
    assert ended.returncode == 1
    assert "stored" in ended.stderr
    assert SECRET not in ended.stdout + ended.stderr
    assert SECRET.encode() not in stored_bytes(tmp_path / "store")


def test_opening_reading_and_closing_asks_no_network_unless_an_address_was_given() -> None:
    with watched_connections() as seen, open_bank() as bank, bank.window():
        pass
    assert seen == set()


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (FakeShelly(), "shelly:use=power,url="),
        (FakeRedfish(), "redfish:url="),
    ],
)
def test_only_the_address_that_was_given_is_asked(
    server: FakeShelly | FakeRedfish, told: str
) -> None:
    with (
        server,
        watched_connections() as seen,
        open_bank([f"{told}{server.url}"]) as bank,
        bank.window(),
    ):
        pass
    assert seen == {"127.0.0.1"}


def test_asking_a_plug_counts_as_the_meter_s_own_work() -> None:
    with (
        FakeShelly() as plug,
        open_bank(["host", f"shelly:use=power,url={plug.url},every=0.001"]) as bank,
        bank.window() as window,
    ):
        plug.wait_asked(len(plug.asked) + 50)
    own = next(c for c in window.measurement.costs if c.channel == "meter")
    assert own.value > 0.0
