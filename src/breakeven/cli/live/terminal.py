"""Terminal: draws a frame over the one before, with the lines that stay above it.

While a frame stands, the cursor waits at its beginning. So a terminal that is made narrower, and
breaks the lines anew or does not, is erased from there on and drawn again, and what somebody else
prints meanwhile ends up above the frame. Each frame is one write, in which nothing is erased that
is not written at once: it does not flicker.
"""

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

FALLBACK = (80, 24)
"""Columns and lines of a terminal that does not tell, as a fresh pseudo-terminal does not."""

_TOGETHER, _SHOWN = "\x1b[?2026h", "\x1b[?2026l"
"""Begin and end of what is shown at once, by terminals that know these; others ignore them."""
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_ERASE_LINE, _ERASE_BELOW = "\x1b[K", "\x1b[J"


class Terminal:
    """A terminal on which one frame stands at the bottom of what was printed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.RLock()
        self._drawn: tuple[tuple[str, ...], tuple[int, int]] | None = None

    def size(self) -> tuple[int, int]:
        """Columns and lines by now."""
        try:
            columns, lines = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            return FALLBACK
        return columns or FALLBACK[0], lines or FALLBACK[1]

    def is_ours(self) -> bool:
        """Whether we are in the foreground: another program's screen is not drawn on."""
        try:
            return os.tcgetpgrp(self._stream.fileno()) == os.getpgrp()
        except (OSError, ValueError):
            return True  # not the terminal that we were started from: there are no jobs on it

    def draw(self, frame: Sequence[str], *, above: Sequence[str] = ()) -> None:
        """Draw a frame in the place of the one before; nothing is written where none changed.

        Args:
            frame: Its lines, none longer than the terminal is wide.
            above: Lines that stay.
        """
        with self._lock:
            self._draw(frame, above, self.size())

    def _draw(self, frame: Sequence[str], above: Sequence[str], size: tuple[int, int]) -> None:
        kept = tuple(frame[: max(0, size[1] - 1)])
        if not above and self._drawn == (kept, size):
            return
        is_anew = above or self._drawn is None or self._drawn[1] != size
        text = "\r" + _ERASE_BELOW * bool(is_anew) + "".join(f"{line}\n" for line in above)
        text += _NO_WRAP + "\n".join(f"{line}{_ERASE_LINE}" for line in kept) + _ERASE_BELOW
        text += "\r" + (f"\x1b[{len(kept) - 1}A" if len(kept) > 1 else "") + _WRAP
        self._write(f"{_TOGETHER}{_HIDE}{text}{_SHOWN}")
        self._drawn = (kept, size)

    def clear(self, *, above: Sequence[str] = ()) -> None:
        """Take the frame away and give the cursor back.

        Args:
            above: Lines that stay.
        """
        lines = "".join(f"{line}\n" for line in above)
        with self._lock:
            if self._drawn is not None:
                lines = f"\r{_ERASE_BELOW}{lines}{_WRAP}{_SHOW}"
            if lines:
                self._write(lines)
            self._drawn = None

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal is gone; the study goes on without
            self._stream.write(text)
            self._stream.flush()
