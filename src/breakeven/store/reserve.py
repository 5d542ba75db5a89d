"""Reserve: space kept aside, so that a full disk cannot lose the record in hand."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 1 << 20
"""A record is a few KB, with a long traceback tens of KB: enough for every process of a node."""

_SLACK_BYTES = 1 << 16


class Reserve:
    """One file of incompressible bytes per store, given back piece by piece when space runs out."""

    def __init__(self, path: Path, *, size_bytes: int = RESERVE_BYTES) -> None:
        """Name the file; nothing is written before `fill`."""
        self.path = path
        self._size_bytes = size_bytes

    def fill(self) -> None:
        """Bring the file to its full size, unless the disk is nearly full or read-only.

        Random bytes, because zeros take no space on a compressing file system.
        """
        with suppress(OSError):
            missing_bytes = self._size_bytes - self._held_bytes()
            if missing_bytes <= 0 or _free_bytes(self.path.parent) < 2 * missing_bytes:
                return
            with self.path.open("ab") as file:
                file.write(os.urandom(missing_bytes))
                file.flush()
                os.fsync(file.fileno())

    def give(self, n_bytes: int) -> bool:
        """Free room for a record of `n_bytes`; false when nothing is left to give."""
        left_bytes = self._held_bytes() - 2 * n_bytes - _SLACK_BYTES
        try:
            if left_bytes > 0:
                os.truncate(self.path, left_bytes)
            else:
                self.path.unlink()
        except OSError:
            return False
        return True

    def _held_bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
