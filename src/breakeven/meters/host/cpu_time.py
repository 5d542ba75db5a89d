"""CPU seconds of this process and everything below it, whoever is waited for by whom."""

import os
import time
from collections.abc import Callable, Mapping, Sequence

from breakeven.meters.host.account import TreeAccount
from breakeven.meters.host.pace import RELAXED_POLL_S, look_again_s
from breakeven.meters.host.tree import ProcessId, ProcessTree, Seen
from breakeven.meters.interference import host_observers
from breakeven.records import Resource
from breakeven.records.cost import METER, TREE
from breakeven.records.protocols import Channel, Observer, Reading

_LOOKS = 5
"""Looks at a tree that changes while it is looked at, before the last one is taken as it is."""

READINGS_S = 5e-4
"""What the readings at the two ends of a window may take of it, on the thread that is measured."""

_SAME_S = 1e-5
"""Two looks at the meter's clock this close show that it hardly worked in between."""

_WITH_PROC = "processes that leave the tree and end between two looks"
_WITHOUT_PROC = "processes below this one that are still running or were never waited for"


def children_s() -> float:
    """CPU seconds of descendants that were waited for, to the microsecond."""
    times = _children_usage()
    return times[0] + times[1]


def _children_usage() -> tuple[float, float]:
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return 0.0, 0.0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime, usage.ru_stime


class HostMeter:
    """CPU seconds of the process tree: self, living descendants, ended descendants."""

    name = "host"

    def __init__(
        self,
        *,
        include_self: bool = True,
        tree: ProcessTree | None = None,
        own_s: Callable[[], float] = time.process_time,
        reaped_s: Callable[[], float] = children_s,
        meter_s: Callable[[], float] | None = None,
    ) -> None:
        """Count from now on.

        Args:
            include_self: Whether this process counts; not when it only watches a command.
            tree: Where descendants are found.
            own_s: CPU seconds of this process.
            reaped_s: CPU seconds of descendants that were waited for.
            meter_s: CPU seconds of this process that background reads and journals took; told
                apart where this process counts.
        """
        self.poll_period_s = RELAXED_POLL_S
        self._include_self = include_self
        self._tree = ProcessTree() if tree is None else tree
        self._own_s, self._reaped_s = own_s, reaped_s
        self._meter_s = meter_s if include_self else None
        self._account = TreeAccount(root_pid=os.getpid())
        self._keys: frozenset[ProcessId] = frozenset()

    def channels(self) -> Sequence[Channel]:
        """The process tree and, where this process counts, the meter's own part of it."""
        tree = Channel(
            name=TREE,
            resource=Resource.CPU_S,
            sensor="process clocks" if self._tree.is_readable else "getrusage",
            resolution=1e-6,
            not_covered=_WITH_PROC if self._tree.is_readable else _WITHOUT_PROC,
        )
        own = Channel(
            name=METER,
            resource=Resource.CPU_S,
            sensor="thread clock",
            resolution=READINGS_S,
            not_covered="readings at the ends of the window",
            part_of=TREE,
        )
        return [tree] if self._meter_s is None else [tree, own]

    def read(self) -> Reading:
        """Return CPU seconds so far; never less than before."""
        live, reaped_s = self._look()
        self._keys = frozenset(live)
        self.poll_period_s = look_again_s(self._tree, is_watching=not self._include_self)
        total_s = self._account.update(live, reaped_s=reaped_s)
        own_s, meter_s = self._own()
        totals = {TREE: own_s + total_s}
        return Reading(totals=totals if meter_s is None else {**totals, METER: meter_s})

    def close(self) -> None:
        """Nothing is held open."""

    @property
    def observers(self) -> Sequence[Observer]:
        """Judge what else went on at this host, besides the processes that count here."""
        return host_observers(used_s=self._used_s)

    def _used_s(self) -> float:
        """CPU seconds of the process tree and of this process, measured or not."""
        tree_s = self.read().totals[TREE]
        return tree_s if self._include_self else tree_s + self._own_s()

    def _own(self) -> tuple[float, float | None]:
        """This process and the meter in it at one moment, so that the part is never the larger."""
        if not self._include_self:
            return 0.0, None
        if self._meter_s is None:
            return self._own_s(), None
        for _ in range(_LOOKS):
            meter_s, own_s = self._meter_s(), self._own_s()
            if self._meter_s() - meter_s <= _SAME_S:
                break
        return own_s, meter_s

    def _look(self) -> tuple[Mapping[ProcessId, Seen], float]:
        """Look until nobody ends meanwhile, so that each is either alive or in a sum, not both."""
        before = self._keys
        for _ in range(_LOOKS):
            live, reaped_s = self._tree.scan(), self._reaped_s()
            if live.keys() >= before and all(self._tree.exists(key) for key in live):
                break
            before = frozenset(live)
        return live, reaped_s
