"""Orders: what a worker is told to do for one planned run, and what is known of the run by then."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from breakeven.records import Machine, Run, Scalar, Status
from breakeven.records.protocols import StageRequest
from breakeven.store import Store
from breakeven.study.ledger import Ledger
from breakeven.study.messages import Ask, Order
from breakeven.study.seen import seen_notes
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Writes the orders of one running study.

    Attributes:
        study: What is run.
        store: Where its runs are kept.
        ledger: What is done.
        machine: This one.
        facts: Of the task.
    """

    study: Study
    store: Store
    ledger: Ledger
    machine: Machine
    facts: Mapping[str, Scalar]

    def write(self, planned: PlannedRun, key: str, *, ask: Ask) -> Order:
        """Write the order for one planned run, its parents looked up."""
        folders = {}
        for role in planned.parents:
            content_hash = self.ledger.model_hash(*planned.parent(role))
            assert content_hash is not None  # a key exists only when every parent has a result
            folders[role] = self.store.artifact(content_hash)
        return Order(
            ask=ask,
            is_watched=self.is_watched(planned),
            skeleton=self.skeleton(planned, key),
            request=StageRequest(
                stage=planned.stage,
                settings=planned.engine_settings,
                task=self.study.task,
                parents=folders,
            ),
        )

    def is_watched(self, planned: PlannedRun) -> bool:
        """Whether a run is a trial that may be ended early."""
        tuning = None if planned.trial is None else self.study.row(planned.trial.row).tuning
        return tuning is not None and tuning.n_rungs > 0

    def skeleton(self, planned: PlannedRun, key: str) -> Run:
        """Return the run as known before it begins; interrupted unless it says otherwise."""
        parents = dict.fromkeys(map(planned.parent, planned.parents))  # one may play two roles
        results = [self.ledger.result(row, repeat) for row, repeat in parents]
        return Run(
            run_id=new_run_id(),
            study=self.study.name,
            row=planned.row,
            stage=planned.stage,
            status=Status.INTERRUPTED,
            key=key,
            settings=planned.settings,
            machine=self.machine,
            started_at=utc_now(),
            parents=tuple(run.run_id for run in results if run is not None),
            repeat=planned.repeat,
            block=planned.block,
            position=planned.position,
            trial=planned.trial,
            notes=seen_notes(self.study, planned, self.facts),
        )


def utc_now() -> str:
    """Say the time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def n_threads_of(settings: Mapping[str, Scalar]) -> int:
    """Threads that settings ask for; one unless they say."""
    threads = settings.get("threads", 1)
    return threads if isinstance(threads, int) else 1


def new_run_id() -> str:
    """Return a fresh id, usable as a file name."""
    return f"run-{secrets.token_hex(12)}"
