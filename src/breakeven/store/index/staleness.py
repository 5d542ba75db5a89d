"""Staleness: which bytes of the store's files an index does not hold, or no longer holds.

Files only grow. One whose size and time of change are as before is taken as read; one that grew
and still has the same last bytes where it ended is read on from there; any other is read anew,
with every segment that holds part of it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakeven.store.index.manifest import FileEntry, Manifest, SegmentEntry

TAIL_BYTES = 4096
"""Bytes before the end of what was read that are compared: a few runs, with their ids and times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Bytes of one file to read; without an end as far as it has whole lines."""

    path: Path
    begin: int
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """What to do about an index.

    Attributes:
        kept: Segments that stay as they are.
        gaps: What is to be read, file by file.
        paths: Every file of runs.
        is_fresh: Whether nothing is to be done.
    """

    kept: tuple[SegmentEntry, ...]
    gaps: tuple[Gap, ...]
    paths: tuple[Path, ...]
    is_fresh: bool


def staleness(runs_folder: Path, manifest: Manifest, *, full_runs: int) -> Staleness:
    """Compare an index with the files of runs as they are now.

    Args:
        runs_folder: Where they are.
        manifest: Of the index; an empty one where there is none.
        full_runs: Runs of a full segment. Others are read again when anything is, so that there
            are never more segments than the runs need.
    """
    paths = tuple(sorted(runs_folder.glob("*.jsonl")))
    known = {entry.name: entry for entry in manifest.files}
    states = {path.name: _state(path, known.get(path.name)) for path in paths}
    good = {name for name, state in states.items() if state != "changed"}
    is_fresh = set(known) == set(states) and all(s == "same" for s in states.values())
    if is_fresh:
        return Staleness(kept=manifest.segments, gaps=(), paths=paths, is_fresh=True)
    kept = tuple(
        segment
        for segment in manifest.segments
        if segment.n_runs >= full_runs and {part.file for part in segment.parts} <= good
    )
    gaps = tuple(gap for path in paths for gap in _gaps(path, kept))
    return Staleness(kept=kept, gaps=gaps, paths=paths, is_fresh=False)


def tail_hash(path: Path, end: int) -> str:
    """Hash of the last bytes before `end`, and of how many there are."""
    with path.open("rb") as file:
        file.seek(max(0, end - TAIL_BYTES))
        return hashlib.sha256(file.read(min(end, TAIL_BYTES))).hexdigest()


def _state(path: Path, known: FileEntry | None) -> str:
    if known is None:
        return "grown"
    now = path.stat()
    if (now.st_size, now.st_mtime_ns) == (known.size_bytes, known.mtime_ns):
        return "same"
    has_grown = now.st_size > known.size_bytes and now.st_size >= known.end
    return "grown" if has_grown and tail_hash(path, known.end) == known.tail else "changed"


def _gaps(path: Path, kept: Sequence[SegmentEntry]) -> Iterable[Gap]:
    parts = sorted(
        (part.begin, part.end) for s in kept for part in s.parts if part.file == path.name
    )
    at = 0
    for begin, end in parts:
        if begin > at:
            yield Gap(path=path, begin=at, end=begin)
        at = end
    yield Gap(path=path, begin=at, end=None)
