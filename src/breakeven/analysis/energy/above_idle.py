"""Above idle: what the work of a study drew beyond what its channels draw when nobody works."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

from breakeven.records import Cost, IdleReading, PhaseName, Resource, Run, above_idle


@dataclass(frozen=True, slots=True, kw_only=True)
class AboveIdle:
    """One energy channel over the work phases of every run whose idle draw is known.

    Attributes:
        channel: Its name.
        gross: What it counted.
        net: The same less idle draw.
        readings: Idle readings that were taken off, each once.
        n_windows: Work phases that entered.
    """

    channel: str
    gross: Cost
    net: Cost
    readings: tuple[IdleReading, ...]
    n_windows: int


def energy_above_idle(runs: Iterable[Run]) -> tuple[AboveIdle, ...]:
    """Set gross energy beside energy above idle, channel by channel.

    Args:
        runs: Of a study; those without a known idle draw of the channel are left out of both.

    Examples:
        >>> energy_above_idle([])
        ()
    """
    found: dict[str, list[tuple[Cost, Cost, IdleReading]]] = {}
    for run in runs:
        for gross, net, reading in _windows(run):
            found.setdefault(gross.channel, []).append((gross, net, reading))
    return tuple(
        AboveIdle(
            channel=channel,
            gross=reduce(add, [gross for gross, _, _ in windows]),
            net=reduce(add, [net for _, net, _ in windows]),
            readings=tuple(dict.fromkeys(reading for _, _, reading in windows)),
            n_windows=len(windows),
        )
        for channel, windows in sorted(found.items())
    )


def _windows(run: Run) -> Iterable[tuple[Cost, Cost, IdleReading]]:
    known = {(reading.channel, reading.sensor): reading for reading in run.idle}
    for measured in run.measurements(PhaseName.WORK):
        for cost in measured.costs:
            reading = known.get((cost.channel, cost.sensor))
            if cost.resource is Resource.ENERGY_J and reading is not None:
                yield cost, above_idle(cost, reading, duration_s=measured.duration_s), reading
