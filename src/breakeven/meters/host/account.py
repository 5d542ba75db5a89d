"""CPU seconds of a process tree, so that nobody who ends is lost or counted twice.

A process's time is in its own clock while it lives, and in its parent's "waited for" sum after it
was reaped. Who is reaped by nobody (SIGCHLD ignored, parent dead) would vanish; what was last seen
of them is kept here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.meters.host.procfs import TICK_S
from breakeven.meters.host.tree import ProcessId, Seen

ROUNDING_S = 3 * TICK_S
"""A live parent's sum is cut to whole ticks twice, for user and for system time."""


@dataclass(slots=True, kw_only=True)
class TreeAccount:
    """Monotone CPU seconds of one root process and everybody below it.

    Attributes:
        root_pid: The root; its own time is the caller's to add.
        total_s: What all descendants have used so far, reaped or not.
    """

    root_pid: int
    total_s: float = 0.0
    _known: Mapping[ProcessId, Seen] = field(default_factory=dict)
    _reaped_s: float = 0.0
    _lost_s: float = 0.0

    def update(self, live: Mapping[ProcessId, Seen], *, reaped_s: float) -> float:
        """Take one consistent look and return `total_s`.

        Args:
            live: Every descendant that lives or waits to be reaped.
            reaped_s: What the root has reaped, looked up after whoever is missing from `live`
                was seen to be gone.
        """
        self._lost_s += self._lost_since(live, reaped_s)
        self._known, self._reaped_s = live, reaped_s
        alive_s = sum(seen.own_s + seen.reaped_s for seen in live.values())
        # Ticks may make the sum dip by a few milliseconds when a process is reaped.
        self.total_s = max(self.total_s, reaped_s + alive_s + self._lost_s)
        return self.total_s

    def _lost_since(self, live: Mapping[ProcessId, Seen], reaped_s: float) -> float:
        """CPU seconds of those who ended and whom no survivor was credited for."""
        ended_s: defaultdict[ProcessId | int | None, float] = defaultdict(float)
        by_pid = {key.pid: key for key in self._known}
        for key, seen in self._known.items():
            if key not in live:
                heir = self._heir(seen, live, by_pid)
                ended_s[heir] += seen.own_s + seen.reaped_s
        lost_s = ended_s.pop(None, 0.0)
        for heir, owed_s in ended_s.items():
            short_s = owed_s - self._credit(heir, live, reaped_s)
            lost_s += short_s if short_s > ROUNDING_S else 0.0
        return lost_s

    def _heir(
        self, seen: Seen, live: Mapping[ProcessId, Seen], by_pid: Mapping[int, ProcessId]
    ) -> ProcessId | int | None:
        """Nearest survivor above; the root's number, or None for a tree that has no one left."""
        while seen.parent_pid != self.root_pid:
            parent = by_pid.get(seen.parent_pid)
            if parent is None:
                return None
            if parent in live:
                return parent
            seen = self._known[parent]
        return self.root_pid

    def _credit(
        self, heir: ProcessId | int | None, live: Mapping[ProcessId, Seen], reaped_s: float
    ) -> float:
        if isinstance(heir, ProcessId):
            return live[heir].reaped_s - self._known[heir].reaped_s
        return reaped_s - self._reaped_s
