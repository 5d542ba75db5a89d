"""Locks that all processes of a machine see, given up by the kernel when their holder dies.

A lock is an advisory one on a small file that says who holds it. The folder is open to every user
like /tmp; nothing in it is trusted beyond what is shown to people, and no link in it is followed.
"""

import errno
import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self
from weakref import WeakSet

VARIABLE = "BREAKEVEN_LOCKS"
"""Environment variable that names another folder, e.g. one that several containers share."""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - shared by all users on purpose
"""Where the folder is if there is such a place: TMPDIR differs between users and Slurm jobs."""

MAX_BYTES = 64 * 1024
"""Nobody's file is read further than that."""

MAX_TRIES = 100
"""How often a file may be replaced under our hands before we give up on it."""

_OPEN = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FOLDER_MODE = 0o1777
_FILE_MODE = 0o666


def lock_folder(environ: Mapping[str, str], *, shared_memory: Path = SHARED_MEMORY) -> Path:
    """Folder of the locks of this machine.

    Examples:
        >>> lock_folder({"BREAKEVEN_LOCKS": "/run/breakeven"}).name
        'breakeven'
    """
    if named := environ.get(VARIABLE):
        return Path(named)
    base = shared_memory if shared_memory.is_dir() else Path(tempfile.gettempdir())
    return base / "breakeven-locks"


@dataclass(slots=True, eq=False, weakref_slot=True)
class Lock:
    """One held lock.

    Attributes:
        name: Of its file.
        fd: Its file; -1 once it was given up, or in a forked child, which has no part in it.
    """

    name: str
    fd: int

    def lines(self) -> list[bytes]:
        """What the holder wrote, and what others have added since."""
        return os.pread(self.fd, MAX_BYTES, 0).splitlines()


class LockFolder:
    """An open folder of locks; every name is hashed to the name of a file."""

    def __init__(self, path: Path) -> None:
        """Open the folder, and make it when there is none.

        Raises:
            OSError: If it cannot be made, is a link or no folder, or is not ours to write to.
        """
        with suppress(FileExistsError):
            path.mkdir(parents=True)
            path.chmod(_FOLDER_MODE)
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if not os.access(path, os.W_OK | os.X_OK):
            os.close(self._fd)
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    def take(self, name: str, line: bytes) -> Lock | None:
        """Take a lock and say who has it; None when somebody else has it.

        Raises:
            OSError: If the file cannot be made, or the file system has no locks.
        """
        for _ in range(MAX_TRIES):
            try:
                fd = self._open(file_name(name))
            except FileExistsError:
                continue  # somebody made it between our two looks
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_ours = self._is_current(fd, file_name(name))
            except BlockingIOError:
                os.close(fd)
                return None
            except BaseException:
                os.close(fd)
                raise
            if is_ours:
                return self._held(name, fd, line)
            os.close(fd)  # its last holder removed it meanwhile
        raise OSError(errno.EAGAIN, "it was replaced again and again", name)

    def release(self, lock: Lock) -> None:
        """Give a lock up; a second call does nothing."""
        if lock.fd < 0:
            return
        with suppress(OSError):  # another user's file stays, emptied
            os.ftruncate(lock.fd, 0)
            if self._is_current(lock.fd, file_name(lock.name)):  # else it is somebody else's
                os.unlink(file_name(lock.name), dir_fd=self._fd)
        fd, lock.fd = lock.fd, -1
        fcntl.flock(fd, fcntl.LOCK_UN)  # even if a child that is just starting has it open
        os.close(fd)

    def others(self, prefix: str, *, own: Lock) -> Iterator[str]:
        """File names of the locks with that prefix which somebody else holds.

        What a killed process left is removed.
        """
        for name in os.listdir(self._fd):  # noqa: PTH208 - by descriptor: the path may have moved
            if name.startswith(f"{prefix}-") and name != file_name(own.name):
                with suppress(OSError):
                    if self._is_locked(name):
                        yield name

    def first_line(self, file_name: str) -> bytes:
        """What the holder of a lock wrote; empty when it has not yet, or is gone."""
        with suppress(OSError):
            fd = os.open(file_name, os.O_RDONLY | _OPEN, dir_fd=self._fd)
            try:
                return os.pread(fd, MAX_BYTES, 0).partition(b"\n")[0]
            finally:
                os.close(fd)
        return b""

    def add_line(self, file_name: str, line: bytes) -> None:
        """Add a line to somebody else's file, for its holder to read; fails in silence."""
        with suppress(OSError):
            fd = os.open(file_name, os.O_WRONLY | os.O_APPEND | _OPEN, dir_fd=self._fd)
            try:
                if os.fstat(fd).st_size < MAX_BYTES:
                    os.write(fd, line + b"\n")
            finally:
                os.close(fd)

    def close(self) -> None:
        """Close the folder; locks that are held stay held."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, file_name: str) -> int:
        """Open or make a regular file.

        With `fs.protected_regular` Linux refuses O_CREAT on another user's file in a folder like
        /tmp (Documentation/admin-guide/sysctl/fs.rst), so the two are tried apart.
        """
        try:
            fd = os.open(file_name, os.O_RDWR | _OPEN, dir_fd=self._fd)
        except FileNotFoundError:
            fd = os.open(
                file_name, os.O_RDWR | os.O_CREAT | os.O_EXCL | _OPEN, 0o600, dir_fd=self._fd
            )
            os.fchmod(fd, _FILE_MODE)  # whatever the umask says
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise OSError(errno.EINVAL, "not a regular file", file_name)
        return fd

    def _is_current(self, fd: int, file_name: str) -> bool:
        try:
            there = os.stat(file_name, dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(fd), there)

    def _is_locked(self, file_name: str) -> bool:
        fd = os.open(file_name, os.O_RDWR | _OPEN, dir_fd=self._fd)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_current(fd, file_name):
                os.unlink(file_name, dir_fd=self._fd)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def _held(self, name: str, fd: int, line: bytes) -> Lock:
        lock = Lock(name, fd)
        _held_locks().add(lock)
        with suppress(OSError):  # a full disk: the lock holds, only its holder is not named
            os.ftruncate(fd, 0)
            os.pwrite(fd, line + b"\n", 0)
        return lock


def file_name(name: str) -> str:
    """Name of the file of a lock: its kind in plain, the rest hashed."""
    prefix, _, rest = name.partition(":")
    return f"{prefix}-{hashlib.sha256(rest.encode()).hexdigest()[:32]}"


@cache
def _held_locks() -> "WeakSet[Lock]":
    """Locks that this process holds; a fork's copies are closed, so that none outlives us."""
    held: WeakSet[Lock] = WeakSet()

    def let_go() -> None:
        for lock in held:
            if lock.fd >= 0:
                os.close(lock.fd)
                lock.fd = -1

    os.register_at_fork(after_in_child=let_go)
    return held
