"""The process tree below us, read from /proc.

`/proc/<pid>/task/*/children` does not exist on every kernel, is told to be unreliable while
processes end (proc_pid_task(5)) and has to be read once per thread, so parents are found by
scanning. A scan is skipped at the price of one system call while there is no child at all; while
nobody was born and nobody ended, only the clocks of those we know are read.
"""

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from breakeven.meters.host.procfs import (
    Births,
    Stat,
    ended_child,
    has_any_child,
    process_clock_s,
    read_small,
    read_stat,
    resident_bytes,
)

_FORGET_AFTER_S = 5.0
"""Process numbers return at the earliest after a full turn of pid_max; foreign ones are looked up
anew after this long without a scan."""

LATELY_S = 0.02
"""Meters that are read together share a look this young."""


class ProcessId(NamedTuple):
    """A process for all time: numbers are reused, number and start together are not."""

    pid: int
    started_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at a process showed.

    Attributes:
        parent_pid: Number of its parent now; 1 or a reaper's after the parent has died.
        own_s: CPU seconds of all its threads, exited ones included.
        reaped_s: CPU seconds of its descendants that were waited for.
        is_running: False for one that has ended and waits to be reaped.
    """

    parent_pid: int
    own_s: float
    reaped_s: float
    is_running: bool = True


class ProcessTree:
    """Finds every live (or not yet reaped) descendant, also those whose parent has died.

    Attributes:
        is_readable: Whether there is a /proc at all.
        n_orphans: Descendants whose parent is no longer one of us, at the last look.
        looked_s: Monotonic clock of the last look.
        peopled_s: Of the look since which there has been somebody at all.
        born_s: Of the look that last found somebody new.
        orphaned_s: Of the look since which there have been orphans.
    """

    def __init__(  # noqa: PLR0913 - each is a way to see processes that a test replaces
        self,
        *,
        proc: Path = Path("/proc"),
        root_pid: int | None = None,
        has_children: Callable[[], bool] | None = None,
        cpu_clock_s: Callable[[int], float] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        latest_birth: Callable[[], int | None] | None = None,
        ended_child: Callable[[], int | None] = ended_child,
    ) -> None:
        """Start with nobody known.

        Args:
            proc: The proc file system.
            root_pid: Whose descendants; this process by default.
            has_children: Cheap answer to whether the root has any child, dead ones included.
            cpu_clock_s: CPU seconds of a process by number; OSError when it has gone.
            clock_s: Monotonic clock.
            latest_birth: Number that was given out last; None where that cannot be known.
            ended_child: Number of a child that has ended and was not waited for.
        """
        self._cpu_clock_s = cpu_clock_s or process_clock_s
        self._proc = str(proc)
        self._root_pid = os.getpid() if root_pid is None else root_pid
        self._has_children = has_children or has_any_child
        self._clock_s = clock_s
        self._latest_birth = latest_birth or Births(proc).latest
        self._ended_child = ended_child
        self._foreign: set[int] = set()
        self._found: Mapping[ProcessId, Seen] = {}
        self._resident_bytes: dict[ProcessId, int] = {}
        self._birth: int | None = None
        self._listed_s = -_FORGET_AFTER_S
        self.is_readable = Path(proc, "self", "stat").exists()
        self.n_orphans = 0
        self.peopled_s = self.born_s = self.orphaned_s = clock_s()
        self.looked_s = -math.inf

    @property
    def is_empty(self) -> bool:
        """Whether the last look found nobody."""
        return not self._found

    def scan(self) -> Mapping[ProcessId, Seen]:
        """Look at every descendant; those already seen stay ours when their parent dies."""
        now_s, before, had_orphans = self._clock_s(), self._found, self.n_orphans > 0
        if not self.is_readable or not (self._has_children() or self.n_orphans):
            self._birth, self._found = None, {}
        else:
            birth = self._latest_birth()
            is_calm = birth is not None and birth == self._birth and not self._has_news()
            self._found = (self._same_again() if is_calm else None) or self._list(birth)
        if self._found.keys() - before.keys():
            self.born_s = now_s
            self.peopled_s = self.peopled_s if before else now_s
        if not had_orphans:
            self.orphaned_s = now_s
        self.looked_s = now_s
        self._resident_bytes.clear()
        return self._found

    def lately(self) -> Mapping[ProcessId, Seen]:
        """The latest look if it is young, for what is read beside it; else a new one."""
        is_young = 0 <= self._clock_s() - self.looked_s <= LATELY_S
        return self._found if is_young else self.scan()

    def exists(self, key: ProcessId) -> bool:
        """Whether that very process is still there, reaped ones not."""
        try:
            self._cpu_clock_s(key.pid)  # numbers are not reused between two looks
        except OSError:
            return False
        return True

    def resident_bytes(self, key: ProcessId) -> int:
        """Resident memory since the latest look, asked for once; 0 for one that has ended."""
        if key not in self._resident_bytes:
            self._resident_bytes[key] = resident_bytes(f"{self._proc}/{key.pid}")
        return self._resident_bytes[key]

    def peak_bytes(self, key: ProcessId) -> int:
        """Largest resident memory since it began its program; 0 for a process that has ended."""
        try:
            text = read_small(f"{self._proc}/{key.pid}/status")
        except OSError:
            return 0
        lines = (line for line in text.splitlines() if line.startswith(b"VmHWM:"))
        return int(next(lines, b"VmHWM: 0").split()[1]) * 1024

    def _has_news(self) -> bool:
        """Whether a child has ended since the last look: its own children are orphans now."""
        ended = self._ended_child()
        known = (s.is_running for key, s in self._found.items() if key.pid == ended)
        return ended is not None and next(known, True)

    def _same_again(self) -> Mapping[ProcessId, Seen] | None:
        """The same processes with their clocks of now; None when one of them has gone.

        Nobody was born, so nobody has waited for a child that we do not know.
        """
        try:
            now = {
                key: Seen(
                    parent_pid=seen.parent_pid,
                    own_s=self._cpu_clock_s(key.pid),
                    reaped_s=seen.reaped_s,
                    is_running=seen.is_running,
                )
                for key, seen in self._found.items()
            }
        except OSError:
            return None
        self._listed_s = self._clock_s()
        return now

    def _list(self, birth: int | None) -> Mapping[ProcessId, Seen]:
        stats = self._read_new()
        ours: dict[int, bool] = {self._root_pid: True}
        is_open = [self._decide(pid, stats, ours) for pid in stats]
        found = self._descendants(stats, ours)
        self._birth = None if any(is_open) else birth
        mine = {key.pid for key in found} | {self._root_pid}
        self.n_orphans = sum(seen.parent_pid not in mine for seen in found.values())
        return found

    def _read_new(self) -> dict[int, Stat]:
        """Read every process that is not known to be foreign."""
        now_s = self._clock_s()
        if now_s - self._listed_s > _FORGET_AFTER_S:
            self._foreign.clear()
        self._listed_s = now_s
        listed = {int(name) for name in os.listdir(self._proc) if name.isdigit()}  # noqa: PTH208 - three times faster than iterdir
        self._foreign &= listed
        read = {pid: read_stat(f"{self._proc}/{pid}/stat") for pid in listed - self._foreign}
        return {pid: stat for pid, stat in read.items() if stat is not None}

    def _descendants(
        self, stats: Mapping[int, Stat], ours: Mapping[int, bool]
    ) -> dict[ProcessId, Seen]:
        return {
            ProcessId(pid, stat.started_ticks): Seen(
                parent_pid=stat.parent_pid,
                own_s=self._own_s(pid, stat),
                reaped_s=stat.reaped_s,
                is_running=stat.is_running,
            )
            for pid, stat in stats.items()
            if pid != self._root_pid and ours[pid]
        }

    def _own_s(self, pid: int, stat: Stat) -> float:
        try:
            return self._cpu_clock_s(pid)
        except OSError:
            return stat.own_s

    def _decide(self, pid: int, stats: Mapping[int, Stat], ours: dict[int, bool]) -> bool:
        """Walk up until somebody is known; remember the answer for everyone on the way.

        Returns:
            Whether the question stays open until the next scan: the listing missed a parent.
        """
        way = []
        while pid in stats and pid not in ours:
            if ProcessId(pid, stats[pid].started_ticks) in self._found:
                ours[pid] = True
                break
            way.append(pid)
            pid = stats[pid].parent_pid
        answer = ours.get(pid, False)
        ours.update(dict.fromkeys(way, answer))
        if answer or not way:
            return False
        if pid in self._foreign or pid <= 1:
            self._foreign.update(way)
            return False
        return True
