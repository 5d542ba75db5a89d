"""The bytes and the text of a file, and nothing that is none: size is judged before reading."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import DataFileError

MOST_BYTES = 64 * 2**20
"""Some 200,000 rows of emissions.csv, and the longest trainer states by far."""

_CUT = "Cut it to the runs that matter."

_FOREIGN = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""How files begin that look like text to people."""


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


def read_content(
    path: Path, *, what: str, most_bytes: int = MOST_BYTES, advice: str = _CUT
) -> Content:
    """Read a text file whole.

    Args:
        path: The file.
        what: What it should be, for messages ("CodeCarbon's emissions.csv").
        most_bytes: Size above which it is not read.
        advice: What to do with a larger one.

    Raises:
        DataFileError: If it cannot be read, is empty, larger than the limit or no UTF-8 text.
    """
    content = read_bytes(path, what=what, most_bytes=most_bytes, advice=advice)
    if not content.strip():
        raise DataFileError(
            f"{path}: is empty; expected {what}. See whether what wrote it ended well."
        )
    for start, found in _FOREIGN.items():
        if content.startswith(start):
            raise DataFileError(
                f"{path}: is {found}, not plain text; expected {what}. Save it as text in UTF-8 "
                "and import that."
            )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataFileError(
            f"{path}:{line}: byte 0x{content[error.start]:02x} is no UTF-8 text, as in a file "
            f"saved as Latin-1 or Windows-1252; expected {what}. Save it as UTF-8."
        ) from error
    if "\0" in text:
        raise DataFileError(f"{path}: holds zero bytes and is no text; expected {what}.")
    return Content(path=path, text=text, content_hash=hashlib.sha256(content).hexdigest())


def read_bytes(path: Path, *, what: str, most_bytes: int, advice: str) -> bytes:
    """Read a file whole, or refuse it by its size alone.

    Raises:
        DataFileError: If it is larger, or cannot be read.
    """
    refuse_large(path, what=what, most_bytes=most_bytes, advice=advice)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, what, error) from error


def refuse_large(path: Path, *, what: str, most_bytes: int, advice: str = _CUT) -> None:
    """Refuse a folder, and a file above the limit by its size alone.

    Raises:
        DataFileError: If it is larger, a folder, or its size cannot be told.
    """
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, what, error) from error
    if path.is_dir():
        raise DataFileError(f"{path}: is a folder; expected {what}. Name the file in it.")
    if size_bytes > most_bytes:
        raise DataFileError(
            f"{path}: {size_bytes / 2**20:,.0f} MiB is more than is read ({most_bytes // 2**20} "
            f"MiB); expected {what}. {advice}"
        )


def _unreadable(path: Path, what: str, error: OSError) -> DataFileError:
    return DataFileError(f"{path}: cannot be read ({error.strerror}); expected {what}.")
