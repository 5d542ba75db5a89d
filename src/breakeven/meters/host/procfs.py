"""What /proc and the clocks of the kernel say about single processes."""

import os
import time
from pathlib import Path
from typing import NamedTuple

TICK_S = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01
"""Unit of the times in /proc/<pid>/stat."""

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

_WALL = 0x40000000
"""__WALL of wait(2): children made by clone without SIGCHLD count as well."""


class Stat(NamedTuple):
    """The fields of /proc/<pid>/stat that matter here.

    Attributes:
        state: One letter; Z and X have ended.
        parent_pid: Number of the parent.
        started_ticks: Clock ticks since boot.
        own_s: CPU seconds of its threads, to a tick.
        reaped_s: CPU seconds of descendants that were waited for, to a tick.
    """

    state: bytes
    parent_pid: int
    started_ticks: int
    own_s: float
    reaped_s: float

    @property
    def is_running(self) -> bool:
        """False for one that has ended and waits to be reaped."""
        return self.state not in (b"Z", b"X")


def read_stat(path: str) -> Stat | None:
    """Parse /proc/<pid>/stat (proc_pid_stat(5)); None when the process has gone."""
    try:
        text = read_small(path)
    except OSError:
        return None
    fields = text.rpartition(b")")[2].split()
    if len(fields) < 20:
        return None
    return Stat(
        state=fields[0],
        parent_pid=int(fields[1]),
        started_ticks=int(fields[19]),
        own_s=(int(fields[11]) + int(fields[12])) * TICK_S,
        reaped_s=(int(fields[13]) + int(fields[14])) * TICK_S,
    )


def resident_bytes(folder: str) -> int:
    """Resident memory of the process with that folder in /proc; 0 for one that has ended."""
    try:
        text = read_small(f"{folder}/statm")
    except OSError:
        return 0
    return int(text.split()[1]) * PAGE_BYTES


def start_ticks(pid: int, *, proc: Path = Path("/proc")) -> int | None:
    """When a process started, in clock ticks since boot; None if it does not exist or has ended.

    A dead process that its parent has not collected yet (in containers that may take long) is
    still listed, as a zombie; it has ended all the same.
    """
    stat = read_stat(f"{proc}/{pid}/stat")
    return None if stat is None or not stat.is_running else stat.started_ticks


def process_clock_s(pid: int) -> float:
    """CPU seconds of a process at the clock's resolution; /proc counts ticks of 10 ms.

    Raises:
        OSError: If there is no such process.
    """
    # MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of linux/posix-timers_types.h
    return time.clock_gettime(~pid << 3 | 2)


def has_any_child() -> bool:
    """Whether this process has a child, one system call."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _WALL)
    except ChildProcessError:
        return False
    return True


def ended_child() -> int | None:
    """Number of a child that has ended and waits to be reaped, one system call; None for none."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | _WALL)
    except ChildProcessError:
        return None
    return None if found is None else found.si_pid


class Births:
    """Tells cheaply whether any process may have been born since the last look.

    The last field of /proc/loadavg is the number that was given out last in our PID namespace
    (proc_loadavg(5)): while it stands still, nobody was born. Where the file is somebody else's
    (lxcfs mounts its own over it and renews it every few seconds) or shows no number (gVisor
    writes 0), births are never ruled out.
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        """Find out whether the number can be trusted here."""
        self._path = str(proc / "loadavg")
        try:
            self._is_kernels = os.stat(self._path).st_dev == os.stat(proc).st_dev  # noqa: PTH116 - one call each
        except OSError:
            self._is_kernels = False

    def latest(self) -> int | None:
        """Number given out last; None where that cannot be known."""
        if not self._is_kernels:
            return None
        try:
            return int(read_small(self._path).rsplit(None, 1)[-1]) or None
        except (OSError, ValueError, IndexError):
            return None


def read_small(path: str, *, size: int = 4096) -> bytes:
    """Read the first `size` bytes of a file, three system calls.

    Raises:
        OSError: If it cannot be read.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, size)
    finally:
        os.close(fd)
