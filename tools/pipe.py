"""Pipe: a Chromium that answers commands of the DevTools protocol over two pipes.

No port is opened and nothing needs installing. `tools.devtools` opens pages in it.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

TIMEOUT_S = 60.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_LAUNCH = """
import os, sys
ends = [os.dup2(int(end), 100 + i) for i, end in enumerate(sys.argv[1:3])]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads file 3 and writes file 4; this puts our pipes there."""


class DevToolsError(RuntimeError):
    """Chromium refused a command, or a script of the page threw."""


class Pipe:
    """One headless Chromium with an empty profile; a context manager."""

    def __init__(self, path: str) -> None:
        """Start it.

        Args:
            path: Of Chromium.
        """
        self._profile = tempfile.mkdtemp(prefix="devtools-")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        command = (path, *_FLAGS, f"--user-data-dir={self._profile}", "about:blank")
        launch = (sys.executable, "-I", "-c", _LAUNCH, str(theirs_in), str(theirs_out))
        self._process = subprocess.Popen(  # noqa: S603 - a browser found on the path
            (*launch, *command),
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out, self._rest, self._last = ours_in, ours_out, b"", 0
        self._events: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        """Nothing more; it runs."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it and remove its profile."""
        try:
            self.send("Browser.close")
            self._process.wait(10)
        except (DevToolsError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    def send(self, method: str, session: str = "", **params: object) -> Mapping[str, Any]:
        """What Chromium answers to one command.

        Raises:
            DevToolsError: If it refuses, or does not answer in time.
        """
        self._last += 1
        asked: dict[str, object] = {"id": self._last, "method": method, "params": params}
        if session:
            asked["sessionId"] = session
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next(TIMEOUT_S)
            if told.get("id") != self._last:
                self._events.append(told)
            elif "error" in told:
                raise DevToolsError(f"{method}: {told['error']}")
            else:
                result: Mapping[str, Any] = told["result"]
                return result

    def events(self, session: str) -> list[Mapping[str, Any]]:
        """What a tab has told without being asked, so far."""
        return [event for event in self._events if event.get("sessionId") == session]

    def wait_for(self, session: str, method: str, timeout_s: float = TIMEOUT_S) -> None:
        """Return once a tab has told of an event."""
        end_s = time.monotonic() + timeout_s
        while all(event["method"] != method for event in self.events(session)):
            self._events.append(self._next(end_s - time.monotonic()))

    def forget(self, session: str) -> None:
        """Drop what a tab has told."""
        self._events = [event for event in self._events if event.get("sessionId") != session]

    def _next(self, timeout_s: float) -> Mapping[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(timeout_s, 0.0))
            piece = os.read(self._in, 1 << 20) if ready else b""
            if not piece:
                raise DevToolsError("Chromium did not answer")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        told: Mapping[str, Any] = json.loads(message)
        return told
