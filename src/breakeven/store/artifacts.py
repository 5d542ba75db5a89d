"""Artefacts: folders kept under the hash of what is in them, so equal content is kept once."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from breakeven.appendlog import sync_folder, write_error
from breakeven.errors import StoreWriteError


def hash_folder(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files, as 64 hex digits.

    Times, owners and modes do not enter; neither do empty folders.

    Raises:
        StoreWriteError: If the folder holds a link or something that is not a plain file.
    """
    digest = hashlib.sha256()
    for path in _files(folder):
        name = os.fsencode(path.relative_to(folder).as_posix())
        # A size begins with the zero byte that no name can hold, and a digest has a fixed length:
        # no two folders give the same stream of bytes.
        digest.update(name + path.stat().st_size.to_bytes(8, "big"))
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def keep(folder: Path, *, shelf: Path) -> str:
    """Move `folder` to `shelf/<hash>` in one step and return the hash.

    Several processes may keep the same content at once: the first move wins and the other
    copies are discarded.

    Args:
        folder: On the same file system as the shelf; gone afterwards.
        shelf: Where the store keeps its artefacts.

    Raises:
        StoreWriteError: If it cannot be hashed, brought to disk or moved.
    """
    try:
        content_hash = hash_folder(folder)
        for path in _files(folder):
            _sync_file(path)
        for parent, _, _ in os.walk(folder):
            sync_folder(Path(parent))
        shelf.mkdir(parents=True, exist_ok=True)
        _move(folder, shelf / content_hash)
        sync_folder(shelf)
        sync_folder(shelf.parent)  # the shelf may be new
    except StoreWriteError:
        raise
    except OSError as error:
        raise write_error(shelf, error) from error
    return content_hash


def size_bytes(folder: Path) -> int:
    """Bytes of all files below `folder`, or of the file itself."""
    if folder.is_file():
        return folder.stat().st_size
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _move(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(folder)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*"), key=lambda p: os.fsencode(p.relative_to(folder))):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            yield path
        elif not stat.S_ISDIR(mode):
            raise StoreWriteError(
                f"{path} is a link or a special file and cannot be part of an artefact. "
                "Save plain files only."
            )


def _sync_file(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
