"""Signals: a polite kill becomes an exception, so that what it ends is still recorded.

An exception can be lost on its way: Python drops what is raised in a destructor or in the callback
of a weak reference, and a library may catch everything. So whoever leaves on a signal is told
again, until the block that was to be left has been.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType

AGAIN_S = 1.0
"""Time after which a signal whose exception was lost is raised once more."""

_Handler = Callable[[int, FrameType | None], object] | signal.Handlers

_DEFAULTS: Mapping[signal.Signals, _Handler] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}


class Terminated(SystemExit):
    """SIGTERM arrived; unwinds the stack so that the run is stored as interrupted."""


class Interrupted(KeyboardInterrupt):
    """SIGINT arrived; the same."""


@contextmanager
def leave_on(*numbers: signal.Signals, again_s: float = AGAIN_S) -> Iterator[None]:
    """Leave the block with `Terminated` (exit code 143) on SIGTERM, `Interrupted` on SIGINT.

    One signal ends the block: those that come while it is being left change nothing. Nothing
    changes outside the main thread, where Python handles no signals, nor for a signal that
    somebody handles or ignores already; shells start background commands with SIGINT ignored
    (POSIX.1-2017, Shell Command Language, 2.11).

    Args:
        numbers: SIGINT, SIGTERM or both.
        again_s: Time after which a signal whose exception was lost is raised once more.

    Raises:
        Terminated: On SIGTERM, at the end of the block at the latest.
        Interrupted: On SIGINT, the same.
    """
    is_main = threading.current_thread() is threading.main_thread()
    free = [number for number in numbers if signal.getsignal(number) is _DEFAULTS[number]]
    if not is_main or not free:
        yield
        return
    leaving = _Leaving(again_s)
    try:
        for number in free:
            signal.signal(number, leaving.hear)
        yield
    finally:
        leaving.is_over = True  # before any call: handlers run between calls
        leaving.close()
        for number in free:
            with suppress(ValueError):  # a generator may be ended by another thread
                signal.signal(number, _DEFAULTS[number])
        leaving.raise_lost()


class _Leaving:
    """One block that is to be left on a signal.

    Attributes:
        is_over: Whether its end was reached; nothing is raised from then on but by `raise_lost`.
    """

    def __init__(self, again_s: float) -> None:
        self.is_over = False
        self._first: int | None = None
        self._heard: SimpleQueue[int | None] = SimpleQueue()  # its `put` may interrupt itself
        self._watcher = threading.Thread(
            target=_remind, args=(self._heard, again_s), name="breakeven-leaving", daemon=True
        )
        self._watcher.start()

    def hear(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's form
        """Raise what the first signal stands for, unless that is on its way already."""
        self._heard.put(number)
        self._first = self._first or number
        if not self.is_over:
            self.raise_lost()

    def close(self) -> None:
        """End the reminders."""
        self._heard.put(None)
        self._watcher.join()

    def raise_lost(self) -> None:
        """Raise what the first signal stands for, if there was one and nothing is on its way."""
        if self._first is None or _is_leaving():
            return
        if self._first == signal.SIGINT:
            raise Interrupted
        raise Terminated(128 + self._first)


def _is_leaving() -> bool:
    """Whether the exception of a signal is being handled here: the stack unwinds already."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, Terminated | Interrupted):
        error = error.__context__
    return error is not None


def _remind(heard: "SimpleQueue[int | None]", again_s: float) -> None:
    """Send the main thread the first signal again and again, until None is heard.

    To that thread and no other, as a call that it sleeps in has to return.
    """
    first = number = heard.get()
    main = threading.main_thread().ident
    while first is not None and number is not None and main is not None:
        try:
            number = heard.get(timeout=again_s)
        except Empty:
            signal.pthread_kill(main, first)
