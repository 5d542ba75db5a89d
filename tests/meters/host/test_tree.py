"""The process tree: found by parents, followed after they die, read cheaply."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.meters.host.procfs import (
    Births,
    ended_child,
    has_any_child,
    process_clock_s,
    start_ticks,
)
from breakeven.meters.host.tree import ProcessId, ProcessTree
from breakeven.testing import SteppingClock

ROOT = 50


class FakeProc:
    """A proc file system with processes a test makes and ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "self").mkdir()
        (folder / "self" / "stat").write_text("")
        (folder / "cpuinfo").write_text("")
        self.reads: list[int] = []

    def put(
        self, pid: int, parent: int, *, ticks: int = 0, reaped: int = 0, state: str = "S"
    ) -> None:
        path = self.folder / str(pid)
        path.mkdir(exist_ok=True)
        zeros = " ".join("0" for _ in range(9))
        tail = f"{ticks} 0 {reaped} 0 20 0 1 0 {pid * 10} 0 0"
        (path / "stat").write_text(f"{pid} (na) me) {state} {parent} {zeros} {tail}\n")
        (path / "statm").write_text("100 25 0 0 0 0 0\n")
        (path / "status").write_text("Name:\tx\nVmHWM:\t     300 kB\n")

    def end(self, pid: int) -> None:
        for path in (self.folder / str(pid)).iterdir():
            path.unlink()
        (self.folder / str(pid)).rmdir()


def no_clock(pid: int) -> float:
    raise OSError(pid)


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    fake = FakeProc(tmp_path)
    fake.put(1, 0)
    fake.put(ROOT, 1)
    return fake


def tree(proc: FakeProc, **options: object) -> ProcessTree:
    known = {"has_children": lambda: True, "cpu_clock_s": no_clock, "clock_s": SteppingClock()}
    return ProcessTree(proc=proc.folder, root_pid=ROOT, **(known | options))  # type: ignore[arg-type]  # options of several types


def pids(found: object) -> set[int]:
    assert isinstance(found, dict)
    return {key.pid for key in found}


def test_children_and_grandchildren_are_ours_and_others_are_not(proc: FakeProc) -> None:
    proc.put(60, ROOT)
    proc.put(61, 60)
    proc.put(70, 1)
    proc.put(71, 70)
    assert pids(tree(proc).scan()) == {60, 61}


def test_times_are_read_from_the_right_fields(proc: FakeProc) -> None:
    proc.put(60, ROOT, ticks=150, reaped=30)
    seen = tree(proc).scan()[ProcessId(60, 600)]
    assert (seen.own_s, seen.reaped_s, seen.parent_pid) == (1.5, 0.3, ROOT)


def test_a_process_clock_is_finer_than_ticks(proc: FakeProc) -> None:
    proc.put(60, ROOT, ticks=150)
    found = tree(proc, cpu_clock_s=lambda pid: 1.512345).scan()
    assert found[ProcessId(60, 600)].own_s == 1.512345


def test_an_orphan_stays_ours_and_so_do_its_new_children(proc: FakeProc) -> None:
    watched = tree(proc)
    proc.put(60, ROOT)
    proc.put(61, 60)
    watched.scan()
    proc.end(60)
    proc.put(61, 1)
    proc.put(62, 61)
    assert pids(watched.scan()) == {61, 62}
    assert watched.n_orphans == 1


def test_an_orphan_is_looked_for_when_we_have_no_child_left(proc: FakeProc) -> None:
    has_child = [True]
    watched = tree(proc, has_children=lambda: has_child[0])
    proc.put(60, ROOT)
    proc.put(61, 60)
    watched.scan()
    proc.end(60)
    proc.put(61, 1)
    watched.scan()
    has_child[0] = False
    assert pids(watched.scan()) == {61}
    proc.end(61)
    assert watched.scan() == {}
    assert watched.scan() == {}


