"""Run a command on a pseudo-terminal and see what a person would see."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.live.emulator import Screen

LIMIT_S = 60.0


@dataclass
class Seen:
    """One command on one terminal.

    Attributes:
        screen: The terminal.
        frames: Its text after each frame.
        raw: All that was written.
        code: Exit code.
        took_s: Seconds from the first frame to the end.
    """

    screen: Screen
    frames: list[list[str]] = field(default_factory=list)
    raw: str = ""
    code: int = 0
    took_s: float = 0.0


def breakeven(*words: str) -> list[str]:
    """The command line of the checkout."""
    return [sys.executable, "-m", "breakeven", *words]


def size(fd: int, width: int, height: int = 24) -> None:
    """Tell a terminal its size."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def watch(
    command: Sequence[str],
    folder: Path,
    screen: Screen,
    *,
    environment: Mapping[str, str] | None = None,
    at_frame: Callable[[Seen, int, int], None] = lambda *_: None,
) -> Seen:
    """Run a command to its end on a terminal.

    Args:
        command: Program and words, see `breakeven`.
        folder: Where it runs.
        screen: What it is drawn on.
        environment: Beside that of the tests; `TERM=xterm` unless it says otherwise.
        at_frame: Called after each read with what was seen, the process and the terminal.
    """
    around = {**os.environ, "TERM": "xterm", "PYTHONUTF8": "1", **(environment or {})}
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], list(command), around)
    size(fd, screen.width, screen.height)
    seen, end_s, began_s, rest = Seen(screen), time.monotonic() + LIMIT_S, 0.0, ""
    while time.monotonic() < end_s:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(fd, 1 << 16).decode(errors="replace")
        except OSError:
            break  # Linux ends a terminal whose last writer is gone like that
        began_s = began_s or time.monotonic()
        seen.raw += data
        rest = _feed(seen, rest + data)
        at_frame(seen, pid, fd)
    else:
        os.kill(pid, signal.SIGKILL)
    seen.took_s = time.monotonic() - began_s
    seen.code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    return seen


def _feed(seen: Seen, text: str) -> str:
    """Show whole codes; what may go on is kept for the next read."""
    cut = text.rfind("\x1b", len(text) - 12) if len(text) > 12 else text.rfind("\x1b")
    whole, rest = (text, "") if cut < 0 or text[cut:][-1:].isalpha() else (text[:cut], text[cut:])
    for piece in whole.split("\x1b[?2026l"):
        seen.screen.feed(piece)
        if "\x1b[?2026h" in piece:
            seen.frames.append(seen.screen.text)
    return rest
