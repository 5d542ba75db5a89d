"""Study definitions: one file each, for people to read beside the runs."""

from pathlib import Path
from urllib.parse import quote

from breakeven.errors import RecordFormatError, UnknownNameError
from breakeven.records import StudyDefinition
from breakeven.store import codec
from breakeven.store.atomic import write_whole


def save_definition(folder: Path, definition: StudyDefinition) -> None:
    """Write one definition, replacing an earlier one of that name.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    name = quote(definition.name, safe=" ")
    write_whole(folder / f"{name}.json", codec.encode_study(definition))


def read_definitions(folder: Path) -> tuple[StudyDefinition, ...]:
    """Return every definition, ordered by file name.

    Raises:
        RecordFormatError: If a file cannot be read; names the file.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def find_definition(folder: Path, name: str | None) -> StudyDefinition:
    """Return the definition of that name; without a name, the only one.

    Raises:
        UnknownNameError: If there is none of that name, or none or several to choose from.
        RecordFormatError: If a file cannot be read.
    """
    known = {definition.name: definition for definition in read_definitions(folder)}
    only = next(iter(known)) if len(known) == 1 else "(none given)"
    wanted = only if name is None else name
    if wanted not in known:
        raise UnknownNameError("study", wanted, known)
    return known[wanted]


def _read(path: Path) -> StudyDefinition:
    try:
        return codec.decode_study(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
