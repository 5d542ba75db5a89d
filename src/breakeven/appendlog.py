"""An append-only file of JSON lines: each line is on disk when `append` returns.

The journal and the store both use it. A crash can tear only the last line; readers drop a torn
tail, and the next writer of that file cuts it off: it was never acknowledged.
"""

import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from breakeven.errors import StoreWriteError

_BLOCK_BYTES = 1 << 16
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class AppendLog:
    """One writer of one file; its threads may share it, its forked children may not."""

    def __init__(
        self, path: Path, *, write: Callable[[int, bytes], int] = os.write, durable: bool = True
    ) -> None:
        """Open `path` for appending, creating it and its folder.

        Args:
            path: The file; one process writes it, any number read it.
            write: `os.write`, or a faulty one in tests.
            durable: Whether every line is fsynced.

        Raises:
            StoreWriteError: If the file cannot be opened or its torn tail cannot be cut off.
        """
        self.path = path
        self._write = write
        self._durable = durable
        self._lock = threading.Lock()
        self._torn_at: int | None = None
        self._fd = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            _drop_torn_tail(self._fd)
            if durable:
                sync_folder(path.parent)
        except OSError as error:
            self.close()
            raise write_error(path, error) from error

    def append(self, *lines: bytes) -> None:
        """Write a line, or a few, and wait until all are on disk.

        If only part of them fits, or an exception (a signal) comes in between, the part is taken
        back, so the file stays readable.

        Raises:
            ValueError: If a line holds a line break, or the log is closed.
            StoreWriteError: If the disk is full or the write fails.
        """
        if any(b"\n" in line for line in lines):
            raise ValueError("a record is one line; it must not hold a line break")
        with self._lock:
            if self._fd < 0:
                raise ValueError(f"{self.path} is closed; open it again to append")
            try:
                self._take_back()
                self._torn_at = os.fstat(self._fd).st_size
                self._write_all(b"".join(line + b"\n" for line in lines))
                self._torn_at = None
            except OSError as error:
                self._try_to_take_back()
                raise write_error(self.path, error) from error
            except BaseException:
                self._try_to_take_back()
                raise

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._fd >= 0:
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
        self.close()

    def _write_all(self, rest: bytes) -> None:
        while rest:
            n_bytes = self._write(self._fd, rest)
            if n_bytes == 0:
                raise OSError(errno.EIO, "the system wrote nothing")
            rest = rest[n_bytes:]
        if self._durable:
            os.fsync(self._fd)

    def _take_back(self) -> None:
        if self._torn_at is not None:
            os.ftruncate(self._fd, self._torn_at)
            self._torn_at = None

    def _try_to_take_back(self) -> None:
        # When even this fails, readers still drop the tail and the next append tries again.
        with suppress(OSError):
            self._take_back()


def blocks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Group lines into blocks small enough that a crash tears the end of one at the most.

    A larger write may reach the disk out of order, and leave a hole before lines that are there.

    >>> [len(block) for block in blocks([b"x" * 30_000] * 5)]
    [2, 2, 1]
    """
    block: list[bytes] = []
    n_bytes = 0
    for line in lines:
        if block and n_bytes + len(line) > _BLOCK_BYTES:
            yield block
            block, n_bytes = [], 0
        block.append(line)
        n_bytes += len(line)
    if block:
        yield block


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield `(line number from 1, line)` for every whole line; a torn last line is left out."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield number, line[:-1]


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_error(path: Path, error: OSError) -> StoreWriteError:
    """Say in one sentence why `path` could not be written and what to do."""
    if error.errno in _FULL:
        return StoreWriteError(
            f"no space left to write {path}; what was written before stays readable. "
            "Free some space and run the same command again.",
            is_disk_full=True,
        )
    return StoreWriteError(
        f"cannot write {path}: {error.strerror or error}. Check the folder and its permissions."
    )


def _drop_torn_tail(fd: int) -> None:
    size_bytes = os.fstat(fd).st_size
    end = size_bytes
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        found = os.pread(fd, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size_bytes:
        os.ftruncate(fd, end)
