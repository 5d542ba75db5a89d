"""The bond between a worker and its runner: when the runner dies, the worker ends its run.

The kernel sends SIGTERM when the parent dies (Linux); elsewhere, and in case the parent was gone
before that could be asked for, the end of the order stream does the same.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType
from typing import IO, NoReturn

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""


class Terminated(SystemExit):
    """SIGTERM arrived; unwinds the stack so that the run is stored as interrupted."""


def die_with_parent(parent_pid: int) -> None:
    """Turn SIGTERM into `Terminated`, ask for it when the parent dies, leave SIGINT to the parent.

    Raises:
        Terminated: If the parent is dead already.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _terminate)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent_pid:
        raise Terminated(128 + signal.SIGTERM)


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


def _terminate(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - signal's signature
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated(128 + number)
