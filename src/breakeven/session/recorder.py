"""The recorder: one executed stage becomes one stored run, however it ends.

It is the context a stage talks to. While the stage runs, the sampler thread journals everything
so far, the open phase included, so that even a killed run keeps its cost.
"""

import logging
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from breakeven.errors import StoreWriteError, TrialPrunedError
from breakeven.meters import MeterBank, OpenWindow
from breakeven.meters.bank import no_wait
from breakeven.meters.claims import Claims, this_claimant
from breakeven.meters.journal import Journal
from breakeven.records import (
    Judged,
    Measurement,
    Phase,
    PhaseName,
    Run,
    Score,
    Stage,
    Status,
)
from breakeven.session.examined import examined
from breakeven.session.gathering import Gathering
from breakeven.session.named import NamedWindows
from breakeven.session.owner import this_owner
from breakeven.session.ranks import told_of_fellows
from breakeven.session.trail import Trail
from breakeven.store import Store
from breakeven.store.codec import encode_run, encode_state
from breakeven.store.kept import PROGRESS, PROGRESS_FILE

_LOG = logging.getLogger(__name__)

JOURNAL_PERIOD_S = 0.5
"""Half of what a kill may cost: with 0.8 s a busy machine lost 1.15 s. The entry reads every meter,
so nothing else need wake the thread. A single C call that holds Python's lock for longer than that
delays the entry by as much."""

_NO_TRAIL = frozenset({Stage.INFER, Stage.SERVE})
"""Stages that are repeated in blocks and end in one number each."""

KILLED = "the process died before the run was recorded; the cost is what its journal held"


