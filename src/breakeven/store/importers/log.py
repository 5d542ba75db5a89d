"""A power log, once read: channels whose traces can be integrated over any stretch.

Watts become a `PowerTrace`, running totals of energy a `CounterTrace`; either is asked for the
energy of any stretch and answers with value, bounds and coverage.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from breakeven.formulas.hygiene import Finding
from breakeven.formulas.trace import TraceEnergy


class EnergyTrace(Protocol):
    """Samples of one channel that know the energy of any stretch."""

    times_s: tuple[float, ...]

    @property
    def period_s(self) -> float:
        """Usual time between two samples."""
        ...

    def energy(self, *, start_s: float | None = None, end_s: float | None = None) -> TraceEnergy:
        """Energy from `start_s` to `end_s`, on the log's clock."""
        ...

    def phase_energy(self, start_s: float, end_s: float) -> TraceEnergy:
        """Energy of a phase that is known to begin and end there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChannel:
    """One column of a log, or one group of its rows.

    Attributes:
        name: How it is called.
        trace: Its samples.
        is_power: Whether they were power; otherwise readings of a running total.
        update_s: Usual time between two updates of the sensor: longer than between two samples
            where values repeat because it is read more often than it updates.
        resolution: Smallest step that the log shows, in W or J.
        findings: Samples that were mended or left out.
        lines: Line of the file on which each sample stood, as given.
    """

    name: str
    trace: EnergyTrace
    is_power: bool
    update_s: float
    resolution: float
    findings: tuple[Finding, ...] = ()
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLog:
    """A log that was read.

    Attributes:
        path: Where it lies.
        content_hash: SHA-256 of its bytes.
        channels: One per column or group, in order.
        is_elapsed: Whether its clock begins at a zero of its own.
        resolution_s: Smallest step of its times.
        has_groups: Whether rows named their channels, which then need not belong together.
    """

    path: Path
    content_hash: str
    channels: tuple[LogChannel, ...]
    is_elapsed: bool
    resolution_s: float
    has_groups: bool = False

    @property
    def start_s(self) -> float:
        """Earliest sample, on the log's clock."""
        return min(channel.trace.times_s[0] for channel in self.channels)

    @property
    def end_s(self) -> float:
        """Latest sample, on the log's clock."""
        return max(channel.trace.times_s[-1] for channel in self.channels)

    @property
    def period_s(self) -> float:
        """Longest usual time between samples of its channels."""
        return max(channel.trace.period_s for channel in self.channels)

    @property
    def clock_doubt_s(self) -> float:
        """How well a stated clock offset can be known: to the written digit of the times.

        A sample of power may stand for the whole step before it, so of power to one update; a
        reading of a running total is taken at its time.
        """
        periods_s = [c.update_s for c in self.channels if c.is_power]
        return max([self.resolution_s, *periods_s])

    def energy(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Joules of all channels together, and the seconds that every one of them observed."""
        parts = [c.trace.energy(start_s=start_s, end_s=end_s) for c in self.channels]
        return sum(p.energy_j for p in parts), min(p.covered_s for p in parts)
