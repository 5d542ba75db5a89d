"""Live watcher: draws a running study twice a second, from a thread that sleeps in between."""

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from textwrap import wrap
from types import FrameType, TracebackType
from typing import Self, TextIO

from breakeven.cli.live.cells import harmless
from breakeven.cli.live.frame import Look, frame
from breakeven.cli.live.scene import Follower
from breakeven.cli.live.terminal import Terminal
from breakeven.cli.progress import Watcher
from breakeven.study.events import Event

PERIOD_S = 0.5
"""No frame follows another sooner: the journal has nothing newer, and drawing costs CPU time."""

_PATIENCE_S = 2.0
"""A frame that takes longer is not waited for at the end: the terminal may be gone."""

_LOG = logging.getLogger(__name__)


class LiveWatcher(Watcher):
    """Draws the study, and above it what ended, on a terminal that can move its cursor.

    Attributes:
        cpu_s: CPU seconds that drawing has taken, reading journals included.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        store: Path,
        clock_s: Callable[[], float] = time.monotonic,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(stream, clock_s=clock_s)
        self._terminal, self._follower = Terminal(stream), Follower(store, clock_s=clock_s)
        self._has_colour = not environment.get("NO_COLOR")
        self._has_blocks = "utf" in (stream.encoding or "").lower()
        self._lock = threading.Lock()
        self._above: deque[str] = deque()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw_on, name="breakeven-live", daemon=True)
        self._stack, self._is_broken = ExitStack(), False
        self.cpu_s = 0.0

    def __call__(self, event: Event) -> None:
        """Take note of an event; it is drawn with the next frame."""
        with self._lock:
            super().__call__(event)
            self._follower.follow(event, left=self.left_s(event))

    def write(self, text: str) -> None:
        """Keep lines for the next frame, above which they stay."""
        self._above.extend(map(harmless, text.splitlines()))
        if self._is_broken:
            self._end_frame()

    def draw(self) -> None:
        """Draw what is known now."""
        width, _ = self._terminal.size()
        above = self._taken(width)
        if not self._terminal.is_ours():
            self._terminal.clear(above=above)
            return
        # The last column stays free: a terminal keeps its cursor there, and erases what it holds.
        look = Look(width=width - 1, has_colour=self._has_colour, has_blocks=self._has_blocks)
        with self._lock:
            scene = self._follower.look()
        self._terminal.draw(frame(scene, look), above=above)

    def __enter__(self) -> Self:
        self._stack.enter_context(_pausing(self._terminal.clear))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join(_PATIENCE_S)
        self._end_frame()
        self._stack.close()

    def _end_frame(self) -> None:
        width, _ = self._terminal.size()
        self._terminal.clear(above=self._taken(width))

    def _taken(self, width: int) -> list[str]:
        """Lines that wait for a frame, oldest first, broken to the terminal."""
        lines = [self._above.popleft() for _ in range(len(self._above))]
        return [
            part
            for line in lines
            for part in wrap(line, width - 1, subsequent_indent="  ", break_long_words=False)
            or [""]
        ]

    def _draw_on(self) -> None:
        try:
            while True:
                self.draw()
                self.cpu_s = time.thread_time()
                if self._ended.wait(PERIOD_S):
                    return
        except Exception:  # noqa: BLE001 - a fault of the table must not end a study or hide lines
            _LOG.exception("the live table cannot be drawn")
            self._is_broken = True
            self._end_frame()


@contextmanager
def _pausing(pause: Callable[[], None]) -> Iterator[None]:
    """Call `pause` before Ctrl-Z stops the process, where nobody else handles that."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's form
        pause()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # returns when somebody lets us go on
        signal.signal(signal.SIGTSTP, stop)

    signal.signal(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
