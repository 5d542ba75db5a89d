"""Building: an index brought up to date with the store's files, segment by segment.

Lines are read one at a time and written out as soon as a segment is full, so memory does not grow
with the store. New segments come first and the manifest last: a process that is killed in between
leaves the old index, and files that the next one clears away.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from breakeven.errors import BreakevenError, RecordFormatError
from breakeven.store import codec
from breakeven.store.atomic import is_draft, write_whole
from breakeven.store.index.columns import Segment
from breakeven.store.index.manifest import (
    NAME,
    FileEntry,
    Manifest,
    Part,
    SegmentEntry,
    read_manifest,
    save_manifest,
)
from breakeven.store.index.staleness import Gap, Staleness, staleness, tail_hash
from breakeven.store.store import Store

SEGMENT_RUNS = 1 << 15
"""Runs of a full segment: some ten megabytes, and what a small addition reads again at most."""

LEASE = "columnar index"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What building found and did.

    Attributes:
        n_runs: Lines that the index holds.
        n_read: Lines that were read for it now.
        n_files: Files of runs.
        size_bytes: Of the index.
        damage: What was wrong with the index that was there; empty for nothing.
    """

    n_runs: int
    n_read: int
    n_files: int
    size_bytes: int
    damage: str = ""


class _Began(msgspec.Struct):
    started_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    path: Path
    begin: int
    text: bytes

    @property
    def end(self) -> int:
        return self.begin + len(self.text)


def update_index(
    store: Store, *, is_anew: bool = False, segment_runs: int = SEGMENT_RUNS
) -> IndexReport:
    """Bring the index of a store up to date; build it where there is none, or a damaged one.

    Args:
        store: Whose runs.
        is_anew: Whether to read everything, whatever the index holds.
        segment_runs: Runs of a full segment.

    Raises:
        RecordFormatError: If a line is no run; names file and line.
        StoreBusyError: If another process is building it.
        StoreWriteError: If it cannot be written; the index that was there is then untouched.
    """
    folder = store.path / "index"
    known, damage = _known(folder, is_anew=is_anew)
    is_whole = (folder / NAME).exists() and not is_anew and not damage
    if is_whole and _stale(store, known, segment_runs).is_fresh:
        return _report(known, n_read=0, damage="")  # a store that nobody may write to has one too
    with store.lease(LEASE):
        known, damage = _known(folder, is_anew=is_anew)
        found = _stale(store, known, segment_runs)
        manifest = _build(folder, found, segment_runs=segment_runs)
        _clear(folder, manifest)
    n_kept = sum(segment.n_runs for segment in found.kept)
    return _report(manifest, n_read=manifest.n_runs - n_kept, damage=damage)


def _stale(store: Store, known: Manifest, segment_runs: int) -> Staleness:
    return staleness(store.path / "runs", known, full_runs=segment_runs)


def _known(folder: Path, *, is_anew: bool) -> tuple[Manifest, str]:
    if is_anew:
        return Manifest(), ""
    try:
        manifest = read_manifest(folder)
    except RecordFormatError as error:
        return Manifest(), str(error)
    if manifest is None:
        return Manifest(), ""
    for segment in manifest.segments:
        path = folder / segment.name
        if not path.is_file() or path.stat().st_size != segment.size_bytes:
            return Manifest(), f"{path} is missing or was changed"
    return manifest, ""


def _build(folder: Path, found: Staleness, *, segment_runs: int) -> Manifest:
    written: list[SegmentEntry] = []
    try:
        ends: dict[Path, int] = {}
        stats = {path: path.stat() for path in found.paths}
        for segment, parts in _segments(found.gaps, ends, segment_runs):
            name = f"{secrets.token_hex(8)}.npz"
            content = segment.to_npz()
            write_whole(folder / name, content)
            written.append(
                SegmentEntry(
                    name=name,
                    size_bytes=len(content),
                    parts=tuple(parts),
                    resources=segment.resources,
                )
            )
        files = tuple(
            FileEntry(
                name=path.name,
                size_bytes=stats[path].st_size,
                mtime_ns=stats[path].st_mtime_ns,
                end=ends[path],
                tail=tail_hash(path, ends[path]),
            )
            for path in found.paths
        )
        manifest = Manifest(files=files, segments=(*found.kept, *written))
        save_manifest(folder, manifest)
    except (BreakevenError, OSError):
        for entry in written:
            with suppress(OSError):
                (folder / entry.name).unlink()
        raise
    return manifest


def _segments(
    gaps: tuple[Gap, ...], ends: dict[Path, int], full_runs: int
) -> Iterator[tuple[Segment, list[Part]]]:
    """Full segments and a last one that need not be; fills in where each file's lines end."""
    decode = codec.strict_run_decoder().decode
    began = msgspec.json.Decoder(_Began).decode
    segment, parts = Segment(), list[Part]()
    for gap in gaps:
        begin = end = gap.begin
        for line in _lines(gap):
            _add(segment, line, decode=decode, began=began)
            end = line.end
            if segment.n_runs == full_runs:
                yield segment, [*parts, _part(gap, begin, end, segment, parts)]
                segment, parts, begin = Segment(), [], end
        if end > begin:
            parts.append(_part(gap, begin, end, segment, parts))
        ends[gap.path] = end
    if segment.n_runs:
        yield segment, parts


def _part(gap: Gap, begin: int, end: int, segment: Segment, parts: list[Part]) -> Part:
    n_runs = segment.n_runs - sum(part.n_runs for part in parts)
    return Part(file=gap.path.name, begin=begin, end=end, n_runs=n_runs)


def _lines(gap: Gap) -> Iterator[_Line]:
    """Whole lines; a torn last one is left for later."""
    with gap.path.open("rb") as file:
        file.seek(gap.begin)
        at = gap.begin
        while (gap.end is None or at < gap.end) and (text := file.readline()).endswith(b"\n"):
            yield _Line(path=gap.path, begin=at, text=text)
            at += len(text)


def _add(
    segment: Segment,
    line: _Line,
    *,
    decode: Callable[[bytes], Any],
    began: Callable[[bytes], _Began],
) -> None:
    try:
        run = decode(line.text)
        segment.add(run, began=began(line.text).started_at, offset=line.begin)
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        where = f"{line.path}, line {_number(line)}"
        try:
            codec.decode_run(line.text[:-1])
        except (RecordFormatError, ValueError) as reason:
            raise RecordFormatError(f"{where}: {reason}") from reason
        raise RecordFormatError(f"{where}: not a Run that can be indexed: {error}") from error


def _number(line: _Line) -> int:
    """Line number from 1."""
    with line.path.open("rb") as file:
        n_before, left = 0, line.begin
        while left > 0 and (block := file.read(min(left, 1 << 20))):
            n_before += block.count(b"\n")
            left -= len(block)
    return n_before + 1


def _clear(folder: Path, manifest: Manifest) -> None:
    """Delete what earlier builds left and no manifest names."""
    named = {segment.name for segment in manifest.segments}
    for path in folder.iterdir():
        if (path.suffix == ".npz" and path.name not in named) or is_draft(path.name):
            with suppress(OSError):
                path.unlink()


def _report(manifest: Manifest, *, n_read: int, damage: str) -> IndexReport:
    return IndexReport(
        n_runs=manifest.n_runs,
        n_read=n_read,
        n_files=len(manifest.files),
        size_bytes=sum(segment.size_bytes for segment in manifest.segments),
        damage=damage,
    )
