"""Examination: what `breakeven doctor` found on a machine, kept beside the runs it stands for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from breakeven.records.cost import Kind, Origin, Resource
from breakeven.records.idle import IdleReading
from breakeven.records.machine import Machine


class Verdict(StrEnum):
    """What came of one self-test."""

    PASSED = "passed"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """One self-test and what it showed.

    Attributes:
        name: What was tested ("clocks", "known CPU seconds of a child").
        verdict: What came of it.
        message: One or two sentences with the numbers in them; names the meter when it failed.
        advice: What to do; empty when nothing is to be done.
        figures: The numbers, each key with its unit.
    """

    name: str
    verdict: Verdict
    message: str
    advice: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFound:
    """A channel that can be measured here: what its meter says of it, and what was seen.

    Attributes:
        meter: Registered name of the meter.
        channel: Name of the channel.
        resource: What it counts.
        kind: How its numbers come about.
        origin: Live, or replayed.
        sensor: What reads it.
        stated_resolution: Smallest step as the meter states it, in the resource's unit.
        stated_period_s: Time between updates as the meter states it; None for fresh at every read.
        seen_step: Smallest step seen; None when it was not looked at, or never moved.
        seen_period_s: Median time between two updates; None when fresh at every look, or not seen.
        seen_period_low_s: Lower quartile of those times.
        seen_period_high_s: Upper quartile of those times.
        looked_every_s: Time between two looks; None when it was not looked at.
        n_updates: Changes seen.
        idle_noise_w: Standard deviation of the idle power from slice to slice; None when not told.
        read_s: Median time that one read of the meter takes; None when it was not timed.
        part_of: Channel that contains it.
        check_of: Channel that counts the same by another sensor, against which it is held.
        not_covered: What it leaves out.
        device: Physical thing that counts; empty for what belongs to the process.
    """

    meter: str
    channel: str
    resource: Resource
    kind: Kind
    origin: Origin
    sensor: str
    stated_resolution: float
    stated_period_s: float | None = None
    seen_step: float | None = None
    seen_period_s: float | None = None
    seen_period_low_s: float | None = None
    seen_period_high_s: float | None = None
    looked_every_s: float | None = None
    n_updates: int = 0
    idle_noise_w: float | None = None
    read_s: float | None = None
    part_of: str | None = None
    check_of: str | None = None
    not_covered: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSensor:
    """A sensor that cannot be had here.

    Attributes:
        meter: Registered name of the meter.
        reason: Why not, as found.
        advice: What would change that, or why nothing would.
        commands: What to type, in this order; empty where no command helps.
        is_own: Whether it is a sensor of the machine; false for what only opens on request.
    """

    meter: str
    reason: str
    advice: str = ""
    commands: tuple[str, ...] = ()
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything that `breakeven doctor` found out about one machine at one time.

    Attributes:
        machine: Where.
        examined_at: UTC, ISO 8601.
        took_s: How long it took.
        is_full: Whether idle draw and the A/A test were part of it.
        channels: What can be measured.
        missing: What cannot.
        self_tests: Clocks, known work, repeats of the same, the meters' own cost.
        idle: Idle draw of each energy channel that could be told.
        schema_version: Layout of this record.
    """

    machine: Machine
    examined_at: str
    took_s: float
    is_full: bool = False
    channels: tuple[ChannelFound, ...] = ()
    missing: tuple[MissingSensor, ...] = ()
    self_tests: tuple[SelfTest, ...] = ()
    idle: tuple[IdleReading, ...] = ()
    schema_version: int = 1

    @property
    def name(self) -> str:
        """What a run calls it by: the machine's fingerprint and when."""
        digest = hashlib.sha256(self.examined_at.encode()).hexdigest()[:8]
        return f"{self.machine.fingerprint}-{digest}"

    @property
    def failed(self) -> tuple[SelfTest, ...]:
        """Self-tests that failed."""
        return tuple(t for t in self.self_tests if t.verdict is Verdict.FAILED)
