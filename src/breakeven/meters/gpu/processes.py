"""Whose processes those on a GPU are: ours, or somebody else's.

Drivers name processes by their numbers on the host (nvidia-docker issue 1483: "the driver itself
does not support pid-namespaces"), so inside a container nobody can be told apart.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

HOST_NAMESPACE = "pid:[4026531836]"
"""PROC_PID_INIT_INO of the kernel (include/linux/proc_ns.h): the numbers are the host's own."""


def sees_host_numbers(*, proc: Path = Path("/proc")) -> bool:
    """Whether process numbers here are those that drivers use."""
    try:
        return str(Path(proc, "self/ns/pid").readlink()) == HOST_NAMESPACE
    except OSError:
        return False


class OwnProcesses:
    """Tells descendants of this process from others, by climbing to their parents.

    A GPU serves a handful of processes, so this costs less than a look at every process there is.
    """

    def __init__(
        self,
        *,
        proc: Path = Path("/proc"),
        root_pid: int | None = None,
        own_pid: Callable[[], int] = os.getpid,
    ) -> None:
        """Start with nobody known.

        Args:
            proc: The proc file system.
            root_pid: Whose descendants are ours; this process by default.
            own_pid: Number of this process, asked anew after a fork.
        """
        self._proc, self._root_pid, self._own_pid = proc, root_pid, own_pid
        self._ours: set[int] = set()

    def split(self, pids: Iterable[int]) -> tuple[set[int], set[int]]:
        """Sort processes into ours and others'.

        One that was ours stays so while it is listed, though its parent may have died since.
        """
        listed = set(pids)
        self._ours &= listed
        self._ours |= {pid for pid in listed - self._ours if self._descends(pid)}
        return set(self._ours), listed - self._ours

    def _descends(self, pid: int) -> bool:
        root_pid = self._own_pid() if self._root_pid is None else self._root_pid
        seen: set[int] = set()
        while pid > 0 and pid not in seen:
            if pid == root_pid:
                return True
            seen.add(pid)
            pid = self._parent(pid)
        return False

    def _parent(self, pid: int) -> int:
        """Fourth field of /proc/<pid>/stat; 0 for one that has gone (proc(5))."""
        try:
            stat = Path(self._proc, str(pid), "stat").read_bytes()
        except OSError:
            return 0
        return int(stat.rpartition(b")")[2].split()[1])
