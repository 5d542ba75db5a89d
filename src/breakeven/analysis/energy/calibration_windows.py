"""Windows of a calibration: stretches that a reference meter and software channels both saw."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from breakeven.records import Cost, Kind, Resource, Run, Scope

OBSERVED_FRAC = 0.99
"""A window that a log observed less of than this is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch that both the reference and the software channels saw.

    Attributes:
        reference_j: Energy by the reference.
        software_j: Energy by the software channels, added up.
        duration_s: Length.
    """

    reference_j: float
    software_j: float
    duration_s: float


EnergyBetween = Callable[[float, float], tuple[float, float]]
"""Joules and observed seconds from one time to another."""


def windows_between(
    reference: EnergyBetween,
    software: EnergyBetween,
    *,
    span_s: tuple[float, float],
    window_s: float,
) -> tuple[Window, ...]:
    """Cut the time that two logs share into windows of equal length.

    A window is the unit, not the sample: neighbouring samples are nearly the same measurement
    (STATISTICS: samples taken for independent give 77 % false positives). Windows that either log
    did not fully observe are left out.

    Args:
        reference: Of the reference.
        software: Of the software channels, on the same clock.
        span_s: Begin and end of the shared time.
        window_s: Length of a window, above 0.
    """
    found = []
    for index in range(math.floor((span_s[1] - span_s[0]) / window_s + 1e-9)):
        start_s = span_s[0] + index * window_s
        theirs, ours = reference(start_s, start_s + window_s), software(start_s, start_s + window_s)
        if min(theirs[1], ours[1]) >= OBSERVED_FRAC * window_s:
            found.append(Window(reference_j=theirs[0], software_j=ours[0], duration_s=window_s))
    return tuple(found)


def windows_of(
    runs: Sequence[Run], *, scope: Scope = Scope.WALL, channels: Collection[str] = ()
) -> tuple[tuple[Window, ...], tuple[str, ...]]:
    """Phases in which both a reference and every software channel were measured throughout.

    What saw only a part of a phase is left out: its joules are fewer than the phase's.

    Args:
        runs: As read from a store, imported logs laid over them.
        scope: Of the reference.
        channels: Software channels to add up; by default those that count towards the total of
            the parts in the first phase that has both.

    Returns:
        The windows in order of time, and the software channels they hold.
    """
    wanted, windows = tuple(channels), list[Window]()
    for phase in (p for run in runs for p in run.phases if p.measurement.duration_s > 0):
        seen = phase.measurement
        energies = {c.channel: c for c in _summed(seen.costs) if c.kind is Kind.MEASURED}
        theirs = [c for c in energies.values() if c.scope is scope]
        parts = tuple(name for name, c in energies.items() if c.scope is Scope.PART)
        if not theirs or not parts:
            continue
        wanted = wanted or parts
        ours = [energies[name] for name in wanted if name in energies]
        if len(ours) == len(wanted) and all(map(_saw_all, (*theirs, *ours))):
            windows.append(
                Window(
                    reference_j=sum(c.value for c in theirs),
                    software_j=sum(c.value for c in ours),
                    duration_s=seen.duration_s,
                )
            )
    return tuple(windows), wanted


def _saw_all(cost: Cost) -> bool:
    return cost.coverage_frac >= OBSERVED_FRAC


def _summed(costs: Sequence[Cost]) -> list[Cost]:
    """Energy channels that neither lie in nor check another one."""
    energies = [c for c in costs if c.resource is Resource.ENERGY_J]
    present = {c.channel for c in energies}
    return [c for c in energies if not {c.part_of, c.check_of} & present]
