"""An append-only file of JSON lines: each line is on disk when `append` returns.

The journal and the store both use it. A crash can tear only the last line; readers drop a torn
tail, and the next writer of that file cuts it off: it was never acknowledged.
"""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from breakeven.errors import StoreWriteError


class AppendLog:
    """One writer of one file."""

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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            self._drop_torn_tail()
            if durable:
                _sync_folder(path.parent)
        except OSError as error:
            raise _write_error(path, error) from error

    def append(self, line: bytes) -> None:
        """Write one line and wait until it is on disk.

        If only part of it fits, the part is taken back, so the file stays readable.

        Raises:
            ValueError: If `line` holds a line break.
            StoreWriteError: If the disk is full or the write fails.
        """
        if b"\n" in line:
            raise ValueError("a record is one line; it must not hold a line break")
        size_bytes = os.fstat(self._fd).st_size
        rest = line + b"\n"
        try:
            while rest:
                rest = rest[self._write(self._fd, rest) :]
            if self._durable:
                os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, size_bytes)
            raise _write_error(self.path, error) from error

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

    def _drop_torn_tail(self) -> None:
        size_bytes = os.fstat(self._fd).st_size
        whole_bytes = os.pread(self._fd, size_bytes, 0).rfind(b"\n") + 1
        if whole_bytes < size_bytes:
            os.ftruncate(self._fd, whole_bytes)


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield `(line number from 1, line)` for every whole line; a torn last line is left out."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield number, line[:-1]


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write_error(path: Path, error: OSError) -> StoreWriteError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreWriteError(
            f"no space left to write {path}; what was written before stays readable. "
            "Free some space and run the same command again."
        )
    return StoreWriteError(
        f"cannot write {path}: {error.strerror}. Check the folder's permissions."
    )
