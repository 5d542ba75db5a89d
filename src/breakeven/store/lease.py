"""Lease: the right of one process to run one row, given up by the kernel when the process dies.

On one host a file lock decides, so a killed holder's lease is free at once. On file systems that
do not pass locks between hosts, the holder also rewrites the file every few seconds, and another
host takes the lease only when that has stopped. Two hosts that reach for a free lease within the
same instant on such a file system may both get it; the resume key then makes them write equal rows.
"""

import fcntl
import json
import logging
import os
import socket
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from breakeven.appendlog import write_error
from breakeven.errors import StoreBusyError

HEARTBEAT_PERIOD_S = 10.0
STALE_AFTER_S = 60.0
"""Six missed heartbeats: longer than any pause of a shared file system that we expect."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lease.

    Attributes:
        host: Name, for people.
        boot_id: Tells kernels apart; containers of one kernel share it, and its file locks.
        pid: Process on that host.
        at: Time of the last heartbeat, UTC; for people, since clocks of hosts differ.
    """

    host: str
    boot_id: str
    pid: int
    at: str

    @classmethod
    def here(cls) -> "Holder":
        """Describe this process now."""
        boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else socket.gethostname()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(host=socket.gethostname(), boot_id=boot_id, pid=os.getpid(), at=at)


class Lease:
    """One held lease; a context manager that gives it back."""

    def __init__(
        self,
        path: Path,
        *,
        holder: Holder | None = None,
        period_s: float = HEARTBEAT_PERIOD_S,
        stale_after_s: float = STALE_AFTER_S,
    ) -> None:
        """Take the lease now.

        Args:
            path: The lease file; gone when nobody holds it.
            holder: Who takes it; this process unless a test says otherwise.
            period_s: Time between heartbeats.
            stale_after_s: A holder on another host is dead after this much silence.

        Raises:
            StoreBusyError: If another process, thread or host holds it.
            StoreWriteError: If the file cannot be written.
        """
        self.path = path
        self._holder = holder or Holder.here()
        self._stale_after_s = stale_after_s
        self._stop = threading.Event()
        self._fd = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = self._lock()
            self._beat()
        except OSError as error:
            if self._fd >= 0:
                os.close(self._fd)
            raise write_error(path, error) from error
        self._thread = threading.Thread(
            target=self._keep_alive, args=(period_s,), name=f"lease {path.name}", daemon=True
        )
        self._thread.start()

    def release(self) -> None:
        """Give the lease back; a second call does nothing."""
        if self._fd < 0:
            return
        self._stop.set()
        self._thread.join()
        self.path.unlink(missing_ok=True)  # while still locked, so it is surely ours
        os.close(self._fd)
        self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def _lock(self) -> int:
        """Return the locked file; start over when its last holder deleted it meanwhile."""
        while True:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                self._claim(fd)
                if _is_file_at(fd, self.path):
                    return fd
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)

    def _claim(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(self.path, _read_holder(fd)) from error
        other = _read_holder(fd)
        if other is None or other.boot_id == self._holder.boot_id:
            return  # on this kernel the lock is the truth: whoever wrote this is dead
        if _silence_s(fd, self.path) < self._stale_after_s:
            raise _busy(self.path, other)

    def _keep_alive(self, period_s: float) -> None:
        while not self._stop.wait(period_s):
            try:
                self._beat()
            except OSError:
                _log.warning("no heartbeat on %s", self.path, exc_info=True)

    def _beat(self) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        content = json.dumps(asdict(self._holder) | {"at": at}).encode() + b"\n"
        os.pwrite(self._fd, content, 0)
        os.ftruncate(self._fd, len(content))


def _is_file_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def _read_holder(fd: int) -> Holder | None:
    """Who wrote the file; None when it is new or half-written."""
    try:
        return Holder(**json.loads(os.pread(fd, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _silence_s(fd: int, path: Path) -> float:
    """Seconds since the last heartbeat, by the clock of the file system: hosts' clocks differ."""
    probe = path.with_name(f".{path.name}.{os.getpid()}.probe")
    try:
        probe.touch()
        return probe.stat().st_mtime - os.fstat(fd).st_mtime
    finally:
        probe.unlink(missing_ok=True)


def _busy(path: Path, holder: Holder | None) -> StoreBusyError:
    who = (
        f"process {holder.pid} on {holder.host} (last sign of life {holder.at})"
        if holder
        else "another process"
    )
    return StoreBusyError(f"{path} is held by {who}. Wait for it to end, or end it.")
