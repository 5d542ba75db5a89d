"""What both halves of a running study share: store, ledger, workers to start, events to tell."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto

from breakeven.analysis.runs.remedies import reason
from breakeven.errors import BreakevenError, StoreBusyError, WorkerDiedError
from breakeven.records import Judged, Machine, Rest, Run, Scalar, Status
from breakeven.session import recover
from breakeven.store import Store
from breakeven.study.budget import exhausted
from breakeven.study.calm import Calm
from breakeven.study.cooling import Cooling
from breakeven.study.events import Event, EventKind, Known, OnEvent
from breakeven.study.handle import Handle
from breakeven.study.ledger import MODEL, Ledger, is_refusal
from breakeven.study.messages import Answer, Order, Reply, WorkerSetup
from breakeven.study.orders import Orders, utc_now
from breakeven.study.outlook import Outlook
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun

WAIT_PERIOD_S = 0.5


class BudgetSpent(BreakevenError):  # noqa: N818 - it ends a study in order
    """A cap of the study is reached."""


class Verdict(Enum):
    """What became of one planned run just now."""

    SETTLED = auto()
    LATER = auto()


@dataclass(slots=True, kw_only=True)
class Launch:
    """One running study.

    Attributes:
        study: What is run.
        store: Where its runs are kept.
        ledger: What is done.
        machine: This one.
        on_event: Who watches.
        started_at: When this launch began; failures after it are not tried again.
        n_in_blocks: Inference runs of the study.
        failed: Rows that failed.
        skipped: Rows left out, with the reason.
        lost: Runs that failed, were refused by measurement or left out, by row and repeat or block.
        waiting: Keys of rows that another process was seen running.
        outlook: Expects what is left; None where nobody asks.
        cooling: Rests until idle; None where a rest only takes time.
        facts: Of the task.
    """

    study: Study
    store: Store
    ledger: Ledger
    machine: Machine
    on_event: OnEvent
    sleep: Callable[[float], None] = time.sleep
    started_at: str = field(default_factory=utc_now)
    n_in_blocks: int = 0
    failed: dict[str, Run] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    lost: set[tuple[str, int]] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    outlook: Outlook | None = None
    cooling: Cooling | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)

    def start_worker(self, *, n_threads: int) -> Handle:
        """Start a worker for this study."""
        return Handle(
            WorkerSetup(
                store=self.store.path.resolve(),
                engine=self.study.engine,
                parent=os.getpid(),
                meters=self.study.meters,
                replay=self.study.replay.resolve() if self.study.replay else None,
            ),
            n_threads=n_threads,
        )

    @property
    def orders(self) -> Orders:
        """Writes what workers are told."""
        return Orders(
            study=self.study,
            store=self.store,
            ledger=self.ledger,
            machine=self.machine,
            facts=self.facts,
        )

    @property
    def calm(self) -> Calm | None:
        """What rests wait for by now; None where they take their time only."""
        return None if self.cooling is None else self.cooling.calm

    def rest(self) -> Rest | None:
        """Rest as the study says; None where it does not."""
        if self.cooling is not None:
            return self.cooling.rest()
        duration_s = self.study.cooldown.limit_s
        if not duration_s:
            return None
        self.sleep(duration_s)
        return Rest(duration_s=duration_s)

    def refresh(self) -> None:
        """Take note of what other processes stored."""
        self.ledger.update(self.store.runs(study=self.study.name))

    def is_claimed(self, key: str) -> bool:
        """Whether another process is running the row with that key just now."""
        try:
            self.store.lease(key).release()
        except StoreBusyError:
            return True
        return False

    def check_budget(self) -> None:
        """Stop before the next run when a cap is reached.

        Raises:
            BudgetSpent: If it is.
        """
        if text := exhausted(self.study.budget, self.store.runs(study=self.study.name)):
            raise BudgetSpent(text)

    def tell(  # noqa: PLR0913 - one argument per field of an event
        self,
        kind: EventKind,
        planned: PlannedRun,
        *,
        n_left: int = 0,
        text: str = "",
        run: Run | None = None,
        progress: tuple[float, float] = (0.0, 0.0),
        run_id: str = "",
    ) -> None:
        """Tell one event about a planned run."""
        self.on_event(
            Event(
                kind=kind,
                row=planned.row,
                stage=planned.stage,
                run_id=run_id,
                block=planned.block,
                text=text,
                run=run,
                done=progress[0],
                total=progress[1],
                n_left=n_left,
                n_left_in_blocks=min(n_left, self.n_in_blocks),
                known=self.known() if kind is EventKind.ENDED else Known(),
                metric=self.study.question.metric,
            )
        )

    def known(self) -> Known:
        """Say what finished runs tell of those left."""
        return Known() if self.outlook is None else self.outlook.left(frozenset(self.lost))

    def skip(self, planned: PlannedRun, reason: str) -> Verdict:
        """Leave a run out and say why, once for each row."""
        row = planned.result_of
        self.lost.add((row, planned.number))
        if row not in self.skipped:
            self.skipped[row] = reason
            self.tell(EventKind.SKIPPED, planned, text=reason)
        return Verdict.SETTLED

    def _failed_meanwhile(self, key: str) -> Run | None:
        """Return the failure another launch stored for this row since this one began."""
        run = self.ledger.failure(key)
        began = datetime.fromisoformat(self.started_at)
        return run if run and datetime.fromisoformat(run.started_at) >= began else None

    def _reason_to_skip(self, planned: PlannedRun) -> str | None:
        if planned.block is not None and planned.row in self.failed:
            return "it failed in an earlier block"
        for row, repeat in map(planned.parent, planned.parents):
            name = f"{row!r} (repeat {repeat})" if repeat else f"{row!r}"
            result = self.ledger.result(row, repeat)
            if result is None and (row, repeat) in self.lost:
                return f"its parent {name} has no result"
            if result and self.ledger.model_hash(row, repeat) is None:
                return f"its parent {name} kept no artefact {MODEL!r}"
        return None

    def before(self, planned: PlannedRun, *, n_left: int) -> Verdict | str:
        """Settle what needs no worker: skipped, waited for, done before or failed meanwhile.

        Returns:
            A verdict, or the resume key of a run that is to be made now.

        Raises:
            BudgetSpent: If it should be made now and a cap is reached.
        """
        if reason := self._reason_to_skip(planned):
            return self.skip(planned, reason)
        key = self.ledger.key(planned)
        if key is None:
            return Verdict.LATER
        if done := self.ledger.done(planned):
            if is_refusal(done):
                self.lost.add((planned.result_of, planned.number))
            self.tell(EventKind.DONE_BEFORE, planned, n_left=n_left - 1)
            return Verdict.SETTLED
        if run := self._failed_meanwhile(key):
            self.settle(planned, run, n_left=n_left)
            return Verdict.SETTLED
        if self.is_claimed(key):
            if key not in self.waiting:
                self.waiting.add(key)
                self.tell(EventKind.WAITING, planned, n_left=n_left)
            return Verdict.LATER
        self.check_budget()
        return key

    def give(
        self,
        handle: Handle,
        planned: PlannedRun,
        order: Order,
        *,
        n_left: int,
        goes_on: Callable[[Judged], bool] = lambda _: True,
    ) -> Reply:
        """Have a worker carry out an order; a worker that dies gives a run recovered here.

        Args:
            handle: Of the worker.
            planned: What is carried out.
            order: The same for the worker.
            n_left: Runs still to be made.
            goes_on: Told each judgement of a trial; says whether it is worth its end.

        Raises:
            BreakevenError: If the worker refused, e.g. because the disk is full.
        """
        run_id = order.skeleton.run_id
        self.tell(EventKind.STARTED, planned, n_left=n_left, run_id=run_id)

        def progress(done: float, total: float) -> None:
            self.tell(EventKind.PROGRESS, planned, n_left=n_left, progress=(done, total))

        try:
            reply = handle.give(order, on_progress=progress, goes_on=goes_on)
        except WorkerDiedError as error:
            reply = self._recovered(order, str(error))
        if reply.answer is Answer.REFUSED:
            raise BreakevenError(reply.text)
        if reply.run is not None:
            self.settle(planned, reply.run, n_left=n_left)
        return reply

    def settle(self, planned: PlannedRun, run: Run, *, n_left: int) -> None:
        """Take note of a finished run."""
        self.ledger.update([run])
        if self.outlook is not None:
            self.outlook.learn(run)
        if run.status is not Status.OK and run.trial is None:  # a tuned row has other trials
            self.lost.add((planned.row, planned.number))
            if not is_refusal(run):
                self.failed[planned.row] = run
        # The loading of a checkpoint is none of the planned runs.
        n_left -= planned.position is not None
        text = reason(run) if run.error else ""
        self.tell(EventKind.ENDED, planned, run=run, n_left=n_left, text=text)

    def _recovered(self, order: Order, text: str) -> Reply:
        recover(self.store)
        self.refresh()
        run_id = order.skeleton.run_id
        found = next((r for r in self.store.runs() if r.run_id == run_id), None)
        if found is None:  # it died before it began: nothing was spent on the row
            found = replace(order.skeleton, error=text)
            self.store.append(found)
        return Reply(answer=Answer.ENDED, run=replace(found, error=found.error or text))
