"""Services: checkpoints loaded in workers of their own, asleep between their rows.

All are loaded before the first block. Where memory or the study forbids that, the one used
longest ago gives way, and the rows that needed a reload say so.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from breakeven.records import Note, NoteCode, Resource, Run
from breakeven.study.handle import Handle
from breakeven.units import format_bytes

MEMORY_MARGIN = 1.5
"""A checkpoint at work needs more than one at rest; half as much again is left free."""

_MEMINFO = Path("/proc/meminfo")


def available_bytes(meminfo: Path = _MEMINFO) -> int | None:
    """Memory that programs may still take, in bytes; None when the system does not say."""
    if not meminfo.is_file():
        return None
    for line in meminfo.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenService:
    """One loaded checkpoint."""

    handle: Handle
    serve: Run


def count_loads(
    order: Sequence[str], *, limit: int | None, is_open: Collection[str] = ()
) -> Counter[str]:
    """Count how often each checkpoint is loaded when runs follow each other in an order.

    As `Services` does it; less free memory than it wants would add reloads.

    Args:
        order: Checkpoint of each run.
        limit: Most that may be loaded at once; None is all, 0 loads anew for every run.
        is_open: Loaded before the first, the one used longest ago first.

    Examples:
        >>> count_loads(["FT", "TS", "FT"], limit=1)
        Counter({'FT': 2, 'TS': 1})
        >>> count_loads(["FT", "FT", "TS"], limit=0)
        Counter({'FT': 2, 'TS': 1})
        >>> count_loads(["FT", "TS"], limit=None, is_open=["FT"])
        Counter({'TS': 1})
    """
    if limit == 0:
        return Counter(order)
    held = OrderedDict.fromkeys(is_open)
    loads: Counter[str] = Counter()
    for checkpoint in [*list(dict.fromkeys(order))[:limit], *order]:
        if checkpoint not in held:
            if limit is not None and len(held) >= limit:
                held.popitem(last=False)
            loads[checkpoint] += 1
        held[checkpoint] = None
        held.move_to_end(checkpoint)
    return loads


@dataclass(slots=True, kw_only=True)
class Services:
    """Loaded checkpoints by name: a pathway, or a further repeat of one ("FT/repeat-1").

    Attributes:
        open_one: Starts a worker and loads the checkpoint of that name into it; see `begin`.
        limit: Most that may be kept loaded at once; None is as many as memory holds, 0 loads each
            anew whenever it is asked for.
        free_bytes: Memory that is free now; None when nobody knows.
        n_threads: That workers are started for.
    """

    open_one: Callable[[str], OpenService] | None = None
    limit: int | None = None
    free_bytes: Callable[[], int | None] = available_bytes
    n_threads: int = 1
    _open: "OrderedDict[str, OpenService]" = field(default_factory=OrderedDict)
    _seen: set[str] = field(default_factory=set)
    _largest_bytes: float = 0.0

    def begin(self, open_one: Callable[[str], OpenService], *, n_threads: int) -> None:
        """Serve rows of one launch; workers that were started for fewer threads are ended.

        Args:
            open_one: Starts a worker and loads a checkpoint into it.
            n_threads: That a row may ask for.
        """
        self.open_one = open_one
        if n_threads > self.n_threads:
            self.close()
            self._seen.clear()
            self.n_threads = n_threads

    @property
    def is_open(self) -> tuple[str, ...]:
        """Loaded checkpoints, the one used longest ago first."""
        return tuple(self._open)

    def load(self, checkpoints: Sequence[str]) -> None:
        """Load as many of these as fit, before the first block."""
        for checkpoint in checkpoints:
            if checkpoint in self._open:
                continue
            if self._is_full():
                break
            self._add(checkpoint)

    def get(self, checkpoint: str) -> tuple[OpenService, tuple[Note, ...]]:
        """Return a loaded checkpoint, and a note when it had to be loaded again."""
        notes: tuple[Note, ...] = ()
        if self.limit == 0:
            self.close()
        if checkpoint not in self._open:
            while self._open and self._is_full():
                self._close(next(iter(self._open)))
            if checkpoint in self._seen and self.limit != 0:
                notes = (_reloaded(checkpoint),)
            self._add(checkpoint)
        self._open.move_to_end(checkpoint)
        return self._open[checkpoint], notes

    def drop(self, checkpoint: str) -> None:
        """Forget a checkpoint whose worker died."""
        if checkpoint in self._open:
            self._close(checkpoint)

    def close(self) -> None:
        """End every worker."""
        for checkpoint in list(self._open):
            self._close(checkpoint)

    def _add(self, checkpoint: str) -> None:
        assert self.open_one is not None
        service = self.open_one(checkpoint)
        self._seen.add(checkpoint)
        self._open[checkpoint] = service
        peaks = service.serve.costs(Resource.PEAK_MEMORY_BYTES)
        self._largest_bytes = max([self._largest_bytes, *(cost.value for cost in peaks)])

    def _close(self, checkpoint: str) -> None:
        self._open.pop(checkpoint).handle.stop()

    def _is_full(self) -> bool:
        if self.limit is not None and len(self._open) >= self.limit:
            return True
        free = self.free_bytes()
        return bool(self._open) and free is not None and free < self._largest_bytes * MEMORY_MARGIN


def _reloaded(checkpoint: str) -> Note:
    free = available_bytes()
    return Note(
        code=NoteCode.RELOADED,
        message=f"the checkpoint of {checkpoint!r} was loaded again before this row, because not "
        "all checkpoints are kept loaded at once"
        + ("." if free is None else f" ({format_bytes(free)} of memory free)."),
        advice="Raise inference.max_workers or free memory, so that rows follow each other warm.",
    )
