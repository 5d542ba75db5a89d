"""Small files written whole: a reader sees the old content or the new, never half of it."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from breakeven.appendlog import sync_folder, write_error

_N_BYTES = 8
_DRAFT = re.compile(rf"\.[0-9a-f]{{{2 * _N_BYTES}}}\.tmp")


def is_draft(name: str) -> bool:
    """Whether a file of that name is one that `write_whole` is making, or was killed at.

    >>> is_draft(".0123456789abcdef.tmp"), is_draft("store.json")
    (True, False)
    """
    return _DRAFT.fullmatch(name) is not None


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, replacing what was there, and wait until it is on disk.

    Raises:
        StoreWriteError: If it cannot be written; what was there before is then untouched.
    """
    draft = path.with_name(f".{secrets.token_hex(_N_BYTES)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise write_error(path, error) from error