class Recorder(Gathering):
    """Implements `breakeven.records.protocols.StageContext` over meters and a store.

    Attributes:
        run_id: The skeleton's.
        run: What was stored, once the `with` block was left; None before, and when it could not
            be stored.
    """

    def __init__(  # noqa: PLR0913 - what a record needs to know
        self,
        store: Store,
        skeleton: Run,
        *,
        bank: MeterBank,
        inside: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
        goes_on: Callable[[Judged], bool] | None = None,
        journal_period_s: float = JOURNAL_PERIOD_S,
    ) -> None:
        """Prepare to record; nothing is written before the `with` block.

        Args:
            store: Where the run and its artefacts go.
            skeleton: What is known beforehand; phases, counts, scores ... are filled in.
            bank: Meters; started and stopped here, closed by whoever opened it.
            inside: Ids of the runs that are open around this one, outermost first.
            on_progress: Draws progress; called with (done, total).
            goes_on: Told each judgement of a trial; says whether it is worth its end.
            journal_period_s: Time between two journal entries.
        """
        self.run_id = skeleton.run_id
        self.run: Run | None = None
        self._store, self._skeleton, self._bank = store, examined(skeleton, store), bank
        self._inside = tuple(inside)
        self._on_progress, self._goes_on = on_progress, goes_on
        self._journal_period_s = journal_period_s
        super().__init__(notes=(*skeleton.notes, *bank.notes))
        self._folders: dict[str, Path] = {}
        self._trail = Trail()
        self._pid = os.getpid()
        self._journal_fails = self._is_over = False

    def __enter__(self) -> Self:
        self._claims = self._claim()
        self._windows = NamedWindows(self._bank, kept=self._claims.kept)
        try:
            self._journal = Journal(
                self._store.journal_path(self.run_id),
                owner=msgspec.json.encode(asdict(this_owner())),
                state=encode_run(self._interrupted()),
            )
        except BaseException:
            self._claims.release()
            raise
        self._stop_ticks = self._bank.on_tick(self._tick, period_s=self._journal_period_s)
        self._bank.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if os.getpid() != self._pid:
            return  # a forked child unwinds its copy of the stack; the run is its parent's
        self._is_over = True
        self._stop_ticks()
        self._bank.stop()
        self._claims.release()
        try:
            self._store_run(self._finished(error))
        finally:
            with suppress(OSError):
                shutil.rmtree(self._store.scratch(self.run_id))

    @property
    def enough_s(self) -> float:
        """Seconds after which a phase holds enough updates of every energy sensor; 0 for none."""
        return self._bank.enough_s

    @contextmanager
    def phase(
        self, name: PhaseName, *, synchronize: Callable[[], None] = no_wait
    ) -> Iterator[None]:
        """Measure the block as one phase; its cost is kept when it raises.

        Args:
            name: Which part of the run.
            synchronize: Waits for queued device work, before both readings.

        Raises:
            ValueError: If a phase is open: its cost would be counted twice.
        """
        self._refuse_inner(name)
        window = None
        try:
            with self._bank.window(name, synchronize=synchronize) as window:
                self._open_phase = (name, window)
                yield
        finally:
            if window is not None:
                self._close_phase(name, window)

    def window(
        self, name: str, *, synchronize: Callable[[], None] = no_wait
    ) -> AbstractContextManager[None]:
        """Measure a part of the run under a name, such as "tokenize"; the same name adds up.

        Windows nest, overlap and may be opened from several threads. They are inside the phases
        and never added to them.

        Args:
            name: Not empty.
            synchronize: Waits for queued device work, before both readings.

        Raises:
            ValueError: If the name is empty, or the run has ended: nobody would store the window.
        """
        if self._is_over:
            raise ValueError(
                f"window {name!r} was opened after run {self.run_id} had ended; open it inside the "
                "`with` block of the run"
            )
        return self._windows.window(name, synchronize=synchronize)

    def artifact_dir(self, name: str) -> Path:
        """Return an empty folder; when the run ends well it is kept under its content hash."""
        folder = self._store.scratch(self.run_id) / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self._folders[name] = folder
        return folder

    def checkpoint_dir(self) -> Path | None:
        """Return the folder of the row's checkpoints; None for a run without a resume key."""
        return self._store.checkpoints(self._skeleton.key) if self._skeleton.key else None

    def progress(self, done: float, total: float) -> None:
        """Tell whoever watches how far the stage is."""
        self._trail.at_step(done, total)
        if self._on_progress is not None:
            self._on_progress(done, total)

    def learning(self, loss: float) -> None:
        """Keep the mean training loss since the last time with the progress."""
        self._trail.learning(loss)

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants a judgement after each pass over the data."""
        return self._goes_on is not None

    def judged(self, scores: Sequence[Score], *, step: float, n_steps: float) -> None:
        """Keep how good the model is at one point, with what it had cost by then.

        Raises:
            TrialPrunedError: If this is a trial that is not worth its end.
        """
        judged = Judged(step=step, n_steps=n_steps, scores=tuple(scores))
        state = self._interrupted()
        with self._lock:
            self._judged.append(judged)
            self._trail.judged(state, step, scores)
        if self._goes_on is not None and not self._goes_on(judged):
            raise TrialPrunedError(f"pruned at step {step:g} of {n_steps:g}")

    def _close_phase(self, name: PhaseName, window: OpenWindow) -> None:
        with self._lock:
            self._open_phase = None
            # A second interrupt during the closing reads leaves no measurement; read once more.
            measured = getattr(window, "measurement", None) or window.so_far()
            kept = told_of_fellows(self._claims.kept(measured), self._skeleton.rank)
            self._phases.append(Phase(name=name, measurement=kept))

    def _claim(self) -> Claims:
        """Own the devices that no other run counts, until the end of the run."""
        path = (*self._inside, self.run_id)
        claimant = this_claimant(path, name=self._skeleton.row, rank=self._skeleton.rank)
        claims = Claims(self._bank.channels(), claimant)
        for note in claims.notes:
            self.add_note(note)
        return claims

    def _so_far(self, *, status: Status, error: str | None) -> Run:
        with self._lock:
            run = self._filled(self._skeleton, self._measured)
            return replace(
                run,
                status=status,
                error=error,
                notes=(*run.notes, *self._claims.overlaps(), *self._windows.notes()),
                windows=self._windows.so_far(),
            )

    def _measured(self, window: OpenWindow) -> Measurement:
        return self._claims.kept(window.so_far())

    def _interrupted(self) -> Run:
        return self._so_far(status=Status.INTERRUPTED, error=KILLED)

    def _tick(self) -> None:
        state = self._interrupted()
        with self._lock:
            self._trail.add(state)
        try:
            self._journal.write(encode_state(state))
        except StoreWriteError as error:
            if not self._journal_fails:
                self._journal_fails = True
                _LOG.warning("the journal of %s cannot be written: %s", self.run_id, error)

    def _finished(self, error: BaseException | None) -> Run:
        """Give the run its status; one whose artefacts cannot be kept is not done."""
        run = self._so_far(status=_status(error), error=_reason(error))
        if run.status is Status.PRUNED:
            self._folders.clear()  # what it learned until then is no result
        elif run.status is not Status.OK:
            return run
        self._write_trail(run)
        try:
            return self._keep_artifacts(run)
        except BaseException as trouble:
            self._store_run(replace(run, status=_status(trouble), error=_reason(trouble)))
            raise

    def _write_trail(self, run: Run) -> None:
        """Leave the trail among the artefacts, where there is one to draw.

        A curve is worth less than the run: when it cannot be written the run is stored without.
        """
        self._trail.close(run)
        text = None if run.stage in _NO_TRAIL else self._trail.to_csv()
        if text is None:
            return
        try:
            path = self.artifact_dir(PROGRESS) / PROGRESS_FILE
            path.write_text(text, encoding="utf-8", newline="\n")
        except (OSError, StoreWriteError) as error:
            self._folders.pop(PROGRESS, None)
            _LOG.warning("the progress of %s cannot be written: %s", self.run_id, error)

    def _keep_artifacts(self, run: Run) -> Run:
        """Move artefact folders into the store; empty ones are nothing to keep."""
        filled = {name: path for name, path in self._folders.items() if any(path.iterdir())}
        hashes = {name: self._store.keep_artifact(path) for name, path in filled.items()}
        return replace(run, artifacts={**run.artifacts, **hashes})

    def _store_run(self, run: Run) -> None:
        """Append the run; its journal goes only when it is safe."""
        try:
            self._store.append(run)
        except StoreWriteError as error:
            if error.is_record_kept:
                self.run = run
                self._journal.remove()
            else:
                self._journal.close()
            raise
        self.run = run
        self._journal.remove()
        if run.status is Status.OK and run.key:
            self._store.discard_checkpoints(run.key)


def _status(error: BaseException | None) -> Status:
    if error is None:
        return Status.OK
    if isinstance(error, TrialPrunedError):
        return Status.PRUNED
    return Status.FAILED if isinstance(error, Exception) else Status.INTERRUPTED


def _reason(error: BaseException | None) -> str | None:
    if isinstance(error, TrialPrunedError):
        return str(error)
    return None if error is None else _traceback(error)


def _traceback(error: BaseException) -> str:
    """Name each file from the folder that it was imported from, which is this machine's affair."""
    text = "".join(traceback.format_exception(error))
    folders = (folder.rstrip(os.sep) for folder in sys.path if Path(folder).is_absolute())
    for folder in sorted(filter(None, folders), key=len, reverse=True):
        text = text.replace(f'File "{folder}{os.sep}', 'File "')
    return text
