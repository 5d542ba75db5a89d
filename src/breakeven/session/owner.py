"""Who writes a journal, and whether they are still alive."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from breakeven.meters.host.procfs import start_ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process for all time and, as far as we can tell, all hosts.

    Attributes:
        host: Host name.
        boot_id: Boot of that host's kernel.
        pid_space: Process number space; containers of one host have their own.
        pid: Process number.
        started_ticks: When it started, in ticks since boot; numbers are reused, starts are not.
    """

    host: str
    boot_id: str
    pid_space: str
    pid: int
    started_ticks: int


def this_owner(*, proc: Path = Path("/proc")) -> Owner:
    """Describe this process."""
    return Owner(
        host=socket.gethostname(),
        boot_id=_first_line(proc / "sys/kernel/random/boot_id"),
        pid_space=_link(proc / "self/ns/pid"),
        pid=os.getpid(),
        started_ticks=start_ticks(os.getpid(), proc=proc) or 0,
    )


def is_dead(owner: Owner, *, observer: Owner | None = None, proc: Path = Path("/proc")) -> bool:
    """Whether that process has certainly ended.

    A process of another host or container cannot be seen from here and counts as alive.

    Args:
        owner: Who is asked about.
        observer: Who asks; this process by default.
        proc: The proc file system.
    """
    here = observer or this_owner(proc=proc)
    if owner.host != here.host:
        return False
    if owner.boot_id != here.boot_id:
        return True
    if owner.pid_space != here.pid_space:
        return False
    if not here.started_ticks:
        return not _answers(owner.pid)
    return start_ticks(owner.pid, proc=proc) != owner.started_ticks


def _answers(pid: int) -> bool:
    """Whether any process has that number; all that can be known without /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _first_line(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
