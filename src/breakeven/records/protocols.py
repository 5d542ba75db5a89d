"""Protocols that meters, stages and tasks implement, where every room may see them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from breakeven.records.cost import Cost, Kind, Origin, Resource, Scope
from breakeven.records.measurement import PhaseName
from breakeven.records.note import Note
from breakeven.records.run import Stage
from breakeven.records.score import Score
from breakeven.records.settings import Scalar
from breakeven.records.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What one channel of a meter is; constant for the life of the meter.

    Attributes:
        name: Stable key ("process_tree", "package-0", "gpu0").
        resource: What it counts.
        sensor: What reads it ("rapl", "nvml-energy", "nvml-power", "proc").
        resolution: Smallest step, in the resource's unit.
        period_s: Time between the sensor's updates; None when fresh at every read.
        not_covered: What it leaves out, in words.
        part_of: Channel that contains it; the two are never summed.
        kind: Measured unless the user asked for a model.
        origin: Live unless replayed.
        relative_error: Share of a value by which the sensor itself may be off (its maker's
            figure); widens the interval.
        device: Physical thing that counts, the same for every process of this machine
            ("rapl:package-0", "gpu:GPU-1234"); one run at a time owns it. Empty for what belongs to
            the process itself and may be read by everybody.
        check_of: Channel that counts the same by another sensor; compared, never summed.
        scope: How much of the machine it sees. A power supply (ACPI, BMC, Redfish) or a plug
            contains the parts, which then drop out of sums without naming it.
    """

    name: str
    resource: Resource
    sensor: str
    resolution: float
    period_s: float | None = None
    not_covered: str = ""
    part_of: str | None = None
    kind: Kind = Kind.MEASURED
    origin: Origin = Origin.LIVE
    relative_error: float = 0.0
    device: str = ""
    check_of: str | None = None
    scope: Scope = Scope.PART


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One read of every channel of one meter.

    Attributes:
        totals: Running total by channel since an arbitrary zero, unwrapped; a channel that
            cannot be read is absent, never 0.
        covered_s: Seconds the channel has truly observed since its zero, for channels that
            integrate a power sensor; a channel absent here observes all the time.
        slack: Running total by channel of how far `totals` may be off for what nobody saw between
            two samples, in the channel's unit; it never falls. A channel absent here has none.
        lag: How much of what was consumed may not be in a total yet, in the channel's unit, for
            meters that ask in the background; takes the place of the update period in the interval.
        reasons: Why a channel is absent from `totals`, in words, where the meter can tell.
    """

    totals: Mapping[str, float]
    covered_s: Mapping[str, float] = field(default_factory=dict)
    slack: Mapping[str, float] = field(default_factory=dict)
    lag: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Meter(Protocol):
    """A set of cumulative counters that can be read at any time.

    A meter knows counters only: no models, no files of ours, no statistics. Readings are made
    under the bank's lock, so a meter need not be thread-safe.
    """

    name: str
    poll_period_s: float
    """How often `read` must be called in the background (unwrapping, integration, trees)."""

    def channels(self) -> Sequence[Channel]:
        """Describe every channel."""
        ...

    def read(self) -> Reading:
        """Return the running totals.

        Raises:
            MeterUnavailableError: If the counters can no longer be read at all.
            CounterResetError: If a counter fell by more than a wrap explains.
        """
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...


@runtime_checkable
class PeakMeter(Protocol):
    """A set of gauges whose largest value within a window matters (memory)."""

    name: str
    poll_period_s: float

    def channels(self) -> Sequence[Channel]:
        """Describe every channel."""
        ...

    def take_peaks(self) -> Mapping[str, float]:
        """Return each channel's largest value since the previous call, and start anew."""
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...


@runtime_checkable
class Observer(Protocol):
    """Something that may have disturbed a window: other load, throttling, swapping, limits."""

    name: str

    def look(self) -> Mapping[str, float]:
        """Return what is counted now, by a name of its own; what cannot be read is absent."""
        ...

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        """Say what disturbed the stretch between two looks."""
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...


class StageContext(Protocol):
    """What a stage may ask for while it runs; it never learns how it is metered."""

    run_id: str

    @property
    def enough_s(self) -> float:
        """Seconds a window must last to hold enough updates of every energy sensor; 0 for none."""
        ...

    def phase(
        self, name: PhaseName, *, synchronize: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """Measure the block as one phase; `synchronize` waits for queued device work."""
        ...

    def count(self, cost: Cost) -> None:
        """Add a counted or modelled total (FLOPs, examples, parameters) to the work phase."""
        ...

    def add_output(self, volume: Volume, *, phase: PhaseName = PhaseName.WORK) -> None:
        """Add to what the work phase, or another one that is closed, has processed so far."""
        ...

    def add_score(self, score: Score) -> None:
        """Record one quality number."""
        ...

    def add_note(self, note: Note) -> None:
        """Record one doubt; the same code and message are kept once."""
        ...

    def artifact_dir(self, name: str) -> Path:
        """Return an empty folder; when the run ends well it is kept under its content hash."""
        ...

    def checkpoint_dir(self) -> Path | None:
        """Return the folder of the row's checkpoints, which outlives a run that is killed.

        It is deleted when a run of the row ends well.

        Returns:
            None where the run is nobody's row, so that nothing could go on from there.
        """
        ...

    def continues(self, run_id: str) -> None:
        """Say that this run goes on from a checkpoint of an earlier one, which did not end."""
        ...

    def progress(self, done: float, total: float) -> None:
        """Say how far the stage is, for people; costs nothing when nobody watches."""
        ...

    def learning(self, loss: float) -> None:
        """Say the mean training loss since the last time; kept with the run's progress."""
        ...

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants a judgement after each pass, to end what is not worth its end."""
        ...

    def judged(self, scores: Sequence[Score], *, step: float, n_steps: float) -> None:
        """Say how good the model is on held-out examples at one point of its training.

        Args:
            scores: Of the state it is in; the split they were taken on is in them.
            step: Steps done, as in `progress`.
            n_steps: Steps at the end, unless it ends early.

        Raises:
            TrialPrunedError: If this is a trial that is not worth its end; let it pass.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRequest:
    """What a stage is asked to do.

    Attributes:
        stage: Which stage.
        settings: Resolved, flat.
        task: Resolved task block of the study (name, files, columns), flat.
        parents: Artefact folder of each parent by role ("start", "teacher", "fallback").
    """

    stage: Stage
    settings: Mapping[str, Scalar]
    task: Mapping[str, Scalar]
    parents: Mapping[str, Path] = field(default_factory=dict)
