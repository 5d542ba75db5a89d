"""Swap: memory that went to disk or came back while something was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from breakeven.meters.host.procfs import PAGE_BYTES, read_small
from breakeven.records import Note, NoteCode
from breakeven.units import BYTES_PER_MIB, format_bytes

MIN_BYTES = BYTES_PER_MIB
"""Less than this is no disturbance."""

_LARGE = 1 << 16
_IN, _OUT, _OWN = "in_bytes", "out_bytes", "own_bytes"
_KIB = 1024


class SwapObserver:
    """Sees what the machine swaps, and how much of this process lies on disk."""

    name = "swap"

    def __init__(self, *, root: Path = Path("/")) -> None:
        """Find out whether there is any swap.

        Args:
            root: Where /proc is looked up.
        """
        self._vmstat, self._status = str(root / "proc/vmstat"), str(root / "proc/self/status")
        self.sees_anything = _has_swap(root / "proc/swaps")

    def look(self) -> Mapping[str, float]:
        """Return bytes swapped in and out since boot, and those of this process on disk."""
        moved = _fields(read_small(self._vmstat, size=_LARGE), b"pswpin ", b"pswpout ")
        own = _fields(read_small(self._status, size=_LARGE), b"VmSwap:")
        return {
            _IN: moved.get(b"pswpin ", 0) * PAGE_BYTES,
            _OUT: moved.get(b"pswpout ", 0) * PAGE_BYTES,
            _OWN: own.get(b"VmSwap:", 0) * _KIB,
        }

    def judge(
        self,
        before: Mapping[str, float],
        after: Mapping[str, float],
        *,
        duration_s: float,  # noqa: ARG002 - an observer's form
    ) -> Sequence[Note]:
        """Say how much was moved, whoever's it was."""
        if not {_IN, _OUT, _OWN} <= before.keys() & after.keys():
            return []  # what could not be read accuses nobody
        read_bytes, written_bytes = after[_IN] - before[_IN], after[_OUT] - before[_OUT]
        if read_bytes + written_bytes < MIN_BYTES:
            return []
        own = f"; {format_bytes(after[_OWN])} of this process are there" if after[_OWN] else ""
        return [
            Note(
                code=NoteCode.SWAPPED,
                message=(
                    f"the machine moved {format_bytes(written_bytes)} of memory to swap and "
                    f"{format_bytes(read_bytes)} back in the window{own}."
                ),
                advice="Stop what else needs memory, or make the work smaller; time here is also "
                "that of the disk.",
            )
        ]

    def close(self) -> None:
        """Nothing is held open."""


def _fields(text: bytes, *keys: bytes) -> dict[bytes, int]:
    lines = ((key, line) for line in text.splitlines() for key in keys if line.startswith(key))
    return {key: int(line.split()[1]) for key, line in lines}


def _has_swap(path: Path) -> bool:
    """Whether any device is listed under the heading; see proc_swaps(5)."""
    try:
        return len(path.read_text(encoding="utf-8", errors="replace").splitlines()) > 1
    except OSError:
        return False