def test_a_number_used_again_is_another_process(proc: FakeProc) -> None:
    watched = tree(proc)
    proc.put(60, ROOT)
    watched.scan()
    proc.end(60)
    proc.put(60, 1)
    stat = proc.folder / "60" / "stat"
    stat.write_text(stat.read_text().replace(" 600 ", " 999 "))
    assert pids(watched.scan()) == set()


def test_strangers_are_read_once_until_numbers_may_have_come_round(proc: FakeProc) -> None:
    clock = SteppingClock()
    watched = tree(proc, clock_s=clock)
    proc.put(70, 1)
    watched.scan()
    proc.put(70, ROOT)
    assert pids(watched.scan()) == set()
    clock.advance(6.0)
    assert pids(watched.scan()) == {70}


def test_a_parent_that_the_listing_missed_leaves_the_question_open(proc: FakeProc) -> None:
    watched = tree(proc)
    proc.put(61, 60)
    assert pids(watched.scan()) == set()
    proc.put(60, ROOT)
    assert pids(watched.scan()) == {60, 61}


def test_a_zombie_is_there_but_does_not_run(proc: FakeProc) -> None:
    proc.put(60, ROOT, state="Z")
    assert not tree(proc).scan()[ProcessId(60, 600)].is_running


def test_without_children_nothing_is_read(proc: FakeProc) -> None:
    proc.put(60, ROOT)
    assert tree(proc, has_children=lambda: False).scan() == {}


def test_without_proc_there_is_no_tree(tmp_path: Path) -> None:
    watched = ProcessTree(proc=tmp_path / "none", has_children=lambda: True)
    assert not watched.is_readable
    assert watched.scan() == {}


def test_a_half_written_stat_is_a_process_that_has_gone(proc: FakeProc) -> None:
    proc.put(60, ROOT)
    (proc.folder / "60" / "stat").write_text("60 (x) S 50")
    assert pids(tree(proc).scan()) == set()


def test_memory_of_a_process_is_read_and_none_of_one_that_ended(proc: FakeProc) -> None:
    proc.put(60, ROOT)
    watched = tree(proc)
    key, gone = ProcessId(60, 600), ProcessId(999, 1)
    assert (watched.resident_bytes(key), watched.peak_bytes(key)) == (25 * 4096, 300 * 1024)
    assert (watched.resident_bytes(gone), watched.peak_bytes(gone)) == (0, 0)


def test_a_zombie_has_no_peak(proc: FakeProc) -> None:
    proc.put(60, ROOT)
    (proc.folder / "60" / "status").write_text("Name:\tx\n")
    assert tree(proc).peak_bytes(ProcessId(60, 600)) == 0


class Clocks:
    """Births and CPU clocks that a test scripts."""

    def __init__(self) -> None:
        self.birth: int | None = 100
        self.clocks_s = {60: 1.0, 61: 2.0}
        self.ended: int | None = None

    def ended_child(self) -> int | None:
        return self.ended

    def latest(self) -> int | None:
        return self.birth

    def cpu_s(self, pid: int) -> float:
        if pid not in self.clocks_s:
            raise OSError(pid)
        return self.clocks_s[pid]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def family(proc: FakeProc, clocks: Clocks) -> ProcessTree:
    proc.put(60, ROOT)
    proc.put(61, 60)
    return tree(
        proc,
        latest_birth=clocks.latest,
        cpu_clock_s=clocks.cpu_s,
        ended_child=clocks.ended_child,
    )


def test_while_nobody_is_born_or_ends_only_clocks_are_read(
    proc: FakeProc, family: ProcessTree, clocks: Clocks
) -> None:
    family.scan()
    proc.put(62, ROOT)  # unseen: the number given out last stands still
    clocks.clocks_s[61] = 5.0
    found = family.scan()
    assert {key.pid: seen.own_s for key, seen in found.items()} == {60: 1.0, 61: 5.0}


