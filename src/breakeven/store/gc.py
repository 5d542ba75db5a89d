"""Garbage collection: delete what no run names and no live process is making."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from breakeven.records import Status
from breakeven.store.artifacts import size_bytes
from breakeven.store.lease import Lease
from breakeven.store.store import Store, key_name


@dataclass(frozen=True, slots=True, kw_only=True)
class GcReport:
    """What a collection removed, or would remove.

    Attributes:
        removed: Files and folders, relative to the store.
        freed_bytes: Their size.
        unrecovered: Journals of runs that died before they were recorded; kept, with their
            scratch folders, until `recover` has turned them into runs.
    """

    removed: tuple[Path, ...]
    freed_bytes: int
    unrecovered: tuple[Path, ...]


def gc(store: Store, *, dry_run: bool = False) -> GcReport:
    """Remove unnamed artefacts, left scratch folders, recorded journals and drafts.

    Args:
        store: No other process may be writing to it.
        dry_run: Only report.

    Raises:
        StoreBusyError: If a process on this host uses the store, or another host holds a lease.
        RecordFormatError: If a run cannot be read: what it names would then look unnamed.
    """
    with store.alone():
        _give_back_dead_leases(store)
        rubbish = tuple(_find_rubbish(store))
        report = GcReport(
            removed=tuple(path.relative_to(store.path) for path in rubbish),
            freed_bytes=sum(size_bytes(path) for path in rubbish),
            unrecovered=tuple(p for p in _children(store, "journal") if p not in rubbish),
        )
        if not dry_run:
            for path in rubbish:
                _remove(path)
    return report


def _give_back_dead_leases(store: Store) -> None:
    for path in _children(store, "leases"):
        if not path.name.startswith("."):
            Lease(path).release()


def _find_rubbish(store: Store) -> Iterator[Path]:
    runs = store.runs()
    recorded = {run.run_id for run in runs}
    named = {content_hash for run in runs for content_hash in run.artifacts.values()}
    journals = _children(store, "journal")
    unrecovered = {_run_id(path) for path in journals} - recorded
    yield from (path for path in _children(store, "artifacts") if path.name not in named)
    yield from (path for path in _children(store, "scratch") if path.name not in unrecovered)
    yield from (path for path in journals if _run_id(path) in recorded)
    done = {key_name(run.key) for run in runs if run.key and run.status is Status.OK}
    yield from (path for path in _children(store, "checkpoints") if path.name in done)
    for folder in (".", "studies", "optima", "attachments", "leases"):
        yield from (path for path in _children(store, folder) if path.name.startswith("."))


def _run_id(journal: Path) -> str:
    """Run of a journal; a recoverer that claimed it appends a suffix to the file's name."""
    return journal.name.partition(".")[0]


def _children(store: Store, folder: str) -> list[Path]:
    path = store.path / folder
    return sorted(path.iterdir()) if path.is_dir() else []


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
