"""The storage of an optuna study, opened by optuna from a copy: the original is only read."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breakeven.errors import DataFileError, MissingExtraError
from breakeven.store.importers.content import refuse_large

if TYPE_CHECKING:
    import optuna

WHAT = "an optuna storage (a file of SQLite or a journal)"
MOST_BYTES = 1024 * 2**20
"""Far above any study that one file was written for."""

_SQLITE = b"SQLite format 3\0"


def path_of(storage: str) -> Path:
    """File that a storage lies in.

    Args:
        storage: Its path, or its sqlite:/// address.

    Raises:
        DataFileError: If it is the address of a server.

    Examples:
        >>> path_of("sqlite:///study.db").name
        'study.db'
    """
    scheme, mark, rest = storage.partition("://")
    if not mark:
        return Path(storage)
    if scheme.partition("+")[0] != "sqlite":
        raise DataFileError(
            f"{scheme}://...: a server is not asked here; copy the study into a file with "
            "`optuna.copy_study(..., to_storage='sqlite:///study.db')` and import that."
        )
    return Path(rest.removeprefix("/"))


def import_optuna() -> Any:  # noqa: ANN401 - a module that may be absent
    """Import optuna without its log on stderr.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import optuna  # noqa: PLC0415 - an extra, and 0.5 s of CPU
    except ImportError as error:
        raise MissingExtraError("reading an optuna study", "tune") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


@contextmanager
def opened(path: Path) -> "Iterator[optuna.storages.BaseStorage]":
    """Open a copy of a storage.

    Args:
        path: The file.

    Raises:
        MissingExtraError: If optuna is not installed.
        DataFileError: If it is no storage, was cut off, or is of another version.
    """
    optuna = import_optuna()
    refuse_large(path, what=WHAT, most_bytes=MOST_BYTES)
    with path.open("rb") as file:
        begin = file.read(4096)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        if begin.startswith(_SQLITE):
            _copy_database(path, copy)
            storage = _database(path, copy, optuna)
            try:
                yield storage
            finally:
                _close(storage)
        else:
            _refuse_no_journal(path)
            shutil.copyfile(path, copy)
            backend = optuna.storages.journal.JournalFileBackend(str(copy))
            yield optuna.storages.JournalStorage(backend)


def _copy_database(path: Path, copy: Path) -> None:
    """Copy with SQLite's backup, which takes along what still lies in a -wal file."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise DataFileError(
            f"{path}: SQLite cannot read it ({error}); expected {WHAT}. Copy the file again."
        ) from error


def _database(path: Path, copy: Path, optuna: Any) -> Any:  # noqa: ANN401 - the same
    with closing(sqlite3.connect(copy)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if "trials" not in tables or "studies" not in tables:
        raise DataFileError(
            f"{path}: a database without optuna's tables (trials, studies); expected {WHAT}."
        )
    storage = optuna.storages.RDBStorage(f"sqlite:///{copy}", skip_compatibility_check=True)
    found, wanted = storage.get_current_version(), storage.get_head_version()
    if found != wanted:
        _close(storage)
        raise DataFileError(
            f"{path}: written by another version of optuna (its schema is {found}, the one "
            f"installed reads {wanted}); run `optuna storage upgrade --storage sqlite:///{path}` "
            "on a copy of it first."
        )
    return storage


def _close(storage: Any) -> None:  # noqa: ANN401 - the same
    storage.remove_session()
    storage.engine.dispose()


def _refuse_no_journal(path: Path) -> None:
    """Refuse what is no journal, or was cut off: a trial may be missing from its end."""
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
            except (RecursionError, ValueError) as error:
                why = "was cut off" if not line.endswith(b"\n") else "is no JSON"
                raise DataFileError(
                    f"{path}:{number}: the line {why}; expected {WHAT}. Copy the file again, or "
                    "delete the line if the study is at an end."
                ) from error
            if not isinstance(entry, dict) or "op_code" not in entry:
                raise DataFileError(f"{path}:{number}: no op_code; expected {WHAT}.")
    if not number:
        raise DataFileError(f"{path}: is empty; expected {WHAT}.")
