"""`measure`: any block or function becomes a stored run."""

import os
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import SettingsError
from breakeven.meters import MeterBank, open_bank, utc_now
from breakeven.meters.bank import no_wait
from breakeven.records import PhaseName, Run, Scalar, Settings, Stage, Status
from breakeven.session.decorating import Measuring
from breakeven.session.inside import enclosing, inside
from breakeven.session.joining import Joining, joined, joining_of
from breakeven.session.machine import find_machine
from breakeven.session.ranks import find_node, find_rank
from breakeven.session.recorder import Recorder
from breakeven.session.signals import leave_on
from breakeven.store import Store

DEFAULT_STORE = Path("store")


def measure(  # noqa: PLR0913 - what may be said of a run
    name: str = "",
    *,
    store: Store | Path | str | None = None,
    meters: Sequence[str] | MeterBank = (),
    stage: Stage = Stage.COMMAND,
    study: str = "",
    pathway: str = "",
    parents: Sequence[str] = (),
    synchronize: Callable[[], None] = no_wait,
    **settings: Scalar,
) -> Measuring:
    """Measure a block under `with`, or every call of a decorated function, and store it.

    The run is stored however the block ends; an exception passes through. Inside another
    `measure` the outer run's cost holds the inner's; the inner names it in its setting `inside`,
    and the two must not be added.

    Args:
        name: Name of the run's row; within a study the stage's name by default.
        store: A store or its folder; the folder `store` by default.
        meters: Registered names, or meters that are open already and stay so; empty means every
            sensor that works here.
        stage: Part of the life-cycle this is.
        study: Study in that store which the run joins; none by default.
        pathway: What the run is part of there; a name that the study file does not use.
        parents: Runs, by id or row, whose results the block uses.
        synchronize: Waits for queued device work before both readings, such as
            `torch.cuda.synchronize`; without it what is still queued at the end is not counted.
        settings: What was chosen; kept with the run.

    Raises:
        SettingsError: If there is no name, the stage is none, meters are one string, or the study
            cannot be joined like that.
        UnknownNameError: If the store holds no such study or parent.

    Examples:
        A block, with its output volume, or a function:

            with measure("my-finetuning", stage=Stage.FINETUNE, lr=3e-5) as run:
                train()
                run.add_output(Volume(n_examples=67_349))

            @measure("evaluate")
            def evaluate(): ...

        A pathway beside those of a study:

            with measure(study="sst2", pathway="MINE", stage=Stage.FINETUNE) as run:
                run.add_score(Score(metric="accuracy", value=train(), split="test", n_examples=872))
    """

    def opening() -> AbstractContextManager[Recorder]:
        return _measured(
            name,
            joining=joining_of(study, pathway, parents),
            store=store,
            meters=meters,
            stage=stage,
            synchronize=synchronize,
            settings=settings,
        )

    return Measuring(opening)


@contextmanager
def _measured(  # noqa: PLR0913 - what may be said of a run
    name: str,
    *,
    joining: Joining | None,
    store: Store | Path | str | None,
    meters: Sequence[str] | MeterBank,
    stage: Stage,
    synchronize: Callable[[], None],
    settings: Mapping[str, Scalar],
) -> Iterator[Recorder]:
    _refuse_nameless(name, joining)
    begun = new_run(row=name, stage=_stage(stage), settings=settings)
    with (
        leave_on(signal.SIGTERM),
        opened_store(store, create=joining is None) as kept_in,
        opened_bank(meters) as bank,
        inside(begun.run.run_id, node=begun.node),
        Recorder(
            kept_in, placed(begun.run, joining, kept_in), bank=bank, inside=begun.inside
        ) as recorder,
        recorder.phase(PhaseName.WORK, synchronize=synchronize),
    ):
        yield recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run about to begin, and where.

    Attributes:
        run: What is known of it.
        node: This machine, see `find_node`.
        inside: Ids of the runs that are open around it, outermost first.
    """

    run: Run
    node: str
    inside: tuple[str, ...]


def new_run(*, row: str, stage: Stage, settings: Mapping[str, Scalar]) -> Begun:
    """Begin a run outside any study: fresh id, this machine, this rank, now."""
    machine = find_machine()
    node = find_node(otherwise=machine.host_id)
    around = enclosing(node=node)
    outer = {"inside": around[-1]} if around else {}
    run = Run(
        run_id=f"run-{secrets.token_hex(12)}",
        stage=stage,
        status=Status.INTERRUPTED,
        row=row,
        settings=Settings(passed=settings, resolved={**settings, **outer}),
        machine=machine,
        rank=find_rank(os.environ, node=node),
        started_at=utc_now(),
    )
    return Begun(run=run, node=node, inside=around)


def placed(run: Run, joining: Joining | None, store: Store) -> Run:
    """Make the run part of the study it joins, if any; see `joined`."""
    return run if joining is None else joined(run, joining, store)


def _refuse_nameless(name: str, joining: Joining | None) -> None:
    if not name and joining is None:
        raise SettingsError("a run outside any study needs a name; give one to measure")


def _stage(stage: Stage) -> Stage:
    """Take a stage by its name too, and refuse what is none."""
    try:
        return Stage(stage)
    except ValueError:
        raise SettingsError(
            f"stage {str(stage)!r} is none; expected one of {', '.join(Stage)}"
        ) from None


def opened_bank(meters: Sequence[str] | MeterBank) -> "MeterBank | nullcontext[MeterBank]":
    """Open meters by name, to be closed after use; a bank that is open stays open."""
    if isinstance(meters, str):
        raise SettingsError(
            f"meters are a list of names, got the string {meters!r}; write meters=[{meters!r}]"
        )
    return nullcontext(meters) if isinstance(meters, MeterBank) else open_bank(meters)


def opened_store(
    store: Store | Path | str | None, *, create: bool = True
) -> "Store | nullcontext[Store]":
    """Open a store by its folder, to be closed after use; one that is open stays open.

    Args:
        store: A store or its folder; the folder `store` by default.
        create: Whether to make it when there is none.
    """
    if isinstance(store, Store):
        return nullcontext(store)
    return Store(DEFAULT_STORE if store is None else store, create=create)
