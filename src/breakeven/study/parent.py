"""The bond between a worker and its runner: when the runner dies, the worker ends its run.

The kernel sends SIGTERM when the parent dies (Linux); elsewhere, and in case the parent was gone
before that could be asked for, the end of the order stream does the same.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import IO

from breakeven.session import leave_on

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""


@contextmanager
def bound_to_parent(parent_pid: int) -> Iterator[None]:
    """Leave the block on SIGTERM, ask for it when the parent dies, leave SIGINT to the parent.

    Raises:
        Terminated: On SIGTERM, or if the parent is dead already.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a parent that ignores it passes that on
    with leave_on(signal.SIGTERM):
        if sys.platform == "linux":
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent_pid:
            terminate_self()
        yield


def terminate_self() -> None:
    """End this process the way a dead parent does."""
    os.kill(os.getpid(), signal.SIGTERM)


def follow(stream: IO[bytes], *, at_end: Callable[[], None]) -> "SimpleQueue[bytes | None]":
    """Read lines in a thread that sleeps in between; None follows the last one.

    Args:
        stream: The runner's orders.
        at_end: Called in that thread after the last line; interrupts a run still going on.
    """
    lines: SimpleQueue[bytes | None] = SimpleQueue()

    def read() -> None:
        for line in iter(stream.readline, b""):
            lines.put(line)
        lines.put(None)
        at_end()

    threading.Thread(target=read, name="orders", daemon=True).start()
    return lines
