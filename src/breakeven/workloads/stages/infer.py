"""Stage infer: one checkpoint, loaded once, measured in many configurations."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from breakeven.records import PhaseName, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive import ReadTask, is_adaptive, load_adaptive, read_manifest
from breakeven.workloads.backends.backend import ready_backend
from breakeven.workloads.backends.graph_folder import is_graph, read_graph
from breakeven.workloads.models.linear import is_linear
from breakeven.workloads.stages.asked import choose_asked
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.imports import import_backend, import_linear, import_neural
from breakeven.workloads.stages.measured_row import MeasuredRow
from breakeven.workloads.stages.memory import release_memory, settle_memory
from breakeven.workloads.stages.serving import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceService:
    """A loaded checkpoint that answers row after row; asleep when nobody asks.

    Attributes:
        server: The loaded model.
        clock_s: Monotonic clock, in seconds, that minimum windows and warm-up are timed by.
        groups: Of each split that was asked so far, so that they are found once.
    """

    server: Server
    clock_s: Callable[[], float] = time.monotonic
    groups: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def open(cls, context: StageContext, request: StageRequest) -> "InferenceService":
        """Load data and model, as phases import (unless the process has it) and load.

        Args:
            context: Of the serving run, which all rows have as parent.
            request: The parent "start" is the checkpoint's folder; without it, the settings
                name a folder or hub id.

        Raises:
            ModelFolderError: If the checkpoint cannot be loaded safely.
            SettingsError: If it does not fit the task.
        """
        service = cls(server=open_server(context, request, read_task=open_task))
        settle_memory()
        return service

    def run(self, context: StageContext, settings: Mapping[str, Scalar]) -> None:
        """Measure one configuration: phases idle (if asked for), warm-up and work.

        The examples asked for are answered, text in and predictions out. The score is that of the
        first pass, as far as the window let it go; the predictions are kept as an artefact.

        Args:
            context: Of this row's run.
            settings: As `catalogue.resolve_inference` gives them.

        Raises:
            SettingsError: If this checkpoint cannot run so, or there are not so many examples.
            PrecisionRefusedError: If the precision was measured not to pay here.
        """
        asked = choose_asked(self.server.task, settings, self.groups)
        release_memory()
        with self.server.configured(context, settings, split=asked.split) as row:
            MeasuredRow(
                context=context,
                row=row,
                task=self.server.task,
                asked=asked,
                settings=settings,
                clock_s=self.clock_s,
            ).run(is_scored=self.server.is_scored)


def open_server(context: StageContext, request: StageRequest, *, read_task: ReadTask) -> Server:
    """Load a model by what its folder holds, as phases import and load.

    Args:
        context: Gives the phases.
        request: As `InferenceService.open` takes it.
        read_task: Reads the task, inside the load phase.

    Raises:
        ModelFolderError: If the model cannot be loaded safely.
        SettingsError: If it does not fit the task.
        BackendMissingError: If what runs its graph is not installed.
    """
    folder = request.parents.get("start")
    opened = _neural
    if folder is not None:
        opened = next((own for holds, own in _OTHERS if holds(folder)), _neural)
    return opened(context, request, read_task)


def _linear(context: StageContext, request: StageRequest, read_task: ReadTask) -> Server:
    import_linear(context)
    from breakeven.workloads.stages.linear_service import LinearServer  # noqa: PLC0415 - in phase

    with context.phase(PhaseName.LOAD):
        task = read_task(context, request)
        return LinearServer.load(request, task)


def _adaptive(context: StageContext, request: StageRequest, read_task: ReadTask) -> Server:
    method = load_adaptive(read_manifest(request.parents["start"]).method)
    return method.open(context, request, read_task=read_task)


def _graph(context: StageContext, request: StageRequest, read_task: ReadTask) -> Server:
    folder = request.parents["start"]
    import_backend(context, ready_backend(read_graph(folder).backend))
    from breakeven.workloads.stages.graph_service import GraphServer  # noqa: PLC0415 - in phase

    with context.phase(PhaseName.LOAD):
        task = read_task(context, request)
        return GraphServer.load(request, task)


def _neural(context: StageContext, request: StageRequest, read_task: ReadTask) -> Server:
    import_neural(context)
    from breakeven.workloads.stages.encoder_service import EncoderServer  # noqa: PLC0415 - torch

    with context.phase(PhaseName.LOAD):
        task = read_task(context, request)
        return EncoderServer.load(request, task)


_OTHERS: Sequence[tuple[Callable[[Path], bool], Callable[..., Server]]] = (
    (is_linear, _linear),
    (is_graph, _graph),
    (is_adaptive, _adaptive),
)
"""What a folder holds that is no encoder, and what opens it."""
