"""The protocol of an adaptive method: what is computed depends on how easy an example is.

A third party adds one by an entry point of the group `breakeven.adaptives`; rows of stage adapt
then take its name as `method`. `breakeven.testing.AdaptiveConformance` says whether it behaves.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from breakeven.records import Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.reductions.reduction import Card
from breakeven.workloads.stages.serving import Server
from breakeven.workloads.tasks import Task

ReadTask = Callable[[StageContext, StageRequest], Task[Any]]
"""Reads the task, inside the load phase."""


@runtime_checkable
class Adaptive(Protocol):
    """One method; importing it brings in neither torch nor a backend."""

    @property
    def card(self) -> Card:
        """What a reader should know: it acts at stage adapt and is adaptive."""
        ...

    @property
    def roles(self) -> tuple[str, ...]:
        """Rows it needs, of "start" and "fallback"."""
        ...

    def check(self, settings: Mapping[str, Scalar]) -> None:
        """Refuse settings of a row before anything is run.

        Raises:
            SettingsError: If they cannot be run.
        """
        ...

    def adapt(self, context: StageContext, request: StageRequest) -> None:
        """Make the model and keep it as the artefact "model", a folder with an `adapt.json`.

        Everything is computed inside the work phase, thresholds are chosen on the validation split
        alone, and the score of that split is that of the model which is kept.

        Raises:
            SettingsError: If the parents, the task or its data do not allow it.
            ModelFolderError: If a parent cannot be loaded safely.
        """
        ...

    def open(self, context: StageContext, request: StageRequest, *, read_task: ReadTask) -> Server:
        """Load such a folder, the parent "start", as phases import and load.

        An answer of the server's rows depends on its example alone, as far as the members' own
        numerics do.

        Raises:
            SettingsError: If it does not fit the task.
            ModelFolderError: If it cannot be loaded safely.
        """
        ...
