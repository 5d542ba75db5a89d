"""The process tree below us, read from /proc.

`/proc/<pid>/task/*/children` does not exist on every kernel, so parents are found by scanning.
The scan is skipped at the price of one system call while there is no child at all.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

TICK_S = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01
"""Unit of the times in /proc/<pid>/stat."""

_WALL = 0x40000000
"""__WALL of wait(2): children made by clone without SIGCHLD count as well."""

_FORGET_AFTER_S = 5.0
"""Process numbers return at the earliest after a full turn of pid_max; foreign ones are looked up
anew after this long without a scan."""


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


class _Stat(NamedTuple):
    state: bytes
    parent_pid: int
    started_ticks: int
    own_s: float
    reaped_s: float


class ProcessTree:
    """Finds every live (or not yet reaped) descendant, also those whose parent has died."""

    def __init__(
        self,
        *,
        proc: Path = Path("/proc"),
        root_pid: int | None = None,
        has_children: Callable[[], bool] | None = None,
        cpu_clock_s: Callable[[int], float] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with nobody known.

        Args:
            proc: The proc file system.
            root_pid: Whose descendants; this process by default.
            has_children: Cheap answer to whether the root has any child, dead ones included.
            cpu_clock_s: CPU seconds of a process by number; OSError when it has gone.
            clock_s: Monotonic clock.
        """
        self._cpu_clock_s = cpu_clock_s or process_clock_s
        self._proc = str(proc)
        self._root_pid = os.getpid() if root_pid is None else root_pid
        self._has_children = has_children or has_any_child
        self._clock_s = clock_s
        self._foreign: set[int] = set()
        self._members: frozenset[ProcessId] = frozenset()
        self._scanned_s = -_FORGET_AFTER_S
        self.is_readable = Path(proc, "self", "stat").exists()
        self.n_orphans = 0

    def scan(self) -> Mapping[ProcessId, Seen]:
        """Look at every descendant; those already seen stay ours when their parent dies."""
        if not self.is_readable or not (self._has_children() or self.n_orphans):
            self._members = frozenset()
            return {}
        stats = self._read_new()
        found = self._descendants(stats)
        self._members = frozenset(found)
        mine = {key.pid for key in found} | {self._root_pid}
        self.n_orphans = sum(seen.parent_pid not in mine for seen in found.values())
        return found

    def exists(self, key: ProcessId) -> bool:
        """Whether that very process is still there, reaped ones not."""
        try:
            self._cpu_clock_s(key.pid)  # numbers are not reused between two looks
        except OSError:
            return False
        return True

    def resident_bytes(self, key: ProcessId) -> int:
        """Resident memory now; 0 for a process that has ended."""
        try:
            text = _read(f"{self._proc}/{key.pid}/statm")
        except OSError:
            return 0
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak_bytes(self, key: ProcessId) -> int:
        """Largest resident memory since it began its program; 0 for a process that has ended."""
        try:
            text = _read(f"{self._proc}/{key.pid}/status")
        except OSError:
            return 0
        lines = (line for line in text.splitlines() if line.startswith(b"VmHWM:"))
        return int(next(lines, b"VmHWM: 0").split()[1]) * 1024

    def _read_new(self) -> dict[int, _Stat]:
        """Read every process that is not known to be foreign."""
        now_s = self._clock_s()
        if now_s - self._scanned_s > _FORGET_AFTER_S:
            self._foreign.clear()
        self._scanned_s = now_s
        listed = {int(name) for name in os.listdir(self._proc) if name.isdigit()}  # noqa: PTH208 - three times faster than iterdir
        self._foreign &= listed
        read = {pid: _read_stat(f"{self._proc}/{pid}/stat") for pid in listed - self._foreign}
        return {pid: stat for pid, stat in read.items() if stat is not None}

    def _descendants(self, stats: Mapping[int, _Stat]) -> dict[ProcessId, Seen]:
        ours: dict[int, bool] = {self._root_pid: True}
        for pid in stats:
            self._decide(pid, stats, ours)
        return {
            ProcessId(pid, stat.started_ticks): Seen(
                parent_pid=stat.parent_pid,
                own_s=self._own_s(pid, stat),
                reaped_s=stat.reaped_s,
                is_running=stat.state not in (b"Z", b"X"),
            )
            for pid, stat in stats.items()
            if pid != self._root_pid and ours[pid]
        }

    def _own_s(self, pid: int, stat: _Stat) -> float:
        try:
            return self._cpu_clock_s(pid)
        except OSError:
            return stat.own_s

    def _decide(self, pid: int, stats: Mapping[int, _Stat], ours: dict[int, bool]) -> None:
        """Walk up until somebody is known; remember the answer for everyone on the way."""
        way = []
        while pid in stats and pid not in ours:
            if ProcessId(pid, stats[pid].started_ticks) in self._members:
                ours[pid] = True
                break
            way.append(pid)
            pid = stats[pid].parent_pid
        answer = ours.get(pid, False)
        ours.update(dict.fromkeys(way, answer))
        # A parent that the listing missed leaves the question open until the next scan.
        if not answer and (pid in self._foreign or pid <= 1):
            self._foreign.update(way)


def has_any_child() -> bool:
    """Whether this process has a child, one system call."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _WALL)
    except ChildProcessError:
        return False
    return True


def start_ticks(pid: int, *, proc: Path = Path("/proc")) -> int | None:
    """When a process started, in clock ticks since boot; None if it does not exist or has ended.

    A dead process that its parent has not collected yet (in containers that may take long) is
    still listed, as a zombie; it has ended all the same.
    """
    stat = _read_stat(f"{proc}/{pid}/stat")
    return None if stat is None or stat.state in (b"Z", b"X") else stat.started_ticks


def process_clock_s(pid: int) -> float:
    """CPU seconds of a process at the clock's resolution; /proc counts ticks of 10 ms.

    Raises:
        OSError: If there is no such process.
    """
    # MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of linux/posix-timers_types.h
    return time.clock_gettime(~pid << 3 | 2)


def _read(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)


def _read_stat(path: str) -> _Stat | None:
    """Parse /proc/<pid>/stat (proc_pid_stat(5)); None when the process has gone."""
    try:
        text = _read(path)
    except OSError:
        return None
    fields = text.rpartition(b")")[2].split()
    if len(fields) < 20:
        return None
    return _Stat(
        state=fields[0],
        parent_pid=int(fields[1]),
        started_ticks=int(fields[19]),
        own_s=(int(fields[11]) + int(fields[12])) * TICK_S,
        reaped_s=(int(fields[13]) + int(fields[14])) * TICK_S,
    )
