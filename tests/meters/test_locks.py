"""Locks that all processes of a machine see: held, named, given up, and safe in a public folder."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.meters.locks import MAX_TRIES, LockFolder, file_name, lock_folder

HOLD = """
import sys
from pathlib import Path
from breakeven.meters.locks import LockFolder
lock = LockFolder(Path(sys.argv[1])).take("device:gpu", b"other")
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""


FORK = """
import os, sys, time
from pathlib import Path
from breakeven.meters.locks import LockFolder
folder = LockFolder(Path(sys.argv[1]))
lock = folder.take("device:gpu", b"other")
if os.fork() == 0:
    folder.release(lock)
    print("held", flush=True)
    os.close(1)
time.sleep(60)
"""


def hold_in_another_process(folder: Path, script: str = HOLD) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_one_of_two_gets_it_and_the_other_can_read_who(tmp_path: Path) -> None:
    with LockFolder(tmp_path) as ours, LockFolder(tmp_path) as theirs:
        lock = ours.take("device:gpu", b"us")
        assert lock is not None
        assert theirs.take("device:gpu", b"them") is None
        assert theirs.first_line(file_name("device:gpu")) == b"us"
        assert theirs.take("device:cpu", b"them") is not None
        ours.release(lock)
        ours.release(lock)
        assert theirs.take("device:gpu", b"them") is not None


def test_a_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    with hold_in_another_process(tmp_path) as process, LockFolder(tmp_path) as folder:
        assert folder.take("device:gpu", b"us") is None
        process.kill()
        process.wait()
        lock = folder.take("device:gpu", b"us")
        assert lock is not None
        assert lock.lines() == [b"us"]


def test_a_fork_neither_keeps_nor_gives_up_its_parent_s_lock(tmp_path: Path) -> None:
    with hold_in_another_process(tmp_path, script=FORK) as process:
        with LockFolder(tmp_path) as folder:
            assert folder.take("device:gpu", b"us") is None
            process.kill()
            process.wait()
            assert folder.take("device:gpu", b"us") is not None
        os.killpg(process.pid, signal.SIGKILL)


def test_who_is_there_is_listed_and_the_dead_are_cleared_away(tmp_path: Path) -> None:
    with LockFolder(tmp_path) as folder:
        own = folder.take("present:a", b"a")
        other = LockFolder(tmp_path).take("present:b", b"b")
        dead = LockFolder(tmp_path).take("present:c", b"c")
        assert own is not None
        assert other is not None
        assert dead is not None
        os.close(dead.fd)
        dead.fd = -1
        assert list(folder.others("present", own=own)) == [file_name("present:b")]
        assert not (tmp_path / file_name("present:c")).exists()
        folder.add_line(file_name("present:b"), b"seen by a")
        assert other.lines() == [b"b", b"seen by a"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with LockFolder(tmp_path / "locks") as folder:
        lock = folder.take("device:gpu", b"us")
        assert lock is not None
        folder.release(lock)
    assert list((tmp_path / "locks").iterdir()) == []


def test_the_lock_that_took_the_place_of_ours_is_left_alone(tmp_path: Path) -> None:
    with LockFolder(tmp_path) as ours, LockFolder(tmp_path) as theirs:
        lock = ours.take("device:gpu", b"us")
        assert lock is not None
        (tmp_path / file_name("device:gpu")).unlink()
        assert theirs.take("device:gpu", b"them") is not None
        ours.release(lock)
        assert ours.first_line(file_name("device:gpu")) == b"them"


def test_every_user_may_lock_here(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with LockFolder(tmp_path / "locks") as folder:
            assert folder.take("device:gpu", b"us") is not None
    finally:
        os.umask(before)
    assert (tmp_path / "locks").stat().st_mode & 0o7777 == 0o1777
    assert (tmp_path / "locks" / file_name("device:gpu")).stat().st_mode & 0o777 == 0o666


def test_no_link_is_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    folder = tmp_path / "locks"
    folder.mkdir()
    (folder / file_name("device:gpu")).symlink_to(victim)
    (tmp_path / "link").symlink_to(folder)
    with LockFolder(folder) as opened, pytest.raises(OSError, match="symbolic links"):
        opened.take("device:gpu", b"us")
    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        LockFolder(tmp_path / "link")
    assert victim.read_text() == "precious"


def test_a_pipe_in_the_folder_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / file_name("device:gpu"))
    with LockFolder(tmp_path) as folder, pytest.raises(OSError, match="not a regular file"):
        folder.take("device:gpu", b"us")


def test_a_file_that_is_gone_says_nothing(tmp_path: Path) -> None:
    with LockFolder(tmp_path) as folder:
        folder.add_line("present-none", b"hello")
        assert folder.first_line("present-none") == b""
    folder.close()


def test_the_folder_does_not_depend_on_the_user(tmp_path: Path) -> None:
    assert lock_folder({"TMPDIR": "/mine"}, shared_memory=tmp_path) == tmp_path / "breakeven-locks"
    assert lock_folder({}, shared_memory=tmp_path / "none").name == "breakeven-locks"
    assert lock_folder({"BREAKEVEN_LOCKS": "/srv/locks"}) == Path("/srv/locks")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        LockFolder(tmp_path / "file")


class Replaced(LockFolder):
    """A folder whose files are another one's at every second look, or at every look."""

    def __init__(self, path: Path, *, looks: list[bool]) -> None:
        super().__init__(path)
        self.looks = iter(looks)

    def _is_current(self, fd: int, file_name: str) -> bool:
        return next(self.looks)


def test_a_file_that_was_replaced_is_taken_anew(tmp_path: Path) -> None:
    with Replaced(tmp_path, looks=[False, True]) as folder:
        assert folder.take("device:gpu", b"us") is not None
    with (
        Replaced(tmp_path, looks=[False] * MAX_TRIES) as folder,
        pytest.raises(OSError, match="replaced again and again"),
    ):
        folder.take("device:cpu", b"us")


def test_a_file_that_is_gone_is_not_the_one_we_hold(tmp_path: Path) -> None:
    with LockFolder(tmp_path) as folder:
        lock = folder.take("device:gpu", b"us")
        assert lock is not None
        assert folder._is_current(lock.fd, file_name("device:gpu"))
        (tmp_path / file_name("device:gpu")).unlink()
        assert not folder._is_current(lock.fd, file_name("device:gpu"))


def test_a_file_system_without_locks_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(fd: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("breakeven.meters.locks.fcntl.flock", no_locks)
    n_open = len(list(Path("/proc/self/fd").iterdir()))
    with LockFolder(tmp_path) as folder, pytest.raises(OSError, match="No locks"):
        folder.take("device:gpu", b"us")
    assert len(list(Path("/proc/self/fd").iterdir())) == n_open
