"""Engine: what a study hands its rows to; resolves, hashes and runs them, knows no meters.

`nlp` (the workloads room) and `toy` (breakeven.testing) come through the same entry-point group,
`breakeven.engines`, and so does anybody else's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from breakeven.records.note import Note
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.records.run import Stage
from breakeven.records.settings import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What a study must know of its data before it runs.

    Attributes:
        content_hash: Equal hashes mean equal data; part of every resume key.
        facts: Split sizes, licence, versions, flat.
        majority_scores: What always answering the commonest class scores, by metric; of F1 that of
            its better constant answer. Metrics that are absent have no such bar.
        metrics: Scores that answers to this task are given, its own headline first.
        notes: Doubts about the data.
    """

    content_hash: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    majority_scores: Mapping[str, float] = field(default_factory=dict)
    metrics: tuple[str, ...] = ("accuracy",)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a development row will amount to, by closed form.

    Attributes:
        flops: Operations, padding included.
        n_parameters: Of the model it hands on, embeddings included.
        is_upper_bound: Whether it may end sooner, by early stopping.
        shape: What speed depends on: sizes of the model, of a batch, and where it runs.
    """

    flops: float
    n_parameters: int
    is_upper_bound: bool
    shape: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast this machine works on one shape.

    Attributes:
        flops_per_s: Operations of training per second.
        start_s: Seconds that a fresh process takes before it can begin.
    """

    flops_per_s: float
    start_s: float


class Service(Protocol):
    """One checkpoint, loaded once, that answers many rows."""

    def run(self, context: StageContext, settings: Mapping[str, Scalar]) -> None:
        """Run one inference row with resolved settings."""
        ...


class Engine(Protocol):
    """Everything a study needs to resolve and run its rows.

    All but `run_stage` and `open_service` run in the parent, so they must be cheap to import.

    Attributes:
        clock_s: Monotonic clock that windows use, in seconds; an engine that only pretends to
            work moves its own.
    """

    clock_s: Callable[[], float]

    def versions(self) -> Mapping[Stage, int]:
        """Version of each stage's code, INFER included; names the stages there are."""
        ...

    def metrics(self) -> Collection[str]:
        """Names of all scores that its inference rows may give; the task says which."""
        ...

    def paths(self, settings: Mapping[str, Scalar]) -> Mapping[str, str]:
        """Of the settings of a task or a stage, those that may name a file or folder."""
        ...

    def stage_defaults(self, stage: Stage, passed: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """Every setting a stage understands, INFER included, with what it is unless passed.

        A run that was made before there was a setting counts as one made at its default. So
        another default, like any change of what equal settings do, is another version; and if a
        default depends on other settings, then on their values alone, passed or not.

        Raises:
            SettingsError: If what was passed contradicts the stage.
        """
        ...

    def resolve_stage(self, stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in defaults.

        Raises:
            UnknownNameError: If a key is not understood.
            SettingsError: If a value cannot be run.
        """
        ...

    def check_model(self, settings: Mapping[str, Scalar], *, roles: Collection[str]) -> int | None:
        """Check the model that a development row names, before anything is run.

        Args:
            settings: Resolved, paths located.
            roles: Of the rows it begins from ("start", "teacher", "fallback").

        Returns:
            Layers of a model that lies here; None where only loading tells.

        Raises:
            ModelFolderError: If a folder holds no model that can be used.
            SettingsError: If the model has not what is asked of it.
        """
        ...

    def check_depth(self, settings: Mapping[str, Scalar], n_layers: int) -> None:
        """Check the layers that a row keeps of a model of `n_layers`, before anything is run.

        Raises:
            SettingsError: If that model has fewer, or not those that are listed.
        """
        ...

    def resolve_service(self, row: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Return the settings of loading what a row made, from that row's resolved settings."""
        ...

    def resolve_inference(self, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in the defaults of one inference configuration; raises like `resolve_stage`."""
        ...

    def reduce(
        self, name: str, reference: Mapping[str, Scalar], values: Sequence[Scalar]
    ) -> Mapping[str, list[Scalar]]:
        """Return the setting a reduction changes and the values to try.

        Args:
            name: Of the reduction.
            reference: Resolved settings that are to be reduced.
            values: What to try; empty leaves the choice to the reduction.

        Raises:
            UnknownNameError: If there is no such reduction.
            SettingsError: If nothing would be reduced.
        """
        ...

    def describe_task(self, task: Mapping[str, Scalar]) -> TaskFacts:
        """Read the data and hash it.

        Raises:
            DataFileError: If the data is missing or malformed.
        """
        ...

    def forecast_work(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work],
    ) -> Work | None:
        """Say what a row will amount to, from its parents' work by role; None if unknown."""
        ...

    def calibrate(self, shape: Mapping[str, Scalar]) -> Speed | None:
        """Try for a moment how fast such work goes here; None if that cannot be had."""
        ...

    def run_stage(self, context: StageContext, request: StageRequest) -> None:
        """Run one development stage; its result goes to `context.artifact_dir("model")`."""
        ...

    def open_service(self, context: StageContext, request: StageRequest) -> Service:
        """Load the checkpoint in `request.parents["start"]` and keep it."""
        ...
