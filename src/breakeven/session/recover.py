"""Recovery: what a killed run had cost becomes an interrupted run, exactly once.

A journal is claimed by renaming it, which only one of several recoverers can do. The claim
carries the claimer's identity, so a recoverer that dies in between is recovered from as well.
"""

import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from breakeven.errors import RecordFormatError, StoreWriteError
from breakeven.meters.journal import read_journal
from breakeven.records import Run
from breakeven.session.owner import Owner, is_dead, this_owner
from breakeven.store import Store
from breakeven.store.codec import decode_run

_LOG = logging.getLogger(__name__)
_CLAIMED = ".claimed-"


def recover(store: Store, *, observer: Owner | None = None) -> tuple[Run, ...]:
    """Record every run whose process has ended without recording it.

    Runs that are still going on, here or on another host, are left alone. Doing it twice, or from
    two processes at once, records each run once.

    Args:
        store: The store to look through.
        observer: Who looks; this process by default.

    Returns:
        The runs that were recorded now.

    Raises:
        StoreWriteError: If a run cannot be recorded; its journal then stays.
    """
    here = observer or this_owner()
    folder = store.path / "journal"
    found = sorted([*folder.glob("*.jsonl"), *folder.glob(f"*.jsonl{_CLAIMED}*")])
    recovered = (_recover_one(store, path, here) for path in found)
    return tuple(run for run in recovered if run is not None)


def _recover_one(store: Store, path: Path, here: Owner) -> Run | None:
    if not _is_free(path, here):
        return None
    claimed = path.with_name(f"{path.name.partition(_CLAIMED)[0]}{_CLAIMED}{_mark(here)}")
    try:
        path.rename(claimed)
    except FileNotFoundError:
        return None  # another recoverer was faster
    run = _last_state(claimed)
    if run is None:
        return None
    is_new = all(known.run_id != run.run_id for known in store.runs())
    if is_new:
        _append(store, run, claimed)
    with suppress(FileNotFoundError):
        claimed.unlink()
    return run if is_new else None


def _append(store: Store, run: Run, claimed: Path) -> None:
    """Record the run, or give the claim back for a later recovery."""
    try:
        store.append(run)
    except StoreWriteError as error:
        if error.is_record_kept:
            claimed.unlink()
        else:
            claimed.rename(claimed.with_name(claimed.name.partition(_CLAIMED)[0]))
        raise


def _is_free(path: Path, here: Owner) -> bool:
    """Whether the journal's writer is dead, and its claimer, if it has one."""
    try:
        lines = read_journal(path)
    except FileNotFoundError:
        return False  # another recoverer was faster
    owner = None if lines is None else _decode_owner(path, lines[0])
    if owner is None or not is_dead(owner, observer=here):
        return False
    mark = path.name.partition(_CLAIMED)[2]
    return not mark or is_dead(_claimer(mark, here), observer=here)


def _decode_owner(path: Path, line: bytes) -> Owner | None:
    try:
        return msgspec.json.decode(line, type=Owner)
    except msgspec.DecodeError as error:
        _LOG.warning("%s is left alone: its first line names no owner (%s)", path, error)
        return None


def _last_state(path: Path) -> Run | None:
    lines = read_journal(path)
    try:
        return None if lines is None else decode_run(lines[1])
    except RecordFormatError as error:
        _LOG.warning("%s is left alone: %s", path, error)
        return None


def _mark(owner: Owner) -> str:
    return f"{owner.boot_id[:8] or 'noboot'}_{owner.pid}_{owner.started_ticks}"


def _claimer(mark: str, here: Owner) -> Owner:
    """Who claimed: of this host, since only a journal's own host recovers it."""
    boot, pid, started = mark.split("_")
    is_this_boot = boot == _mark(here).split("_")[0]
    return replace(
        here,
        boot_id=here.boot_id if is_this_boot else f"not {here.boot_id}",
        pid=int(pid),
        started_ticks=int(started),
    )
