"""Store: a folder of runs that outlives crashes, full disks and several writers.

store.json            what this folder is, and its schema
runs/<writer>.jsonl   one file per writing process, one run per line
studies/<name>.json   what a study set out to compare
optima/<name>.json    what `breakeven optimize` found for a study; later ones as <name>+2.json
doctor/<name>.json    what `breakeven doctor` found on a machine
attachments/<hash>.json  what an imported log adds to runs
artifacts/<hash>/     checkpoints, predictions, traces, by content
scratch/<run_id>/     artefacts in the making
checkpoints/<key>/    what a killed row goes on from
journal/<run_id>.jsonl  what a running run has cost so far
leases/<key>          who is running what
index/                what analysis asks of every run, as arrays; derived, see `store.index`
reserve               space that a full disk may take for the record in hand
"""

import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from breakeven.appendlog import AppendLog, blocks, sync_folder, write_error
from breakeven.errors import StoreWriteError, UnknownNameError
from breakeven.records import (
    Attachment,
    Examination,
    Machine,
    Optimum,
    Run,
    Status,
    StudyDefinition,
)
from breakeven.records.notebook import html_table
from breakeven.store import artifacts, codec
from breakeven.store.attachments import AttachmentShelf
from breakeven.store.definitions import find_definition, read_definitions, save_definition
from breakeven.store.examinations import (
    examinations_of,
    read_examinations,
    save_examination,
)
from breakeven.store.identity import check_identity, write_identity
from breakeven.store.lease import Lease
from breakeven.store.optima import find_optimum, read_optima, save_optimum
from breakeven.store.presence import Presence
from breakeven.store.reading import RunReader
from breakeven.store.reserve import RESERVE_BYTES, Reserve

_HASH = re.compile("[0-9a-f]{64}")


