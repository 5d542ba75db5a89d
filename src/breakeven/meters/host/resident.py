"""Resident memory of the process tree over time: byte-seconds, from samples.

Memory has no counter, so it is sampled and integrated by the trapezoid rule, at every reading of a
window and in the background between them. Divided by the duration it gives mean memory, and by the
machine's memory what `ps` calls %mem (resident over physical memory, ps(1)).
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from breakeven.errors import MeterUnavailableError
from breakeven.meters.host.memory import children_peak_bytes
from breakeven.meters.host.pace import RELAXED_POLL_S, look_again_s
from breakeven.meters.host.procfs import PAGE_BYTES, resident_bytes
from breakeven.meters.host.tree import ProcessTree
from breakeven.records import Resource
from breakeven.records.cost import TREE
from breakeven.records.protocols import Channel, Reading

MAX_GAP_S = 10.0
"""Nothing is known between samples further apart than this."""


class ResidentMemoryMeter:
    """Byte-seconds of resident memory of this process and its descendants."""

    name = "host-resident"

    def __init__(
        self,
        *,
        include_self: bool = True,
        tree: ProcessTree | None = None,
        proc: Path = Path("/proc"),
        clock_s: Callable[[], float] = time.monotonic,
        reaped_peak_bytes: Callable[[], int] = children_peak_bytes,
    ) -> None:
        """Integrate from now on.

        Args:
            include_self: Whether this process counts; not when it only watches a command.
            tree: Where descendants are found.
            proc: The proc file system.
            clock_s: Monotonic clock of the samples.
            reaped_peak_bytes: Largest peak of any descendant that was waited for.

        Raises:
            MeterUnavailableError: If resident memory cannot be read here.
        """
        self.poll_period_s = RELAXED_POLL_S
        self._own = f"{proc}/self"
        self._include_self = include_self
        self._tree = ProcessTree() if tree is None else tree
        self._clock_s = clock_s
        self._reaped_peak_bytes = reaped_peak_bytes
        if not resident_bytes(self._own):
            raise MeterUnavailableError(
                f"resident memory cannot be read: {self._own}/statm does not show it.",
                advice="It needs Linux with /proc mounted.",
            )
        self._total = self._covered_s = self._slack = 0.0
        self._sample_s, self._sample_bytes = self._clock_s(), self._resident_bytes()

    def channels(self) -> Sequence[Channel]:
        """One channel: the process tree."""
        return [
            Channel(
                name=TREE,
                resource=Resource.MEMORY_BYTE_S,
                sensor="statm",
                resolution=float(PAGE_BYTES),
                not_covered=(
                    "what rose and fell between two samples; pages shared by several processes "
                    "count once in each"
                ),
            )
        ]

    def read(self) -> Reading:
        """Take a sample; return byte-seconds so far, and what the samples leave open.

        Between two samples memory is taken to have gone from the one to the other: had it stood at
        the lower or the higher of them all the time, the total would differ by half the step. Where
        a command began or ended in between, it may have held as much as its processes ever did.
        """
        now_s, now_bytes = self._clock_s(), self._resident_bytes()
        gap_s = now_s - self._sample_s
        # A command that was born and died between two looks was not observed: that is no zero.
        is_seen = bool(now_bytes or self._sample_bytes)
        if is_seen and 0 < gap_s <= MAX_GAP_S:
            self._total += (now_bytes + self._sample_bytes) / 2 * gap_s
            self._slack += self._unseen_bytes(now_bytes) * gap_s
            self._covered_s += gap_s
        self._sample_s, self._sample_bytes = now_s, now_bytes
        return Reading(
            totals={TREE: self._total},
            covered_s={TREE: self._covered_s},
            slack={TREE: self._slack},
        )

    def close(self) -> None:
        """Nothing is held open."""

    def _unseen_bytes(self, now_bytes: int) -> float:
        """How far the mean between the last sample and this one may be off."""
        step_bytes = abs(now_bytes - self._sample_bytes) / 2
        if now_bytes and self._sample_bytes:
            return step_bytes
        top_bytes = self._top_bytes() if now_bytes else self._reaped_peak_bytes()
        return max(step_bytes, top_bytes - step_bytes)  # from 0 to x the mean is half the step

    def _top_bytes(self) -> int:
        return sum(self._tree.peak_bytes(key) for key in self._tree.lately())

    def _resident_bytes(self) -> int:
        living = self._tree.lately()
        self.poll_period_s = look_again_s(self._tree, is_watching=not self._include_self)
        below_bytes = sum(self._tree.resident_bytes(key) for key in living)
        return below_bytes + (resident_bytes(self._own) if self._include_self else 0)
