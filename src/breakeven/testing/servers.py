"""A server on the loopback interface that answers as a test wants it to.

It listens on 127.0.0.1 and a port of the system's choice, in a thread, until its `with` block ends.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_LONGEST_HOLD_S = 30.0
"""A test that forgets to let answers go ends all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request.

    Attributes:
        method: "GET", "POST" or "DELETE".
        path: With its query.
        headers: Names in lower case.
        body: What was sent along.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer.

    Attributes:
        status: HTTP status.
        body: JSON as text, or anything else a test wants to try.
        headers: Besides the length.
    """

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)


def page(content: object) -> Given:
    """Answer with JSON."""
    return Given(body=json.dumps(content))


class FakeServer:
    """Answers from `answer`; each answer can be held back, spoilt or replaced.

    Attributes:
        asked: Every request so far.
        spoilt: Given instead of the true answer while it is set.
    """

    def __init__(self) -> None:
        """Prepare; nothing listens before the `with` block."""
        self.asked: list[Asked] = []
        self.spoilt: Given | None = None
        self._free = threading.Event()
        self._free.set()
        self._is_asked = threading.Condition()
        self._server: ThreadingHTTPServer | None = None

    def answer(self, asked: Asked) -> Given:
        """Answer one request; to be overridden."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("it listens inside its `with` block only")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let every answer wait until the block ends: the slowest server there is."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def wait_asked(self, n_times: int) -> None:
        """Wait until it was asked so often in all.

        Raises:
            TimeoutError: If that does not happen.
        """
        with self._is_asked:
            if not self._is_asked.wait_for(lambda: len(self.asked) >= n_times, _LONGEST_HOLD_S):
                raise TimeoutError(f"it was asked {len(self.asked)} times, not {n_times}")

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._handle))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._free.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self._thread.join()

    def _handle(self, asked: Asked) -> Given:
        with self._is_asked:
            self.asked.append(asked)
            self._is_asked.notify_all()
        self._free.wait(_LONGEST_HOLD_S)
        return self.spoilt if self.spoilt is not None else self.answer(asked)


def _handler(handle: Callable[[Asked], Given]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # header and body in one packet, or the system waits 40 ms in between

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked = Asked(
                method=self.command,
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            given = handle(asked)
            body = given.body.encode()
            try:
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        do_POST = do_DELETE = do_GET  # noqa: N815 - the library's spelling

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the same
            """Keep tests quiet."""

    return Handler
