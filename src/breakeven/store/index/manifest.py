"""Manifest: which bytes of which files the segments of an index hold, and what those files were.

It carries the hash of its own content, so that one changed character is seen.
"""

import hashlib
from pathlib import Path

import msgspec

from breakeven.errors import RecordFormatError
from breakeven.store.atomic import write_whole

NAME = "manifest.json"

VERSION = 1
"""History: 1 - first. An index of another version is built anew."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole lines of one file that a segment holds, in order.

    Attributes:
        file: Its name.
        begin: First byte.
        end: First byte after them.
        n_runs: How many lines.
    """

    file: str
    begin: int
    end: int
    n_runs: int


class SegmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One segment.

    Attributes:
        name: Of its file.
        size_bytes: Of its file.
        parts: Where its runs come from, in their order.
        resources: Those that it has arrays of.
    """

    name: str
    size_bytes: int
    parts: tuple[Part, ...]
    resources: tuple[str, ...]

    @property
    def n_runs(self) -> int:
        """Runs in it."""
        return sum(part.n_runs for part in self.parts)


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of runs as it was when it was read.

    Attributes:
        name: Its name.
        size_bytes: Its size, a torn last line included.
        mtime_ns: When it was last changed.
        end: First byte after the last whole line.
        tail: Hash of the last bytes before `end`.
    """

    name: str
    size_bytes: int
    mtime_ns: int
    end: int
    tail: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an index holds.

    Attributes:
        files: Every file of runs.
        segments: In the order of their runs.
        version: Of the layout.
    """

    files: tuple[FileEntry, ...] = ()
    segments: tuple[SegmentEntry, ...] = ()
    version: int = VERSION

    @property
    def n_runs(self) -> int:
        """Lines that it holds."""
        return sum(segment.n_runs for segment in self.segments)


class _Sealed(msgspec.Struct, forbid_unknown_fields=True):
    content: msgspec.Raw
    sha256: str


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the last.

    Raises:
        StoreWriteError: If it cannot be written; the last one is then untouched.
    """
    content = msgspec.json.encode(manifest)
    sealed = _Sealed(content=msgspec.Raw(content), sha256=hashlib.sha256(content).hexdigest())
    write_whole(folder / NAME, msgspec.json.encode(sealed) + b"\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest.

    Returns:
        None where there is none.

    Raises:
        RecordFormatError: If it is damaged, or of another version.
    """
    path = folder / NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordFormatError(f"{path} cannot be read: {error.strerror}") from error
    try:
        sealed = msgspec.json.decode(text, type=_Sealed)
        content = bytes(sealed.content)
        if hashlib.sha256(content).hexdigest() != sealed.sha256:
            raise RecordFormatError(f"{path} was changed after it was written")
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordFormatError(f"{path} is damaged: {error}") from error
    if manifest.version != VERSION:
        raise RecordFormatError(f"{path} has version {manifest.version}, this one reads {VERSION}")
    return manifest
