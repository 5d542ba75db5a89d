"""Presence: who writes to a store says so by a shared lock, which dies with the process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from breakeven.appendlog import write_error
from breakeven.errors import StoreBusyError


class Presence:
    """One process's mark on the identity file of a store."""

    def __init__(self, path: Path) -> None:
        """Name the file to lock; nothing is locked before `announce`."""
        self.path = path
        self._fd = -1

    def announce(self) -> None:
        """Say that this process writes to the store; waits while somebody is alone there.

        Raises:
            StoreWriteError: If the store is gone.
        """
        if self._fd >= 0:
            return
        try:
            self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise write_error(self.path, error) from error
        # Without locks (some network file systems) runs can still be kept, only not cleaned.
        with suppress(OSError):
            fcntl.flock(self._fd, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other writer out while the block runs.

        Raises:
            StoreBusyError: If there is one on this host, or nobody can tell.
        """
        self.announce()
        try:
            self._lock_out_others()
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(self._fd, fcntl.LOCK_SH)

    def withdraw(self) -> None:
        """Say that this process is done; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _lock_out_others(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusyError(
                f"{self.path.parent} is in use by another process. Wait until its runs have ended."
            ) from error
        except OSError as error:
            raise StoreBusyError(
                f"{self.path.parent} is on a file system without locks ({error.strerror}), so "
                "nobody can tell whether it is in use. Copy it to a local disk and try there."
            ) from error