def test_a_birth_is_looked_for(proc: FakeProc, family: ProcessTree, clocks: Clocks) -> None:
    family.scan()
    proc.put(62, ROOT)
    clocks.birth = 101
    assert pids(family.scan()) == {60, 61, 62}


def test_a_death_is_looked_for(proc: FakeProc, family: ProcessTree, clocks: Clocks) -> None:
    family.scan()
    proc.end(61)
    del clocks.clocks_s[61]
    assert pids(family.scan()) == {60}


def test_the_children_of_one_that_ended_unwaited_for_are_orphans(
    proc: FakeProc, family: ProcessTree, clocks: Clocks
) -> None:
    family.scan()
    proc.put(60, ROOT, state="Z")
    proc.put(61, 1)
    clocks.ended = 60
    assert (pids(family.scan()), family.n_orphans) == ({60, 61}, 1)
    proc.put(62, ROOT)
    assert pids(family.scan()) == {60, 61}  # the same dead child is no news


def test_without_a_number_of_births_everybody_is_looked_at(
    proc: FakeProc, family: ProcessTree, clocks: Clocks
) -> None:
    clocks.birth = None
    family.scan()
    proc.put(62, ROOT)
    assert pids(family.scan()) == {60, 61, 62}


def test_an_open_question_is_asked_again_though_nobody_was_born(
    proc: FakeProc, family: ProcessTree
) -> None:
    proc.put(71, 70)
    family.scan()
    proc.put(70, ROOT)
    assert pids(family.scan()) == {60, 61, 70, 71}


def test_a_young_look_is_shared_and_an_old_one_is_not(proc: FakeProc) -> None:
    clock = SteppingClock()
    watched = tree(proc, clock_s=clock)
    watched.scan()
    proc.put(60, ROOT)
    assert pids(watched.lately()) == set()
    clock.advance(0.05)
    assert pids(watched.lately()) == {60}


def test_it_is_known_when_somebody_new_was_last_seen(proc: FakeProc) -> None:
    clock = SteppingClock()
    watched = tree(proc, clock_s=clock)
    clock.advance(3.0)
    proc.put(60, ROOT)
    watched.scan()
    clock.advance(3.0)
    watched.scan()
    assert watched.born_s == 3.0


def test_the_number_given_out_last_is_the_last_field(tmp_path: Path) -> None:
    (tmp_path / "loadavg").write_text("0.20 0.18 0.12 1/80 11206\n")
    assert Births(tmp_path).latest() == 11206


@pytest.mark.parametrize("text", ["0.00 0.00 0.00 0/0 0\n", "", "what\n"])
def test_a_file_without_a_number_rules_no_birth_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "loadavg").write_text(text)
    assert Births(tmp_path).latest() is None


def test_a_file_from_elsewhere_rules_no_birth_out(tmp_path: Path) -> None:
    """lxcfs mounts its own file over the kernel's and renews it every few seconds."""
    (tmp_path / "loadavg").symlink_to("/proc/loadavg")
    assert Births(tmp_path).latest() is None
    assert Births(tmp_path / "none").latest() is None


def test_a_real_birth_moves_the_kernel_s_number() -> None:
    births = Births()
    before = births.latest()
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)
    assert before is not None
    assert births.latest() != before


def test_a_real_child_that_ended_is_seen_until_it_is_waited_for() -> None:
    assert ended_child() is None
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert ended_child() == child.pid
    assert ended_child() is None


def test_existence_is_asked_of_the_clock(proc: FakeProc) -> None:
    assert tree(proc, cpu_clock_s=lambda pid: 0.0).exists(ProcessId(60, 600))
    assert not tree(proc).exists(ProcessId(60, 600))


def test_a_real_child_is_found_and_its_clock_read() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = {key.pid: seen for key, seen in ProcessTree().scan().items()}
        assert has_any_child()
        assert child.pid in found
        assert process_clock_s(child.pid) >= 0
        assert start_ticks(child.pid) is not None
        child.communicate(b"\n")
    assert start_ticks(child.pid) is None
