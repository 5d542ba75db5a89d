"""Optima: what searches for the cheapest inference found, one file for each study."""

from pathlib import Path
from urllib.parse import quote

from breakeven.errors import RecordFormatError
from breakeven.records import Optimum
from breakeven.store import codec
from breakeven.store.atomic import write_whole


def save_optimum(folder: Path, optimum: Optimum) -> None:
    """Write what a search found, in place of what an earlier one of that study did.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    write_whole(folder / _file_name(optimum.study), codec.encode_indented(optimum))


def read_optima(folder: Path) -> tuple[Optimum, ...]:
    """Return what every search found, ordered by file name.

    Raises:
        RecordFormatError: If a file cannot be read; names the file.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def find_optimum(folder: Path, study: str) -> Optimum | None:
    """Return what the search of one study found; None where none ended.

    Raises:
        RecordFormatError: If its file cannot be read.
    """
    path = folder / _file_name(study)
    return _read(path) if path.is_file() else None


def _file_name(study: str) -> str:
    return f"{quote(study, safe=' ')}.json"


def _read(path: Path) -> Optimum:
    try:
        return codec.decode_optimum(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
