"""The journal of one running run: its latest state, on disk within a second, whatever kills it.

Line 1 says who writes, every later line is a whole state, and the last whole line counts. A line
written survives the death of the process at once; it is not fsynced, because waiting for a disk
that saves a checkpoint would cost more of a killed run than a power cut ever does.
"""

import os
from contextlib import suppress
from pathlib import Path

from breakeven.appendlog import AppendLog, read_lines, write_error
from breakeven.errors import StoreWriteError

LIMIT_BYTES = 2**20
"""Only the last state counts, so a journal this large begins anew."""


class Journal:
    """Writes the states of one run."""

    def __init__(
        self, path: Path, *, owner: bytes, state: bytes, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        """Create the journal; it appears with its owner and first state, or not at all.

        Args:
            path: Where; the folder exists.
            owner: One line about who writes it.
            state: One line, the state to begin with.
            limit_bytes: Size at which the file begins anew.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        self.path = path
        self._owner, self._limit_bytes = owner, limit_bytes
        self._log = self._begin(state)

    def write(self, state: bytes) -> None:
        """Note the state now.

        Raises:
            StoreWriteError: If it cannot be written; the state before stays.
        """
        if self._size_bytes + len(state) > self._limit_bytes:
            fresh = self._begin(state)
            self._log.close()
            self._log = fresh
        else:
            self._log.append(state)
            self._size_bytes += len(state) + 1

    def close(self) -> None:
        """Stop writing; the file stays for whoever recovers it."""
        self._log.close()

    def remove(self) -> None:
        """Stop writing and delete the file: the run is recorded elsewhere."""
        self.close()
        with suppress(FileNotFoundError):
            self.path.unlink()

    def _begin(self, state: bytes) -> AppendLog:
        draft = self.path.with_name(f"{self.path.name}.new")
        with suppress(OSError):
            draft.unlink()
        log = AppendLog(draft, durable=False)
        try:
            log.append(self._owner)
            log.append(state)
            os.replace(draft, self.path)  # noqa: PTH105 - the log keeps writing to the same file
        except BaseException as error:
            log.close()
            if isinstance(error, OSError) and not isinstance(error, StoreWriteError):
                raise write_error(self.path, error) from error
            raise
        self._size_bytes = len(self._owner) + len(state) + 2
        return log


def read_journal(path: Path) -> tuple[bytes, bytes] | None:
    """Return a journal's owner and last whole state; None if it holds neither."""
    owner = state = None
    for number, line in read_lines(path):
        if number == 1:
            owner = line
        else:
            state = line
    return None if owner is None or state is None else (owner, state)
