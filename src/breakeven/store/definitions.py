"""Study definitions: one file each, for people to read beside the runs."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from breakeven.errors import NoStudyError, RecordFormatError, UnknownNameError
from breakeven.records import StudyDefinition
from breakeven.store import codec
from breakeven.store.atomic import write_whole

MOST_NAMED = 12
"""Studies that a message lists; of more it says how many."""


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
        UnknownNameError: If there is none of that name.
        NoStudyError: If none is named and there are none or several to choose from.
        RecordFormatError: If a file cannot be read.
    """
    known = {definition.name: definition for definition in read_definitions(folder)}
    if name is not None:
        if name not in known:
            raise UnknownNameError("study", name, known)
        return known[name]
    if len(known) == 1:
        return next(iter(known.values()))
    raise NoStudyError(
        f"{folder.parent} holds several studies ({_listed(list(known))}); choose one with --study"
        if known
        else f"{folder.parent} holds no study, so there are no pathways to compare"
    )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _read(path: Path) -> StudyDefinition:
    try:
        return codec.decode_study(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
