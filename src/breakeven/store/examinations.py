"""Examinations: what `breakeven doctor` found on the machines of a store, one file each."""

from contextlib import suppress
from pathlib import Path

from breakeven.errors import RecordFormatError
from breakeven.records import Examination, Machine
from breakeven.store import codec
from breakeven.store.atomic import write_whole


def save_examination(folder: Path, examination: Examination) -> Path:
    """Write one examination under its name and return the file; earlier ones stay.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    path = folder / f"{examination.name}.json"
    write_whole(path, codec.encode_indented(examination))
    return path


def read_examinations(folder: Path) -> tuple[Examination, ...]:
    """Return every examination, oldest first.

    Raises:
        RecordFormatError: If a file cannot be read; names the file.
    """
    found = [_read(path) for path in sorted(folder.glob("*.json"))]
    return tuple(sorted(found, key=lambda e: e.examined_at))


def examinations_of(folder: Path, machine: Machine) -> tuple[Examination, ...]:
    """Return the examinations of one machine, oldest first.

    A file that is damaged or of a later version is passed by: it costs the reference, never a run.
    """
    found = []
    for path in sorted(folder.glob(f"{machine.fingerprint}-*.json")):
        with suppress(RecordFormatError, OSError):
            found.append(_read(path))
    return tuple(sorted(found, key=lambda e: e.examined_at))


def _read(path: Path) -> Examination:
    try:
        return codec.decode_examination(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
