"""The text of a ledger, and nothing that is none: limits are checked before anything is read."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import DataFileError

MOST_BYTES = 64 * 2**20
"""Some 200,000 rows of emissions.csv, and the longest trainer states by far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds.

    Attributes:
        path: Where it lies.
        text: Of it, without a byte order mark.
        content_hash: SHA-256 of its bytes.
    """

    path: Path
    text: str
    content_hash: str


def read_content(path: Path, *, what: str) -> Content:
    """Read a text file whole.

    Args:
        path: The file.
        what: What it should be, for messages ("CodeCarbon's emissions.csv").

    Raises:
        DataFileError: If it cannot be read, is empty, larger than the limit or no UTF-8 text.
    """
    refuse_large(path, what=what)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, what, error) from error
    if not content.strip():
        raise DataFileError(f"{path}: is empty; expected {what}. See whether the tool ended well.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataFileError(
            f"{path}:{line}: byte 0x{content[error.start]:02x} is no UTF-8 text; expected {what}. "
            "Save the file as UTF-8, or see whether it is packed."
        ) from error
    if "\0" in text:
        raise DataFileError(f"{path}: holds zero bytes and is no text; expected {what}.")
    return Content(path=path, text=text, content_hash=hashlib.sha256(content).hexdigest())


def refuse_large(path: Path, *, what: str, most_bytes: int = MOST_BYTES) -> None:
    """Refuse a file above the limit by its size alone.

    Raises:
        DataFileError: If it is larger, or its size cannot be told.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, what, error) from error
    if size_bytes > most_bytes:
        raise DataFileError(
            f"{path}: {size_bytes / 2**20:,.0f} MiB is more than is read ({most_bytes // 2**20} "
            f"MiB); expected {what}. Cut it to the runs that matter."
        )


def _unreadable(path: Path, what: str, error: OSError) -> DataFileError:
    return DataFileError(f"{path}: cannot be read ({error.strerror}); expected {what}.")
