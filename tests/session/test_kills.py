"""Real kills: what a process had burnt when it died is in the store, to 1.1 seconds."""

import os
import random
import secrets
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from breakeven.records import Resource, Run, Status
from breakeven.session import recover
from breakeven.store import Store

MAY_BE_LOST_S = 1.1
SEED = 20260102

# Burns CPU inside a phase and writes its own CPU time, since the phase began, where we read it.
VICTIM = """
import os, signal, struct, sys, time
from breakeven.meters import open_bank
from breakeven.records import PhaseName, Run, Stage, Status
from breakeven.session import Recorder, leave_on
from breakeven.store import Store

said = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT)
run = Run(run_id=sys.argv[3], stage=Stage.FINETUNE, status=Status.OK,
          started_at="2024-05-01T12:00:00+00:00")
with (leave_on(signal.SIGTERM), Store(sys.argv[1]) as store, open_bank(["host"]) as bank,
      Recorder(store, run, bank=bank) as recorder, recorder.phase(PhaseName.WORK)):
    began = time.process_time()
    while True:
        sum(range(2000))
        os.pwrite(said, struct.pack("d", time.process_time() - began), 0)
"""

pytestmark = pytest.mark.slow


def kill_once(folder: Path, number: signal.Signals, after_s: float) -> tuple[float, Run, int]:
    """Kill a burning process; return what it had said, what was stored and its exit code."""
    said_path, run_id = folder / "said", f"run-{secrets.token_hex(8)}"
    argv = [sys.executable, "-c", VICTIM, str(folder / "store"), str(said_path), run_id]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as victim:
        wait_until_it_burns(victim, said_path)
        time.sleep(after_s)
        victim.send_signal(number)
    said_s: float = struct.unpack("d", said_path.read_bytes())[0]
    said_path.unlink()
    with Store(folder / "store") as store:
        recover(store)
        run = next(run for run in store.runs() if run.run_id == run_id)
    return said_s, run, victim.returncode


def wait_until_it_burns(victim: "subprocess.Popen[bytes]", said_path: Path) -> None:
    while not (said_path.exists() and said_path.stat().st_size == 8):
        assert victim.poll() is None
        time.sleep(0.01)


def stored_s(run: Run) -> float:
    return sum(cost.value for cost in run.costs(Resource.CPU_S))


def test_kill_9_at_random_instants_loses_at_most_1_1_seconds(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    for _ in range(6):
        said_s, run, _ = kill_once(tmp_path, signal.SIGKILL, rng.uniform(0.0, 2.5))
        assert run.status is Status.INTERRUPTED
        assert -0.1 <= said_s - stored_s(run) <= MAY_BE_LOST_S
    assert list((tmp_path / "store" / "journal").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)]
)
def test_a_polite_kill_loses_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    said_s, run, said_code = kill_once(tmp_path, number, 0.3)
    assert (run.status, said_code) == (Status.INTERRUPTED, code)
    assert stored_s(run) == pytest.approx(said_s, abs=0.1)


def test_a_stopped_process_is_alive_and_its_journal_is_not_recovered(tmp_path: Path) -> None:
    said_path = tmp_path / "said"
    argv = [sys.executable, "-c", VICTIM, str(tmp_path / "store"), str(said_path), "run-1"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as victim:
        wait_until_it_burns(victim, said_path)
        os.kill(victim.pid, signal.SIGSTOP)
        with Store(tmp_path / "store") as store:
            recovered, journals = recover(store), store.journals()
        victim.kill()
    assert recovered == ()
    assert len(journals) == 1
