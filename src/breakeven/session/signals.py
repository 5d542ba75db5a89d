"""Signals: a polite kill becomes an exception, so that what it ends is still recorded."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

TERMINATED_EXIT_CODE = 128 + signal.SIGTERM


@contextmanager
def terminate_as_exception() -> Iterator[None]:
    """Turn SIGTERM into SystemExit(143) within the block.

    Nothing changes outside the main thread, where Python handles no signals, or where somebody
    already handles SIGTERM.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        with suppress(ValueError):  # a generator may be ended by another thread
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - a handler's form
    raise SystemExit(TERMINATED_EXIT_CODE)
