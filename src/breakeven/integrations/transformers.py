"""A callback for the Trainer of transformers: every `train()` becomes a stored run.

    trainer = Trainer(..., callbacks=[MeteringCallback("finetune", stage=Stage.FINETUNE)])

Trainer tells its callbacks nothing of an exception. A run that did not end is therefore closed by
whatever comes first: the end of a `with` block around the callback, which knows the exception; the
next `train()`; the callback's own end; or the end of the process.
"""

import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from breakeven.errors import MissingExtraError
from breakeven.integrations.volumes import MASK, TOKENS, VolumeCounter
from breakeven.meters import MeterBank
from breakeven.meters.bank import no_wait
from breakeven.records import Note, NoteCode, Run, Scalar, Stage
from breakeven.session import Recorder, measure
from breakeven.session.decorating import Measuring
from breakeven.store import Store

try:
    from transformers import TrainerCallback
except ImportError as _error:
    raise MissingExtraError("MeteringCallback", "nlp") from _error


class TrainingLeft(BaseException):
    """A training that never came to its end; becomes an interrupted run."""


class _Training:
    """One `train()` that is being measured."""

    def __init__(self, measuring: Measuring, model: Any) -> None:  # noqa: ANN401 - any framework
        self._stack = ExitStack()
        self._counter = VolumeCounter()
        self._epoch: ExitStack | None = None
        self.recorder = self._stack.enter_context(measuring.fresh())
        self._hook = _watch(model, self._count)
        self.n_batches = 0

    def begin_epoch(self) -> None:
        self.end_epoch()
        self._epoch = ExitStack()
        self._epoch.enter_context(self.recorder.window("epoch"))

    def end_epoch(self) -> None:
        if self._epoch is not None:
            self._epoch.close()
            self._epoch = None

    def end(self, error: BaseException | None = None) -> None:
        """Store the run; a second call does nothing."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None
            self.recorder.add_output(self._counter.rest())
            if not self._counter.is_sure:
                self.recorder.add_note(_UNTOLD)
        self.end_epoch()
        stack = self._stack.pop_all()
        if error is None:
            stack.close()
        else:
            stack.__exit__(type(error), error, error.__traceback__)

    def abandon(self) -> None:
        """Store what never ended, with the error that ended the process if there is one."""
        error = getattr(sys, "last_value", None)
        self.end(error or TrainingLeft("the training was left before its end"))

    def _count(self, module: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:  # noqa: ANN401 - torch's form
        if module.training:
            inputs = {key: kwargs[key] for key in (TOKENS, MASK) if kwargs.get(key) is not None}
            self.recorder.add_output(self._counter.count(inputs or dict(kwargs) or args))


class MeteringCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Measures every `train()` as a run, with its examples and tokens; its epochs are windows.

    Examples and tokens are counted where they enter the model in training; what is evaluated or
    saved in between costs, but is no volume.

    Attributes:
        recorder: Of the run that goes on, to add scores or open named windows; None before any.
    """

    def __init__(  # noqa: PLR0913 - what may be said of a run
        self,
        name: str = "",
        *,
        store: Store | Path | str | None = None,
        meters: Sequence[str] | MeterBank = (),
        stage: Stage = Stage.FINETUNE,
        study: str = "",
        pathway: str = "",
        parents: Sequence[str] = (),
        synchronize: Callable[[], None] | None = None,
        **settings: Scalar,
    ) -> None:
        """Say what the runs are; nothing is opened before `train()`.

        Args:
            name: Name of the run's row; within a study the stage's name by default.
            store: A store or its folder; the folder `store` by default.
            meters: Registered names, or open meters; empty means every sensor that works here.
            stage: Part of the life-cycle this is.
            study: Study in that store which the runs join; none by default.
            pathway: What the runs are part of there.
            parents: Runs, by id or row, whose results the training uses.
            synchronize: Waits for queued device work; of the Trainer's device by default.
            settings: What was chosen; kept with the runs.
        """
        self.recorder: Recorder | None = None
        self._said: dict[str, Any] = {
            "store": store,
            "meters": meters,
            "stage": stage,
            "study": study,
            "pathway": pathway,
            "parents": parents,
            **settings,
        }
        self._name, self._synchronize = name, synchronize
        self._training: _Training | None = None
        self._finalizer: weakref.finalize[[], MeteringCallback] | None = None

    @property
    def run(self) -> Run | None:
        """The latest run, once it is stored."""
        return None if self.recorder is None else self.recorder.run

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - transformers' form
        """Open a run."""
        if self._training is not None:
            self._end(TrainingLeft("another training began before this one had ended"))
        synchronize = self._synchronize or _waiting_for(args.device)
        measuring = measure(self._name, synchronize=synchronize, **self._said)
        self._training = training = _Training(measuring, kwargs.get("model"))
        self.recorder = training.recorder
        self._finalizer = weakref.finalize(self, training.abandon)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Open the window of the epochs."""
        if self._training is not None:
            self._training.begin_epoch()

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Close it."""
        if self._training is not None:
            self._training.end_epoch()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """Store the run."""
        self._end(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._training is not None:
            self._end(error or TrainingLeft("the block was left before the training had ended"))

    def _end(self, error: BaseException | None) -> None:
        if self._training is None:
            return
        if self._finalizer is not None:
            self._finalizer.detach()
        training, self._training = self._training, None
        training.end(error)


def _watch(model: Any, count: Callable[..., None]) -> Any:  # noqa: ANN401 - torch's handle
    """Have every batch counted that enters the model; None where it cannot be watched."""
    if not hasattr(model, "register_forward_pre_hook"):
        return None
    return model.register_forward_pre_hook(count, with_kwargs=True)


def _waiting_for(device: Any) -> Callable[[], None]:  # noqa: ANN401 - torch's device
    """How to wait for the work that is queued on a device."""
    import torch  # noqa: PLC0415 - imported by transformers by now

    backend = getattr(torch, device.type, None)
    waiting: Callable[[], None] = getattr(backend, "synchronize", no_wait)
    return waiting


_UNTOLD = Note(
    code=NoteCode.VOLUME_UNKNOWN,
    message="some batches did not tell by their shape how many examples they hold; those are not "
    "counted.",
    advice="Add what they held: callback.recorder.add_output(Volume(n_examples=...)).",
)
