"""Identity: the file that says what a folder is and which schema its records have."""

import json
from pathlib import Path

from breakeven.appendlog import write_error
from breakeven.errors import RecordFormatError, StoreWriteError
from breakeven.records import SCHEMA_VERSION
from breakeven.store.atomic import is_draft, write_whole
from breakeven.store.codec import refuse_newer

_IDENTITY = {"format": "breakeven-store", "schema_version": SCHEMA_VERSION}


def write_identity(folder: Path) -> None:
    """Make `folder` a store unless it is one.

    Raises:
        StoreWriteError: If it holds something else already, or the file cannot be written.
    """
    path = folder / "store.json"
    other = _first_other(folder)  # looked for first: another process may make the store meanwhile
    if path.exists():
        return
    if other:
        raise StoreWriteError(
            f"{folder} holds {other} and is no store: store.json is missing. Choose a new or an "
            f"empty folder, such as {folder / 'store'}."
        )
    write_whole(path, json.dumps(_IDENTITY, separators=(",", ":")).encode() + b"\n")


def _first_other(folder: Path) -> str:
    """Name of the first thing in a folder, by name, that is no file in the making; "" for none."""
    try:
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise write_error(folder, error) from error
    return next((name for name in names if not is_draft(name)), "")


def check_identity(folder: Path) -> None:
    """Refuse a folder that is no store of the schema this version reads.

    Raises:
        RecordFormatError: If it has no identity, another one, or one of a newer version.
    """
    path = folder / "store.json"
    if not path.is_file():
        raise RecordFormatError(f"no store in {folder}: store.json is missing. {_instead(folder)}")
    content = path.read_bytes()
    refuse_newer(content, what=f"store {folder}")
    if _read(content) != _IDENTITY:
        raise RecordFormatError(
            f"{path} does not say that this is a breakeven store; expected "
            f"{json.dumps(_IDENTITY)}. Check the path."
        )


def _instead(folder: Path) -> str:
    """What to do about a folder that is no store: name the stores in it, if there are any."""
    inside = sorted(path.parent.name for path in folder.glob("*/store.json"))
    return f"It holds the stores {', '.join(inside)}; name one." if inside else "Check the path."


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None
