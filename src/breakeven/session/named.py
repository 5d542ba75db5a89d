"""Named windows inside a run: how much of it went into tokenizing, saving, evaluating.

They nest, overlap and may be opened from several threads. A name that is open already is not
opened a second time: its stretch ends when the last of them does, so nothing counts twice.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from breakeven.meters import MeterBank, OpenWindow
from breakeven.meters.bank import no_wait
from breakeven.records import Measurement, NamedWindow, Note, NoteCode

MAX_NAMES = 200
"""A record holds no more names than that; a name per batch would make every journal entry huge."""


@dataclass(slots=True)
class _Named:
    """One name: what its ended stretches saw, and the stretch that is open."""

    n_times: int = 0
    n_open: int = 0
    ended: Measurement | None = None
    manager: AbstractContextManager[OpenWindow] | None = None
    window: OpenWindow | None = None

    def so_far(self) -> Measurement | None:
        return self.ended if self.window is None else _after(self.ended, self.window.so_far())


class NamedWindows:
    """The named windows of one run."""

    def __init__(self, bank: MeterBank, *, kept: Callable[[Measurement], Measurement]) -> None:
        """Start with none.

        Args:
            bank: What measures.
            kept: Leaves out what the run does not own.
        """
        self._n_refused = 0
        self._bank, self._kept = bank, kept
        self._named: dict[str, _Named] = {}
        self._lock = threading.Lock()

    @contextmanager
    def window(self, name: str, *, synchronize: Callable[[], None] = no_wait) -> Iterator[None]:
        """Measure the block under a name; the same name again adds to it.

        Args:
            name: Not empty.
            synchronize: Waits for queued device work, before both readings.

        Raises:
            ValueError: If the name is empty.
        """
        if not name:
            raise ValueError("a window inside a run needs a name, such as 'tokenize'; got ''")
        synchronize()
        named = self._open(name)
        try:
            yield
        finally:
            try:
                synchronize()
            finally:
                self._close(named)

    def so_far(self) -> tuple[NamedWindow, ...]:
        """Every window, those still open included, in the order of their first opening."""
        with self._lock:
            seen = {name: (named, named.so_far()) for name, named in self._named.items()}
        return tuple(
            NamedWindow(name=name, n_times=named.n_times, measurement=self._kept(measured))
            for name, (named, measured) in seen.items()
            if measured is not None
        )

    def notes(self) -> tuple[Note, ...]:
        """Say so when there were too many names."""
        if not self._n_refused:
            return ()
        return (
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=f"windows of more than {MAX_NAMES} names were opened; those of further "
                "names are only in the run as a whole.",
                advice="Give windows of one sort one name, such as 'batch'; the same name adds up.",
            ),
        )

    def _open(self, name: str) -> _Named | None:
        with self._lock:
            if name not in self._named and len(self._named) >= MAX_NAMES:
                self._n_refused += 1
                return None
            named = self._named.setdefault(name, _Named())
            if named.manager is None:
                named.manager = self._bank.window(name)
                named.window = named.manager.__enter__()
            named.n_times += 1
            named.n_open += 1
            return named

    def _close(self, named: _Named | None) -> None:
        if named is None:
            return
        with self._lock:
            named.n_open -= 1
            if named.n_open or named.manager is None or named.window is None:
                return
            manager, window = named.manager, named.window
            named.manager = named.window = None
            manager.__exit__(None, None, None)
            measured = getattr(window, "measurement", None)
            if measured is not None:  # a forked child unwinds its copy of the stack
                named.ended = _after(named.ended, measured)


def _after(ended: Measurement | None, latest: Measurement) -> Measurement:
    return latest if ended is None else ended.followed_by(latest)
