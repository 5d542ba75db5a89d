"""The second half of a study: inference rows of every checkpoint, interleaved in blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from breakeven.records import Run, Stage, Status
from breakeven.records.engine import Engine
from breakeven.study.cooling import rest_notes
from breakeven.study.launch import WAIT_PERIOD_S, Launch, Verdict
from breakeven.study.messages import Answer, Ask
from breakeven.study.orders import n_threads_of, new_run_id
from breakeven.study.services import OpenService, Services
from breakeven.study.table import PlannedRun, loading


def deploy(
    launch: Launch,
    table: Sequence[PlannedRun],
    engine: Engine,
    *,
    services: Services | None = None,
) -> None:
    """Run every inference row that has no result yet, in the planned order.

    Checkpoints with rows left are loaded before the first of them is addressed.

    Args:
        launch: The running study, its development done.
        table: Inference runs in order.
        engine: Resolves the settings of loading.
        services: What is loaded already, and stays so; without, all are ended with the last row.

    Raises:
        BudgetSpent: If a cap is reached before the last row.
    """
    used = Services(limit=launch.study.max_workers) if services is None else services
    is_done = False
    try:
        _Deployment(launch=launch, engine=engine, services=used).run(list(table))
        is_done = True
    finally:
        if services is None or not is_done:
            used.close()


@dataclass(slots=True, kw_only=True)
class _Deployment:
    """Blocks in progress."""

    launch: Launch
    engine: Engine
    services: Services
    _first: dict[str, PlannedRun] = field(default_factory=dict)
    _n_left: int = 0

    def __post_init__(self) -> None:
        configured = self.launch.study.configurations
        most = max((n_threads_of(c.settings.resolved) for c in configured), default=1)
        self.services.begin(self._open, n_threads=most)

    def run(self, pending: list[PlannedRun]) -> None:
        self._first = {planned.checkpoint: planned for planned in reversed(pending)}
        is_loaded = False
        while pending:
            later: list[PlannedRun] = []
            for index, planned in enumerate(pending):
                n_left = self._n_left = len(pending) - index + len(later)
                key = self.launch.before(planned, n_left=n_left)
                if isinstance(key, str) and not is_loaded:
                    self._load(pending[index:])
                    is_loaded = True
                if isinstance(key, str):
                    key = self._settle(planned, key, n_left=n_left)
                if key is Verdict.LATER:
                    later.append(planned)
            if len(later) == len(pending):
                self.launch.sleep(WAIT_PERIOD_S)
            self.launch.refresh()
            pending = later

    def _load(self, pending: Sequence[PlannedRun]) -> None:
        left = [p for p in pending if self.launch.ledger.done(p) is None]
        self.services.load(list(dict.fromkeys(p.checkpoint for p in left if self._has_model(p))))

    def _has_model(self, planned: PlannedRun) -> bool:
        return self.launch.ledger.key(planned) is not None

    def _settle(self, planned: PlannedRun, key: str, *, n_left: int) -> Verdict:
        service, notes = self.services.get(planned.checkpoint)
        if service.serve.status is not Status.OK:
            reason = f"the checkpoint of {planned.checkpoint!r} did not load"
            return self.launch.skip(planned, reason)
        order = self.launch.orders.write(planned, key, ask=Ask.INFER)
        parents = (*order.skeleton.parents, service.serve.run_id)
        rest = self.launch.rest()
        notes = (*notes, *rest_notes(rest, self.launch.calm))
        skeleton = replace(order.skeleton, parents=parents, notes=notes, rest=rest)
        order = replace(order, skeleton=skeleton)
        reply = self.launch.give(service.handle, planned, order, n_left=n_left)
        if not service.handle.is_alive:
            self.services.drop(planned.checkpoint)
        return Verdict.LATER if reply.answer is Answer.BUSY else Verdict.SETTLED

    def _open(self, checkpoint: str) -> OpenService:
        """Start a worker, load the checkpoint, store what that cost as a run of its own."""
        launch, first = self.launch, self._first[checkpoint]
        planned = loading(first, launch.study, self.engine, n_before=self._n_starts(checkpoint))
        handle = launch.start_worker(n_threads=self.services.n_threads)
        # Loading is never reused: a service that was ended has to be started again.
        order = launch.orders.write(planned, f"{Stage.SERVE}-{new_run_id()}", ask=Ask.OPEN)
        reply = launch.give(handle, planned, order, n_left=self._n_left)
        assert reply.run is not None  # its key is new, so nobody else can hold or have it
        return OpenService(handle=handle, serve=reply.run)

    def _n_starts(self, checkpoint: str) -> int:
        runs: tuple[Run, ...] = self.launch.store.runs(study=self.launch.study.name)
        return sum(run.row == f"{checkpoint}/{Stage.SERVE}" for run in runs)
