import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from breakeven.errors import StoreBusyError, StoreWriteError
from breakeven.store import Lease, Store
from breakeven.store.lease import Holder

ELSEWHERE = Holder(host="node9", boot_id="another-kernel", pid=7, at="2026-01-01T00:00:00+00:00")

_HOLD = """
import sys
from breakeven.errors import StoreBusyError
from breakeven.store import Store
store = Store(sys.argv[1])
sys.stdin.readline()
try:
    lease = store.lease("row")
except StoreBusyError:
    print("busy", flush=True)
else:
    print("mine", flush=True)
sys.stdin.readline()
"""


@contextmanager
def process(store: Store) -> Iterator[subprocess.Popen[str]]:
    """A process that tries to take the lease when told to, and then waits."""
    command = [sys.executable, "-c", _HOLD, str(store.path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
        yield child


def tell(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def answer(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def lease_file(store: Store) -> Path:
    (path,) = (store.path / "leases").iterdir()
    return path


def test_a_lease_held_is_refused_to_everybody_else(store: Store) -> None:
    with store.lease("row"), pytest.raises(StoreBusyError) as caught:
        Store(store.path).lease("row")
    assert f"is held by process {os.getpid()} on " in str(caught.value)


def test_a_lease_given_back_is_free_and_leaves_no_file(store: Store) -> None:
    for _ in range(2):
        with store.lease("row"):
            assert len(list((store.path / "leases").iterdir())) == 1
    assert list((store.path / "leases").iterdir()) == []


def test_giving_back_twice_does_not_free_what_another_took_meanwhile(store: Store) -> None:
    lease = store.lease("row")
    lease.release()
    with store.lease("row"):
        lease.release()
        with pytest.raises(StoreBusyError):
            store.lease("row")


def test_different_keys_do_not_disturb_each_other(store: Store) -> None:
    with store.lease("row"), store.lease("other/row with\nany text"):
        assert len(list((store.path / "leases").iterdir())) >= 2
        with pytest.raises(StoreBusyError):
            store.lease("row")


def test_an_exception_gives_the_lease_back(store: Store) -> None:
    with pytest.raises(RuntimeError), store.lease("row"):
        raise RuntimeError
    store.lease("row").release()


def test_of_several_processes_exactly_one_wins(store: Store) -> None:
    with process(store) as a, process(store) as b, process(store) as c:
        for child in (a, b, c):
            tell(child)
        answers = sorted(answer(child) for child in (a, b, c))
        for child in (a, b, c):
            tell(child)
    assert answers == ["busy", "busy", "mine"]


def test_of_many_threads_never_two_hold_the_lease(store: Store) -> None:
    inside, most, taken = [0], [0], [0]

    def work() -> None:
        for _ in range(50):
            try:
                with store.lease("row"):
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    taken[0] += 1
                    inside[0] -= 1
            except StoreBusyError:
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
    assert taken[0] >= 1


def test_the_lease_of_a_killed_process_is_free_at_once(store: Store) -> None:
    with process(store) as child:
        tell(child)
        assert answer(child) == "mine"
        with pytest.raises(StoreBusyError, match=f"held by process {child.pid} on"):
            store.lease("row")
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert lease_file(store).exists()
        store.lease("row").release()


def test_a_lease_with_a_recent_sign_of_life_from_another_host_is_respected(store: Store) -> None:
    path = store.path / "leases" / "row"
    path.parent.mkdir()
    path.write_text(json.dumps(asdict(ELSEWHERE)))
    with pytest.raises(StoreBusyError, match=r"process 7 on node9 \(last sign of life 2026"):
        Lease(path)
    assert json.loads(path.read_text())["host"] == "node9"


def test_a_host_that_fell_silent_loses_its_lease(store: Store) -> None:
    path = store.path / "leases" / "row"
    path.parent.mkdir()
    path.write_text(json.dumps(asdict(ELSEWHERE)))
    long_ago_s = time.time() - 61
    os.utime(path, (long_ago_s, long_ago_s))
    with Lease(path):
        assert json.loads(path.read_text())["pid"] == os.getpid()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"host": "x"}'])
def test_a_half_written_lease_without_a_lock_is_free(store: Store, content: str) -> None:
    path = store.path / "leases" / "row"
    path.parent.mkdir()
    path.write_text(content)
    with Lease(path):
        assert path.read_text() != content


def test_a_busy_lease_whose_holder_has_not_written_yet_is_still_busy(store: Store) -> None:
    with store.lease("row"):
        lease_file(store).write_text("")
        with pytest.raises(StoreBusyError, match="held by another process"):
            store.lease("row")


def test_the_holder_keeps_giving_signs_of_life(tmp_path: Path) -> None:
    path = tmp_path / "row"
    with Lease(path, holder=ELSEWHERE, period_s=0.01):
        before = path.stat().st_mtime_ns
        os.utime(path, (0, 0))
        deadline_s = time.monotonic() + 10
        while path.stat().st_mtime_ns < before and time.monotonic() < deadline_s:
            time.sleep(0.005)
        assert path.stat().st_mtime_ns >= before
        assert json.loads(path.read_text()) == asdict(
            replace(ELSEWHERE, at=json.loads(path.read_text())["at"])
        )


def test_a_heartbeat_that_fails_does_not_end_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beats = threading.Semaphore(0)

    def refuse(fd: int, data: bytes, offset: int) -> int:
        beats.release()
        raise OSError("stale file handle")

    with Lease(tmp_path / "row", period_s=0.01):
        monkeypatch.setattr(os, "pwrite", refuse)  # the kernel's refusal, not our own code
        assert beats.acquire(timeout=10)
        assert beats.acquire(timeout=10)
    assert "no heartbeat on" in caplog.text


def test_a_lease_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "leases").touch()
    with pytest.raises(StoreWriteError, match="cannot write"):
        Lease(tmp_path / "leases" / "row")


def test_taking_a_lease_that_is_deleted_at_that_moment_starts_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "row"
    real_open, opened = os.open, []

    def open_and_delete(name: Path, flags: int, mode: int = 0o777) -> int:
        fd = real_open(name, flags, mode)
        opened.append(fd)
        if len(opened) == 1:
            path.unlink()  # its holder gave it back between our open and our lock
        return fd

    monkeypatch.setattr(os, "open", open_and_delete)
    with Lease(path):
        assert len(opened) == 2
        assert path.exists()


def test_a_lease_that_could_not_be_written_down_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", refuse)  # the kernel's refusal, not our own code
        with pytest.raises(StoreWriteError, match="no space left to write"):
            Lease(tmp_path / "row")
    Lease(tmp_path / "row").release()
