"""What this process has spent since it began: interpreter, imports, everything before a window."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from breakeven.meters import MeterBank
from breakeven.meters.host.cpu_time import children_s
from breakeven.meters.host.procfs import TICK_S, start_ticks
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Resource


def process_start_measurement(
    bank: MeterBank,
    *,
    own_s: Callable[[], float] = time.process_time,
    age_s: Callable[[], float] | None = None,
) -> Measurement:
    """Measure from the start of this process to now: duration and CPU seconds.

    Counters that were opened later cannot say what they counted before; where there are energy
    channels, a note says so.

    Args:
        bank: The meters of the windows to come.
        own_s: CPU seconds of this process.
        age_s: Seconds since this process started.
    """
    duration_s = (age_s or process_age_s)()
    cpu_s = own_s() + children_s()
    return Measurement(
        started_at=_before_now(duration_s),
        duration_s=duration_s,
        costs=(
            _cost(Resource.DURATION_S, duration_s, channel="wall", resolution=TICK_S),
            _cost(Resource.CPU_S, cpu_s, channel="process_tree", resolution=1e-6),
        ),
        notes=_unseen_energy(bank),
    )


def process_age_s(*, proc: Path = Path("/proc")) -> float:
    """Seconds since this process started, to a clock tick; without /proc, its CPU seconds."""
    ticks = start_ticks(os.getpid(), proc=proc)
    if ticks is None:
        return time.process_time()
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - ticks * TICK_S)


def _cost(resource: Resource, value: float, *, channel: str, resolution: float) -> Cost:
    return Cost(
        resource=resource,
        value=value,
        low=max(0.0, value - resolution),
        high=value + resolution,
        kind=Kind.MEASURED,
        channel=channel,
        sensor="since process start",
        resolution=resolution,
    )


def _unseen_energy(bank: MeterBank) -> tuple[Note, ...]:
    unseen = sorted(c.name for c in bank.channels() if c.resource is Resource.ENERGY_J)
    if not unseen:
        return ()
    return (
        Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"the energy of {', '.join(unseen)} before the meters opened is not known.",
            advice="Compare import phases by CPU seconds.",
        ),
    )


def _before_now(duration_s: float) -> str:
    began = datetime.now(UTC) - timedelta(seconds=duration_s)
    return began.isoformat(timespec="milliseconds")
