"""Several real processes on one machine: no joule is counted twice, none is lost."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from breakeven.analysis.runs.ranks import rolled_up
from breakeven.meters import MeterBank
from breakeven.meters.board.rapl import RaplMeter
from breakeven.records import NoteCode, Resource, Run, Status
from breakeven.session import measure
from breakeven.store import Store
from breakeven.testing import LAPTOP, SERVER, FakePowercap

RANK = """
import sys
from pathlib import Path
from breakeven import measure
from breakeven.meters import MeterBank
from breakeven.meters.board.rapl import RaplMeter
bank = MeterBank([RaplMeter(sysfs=Path(sys.argv[2]))])
with measure("train", store=sys.argv[1], meters=bank):
    print("measuring", flush=True)
    sys.stdin.readline()
"""

ON_ITS_GPU = """
import sys
from pathlib import Path
from breakeven import measure
from breakeven.meters import MeterBank
from breakeven.records import Resource
from breakeven.records.protocols import Channel, Reading

class Counters:
    name, poll_period_s = "files", 3600.0

    def channels(self):
        return [Channel(name=name, resource=Resource.ENERGY_J, sensor="file", resolution=0.0,
                        device=name) for name in sys.argv[3:]]

    def read(self):
        return Reading(totals={n: float(Path(sys.argv[2], n).read_text()) for n in sys.argv[3:]})

    def close(self):
        pass

with measure(sys.argv[3], store=sys.argv[1], meters=MeterBank([Counters()])):
    print("measuring", flush=True)
    sys.stdin.readline()
"""

Finish = Callable[[], None]


@contextmanager
def measuring(
    script: str, *argv: str | Path, env: Mapping[str, str] | None = None
) -> Iterator[Finish]:
    """A process that measures until it is told to end, or killed by leaving the block."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, argv)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "measuring\n"

            def finish() -> None:
                process.communicate("\n", timeout=60)
                assert process.returncode == 0

            yield finish
        finally:
            process.kill()


def rank_of(number: int) -> dict[str, str]:
    return {
        "RANK": str(number),
        "WORLD_SIZE": "4",
        "LOCAL_RANK": str(number),
        "LOCAL_WORLD_SIZE": "4",
        "TORCHELASTIC_RUN_ID": "launch",
    }


def joules(run: Run) -> float | None:
    return next((cost.value for cost in run.costs(Resource.ENERGY_J)), None)


def codes(run: Run) -> set[NoteCode]:
    return {note.code for note in run.notes}


def test_four_ranks_on_a_node_report_it_once(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", SERVER)
    with ExitStack() as stack:
        ranks = [
            stack.enter_context(
                measuring(RANK, tmp_path / "store", tree.sysfs, env=rank_of(number))
            )
            for number in range(4)
        ]
        tree.consume("intel-rapl:0", 60.0)
        tree.consume("intel-rapl:1", 40.0)
        for finish in ranks:
            finish()
    runs = Store(tmp_path / "store").runs()
    assert sorted(filter(None, map(joules, runs))) == [pytest.approx(100.0)]
    assert sum(NoteCode.COUNTED_BY_RANK in codes(run) for run in runs) == 3
    assert all(NoteCode.RUNS_OVERLAPPED not in codes(run) for run in runs)
    (whole,) = rolled_up(runs)
    assert joules(whole) == pytest.approx(100.0)
    assert whole.status is Status.OK
    assert codes(whole) == {NoteCode.RANKS_SUMMED}


def test_two_runs_on_their_own_gpus_sum_to_the_total(tmp_path: Path) -> None:
    counters = {name: tmp_path / name for name in ("gpu-a", "gpu-b", "package-0")}
    for path in counters.values():
        path.write_text("1000")
    with (
        measuring(ON_ITS_GPU, tmp_path / "store", tmp_path, "gpu-a", "package-0") as finish_a,
        measuring(ON_ITS_GPU, tmp_path / "store", tmp_path, "gpu-b", "package-0") as finish_b,
    ):
        for path, used in zip(counters.values(), (30, 50, 20), strict=True):
            path.write_text(str(1000 + used))
        finish_b()
        finish_a()
    first, second = sorted(Store(tmp_path / "store").runs(), key=lambda run: run.row)
    assert (joules(first), joules(second)) == (30 + 20, 50)
    assert codes(first) == {NoteCode.RUNS_OVERLAPPED}
    assert codes(second) == {NoteCode.RUNS_OVERLAPPED, NoteCode.COUNTED_ELSEWHERE}
    assert "package-0: counted by gpu-a (run-" in str(second.notes)


def test_a_run_inside_another_process_s_run_reads_the_same_sensor(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", LAPTOP)
    bank = MeterBank([RaplMeter(sysfs=tree.sysfs)])
    with measure("script", store=tmp_path / "store", meters=bank) as outer:
        tree.consume("intel-rapl:1", 5.0)
        with measuring(RANK, tmp_path / "store", tree.sysfs) as finish:
            tree.consume("intel-rapl:1", 30.0)
            finish()
    runs = {run.row: run for run in Store(tmp_path / "store").runs()}
    assert joules(runs["train"]) == pytest.approx(30.0)
    assert joules(runs["script"]) == pytest.approx(35.0)
    assert runs["train"].settings.resolved["inside"] == outer.run_id
    assert codes(runs["train"]) == codes(runs["script"]) == set()


def test_the_devices_of_a_killed_run_are_free(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", LAPTOP)
    with measuring(RANK, tmp_path / "killed", tree.sysfs):
        pass
    with measure(
        "after", store=tmp_path / "store", meters=MeterBank([RaplMeter(sysfs=tree.sysfs)])
    ):
        tree.consume("intel-rapl:1", 7.0)
    (run,) = Store(tmp_path / "store").runs()
    assert joules(run) == pytest.approx(7.0)
    assert codes(run) == set()
