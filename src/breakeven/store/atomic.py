"""Small files written whole: a reader sees the old content or the new, never half of it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from breakeven.appendlog import sync_folder, write_error


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, replacing what was there, and wait until it is on disk.

    Raises:
        StoreWriteError: If it cannot be written; what was there before is then untouched.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.tmp")
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
