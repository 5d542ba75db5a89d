"""The worker: a process that carries out runs one at a time and stores each of them itself.

`python -m breakeven.study.worker SETUP` reads orders on stdin and answers on stdout, one JSON
object per line; whatever the libraries print goes to stderr. Between orders it sleeps.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import IO

from breakeven.errors import (
    BreakevenError,
    PrecisionRefusedError,
    StoreBusyError,
    StoreWriteError,
)
from breakeven.meters import MeterBank, Replayed, open_bank
from breakeven.records import Judged, Note, NoteCode, PhaseName, Run, Status
from breakeven.records.engine import Engine, Service
from breakeven.records.protocols import StageContext
from breakeven.session import Recorder, process_start_measurement
from breakeven.session.inside import enclosing
from breakeven.session.ranks import find_node
from breakeven.store import Store
from breakeven.study.engine import find_engine
from breakeven.study.messages import (
    Answer,
    Ask,
    Order,
    Reply,
    WorkerSetup,
    decode_order,
    decode_verdict,
    encode_reply,
)
from breakeven.study.parent import bound_to_parent, follow, terminate_self

PROGRESS_PERIOD_S = 0.5


@dataclass(slots=True, kw_only=True)
class Worker:
    """Carries out orders.

    Attributes:
        store: Where runs are kept.
        engine: What runs them.
        bank: Meters, opened once.
        say: Sends a reply to the runner.
        is_working: Set while a run goes on.
        service: The checkpoint that was opened; None before.
    """

    store: Store
    engine: Engine
    bank: MeterBank
    say: Callable[[Reply], None]
    is_working: threading.Event = field(default_factory=threading.Event)
    service: Service | None = None
    _is_fresh: bool = True
    _lines: "SimpleQueue[bytes | None]" = field(default_factory=SimpleQueue)

    def serve(self, orders: "SimpleQueue[bytes | None]") -> None:
        """Carry out orders until there are no more."""
        self._lines = orders
        while (line := orders.get()) is not None:
            self.is_working.set()
            try:
                reply = self.carry_out(decode_order(line))
            except BreakevenError as error:
                reply = Reply(answer=Answer.REFUSED, text=str(error))
            # Before the reply: whoever has it may end the orders at once.
            self.is_working.clear()
            self.say(reply)

    def carry_out(self, order: Order) -> Reply:
        """Claim a row, run it, store it; skip it when it is claimed or done.

        Raises:
            StoreWriteError: If the run could not be stored.
        """
        try:
            lease = self.store.lease(order.skeleton.key)
        except StoreBusyError:
            return Reply(answer=Answer.BUSY)
        with lease:
            # Whoever held the lease a moment ago may have finished the row.
            if done := self._made_meanwhile(order.skeleton):
                return Reply(answer=Answer.ALREADY, run=done)
            return Reply(answer=Answer.ENDED, run=self._record(order))

    def _made_meanwhile(self, skeleton: Run) -> Run | None:
        """Return the run that makes this one unnecessary; a trial is made once however it ends."""
        done = self.store.find(skeleton.key)
        if done is not None or skeleton.trial is None:
            return done
        over = (Status.PRUNED, Status.FAILED)
        same = [r for r in self.store.runs() if r.key == skeleton.key and r.status in over]
        return next((r for r in same if r.settings == skeleton.settings), None)

    def _record(self, order: Order) -> Run:
        started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        recorder = Recorder(
            self.store,
            replace(order.skeleton, started_at=started_at),
            bank=self.bank,
            inside=enclosing(node=find_node()),
            on_progress=self._progress(),
            goes_on=self._goes_on if order.is_watched else None,
        )
        try:
            with recorder as context:
                self._add_start(recorder)
                self._run(context, order)
        except StoreWriteError:
            raise
        except Exception:  # the recorder has stored its traceback and its cost
            if recorder.run is None:
                raise
        assert recorder.run is not None
        return recorder.run

    def _run(self, context: StageContext, order: Order) -> None:
        try:
            self._dispatch(context, order)
        except PrecisionRefusedError as error:
            context.add_note(
                Note(
                    code=NoteCode.PRECISION_REFUSED,
                    message=str(error),
                    advice="Leave this precision out on this device.",
                )
            )
            raise

    def _dispatch(self, context: StageContext, order: Order) -> None:
        if order.ask is Ask.STAGE:
            self.engine.run_stage(context, order.request)
        elif order.ask is Ask.OPEN:
            self.service = self.engine.open_service(context, order.request)
        elif self.service is None:
            raise RuntimeError("an inference row came before its checkpoint was opened")
        else:
            self.service.run(context, order.request.settings)

    def _add_start(self, recorder: Recorder) -> None:
        """Charge the start of this process to its first run; a pretended clock has no start."""
        if self._is_fresh and self.engine.clock_s is time.monotonic:
            recorder.add_started_phase(PhaseName.IMPORT, process_start_measurement(self.bank))
        self._is_fresh = False

    def _goes_on(self, judged: Judged) -> bool:
        """Tell the runner how good a model is by now and wait for its verdict."""
        self._tell(Reply(answer=Answer.JUDGED, judged=judged))
        line = self._lines.get()
        return line is None or decode_verdict(line)  # without a runner SIGTERM is on its way

    def _tell(self, reply: Reply) -> None:
        try:
            self.say(reply)
        except BrokenPipeError:  # the runner is dead: an interruption, no failure
            terminate_self()

    def _progress(self) -> Callable[[float, float], None]:
        said_s = time.monotonic()

        def progress(done: float, total: float) -> None:
            nonlocal said_s
            if time.monotonic() - said_s >= PROGRESS_PERIOD_S:
                said_s = time.monotonic()
                self._tell(Reply(answer=Answer.PROGRESS, done=done, total=total))

        return progress


@contextmanager
def private_stdout() -> Iterator[IO[bytes]]:
    """Keep stdout for replies and send what libraries print to stderr."""
    with os.fdopen(os.dup(1), "wb", buffering=0) as replies:
        os.dup2(2, 1)
        yield replies


def main(argv: list[str]) -> None:
    """Run a worker until its orders end."""
    setup = WorkerSetup.from_argv(argv)
    with bound_to_parent(setup.parent):
        _work(setup)


def _work(setup: WorkerSetup) -> None:
    engine = find_engine(setup.engine)
    with (
        private_stdout() as replies,
        Store(setup.store, create=False) as store,
        open_bank(
            setup.meters,
            replay=Replayed(path=setup.replay, loop=True) if setup.replay else None,
            clock_s=engine.clock_s,
        ) as bank,
    ):
        worker = Worker(
            store=store,
            engine=engine,
            bank=bank,
            say=lambda reply: _send(replies, reply),
        )
        worker.serve(
            follow(
                sys.stdin.buffer,
                at_end=lambda: terminate_self() if worker.is_working.is_set() else None,
            )
        )


def _send(replies: IO[bytes], reply: Reply) -> None:
    replies.write(encode_reply(reply))


if __name__ == "__main__":
    main(sys.argv[1:])
