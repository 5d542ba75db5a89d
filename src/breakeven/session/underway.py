"""Underway: what a run that goes on has cost so far, read from its journal by whoever watches.

The journal is written twice a second in any case, so watching reads no sensor and disturbs no run.
"""

import os
from pathlib import Path

from breakeven.errors import RecordFormatError
from breakeven.records import Run
from breakeven.store.codec import decode_run

TAIL_BYTES = 1 << 16
"""Several states of a run, each of a few kB."""


def underway(journal: Path, *, tail_bytes: int = TAIL_BYTES) -> Run | None:
    """Return the latest state of a run that goes on; its open phase is in it.

    Args:
        journal: File of the run, see `Store.journal_path`.
        tail_bytes: Read from its end first; all of it where that holds no state.

    Returns:
        None where there is no journal, because the run has not begun or is over, and where a
        journal has no state that can be read.
    """
    try:
        line = _last_state(journal, tail_bytes)
        return None if line is None else decode_run(line)
    except (OSError, RecordFormatError):
        return None


def _last_state(path: Path, tail_bytes: int) -> bytes | None:
    """The last whole line of the file that is not its first, which tells the owner."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        begins_at = max(0, size - tail_bytes)
        while True:
            file.seek(begins_at)
            lines = file.read(size - begins_at).split(b"\n")[1:-1]
            if lines or not begins_at:
                return lines[-1] if lines else None
            begins_at = 0
