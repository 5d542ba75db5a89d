"""A made-up clock and wall meter that tests of imported logs share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from breakeven.records import Cost, Kind, Resource, Run

EPOCH_S = 1_790_000_000.0
IDLE_W, WORK_W = 50.0, 150.0

MakeRun = Callable[..., Run]
MakeLog = Callable[..., Path]


def stamp(time_s: float) -> str:
    return datetime.fromtimestamp(EPOCH_S + time_s, UTC).isoformat(timespec="milliseconds")


def cost(resource: Resource, value: float, channel: str = "package-0") -> Cost:
    return Cost.exact(resource, value, kind=Kind.MEASURED, sensor="rapl", channel=channel)
