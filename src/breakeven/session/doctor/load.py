"""Load: whether this machine is at rest, so that its draw is an idle draw."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from breakeven.meters.host.procfs import TICK_S

IDLE_LOAD_FRAC = 0.05
"""Share of the machine's processors that others may use on a machine that is called idle: services
of a plain desktop or node take one to three hundredths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLook:
    """CPU seconds used so far.

    Attributes:
        busy_s: By everybody on this machine, stolen time included.
        own_s: By this process.
        n_cpus: Processors that `busy_s` is summed over.
    """

    busy_s: float
    own_s: float
    n_cpus: int


def look_at_load(
    *,
    proc: Path = Path("/proc"),
    own_s: Callable[[], float] = time.process_time,
    tick_s: float = TICK_S,
) -> LoadLook | None:
    """Read what everybody has used; None where the kernel does not say.

    Of the times in /proc/stat (proc_stat(5)) user, nice, system, irq, softirq and steal count;
    guest time is in user time already, and waiting for a disk is idling.

    Args:
        proc: The proc file system.
        own_s: CPU seconds of this process.
        tick_s: Unit of its times.
    """
    try:
        lines = (proc / "stat").read_text().splitlines()
    except OSError:
        return None
    total = next((line.split()[1:] for line in lines if line.startswith("cpu ")), [])
    if len(total) < 8:
        return None
    user, nice, system, _, _, irq, softirq, steal = (int(ticks) for ticks in total[:8])
    n_cpus = sum(line[3:4].isdigit() for line in lines if line.startswith("cpu"))
    return LoadLook(
        busy_s=(user + nice + system + irq + softirq + steal) * tick_s,
        own_s=own_s(),
        n_cpus=n_cpus or os.cpu_count() or 1,
    )


def others_frac(before: LoadLook, after: LoadLook, *, duration_s: float) -> float:
    """Share of all processors that others used between two looks, 0 to 1.

    Clocks of processors tick in hundredths of a second, so that a busy machine may seem to have
    used more than there is.

    Examples:
        >>> before = LoadLook(busy_s=100, own_s=10, n_cpus=2)
        >>> others_frac(before, LoadLook(busy_s=104, own_s=11, n_cpus=2), duration_s=10)
        0.15
    """
    others_s = (after.busy_s - before.busy_s) - (after.own_s - before.own_s)
    return min(1.0, max(0.0, others_s / (duration_s * after.n_cpus)))
