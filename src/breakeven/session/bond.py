"""The bond between a measured command and the process that measures it.

A command that went on after its meter was killed would cost what nobody counts, so the kernel
ends it politely when the meter dies (Linux); it may still save what it has, as after any SIGTERM.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>; cleared by nothing that `exec` of an ordinary program does (prctl(2))."""

Prctl = Callable[[int, int, int, int, int], int]


def bond_to(
    parent_pid: int, *, prctl: Prctl | None = None, end: Callable[[int, int], None] = os.kill
) -> Callable[[], None] | None:
    """Give what a child calls between fork and exec; None where there is no such bond.

    Everything it needs is looked up beforehand: in a forked child of a threaded process only
    plain system calls are safe.

    Args:
        parent_pid: The process whose thread waits for the child.
        prctl: The system call; the C library's by default.
        end: Ends the child when the parent is gone already.
    """
    if sys.platform != "linux":
        return None
    ask = prctl or ctypes.CDLL(None).prctl

    def bond() -> None:
        ask(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent_pid:
            end(os.getpid(), signal.SIGTERM)

    return bond
