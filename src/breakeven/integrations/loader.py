"""`metered`: a loop over batches becomes a stored run, and its batches and examples are counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from breakeven.integrations.volumes import VolumeCounter
from breakeven.meters import MeterBank
from breakeven.meters.bank import no_wait
from breakeven.records import Note, NoteCode, Run, Scalar, Stage, Volume
from breakeven.session import Recorder, measure
from breakeven.session.decorating import Measuring
from breakeven.store import Store

Batch = TypeVar("Batch")


class Metered(Generic[Batch]):
    """An iterable whose loops are measured; see `metered`.

    Attributes:
        recorder: Of the run that goes on, to add scores or open named windows; None before any.
    """

    def __init__(
        self,
        loader: Iterable[Batch],
        *,
        measuring: Measuring,
        count: Callable[[Batch], Volume] | None,
        n_batches: int | None,
    ) -> None:
        """Keep what to iterate over and how to measure it."""
        self.recorder: Recorder | None = None
        self._loader, self._measuring = loader, measuring
        self._count, self._n_batches = count, n_batches
        self._block: AbstractContextManager[Recorder] | None = None

    @property
    def run(self) -> Run | None:
        """The latest run, once it is stored."""
        return None if self.recorder is None else self.recorder.run

    def __iter__(self) -> Iterator[Batch]:
        """Give the batches; without a `with` around it, every loop is a run of its own."""
        if self._block is not None and self.recorder is not None:
            yield from self._counted(self.recorder)
            return
        with self._measuring.fresh() as recorder:
            self.recorder = recorder
            n_given = 0
            try:
                for batch in self._counted(recorder):
                    n_given += 1
                    yield batch
            except GeneratorExit:
                recorder.add_note(_left_early(n_given))
                raise

    def __len__(self) -> int:
        """Batches there will be, if the loader knows."""
        if not isinstance(self._loader, Sized):
            raise TypeError(f"{type(self._loader).__name__} does not know how many batches it has")
        n_batches = len(self._loader)
        return n_batches if self._n_batches is None else min(n_batches, self._n_batches)

    def __enter__(self) -> Self:
        block = self._measuring.fresh()
        self.recorder = block.__enter__()
        self._block = block
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        block, self._block = self._block, None
        return None if block is None else block.__exit__(kind, error, trace)

    def _counted(self, recorder: Recorder) -> Iterator[Batch]:
        counter = VolumeCounter()
        count = counter.count if self._count is None else self._count
        try:
            for batch in islice(self._loader, self._n_batches):
                recorder.add_output(count(batch))
                yield batch
        finally:
            recorder.add_output(counter.rest())
            if not counter.is_sure:
                recorder.add_note(_UNTOLD)


def metered(  # noqa: PLR0913 - what may be said of a run
    loader: Iterable[Batch],
    name: str = "",
    *,
    n_batches: int | None = None,
    count: Callable[[Batch], Volume] | None = None,
    store: Store | Path | str | None = None,
    meters: Sequence[str] | MeterBank = (),
    stage: Stage = Stage.COMMAND,
    study: str = "",
    pathway: str = "",
    parents: Sequence[str] = (),
    synchronize: Callable[[], None] = no_wait,
    **settings: Scalar,
) -> Metered[Batch]:
    """Measure a loop over batches as a run, from the first batch asked for to the last one done.

    A loop that runs to the end of its loader, or to `n_batches`, ended well. One that is left
    before is stored as interrupted: from outside, a break and an exception look the same. With
    `with metered(...) as batches:` around it they do not: a break is then an end, an exception a
    failure, and several loops in the block are one run.

    Args:
        loader: Any iterable of batches.
        name: Name of the run's row; within a study the stage's name by default.
        n_batches: Stop after so many; all by default.
        count: Says what a batch holds; told from its shape by default, see `VolumeCounter.count`.
        store: A store or its folder; the folder `store` by default.
        meters: Registered names, or open meters; empty means every sensor that works here.
        stage: Part of the life-cycle this is.
        study: Study in that store which the run joins; none by default.
        pathway: What the run is part of there.
        parents: Runs, by id or row, whose results the loop uses.
        synchronize: Waits for queued device work before both readings.
        settings: What was chosen; kept with the run.

    Examples:
        With any loader and any framework:

            for batch in metered(loader, "finetune", stage=Stage.FINETUNE, lr=3e-5):
                train(batch)
    """
    measuring = measure(
        name,
        store=store,
        meters=meters,
        stage=stage,
        study=study,
        pathway=pathway,
        parents=parents,
        synchronize=synchronize,
        **settings,
    )
    return Metered(loader, measuring=measuring, count=count, n_batches=n_batches)


def _left_early(n_given: int) -> Note:
    batches = "1 batch" if n_given == 1 else f"{n_given} batches"
    return Note(
        code=NoteCode.LEFT_EARLY,
        message=f"the loop was left after {batches}, before its loader ended; whether by a break "
        "or by an error cannot be told from here.",
        advice="Where it was a break, give n_batches, or write `with metered(...) as batches:` "
        "around the loop.",
    )


_UNTOLD = Note(
    code=NoteCode.VOLUME_UNKNOWN,
    message="some batches did not tell by their shape how many examples they hold; those are not "
    "counted.",
    advice="Give `count`, a function that returns the Volume of a batch.",
)
