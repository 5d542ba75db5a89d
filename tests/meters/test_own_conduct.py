"""How the meters behave themselves: clocks, threads, processes, sleep."""

import inspect
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import enumerate as threads

import pytest

from breakeven.meters import MeterBank, open_bank
from breakeven.meters.host.procfs import has_any_child
from breakeven.meters.host.resident import ResidentMemoryMeter
from breakeven.records import PhaseName, Run, Stage, Status
from breakeven.session import Recorder
from breakeven.session.command import run_command
from breakeven.store import Store
from breakeven.testing import SteppingClock

linux = pytest.mark.skipif(sys.platform != "linux", reason="process trees are read from /proc")


def test_a_wall_clock_that_is_set_back_changes_no_duration() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    told = iter([noon, noon - timedelta(hours=3)])
    clock = SteppingClock()
    bank = MeterBank(clock_s=clock, now=lambda: next(told).isoformat())
    with bank.window() as window:
        clock.advance(2.5)
    assert window.measurement.duration_s == 2.5
    assert window.measurement.started_at == noon.isoformat()


@pytest.mark.parametrize("opens", [MeterBank, open_bank, ResidentMemoryMeter])
def test_unless_told_otherwise_durations_are_those_of_the_monotonic_clock(
    opens: Callable[..., object],
) -> None:
    assert inspect.signature(opens).parameters["clock_s"].default is time.monotonic


@linux
def test_a_run_has_one_thread_more_and_no_process(tmp_path: Path) -> None:
    run = Run(run_id="r", stage=Stage.COMMAND, status=Status.OK, started_at="2026-01-01T00:00:00Z")
    before = set(threads())
    with (
        Store(tmp_path / "store") as store,
        open_bank() as bank,
        Recorder(store, run, bank=bank) as recorder,
        recorder.phase(PhaseName.WORK),
    ):
        assert not has_any_child()
        assert {thread.name for thread in set(threads()) - before} == {"breakeven-sampler"}
    assert set(threads()) <= before


@linux
def test_the_parent_sleeps_while_its_command_runs(tmp_path: Path) -> None:
    run_command(["true"], store=tmp_path / "store", meters=["host"])  # whatever is loaded once
    began_s = time.thread_time()
    run_command(["sleep", "2"], store=tmp_path / "store", meters=["host"])
    # Starting and storing take 0.02 s here; a parent that spins takes what the machine gives it.
    assert time.thread_time() - began_s < 0.15
