"""Reading: every run of every writer, once each, in the order they started.

Files only grow, so a second reading looks at the new lines only.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from breakeven.errors import IncomparableRunsError, RecordFormatError
from breakeven.records import Run, Status
from breakeven.store.codec import decode_run


@dataclass(slots=True)
class _Writer:
    """How far the file of one writer has been read."""

    path: Path
    n_bytes: int = 0
    n_lines: int = 0
    runs: list[Run] = field(default_factory=list)

    def read_on(self) -> bool:
        """Decode what was added; a torn last line waits for its end. True when anything changed."""
        with self.path.open("rb") as file:
            size_bytes = os.fstat(file.fileno()).st_size
            # A writer took back a line that it could not bring to disk.
            is_shorter = size_bytes < self.n_bytes
            if is_shorter:
                self.n_bytes, self.n_lines, self.runs = 0, 0, []
            file.seek(self.n_bytes)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        lines = whole.split(b"\n")[:-1]
        self.runs += [self._decode(line, n) for n, line in enumerate(lines, self.n_lines + 1)]
        self.n_lines += len(lines)
        self.n_bytes += len(whole)
        return is_shorter or bool(lines)

    def _decode(self, line: bytes, number: int) -> Run:
        try:
            return decode_run(line)
        except RecordFormatError as error:
            raise RecordFormatError(f"{self.path}, line {number}: {error}") from error


class RunReader:
    """Reads the runs of one folder, again and again."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it need not exist yet."""
        self._folder = folder
        self._writers: dict[Path, _Writer] = {}
        self._runs: tuple[Run, ...] | None = None

    def read(self) -> tuple[Run, ...]:
        """Return all runs, ordered by (started_at, run_id).

        Raises:
            RecordFormatError: If a line cannot be read; names file and line.
            IncomparableRunsError: If two different runs share an id.
        """
        paths = sorted(self._folder.glob("*.jsonl"))
        if paths != list(self._writers):
            self._writers = {path: self._writers.get(path, _Writer(path)) for path in paths}
            self._runs = None
        for writer in self._writers.values():
            if writer.read_on():
                self._runs = None
        if self._runs is None:
            self._runs = _in_order([r for writer in self._writers.values() for r in writer.runs])
        return self._runs


def choose(first: Run, second: Run) -> Run:
    """Return the one to keep of two records with the same id.

    A record recovered from a journal is a lower bound of the run it stands for: it gives way to
    the record that the run itself wrote, and a shorter one to a longer one.

    Raises:
        IncomparableRunsError: If both claim to be complete and differ.
    """
    if first == second:
        return first
    complete = [run for run in (first, second) if run.status is not Status.INTERRUPTED]
    if len(complete) == 2:
        raise IncomparableRunsError(
            f"run {first.run_id} is recorded twice with different content (rows {first.row!r} and "
            f"{second.row!r}, started {first.started_at} and {second.started_at}). "
            "Find out which of the two files was changed and delete its line."
        )
    return complete[0] if complete else max(first, second, key=_duration_s)


def _duration_s(run: Run) -> float:
    return sum(phase.measurement.duration_s for phase in run.phases)


def _in_order(runs: list[Run]) -> tuple[Run, ...]:
    by_id: dict[str, Run] = {}
    for run in runs:
        known = by_id.get(run.run_id)
        by_id[run.run_id] = run if known is None else choose(known, run)
    return tuple(sorted(by_id.values(), key=_start))


def _start(run: Run) -> tuple[datetime, str]:
    return datetime.fromisoformat(run.started_at), run.run_id
