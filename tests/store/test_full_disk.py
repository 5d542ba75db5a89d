"""A full disk: once pretended through a faulty `write`, once for real on a tiny tmpfs."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import StoreWriteError
from breakeven.records import Run
from breakeven.store import Store
from breakeven.store.reserve import Reserve

MakeRun = Callable[..., Run]


class FullDisk:
    """Refuses to write until the reserve shrinks, as a disk without any other free byte does."""

    def __init__(self, reserve: Path, *, errno_: int = errno.ENOSPC) -> None:
        self._reserve = reserve
        self._errno = errno_
        self._least_bytes = self._size_bytes()

    def __call__(self, fd: int, data: bytes) -> int:
        if self._size_bytes() >= self._least_bytes:
            raise OSError(self._errno, os.strerror(self._errno))
        self._least_bytes = self._size_bytes()
        return os.write(fd, data)

    def _size_bytes(self) -> int:
        return self._reserve.stat().st_size if self._reserve.exists() else -1


@pytest.fixture
def full(store: Store) -> Store:
    return Store(store.path, write=FullDisk(store.path / "reserve"))


def test_the_record_in_hand_is_still_written_and_the_error_says_so(
    full: Store, make_run: MakeRun
) -> None:
    with pytest.raises(StoreWriteError) as caught:
        full.append(make_run("a"))
    assert caught.value.is_record_kept
    assert str(caught.value) == (
        f"no space left in {full.path}; run a was still recorded, from the reserve. "
        "Free some space and run the same command again; finished runs are not repeated."
    )
    assert [run.run_id for run in Store(full.path).runs()] == ["a"]


def test_several_records_fit_into_the_reserve_and_then_none(full: Store, make_run: MakeRun) -> None:
    kept = []
    for i in range(40):
        with pytest.raises(StoreWriteError) as caught:
            full.append(make_run(f"r{i}"))
        kept.append(caught.value.is_record_kept)
    assert kept == sorted(kept, reverse=True)
    assert 4 <= sum(kept) < 40
    assert len(full.runs()) == sum(kept)


def test_another_failure_does_not_touch_the_reserve(store: Store, make_run: MakeRun) -> None:
    reserve = store.path / "reserve"
    broken = Store(store.path, write=FullDisk(reserve, errno_=errno.EIO))
    before_bytes = reserve.stat().st_size
    with pytest.raises(StoreWriteError, match="Input/output error") as caught:
        broken.append(make_run("a"))
    assert not caught.value.is_disk_full
    assert reserve.stat().st_size == before_bytes
    assert broken.runs() == ()


def test_the_reserve_is_filled_again_when_the_store_is_next_opened(
    full: Store, make_run: MakeRun
) -> None:
    whole_bytes = (full.path / "reserve").stat().st_size
    with pytest.raises(StoreWriteError):
        full.append(make_run("a"))
    assert (full.path / "reserve").stat().st_size < whole_bytes
    Store(full.path)
    assert (full.path / "reserve").stat().st_size == whole_bytes


def test_a_reserve_is_given_in_pieces_and_then_is_gone(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve", size_bytes=200_000)
    reserve.fill()
    sizes_bytes = []
    while reserve.give(10_000):
        sizes_bytes.append(reserve.path.stat().st_size if reserve.path.exists() else None)
    assert sizes_bytes == [114_464, 28_928, None]


def test_a_reserve_is_not_made_on_a_nearly_full_disk(tmp_path: Path) -> None:
    too_much_bytes = shutil.disk_usage(tmp_path).free
    reserve = Reserve(tmp_path / "reserve", size_bytes=too_much_bytes)
    reserve.fill()
    assert not reserve.path.exists()
    assert not reserve.give(1)


_ON_TINY_DISK = """
import json, subprocess, sys
from pathlib import Path
from breakeven.errors import StoreWriteError
from breakeven.records import Run, Stage, Status
from breakeven.store import Store

disk = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", disk], check=True)

def run(i):
    return Run(run_id=f"r{i}", stage=Stage.TUNE, status=Status.OK,
               started_at=f"2026-01-01T00:00:{i:02d}Z", error="x" * 20_000)

def fill():
    with open(disk / "filler", "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                pass

def append(store, i):
    try:
        store.append(run(i))
    except StoreWriteError as error:
        return "kept" if error.is_record_kept else "lost"
    return "written"

def ids():
    return [run.run_id for run in Store(disk / "store", create=False).runs()]

store = Store(disk / "store", reserve_bytes=300_000)
said = [append(store, 0)]
fill()
said += [append(store, 1)]
seen = [ids()]
newcomer = Store(disk / "store", reserve_bytes=300_000)  # has no file of its own yet
for i in range(2, 12):
    fill()
    said.append(append(newcomer, i))
seen.append(ids())
try:
    Store(disk / "another")
except StoreWriteError as error:
    refusal = str(error)
(disk / "filler").unlink()
said.append(append(store, 50))
seen.append(ids())
print(json.dumps([said, seen, refusal]))
"""


def test_a_really_full_disk_keeps_the_record_in_hand_and_stays_readable(tmp_path: Path) -> None:
    command = ["unshare", "-rm", sys.executable, "-c", _ON_TINY_DISK, str(tmp_path)]
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here; the pretended full disk above has to do")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said, seen, refusal = json.loads(done.stdout)
    assert said[:3] == ["written", "kept", "kept"]
    n_kept = said.count("kept")
    assert said[1:12] == ["kept"] * n_kept + ["lost"] * (11 - n_kept)
    assert said[12] == "written"
    assert seen[0] == ["r0", "r1"]
    assert seen[1] == [f"r{i}" for i in range(n_kept + 1)]
    assert seen[2] == [*seen[1], "r50"]
    assert refusal.startswith("no space left to write ")


def test_of_many_runs_those_that_fit_are_kept_and_the_rest_named(
    full: Store, make_run: MakeRun
) -> None:
    with pytest.raises(StoreWriteError, match="run a was still recorded") as caught:
        full.append_all([make_run("a"), make_run("b")])
    assert caught.value.is_record_kept
    assert [run.run_id for run in Store(full.path).runs()] == ["a"]


def test_many_runs_on_a_broken_disk_leave_none(store: Store, make_run: MakeRun) -> None:
    broken = Store(store.path, write=FullDisk(store.path / "reserve", errno_=errno.EIO))
    with pytest.raises(StoreWriteError, match="Input/output error"):
        broken.append_all([make_run("a"), make_run("b")])
    assert broken.runs() == ()
