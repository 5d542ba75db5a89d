"""Lines: of a text file, gzipped or not, with their numbers; broken bytes named or replaced."""

import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from breakeven.errors import DataFileError

Line = tuple[int, str]
"""Number from 1, and the text without its line break."""

Refuse = Callable[[DataFileError], None]
"""What is done about a malformed row: raise, or note and go on."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands where bytes were no UTF-8 and `encoding_errors` is replace."""


def stop(error: DataFileError) -> NoReturn:
    """Refuse a malformed row by raising."""
    raise error


def suffix_of(path: Path) -> str:
    """Suffix that tells the format, without .gz.

    >>> suffix_of(Path("train.jsonl.gz"))
    '.jsonl'
    """
    return Path(path.name.removesuffix(".gz")).suffix


def check_is_there(path: Path) -> None:
    """Refuse a path that is no file.

    Raises:
        DataFileError: If it is not.
    """
    if not path.is_file():
        raise DataFileError(
            f"no data file {path}; check the path that names it, or fetch the data first"
        )


def read_lines(path: Path, *, errors: str = "strict", keeps_blank: bool = False) -> Iterator[Line]:
    """Yield the lines of a UTF-8 file, with or without a byte-order mark.

    Args:
        path: Possibly ending in .gz.
        errors: "strict", or "replace" for `REPLACEMENT` where bytes are no UTF-8.
        keeps_blank: Whether empty lines are yielded as well.

    Raises:
        DataFileError: If the file is missing, damaged, or not UTF-8; the message begins with
            file and line.
    """
    check_is_there(path)
    number = 0
    try:
        with _open(path, errors) as file:
            for number, line in enumerate(file, start=1):
                stripped = line.rstrip("\r\n")
                if stripped or keeps_blank:
                    yield number, stripped
    except UnicodeDecodeError as error:
        raise DataFileError(
            f"{path}:{number + 1}: not UTF-8 near here ({error.reason}); convert the file to "
            "UTF-8, or set encoding_errors: replace"
        ) from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataFileError(
            f"{path}:{number + 1}: the gzip data is damaged ({error}); fetch the file again"
        ) from error


def _open(path: Path, errors: str) -> io.TextIOBase:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors=errors, newline="\n")
    return path.open(encoding="utf-8-sig", errors=errors, newline="\n")
