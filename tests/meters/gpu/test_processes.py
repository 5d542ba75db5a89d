"""Whose processes those on a card are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.meters.gpu.processes import HOST_NAMESPACE, OwnProcesses, sees_host_numbers

ME, CHILD, GRANDCHILD, STRANGER = 100, 200, 300, 400


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A fake /proc: us, a child, its child, and somebody else's."""
    for pid, parent in {ME: 1, CHILD: ME, GRANDCHILD: CHILD, STRANGER: 1, 1: 0}.items():
        tell_parent(tmp_path, pid, parent)
    return tmp_path


def tell_parent(proc: Path, pid: int, parent: int) -> None:
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "stat").write_text(f"{pid} (a (strange) name) S {parent} 0 0")


def own_of(proc: Path) -> OwnProcesses:
    return OwnProcesses(proc=proc, root_pid=ME)


def test_descendants_are_ours_and_everybody_else_is_not(proc: Path) -> None:
    ours, others = own_of(proc).split([ME, GRANDCHILD, STRANGER])
    assert (ours, others) == ({ME, GRANDCHILD}, {STRANGER})


def test_one_whose_parent_has_died_stays_ours(proc: Path) -> None:
    own = own_of(proc)
    own.split([GRANDCHILD])
    tell_parent(proc, GRANDCHILD, 1)
    assert own.split([GRANDCHILD]) == ({GRANDCHILD}, set())


def test_a_number_that_comes_back_is_judged_anew(proc: Path) -> None:
    own = own_of(proc)
    own.split([GRANDCHILD])
    own.split([])
    tell_parent(proc, GRANDCHILD, 1)
    assert own.split([GRANDCHILD]) == (set(), {GRANDCHILD})


def test_one_that_has_gone_is_a_stranger(proc: Path) -> None:
    assert own_of(proc).split([999]) == (set(), {999})


def test_parents_in_a_circle_end(proc: Path) -> None:
    tell_parent(proc, CHILD, GRANDCHILD)
    assert own_of(proc).split([GRANDCHILD]) == (set(), {GRANDCHILD})


def test_a_real_child_is_ours() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert OwnProcesses().split([child.pid, os.getpid()])[0] == {child.pid, os.getpid()}
    finally:
        child.communicate(b"\n")


@pytest.mark.parametrize(("namespace", "host"), [(HOST_NAMESPACE, True), ("pid:[42]", False)])
def test_a_pid_namespace_of_its_own_hides_the_hosts_numbers(
    namespace: str,
    host: bool,  # noqa: FBT001 - a case
    tmp_path: Path,
) -> None:
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to(namespace)
    assert sees_host_numbers(proc=tmp_path) is host


def test_without_proc_nobody_can_be_told_apart(tmp_path: Path) -> None:
    assert not sees_host_numbers(proc=tmp_path)
