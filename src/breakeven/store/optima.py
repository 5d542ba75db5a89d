"""Optima: what searches for the cheapest inference found, one file for each; none is replaced.

A verdict that vanished would be one that nobody counts, see `study.optimize.attempts`.
"""

import re
from pathlib import Path
from urllib.parse import quote

from breakeven.errors import RecordFormatError
from breakeven.records import Optimum
from breakeven.store import codec
from breakeven.store.atomic import write_whole

_NUMBER = re.compile(r"\+(\d+)$")
"""What follows the name of a study; names are quoted, so they hold no plus sign."""


def save_optimum(folder: Path, optimum: Optimum) -> None:
    """Write what a search found after what earlier ones of that study did.

    What the latest one found is not written twice.

    Raises:
        StoreWriteError: If it cannot be written.
        RecordFormatError: If an earlier one cannot be read.
    """
    paths = _paths(folder, optimum.study)
    if paths and _read(paths[-1]) == optimum:
        return
    number = _number(paths[-1]) + 1 if paths else 1
    suffix = "" if number == 1 else f"+{number}"
    path = folder / f"{_quoted(optimum.study)}{suffix}.json"
    write_whole(path, codec.encode_indented(optimum))


def read_optima(folder: Path) -> tuple[Optimum, ...]:
    """Return what every search found, by name of the study, the earliest of each first.

    Raises:
        RecordFormatError: If a file cannot be read; names the file.
    """
    paths = sorted(folder.glob("*.json"), key=lambda p: (_NUMBER.sub("", p.stem), _number(p)))
    return tuple(_read(path) for path in paths)


def find_optimum(folder: Path, study: str) -> Optimum | None:
    """Return what the latest search of one study found; None where none ended.

    Raises:
        RecordFormatError: If its file cannot be read.
    """
    paths = _paths(folder, study)
    return _read(paths[-1]) if paths else None


def _paths(folder: Path, study: str) -> list[Path]:
    """Files of one study, the earliest first."""
    name = _quoted(study)
    found = [path for path in folder.glob("*.json") if _NUMBER.sub("", path.stem) == name]
    return sorted(found, key=_number)


def _number(path: Path) -> int:
    found = _NUMBER.search(path.stem)
    return int(found[1]) if found else 1


def _quoted(study: str) -> str:
    return quote(study, safe=" ")


def _read(path: Path) -> Optimum:
    try:
        return codec.decode_optimum(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
