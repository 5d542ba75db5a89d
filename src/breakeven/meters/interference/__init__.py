"""What may have disturbed a window on this host, one observer per subject."""

from collections.abc import Callable
from pathlib import Path

from breakeven.meters.interference.cgroup import ControlGroupObserver
from breakeven.meters.interference.clocks import ClockObserver
from breakeven.meters.interference.load import LoadObserver
from breakeven.meters.interference.swap import SwapObserver
from breakeven.records.protocols import Observer


def host_observers(*, used_s: Callable[[], float], root: Path = Path("/")) -> tuple[Observer, ...]:
    """Observers of other load, throttled clocks, swap and control groups; those that see anything.

    Args:
        used_s: CPU seconds so far of everything that is not somebody else: the measured tree and
            this process.
        root: Where /proc and /sys are looked up.
    """
    found = (
        LoadObserver(used_s=used_s, root=root),
        ClockObserver(root=root),
        SwapObserver(root=root),
        ControlGroupObserver(root=root),
    )
    return tuple(observer for observer in found if observer.sees_anything)


__all__ = [
    "ClockObserver",
    "ControlGroupObserver",
    "LoadObserver",
    "SwapObserver",
    "host_observers",
]
