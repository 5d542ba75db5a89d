"""Host CPU seconds: real processes that burn, end early, are orphaned or never waited for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

import pytest

from breakeven.meters import MeterBank, open_bank
from breakeven.meters.host.cpu_time import HostMeter
from breakeven.meters.host.procfs import process_clock_s
from breakeven.meters.host.tree import ProcessId, ProcessTree, Seen
from breakeven.records import Resource
from breakeven.records.protocols import Meter
from breakeven.testing import MeterConformance

BURN = "import time\nwhile time.process_time() < {}: pass\n"

linux = pytest.mark.skipif(sys.platform != "linux", reason="process trees are read from /proc")


def burner(cpu_s: float) -> list[str]:
    return [sys.executable, "-S", "-c", BURN.format(cpu_s)]


def measured_s(bank: MeterBank, argv: list[str]) -> float:
    with bank.window() as window:
        subprocess.run(argv, check=True)
    total = window.measurement.total(Resource.CPU_S)
    assert total is not None
    return total.value


class TestHostMeter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return HostMeter()


@pytest.fixture
def bank() -> Iterator[MeterBank]:
    with MeterBank([HostMeter()]) as opened:
        opened.start()
        yield opened


@pytest.mark.slow
def test_a_child_and_a_grandchild_that_end_early_appear_in_the_parent(bank: MeterBank) -> None:
    grandchild = f"import subprocess; subprocess.run({burner(2.0)!r})\n"
    child = [sys.executable, "-S", "-c", grandchild + BURN.format("2.0 + 0")]
    assert measured_s(bank, child) == pytest.approx(4.0, rel=0.05)


@pytest.mark.slow
@linux
def test_an_orphan_that_nobody_waits_for_appears_in_the_parent(bank: MeterBank) -> None:
    # The child ends at once; its child goes on burning under another parent.
    child = f"import subprocess, time; subprocess.Popen({burner(2.0)!r}); time.sleep(0.8)"
    with bank.window() as window:
        # The pipe ends when its last holder does: the orphan.
        subprocess.run([sys.executable, "-S", "-c", child], capture_output=True, check=True)
    total = window.measurement.total(Resource.CPU_S)
    assert total is not None
    assert total.value == pytest.approx(2.0, rel=0.05, abs=0.1)


@linux
def test_children_of_a_process_that_ignores_their_end_are_not_lost() -> None:
    script = (
        "import signal, subprocess, sys, time\n"
        "from breakeven.meters import MeterBank\n"
        "from breakeven.meters.host.cpu_time import HostMeter\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "with MeterBank([HostMeter()]) as bank:\n"
        "    bank.start()\n"
        "    with bank.window() as window:\n"
        f"        subprocess.Popen({burner(1.0)!r}).wait()\n"
        "    print(window.measurement.costs[1].value)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert float(done.stdout) == pytest.approx(1.0, abs=0.3)


@linux
def test_a_child_that_still_runs_counts_so_far_and_once_when_reaped(bank: MeterBank) -> None:
    with subprocess.Popen(burner(0.4)) as child:
        with bank.window() as window:
            time.sleep(0.2)
            alive = window.so_far().total(Resource.CPU_S)
            child.wait()
        total = window.measurement.total(Resource.CPU_S)
    assert alive is not None
    assert total is not None
    assert 0 < alive.value < total.value
    assert total.value == pytest.approx(0.4, abs=0.1)


def test_our_own_time_is_finer_than_a_clock_tick() -> None:
    meter = HostMeter()
    before = meter.read().totals["process_tree"]
    sum(range(20_000))
    assert 0 < meter.read().totals["process_tree"] - before < 0.01


def test_a_watcher_does_not_count_itself() -> None:
    meter = HostMeter(include_self=False, own_s=lambda: 99.0, reaped_s=lambda: 3.0)
    assert meter.read().totals["process_tree"] == pytest.approx(3.0, abs=0.5)


class ChangingTree(ProcessTree):
    """A tree whose scans a test scripts."""

    def __init__(self, *scans: Mapping[ProcessId, Seen]) -> None:
        super().__init__(has_children=lambda: False)
        self._scans = iter(scans)
        self.n_scans = 0

    def scan(self) -> Mapping[ProcessId, Seen]:
        self.n_scans += 1
        return next(self._scans)

    def exists(self, key: ProcessId) -> bool:
        return key.pid != 13


CHILD = {ProcessId(60, 1): Seen(parent_pid=os.getpid(), own_s=2.0, reaped_s=0.0)}
ENDING = {ProcessId(13, 1): Seen(parent_pid=os.getpid(), own_s=2.0, reaped_s=0.0)}


def test_when_somebody_ended_the_sums_are_looked_up_afterwards() -> None:
    tree = ChangingTree(CHILD, {}, {})
    sums = iter([0.0, 0.0, 2.0])
    meter = HostMeter(tree=tree, own_s=lambda: 0.0, reaped_s=lambda: next(sums))
    assert meter.read().totals["process_tree"] == 2.0
    assert meter.read().totals["process_tree"] == 2.0


def test_whoever_ends_during_the_look_is_not_counted_twice() -> None:
    tree = ChangingTree(ENDING, {}, {})
    meter = HostMeter(tree=tree, own_s=lambda: 0.0, reaped_s=lambda: 2.0)
    assert meter.read().totals["process_tree"] == 2.0


def test_a_tree_that_never_rests_is_taken_as_it_is() -> None:
    tree = ChangingTree(*[ENDING] * 5)
    HostMeter(tree=tree, own_s=lambda: 0.0, reaped_s=lambda: 0.0).read()
    assert tree.n_scans == 5


def test_without_proc_the_channel_says_what_is_left_out() -> None:
    tree = ProcessTree(has_children=lambda: False)
    tree.is_readable = False
    channel = HostMeter(tree=tree).channels()[0]
    assert channel.sensor == "getrusage"
    assert "still running" in channel.not_covered


@linux
def test_a_child_killed_by_a_signal_counts(bank: MeterBank) -> None:
    with bank.window() as window, subprocess.Popen(burner(60.0)) as child:
        while process_clock_s(child.pid) < 0.3:
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
    total = window.measurement.total(Resource.CPU_S)
    assert total is not None
    assert total.value > 0.1


def test_the_meter_is_told_apart_and_never_larger_than_what_contains_it() -> None:
    """Background reads of 2 ms go on between the first two looks at their clock."""
    own, part = iter([5.0, 5.002]), iter([1.0, 1.002, 1.002, 1.002])
    meter = HostMeter(
        tree=ProcessTree(has_children=lambda: False),
        own_s=lambda: next(own),
        reaped_s=lambda: 0.0,
        meter_s=lambda: next(part),
    )
    tree, inside = meter.channels()

    assert (inside.name, inside.part_of, tree.part_of) == ("meter", tree.name, None)
    assert meter.read().totals == {"process_tree": 5.002, "meter": 1.002}


def test_a_watcher_of_a_command_is_no_part_of_it() -> None:
    meter = HostMeter(include_self=False, reaped_s=lambda: 0.0, meter_s=lambda: 7.0)

    assert [channel.name for channel in meter.channels()] == ["process_tree"]


@linux
def test_what_the_meter_takes_of_a_window_is_a_part_and_adds_nothing() -> None:
    def work() -> None:
        sum(range(30_000))

    with open_bank(["host"]) as bank:
        bank.start()
        bank.on_tick(work, period_s=0.001)
        with bank.window() as window:
            time.sleep(0.2)
    costs = {c.channel: c for c in window.measurement.costs if c.resource is Resource.CPU_S}
    total = window.measurement.total(Resource.CPU_S)

    assert total is not None
    assert total.value == costs["process_tree"].value
    assert 0.001 < costs["meter"].value <= costs["process_tree"].value
