"""Peak resident memory of the process tree, per window.

The kernel keeps a high-water mark per process and lets it be set back (writing 5 to
/proc/self/clear_refs), so our own peak is exact without sampling. Descendants are sampled.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from weakref import WeakSet

from breakeven.errors import MeterUnavailableError
from breakeven.meters.host.pace import (
    FORKING_POLL_S,
    RELAXED_POLL_S,
    YOUNG_POLL_S,
    look_again_s,
)
from breakeven.meters.host.procfs import read_small
from breakeven.meters.host.tree import ProcessId, ProcessTree
from breakeven.records import Resource
from breakeven.records.protocols import Channel

_KIB = 1024
_MARK_LOCK = threading.Lock()


class HighWaterMark:
    """The kernel's one mark of this process, shared by everybody who sets it back."""

    def __init__(self, *, proc_self: Path = Path("/proc/self")) -> None:
        """Find out whether the mark can be read and set back here.

        Raises:
            MeterUnavailableError: If there is no resident memory to read at all.
        """
        self._status, self._clear = str(proc_self / "status"), str(proc_self / "clear_refs")
        self._users: WeakSet[HostMemoryMeter] = WeakSet()
        try:
            self._read()
        except (OSError, KeyError) as error:
            raise MeterUnavailableError(
                f"peak memory cannot be read: {self._status} does not show it.",
                advice="It needs Linux with /proc mounted.",
            ) from error
        try:
            self._set_back()
            self.can_set_back = True
        except OSError:
            self.can_set_back = False

    def share_with(self, meter: "HostMemoryMeter") -> None:
        """Tell this meter, too, whatever is seen before the mark is set back."""
        with _MARK_LOCK:
            self._users.add(meter)

    def look(self) -> None:
        """Read the mark, tell every user, set it back."""
        with _MARK_LOCK:
            high_bytes = self._read()
            if self.can_set_back:
                self._set_back()
            for user in self._users:
                user.pending_bytes = max(user.pending_bytes, high_bytes)

    def _read(self) -> int:
        key = b"VmHWM:" if getattr(self, "can_set_back", True) else b"VmRSS:"
        _, found, rest = read_small(self._status).partition(key)
        if not found:
            raise KeyError(key)
        return int(rest.split(None, 1)[0]) * _KIB

    def _set_back(self) -> None:
        fd = os.open(self._clear, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, b"5")
        finally:
            os.close(fd)


class HostMemoryMeter:
    """Largest resident memory of this process and its descendants since the last look."""

    name = "host-memory"

    def __init__(
        self,
        *,
        include_self: bool = True,
        mark: HighWaterMark | None = None,
        tree: ProcessTree | None = None,
        reaped_peak_bytes: Callable[[], int] | None = None,
    ) -> None:
        """Look from now on.

        Args:
            include_self: Whether this process counts; not when it only watches a command.
            mark: The kernel's mark of this process.
            tree: Where descendants are found.
            reaped_peak_bytes: Largest peak of any descendant that was waited for. Used only when
                watching a command, whose descendants all started within the window.

        Raises:
            MeterUnavailableError: If memory cannot be read here.
        """
        self.pending_bytes = 0
        self.poll_period_s = RELAXED_POLL_S
        self._include_self = include_self
        self._mark = shared_mark() if mark is None else mark
        self._tree = ProcessTree() if tree is None else tree
        self._reaped_peak_bytes = reaped_peak_bytes or children_peak_bytes
        self._reaped_bytes = self._reaped_peak_bytes()
        self._own_bytes = 0
        self._mark.share_with(self)

    def channels(self) -> Sequence[Channel]:
        """One channel: the process tree."""
        exact = self._mark.can_set_back
        return [
            Channel(
                name="process_tree",
                resource=Resource.PEAK_MEMORY_BYTES,
                sensor="VmHWM" if exact else "VmRSS",
                resolution=4096.0,
                not_covered=(
                    f"peaks of descendants between two looks ({YOUNG_POLL_S} s apart at first, "
                    f"{RELAXED_POLL_S} s later); "
                    "pages shared by several processes count once in each"
                    + ("" if exact else "; own peaks between two looks")
                ),
            )
        ]

    def take_peaks(self) -> Mapping[str, float]:
        """Return the peak since the previous call, in bytes, and start anew."""
        self._mark.look()
        own_bytes, self.pending_bytes = self.pending_bytes, 0
        living = self._tree.lately()
        self.poll_period_s = self._pace_s(living)
        below_bytes = sum(self._tree.resident_bytes(key) for key in living)
        if self._include_self:
            peak_bytes = own_bytes + below_bytes
        else:
            peak_bytes = max(below_bytes, self._command_bytes(living, own_bytes))
        return {"process_tree": float(peak_bytes)} if peak_bytes else {}

    def close(self) -> None:
        """Nothing is held open."""

    def _pace_s(self, living: Collection[ProcessId]) -> float:
        if self._include_self and not living and not self._mark.can_set_back:
            return FORKING_POLL_S
        return look_again_s(self._tree, is_watching=not self._include_self)

    def _command_bytes(self, living: Collection[ProcessId], own_bytes: int) -> int:
        """Largest peak of any one process of a command, alive or just reaped.

        A process that was started from ours carries our own peak in its `ru_maxrss`
        (getrusage(2), exec keeps it), so only what exceeds ours is known to be the command's.
        """
        self._own_bytes = max(self._own_bytes, own_bytes)
        alive_bytes = max((self._tree.peak_bytes(key) for key in living), default=0)
        reaped_bytes = self._reaped_peak_bytes()
        is_theirs = reaped_bytes > max(self._own_bytes, self._reaped_bytes)
        self._reaped_bytes = max(self._reaped_bytes, reaped_bytes)
        return max(alive_bytes, reaped_bytes if is_theirs else 0)


def children_peak_bytes() -> int:
    """Largest resident memory that any waited-for descendant ever had, in bytes (Linux)."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - absent on Windows

        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KIB
    return 0


_SHARED: list[HighWaterMark] = []
"""The kernel has one mark per process, so the process has one owner of it: two banks that set it
back behind each other's back would both report too little."""


def shared_mark() -> HighWaterMark:
    """The mark of this process, one object for every meter."""
    if not _SHARED:
        _SHARED.append(HighWaterMark())
    return _SHARED[0]
