"""Watching for network connections: what the interpreter itself reports, whoever opens them.

Audit hooks cannot be taken back (PEP 578), so there is one for the whole process, which is idle
unless somebody watches.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_EVENTS = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")


class Connections:
    """Hosts that were connected to, or looked up, while somebody watched."""

    def __init__(self) -> None:
        """Nothing is watched yet."""
        self._watchers: list[set[str]] = []
        self._is_hooked = False
        self._lock = threading.Lock()

    def watch(self) -> set[str]:
        """Begin to watch; the set fills until `forget`."""
        seen = set[str]()
        with self._lock:
            if not self._is_hooked:
                sys.addaudithook(self._see)
                self._is_hooked = True
            self._watchers.append(seen)
        return seen

    def forget(self, seen: set[str]) -> None:
        """End what `watch` began."""
        with self._lock:
            self._watchers = [one for one in self._watchers if one is not seen]

    def _see(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._watchers or event not in _EVENTS:
            return
        target = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        host = target[0] if isinstance(target, tuple) else target
        if isinstance(target, tuple) or "connect" not in event:  # else a path: not the network
            for seen in self._watchers:
                seen.add(str(host))


CONNECTIONS = Connections()
"""The one hook of this process."""


@contextmanager
def watched_connections() -> Iterator[set[str]]:
    """Collect the hosts that anything in this process connects to under `with`."""
    seen = CONNECTIONS.watch()
    try:
        yield seen
    finally:
        CONNECTIONS.forget(seen)
