"""`measure`: any block or function becomes a stored run."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path

from breakeven.meters import open_bank, utc_now
from breakeven.records import PhaseName, Run, Scalar, Settings, Stage, Status
from breakeven.session.machine import find_machine
from breakeven.session.recorder import Recorder
from breakeven.session.signals import terminate_as_exception
from breakeven.store import Store

DEFAULT_STORE = Path("store")

_ENCLOSING: ContextVar[str | None] = ContextVar("enclosing_run", default=None)
"""Run whose window is open around us: an inner run's cost is part of its cost."""


@contextmanager
def measure(
    name: str,
    *,
    store: Store | Path | str | None = None,
    meters: Sequence[str] = (),
    stage: Stage = Stage.COMMAND,
    **settings: Scalar,
) -> Iterator[Recorder]:
    """Measure a block under `with`, or every call of a decorated function, and store it.

    The run is stored however the block ends; an exception passes through. Inside another
    `measure` the outer run's cost holds the inner's; the inner names it in its setting `inside`,
    and the two must not be added.

    Args:
        name: Name of the run's row.
        store: A store or its folder; the folder `store` by default.
        meters: Registered names; empty means every sensor that works here.
        stage: Part of the life-cycle this is.
        settings: What was chosen; kept with the run.

    Examples:
        A block, with its output volume, or a function:

            with measure("my-finetuning", stage=Stage.FINETUNE, lr=3e-5) as run:
                train()
                run.add_output(Volume(n_examples=67_349))

            @measure("evaluate")
            def evaluate(): ...
    """
    outer = _ENCLOSING.get()
    inside = {} if outer is None else {"inside": outer}
    run = new_run(
        row=name, stage=stage, settings=Settings(passed=settings, resolved=settings | inside)
    )
    token = _ENCLOSING.set(run.run_id)
    try:
        with (
            terminate_as_exception(),
            opened_store(store) as kept_in,
            open_bank(meters) as bank,
            Recorder(kept_in, run, bank=bank) as recorder,
            recorder.phase(PhaseName.WORK),
        ):
            yield recorder
    finally:
        _ENCLOSING.reset(token)


def new_run(*, row: str, stage: Stage, settings: Settings) -> Run:
    """Begin a run outside any study: fresh id, this machine, now."""
    return Run(
        run_id=f"run-{secrets.token_hex(12)}",
        stage=stage,
        status=Status.INTERRUPTED,
        row=row,
        settings=settings,
        machine=find_machine(),
        started_at=utc_now(),
    )


def opened_store(
    store: Store | Path | str | None,
) -> "Store | nullcontext[Store]":
    """Open a store by its folder, to be closed after use; one that is open stays open."""
    if isinstance(store, Store):
        return nullcontext(store)
    return Store(DEFAULT_STORE if store is None else store)