class Store:
    """A folder of runs; any number of processes may append and read at once."""

    def __init__(
        self,
        path: Path | str,
        *,
        create: bool = True,
        write: Callable[[int, bytes], int] = os.write,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> None:
        """Open the store.

        Args:
            path: Its folder.
            create: Whether to make it when there is none.
            write: `os.write`, or a faulty one in tests.
            reserve_bytes: Space kept aside for the record in hand when the disk is full.

        Raises:
            RecordFormatError: If there is none and `create` is false, or it is not one that this
                version reads.
            StoreWriteError: If it cannot be made, or the folder holds something else already.
        """
        self.path = Path(path)
        self._write = write
        self._lock = threading.Lock()
        self._log: AppendLog | None = None
        self._log_pid = 0
        self._presence = Presence(self.path / "store.json")
        self._reserve = Reserve(self.path / "reserve", size_bytes=reserve_bytes)
        self._reader = RunReader(self.path / "runs")
        self._shelf = AttachmentShelf(folder=self.path / "attachments")
        if create:
            write_identity(self.path)
        check_identity(self.path)
        if create:
            self._reserve.fill()

    def append(self, run: Run) -> None:
        """Write one run and wait until it is on disk.

        On a full disk the record in hand is still written, into the space of the reserve, and
        then an error says so: nothing more should be started.

        Raises:
            RecordFormatError: If the run holds something that could not be read back.
            StoreWriteError: If the disk is full (`is_record_kept` tells whether this record is
                safe) or cannot be written.
        """
        line = codec.encode_run(run)
        with self._lock:
            try:
                self._own_log().append(line)
            except StoreWriteError as error:
                if error.is_disk_full and self._append_from_reserve(line):
                    raise _kept_error(run, self.path) from error
                raise

    def append_all(self, runs: Sequence[Run]) -> None:
        """Write runs in order, waiting for the disk once for many; raises like `append`.

        A crash or a full disk leaves the first of them, each whole.
        """
        n_done = 0
        for block in blocks(codec.encode_run(run) for run in runs):
            try:
                with self._lock:
                    self._own_log().append(*block)
            except StoreWriteError as error:
                if not error.is_disk_full:
                    raise
                for run in runs[n_done : n_done + len(block)]:
                    self.append(run)
            n_done += len(block)

    def runs(self, *, study: str | None = None) -> tuple[Run, ...]:
        """Every run of every writer once, ordered by (started_at, run_id).

        What imported logs add to them is laid over their phases.

        Args:
            study: Only the runs of this study.

        Raises:
            RecordFormatError: If a line or an attachment cannot be read; names file and line.
            IncomparableRunsError: If two different runs share an id.
        """
        with self._lock:
            runs = self._shelf.lay_over(self._reader.read())
        return runs if study is None else tuple(run for run in runs if run.study == study)

    def recorded(self) -> tuple[Run, ...]:
        """Every run as it was written, without what logs add; raises like `runs`."""
        with self._lock:
            return self._reader.read()

    def attachments(self) -> tuple[Attachment, ...]:
        """What imported logs add to runs, in the order they were imported.

        Raises:
            RecordFormatError: If one cannot be read; names the file.
        """
        with self._lock:
            return self._shelf.read()

    def attach(self, attachment: Attachment) -> None:
        """Keep what a log adds to runs, in place of an earlier reading of the same log.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        self._presence.announce()
        with self._lock:
            self._shelf.save(attachment)

    def find(self, key: str) -> Run | None:
        """Latest run with that resume key that ended well; an empty key never matches."""
        if not key:
            return None
        found = (r for r in reversed(self.runs()) if r.key == key and r.status is Status.OK)
        return next(found, None)

    def save_study(self, definition: StudyDefinition) -> None:
        """Keep what a study set out to compare, replacing an earlier definition of that name.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        save_definition(self.path / "studies", definition)

    def study(self, name: str | None = None) -> StudyDefinition:
        """Return one study's definition; without a name, the only one.

        Raises:
            UnknownNameError: If there is none of that name.
            NoStudyError: If none is named and there are none or several to choose from.
            RecordFormatError: If a file cannot be read.
        """
        return find_definition(self.path / "studies", name)

    def studies(self) -> tuple[StudyDefinition, ...]:
        """Every study's definition.

        Raises:
            RecordFormatError: If a file cannot be read; names the file.
        """
        return read_definitions(self.path / "studies")

    def _repr_html_(self) -> str:
        """What a notebook shows: what lies in the store, study by study."""
        studies = {definition.name: definition for definition in self.studies()}
        by_study: dict[str, list[Run]] = {name: [] for name in studies}
        for run in self.runs():
            by_study.setdefault(run.study, []).append(run)
        rows = [
            [
                name or "(no study)",
                ", ".join(p.name for p in studies[name].pathways) if name in studies else "-",
                f"{len(runs):,}",
                f"{sum(run.status is not Status.OK for run in runs):,}",
            ]
            for name, runs in by_study.items()
        ]
        heads = ("Study", "Pathways", "Runs", "Not ok")
        return html_table(
            heads, rows, caption=f"Store {self.path}", is_number=(False, False, True, True)
        )

    def save_optimum(self, optimum: Optimum) -> None:
        """Keep what a search found, after what earlier ones of that study did.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        save_optimum(self.path / "optima", optimum)

    def optimum(self, study: str) -> Optimum | None:
        """Return what the latest search of a study found; None where none ended.

        Raises:
            RecordFormatError: If its file cannot be read.
        """
        return find_optimum(self.path / "optima", study)

    def optima(self) -> tuple[Optimum, ...]:
        """What every search found.

        Raises:
            RecordFormatError: If a file cannot be read; names the file.
        """
        return read_optima(self.path / "optima")

    def save_examination(self, examination: Examination) -> Path:
        """Keep what `breakeven doctor` found beside the runs; return the file.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        return save_examination(self.path / "doctor", examination)

    def examinations(self) -> tuple[Examination, ...]:
        """Everything that `breakeven doctor` found, oldest first.

        Raises:
            RecordFormatError: If a file cannot be read; names the file.
        """
        return read_examinations(self.path / "doctor")

    def examinations_of(self, machine: Machine) -> tuple[Examination, ...]:
        """Examinations of that machine that can be read, oldest first."""
        return examinations_of(self.path / "doctor", machine)

    def keep_artifact(self, folder: Path) -> str:
        """Move a folder of `scratch` among the artefacts and return its content hash.

        Raises:
            StoreWriteError: If it holds links, or cannot be moved.
        """
        self._presence.announce()
        return artifacts.keep(folder, shelf=self.path / "artifacts")

    def artifact(self, content_hash: str) -> Path:
        """Folder of one artefact; read it, do not write to it.

        Raises:
            UnknownNameError: If the store does not hold it.
        """
        shelf = self.path / "artifacts"
        if not _HASH.fullmatch(content_hash) or not (shelf / content_hash).is_dir():
            known = [path.name for path in shelf.glob("[0-9a-f]*")]
            raise UnknownNameError("artefact", content_hash, known)
        return shelf / content_hash

    def discard_artifact(self, content_hash: str) -> None:
        """Delete one artefact that nothing will need; runs keep its hash.

        Raises:
            StoreWriteError: If it cannot be deleted.
        """
        folder = self.path / "artifacts" / content_hash
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise write_error(folder, error) from error

    def scratch(self, run_id: str) -> Path:
        """Make a folder for artefacts in the making, on the file system of the artefacts.

        Raises:
            StoreWriteError: If it cannot be made.
        """
        return self._working_folder(f"scratch/{_file_name(run_id)}")

    def checkpoints(self, key: str) -> Path:
        """Make the folder that keeps the checkpoints of the row with that key, until it is done.

        Raises:
            StoreWriteError: If it cannot be made.
        """
        return self._working_folder(f"checkpoints/{key_name(key)}")

    def discard_checkpoints(self, key: str) -> None:
        """Delete the checkpoints of a row that is done; what cannot be deleted is left to `gc`."""
        shutil.rmtree(self.path / "checkpoints" / key_name(key), ignore_errors=True)

    def journal_path(self, run_id: str) -> Path:
        """File in which a running run notes what it has cost so far.

        Raises:
            StoreWriteError: If its folder cannot be made.
        """
        return self._working_folder("journal") / f"{_file_name(run_id)}.jsonl"

    def journals(self) -> tuple[Path, ...]:
        """Journals of runs that are running, or died before they were recorded."""
        return tuple(sorted((self.path / "journal").glob("*.jsonl")))

    def lease(self, key: str) -> Lease:
        """Take the exclusive right to run what has that key; leave the `with` to give it back.

        Raises:
            StoreBusyError: If another process holds it.
            StoreWriteError: If it cannot be written down.
        """
        self._presence.announce()
        return Lease(self.path / "leases" / key_name(key))

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other writer out while the `with` block runs.

        Raises:
            StoreBusyError: If another process on this host is writing to the store.
        """
        return self._presence.alone()

    def close(self) -> None:
        """Close this process's file; a second call does nothing, a later append opens a new one."""
        with self._lock:
            if self._log is not None:
                self._log.close()
                self._log = None
            self._presence.withdraw()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _own_log(self) -> AppendLog:
        # A forked child must not share its parent's file: one writer per file.
        if self._log is None or self._log_pid != os.getpid():
            self._presence.announce()
            path = self.path / "runs" / f"{secrets.token_hex(8)}.jsonl"
            self._log, self._log_pid = AppendLog(path, write=self._write), os.getpid()
            sync_folder(self.path)  # the folder `runs` may be new
        return self._log

    def _append_from_reserve(self, line: bytes) -> bool:
        while self._reserve.give(len(line)):
            # Someone else may take the freed space first; give more until nothing is left.
            with suppress(StoreWriteError):
                self._own_log().append(line)
                return True
        return False

    def _working_folder(self, name: str) -> Path:
        self._presence.announce()
        folder = self.path / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(folder, error) from error
        return folder


def key_name(key: str) -> str:
    """Name of a lease, or of a folder of checkpoints, for a resume key of any length."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _file_name(run_id: str) -> str:
    if not run_id or quote(run_id, safe="") != run_id or run_id.startswith("."):
        raise ValueError(f"run_id must be usable as a file name, got {run_id!r}")
    return run_id


def _kept_error(run: Run, path: Path) -> StoreWriteError:
    return StoreWriteError(
        f"no space left in {path}; run {run.run_id} was still recorded, from the reserve. "
        "Free some space and run the same command again; finished runs are not repeated.",
        is_disk_full=True,
        is_record_kept=True,
    )
