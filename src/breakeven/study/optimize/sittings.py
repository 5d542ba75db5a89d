"""Sittings: blocks that were run in one go, so that drift moves all of their rows alike.

Costs are compared within a block only where its rows were interleaved. A block of which one launch
ran a part and a later launch the rest is none, so rows are run anew in blocks that nobody used.
Between the blocks of two sittings one number is left out, which tells them apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from breakeven.records import Run, Stage, Status
from breakeven.study.spec import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Blocks of one launch.

    Attributes:
        first_block: Number of the first of them.
        n_blocks: How many.
        rows: Those that ended well in all of them; of a new one those that are to.
        is_new: Whether nothing of it was run yet.
    """

    first_block: int
    n_blocks: int
    rows: tuple[Configuration, ...]
    is_new: bool = False

    @property
    def blocks(self) -> range:
        """Their numbers."""
        return range(self.first_block, self.first_block + self.n_blocks)


def sitting_of(
    runs: Sequence[Run], rows: Sequence[Configuration], *, n_blocks: int, is_whole: bool = False
) -> Sitting:
    """Find the sitting that ran rows in so many blocks, or plan a new one.

    Args:
        runs: Of the study.
        rows: The first is what the others are compared with: it is in every block.
        n_blocks: Exactly so many: more or fewer were another question.
        is_whole: Whether every row must have ended well; else one that failed may be absent.
    """
    seen = _Seen.of(runs, rows)
    for first in seen.sittings(rows[0], n_blocks):
        blocks = range(first, first + n_blocks)
        ended = tuple(row for row in rows if seen.ended_well(row, blocks))
        others = [] if is_whole else [row for row in rows if seen.failed_in(row, blocks)]
        if len(ended) + len(others) == len(rows) and rows[0] in ended:
            return Sitting(first_block=first, n_blocks=n_blocks, rows=ended)
    return Sitting(first_block=seen.free, n_blocks=n_blocks, rows=tuple(rows), is_new=True)


def in_sitting(runs: Iterable[Run], row: Configuration, sitting: Sitting) -> tuple[Run, ...]:
    """Finished runs of a row in the blocks of a sitting."""
    return tuple(
        run
        for run in runs
        if run.row == row.row and run.block in sitting.blocks and run.status is Status.OK
    )


@dataclass(slots=True, kw_only=True)
class _Seen:
    """Which blocks rows were run in with the settings they have now."""

    ok: dict[str, set[int]] = field(default_factory=dict)
    failed: dict[str, set[int]] = field(default_factory=dict)
    unloaded: set[str] = field(default_factory=set)
    free: int = 0

    @classmethod
    def of(cls, runs: Sequence[Run], rows: Sequence[Configuration]) -> "_Seen":
        found, by_row = cls(), {row.row: row for row in rows}
        for run in runs:
            row = by_row.get(run.row)
            if run.stage is Stage.SERVE and run.status is Status.FAILED:
                found.unloaded.add(str(run.settings.resolved.get("pathway")))
            if row is None or run.block is None:
                continue
            found.free = max(found.free, run.block + 2)
            if _is_as_asked(run, row) and run.status in (Status.OK, Status.FAILED):
                places = found.ok if run.status is Status.OK else found.failed
                places.setdefault(run.row, set()).add(run.block)
        return found

    def sittings(self, row: Configuration, n_blocks: int) -> list[int]:
        """First blocks of runs of exactly so many blocks that follow each other, latest first."""
        held = sorted(self.ok.get(row.row, ()))
        ends = [b for b, after in pairwise([*held, float("inf")]) if after != b + 1]
        begins = [b for before, b in pairwise([float("-inf"), *held]) if before != b - 1]
        found = zip(begins, ends, strict=True)
        return [int(b) for b, end in reversed(list(found)) if end - b + 1 == n_blocks]

    def ended_well(self, row: Configuration, blocks: range) -> bool:
        return self.ok.get(row.row, set()).issuperset(blocks)

    def failed_in(self, row: Configuration, blocks: range) -> bool:
        """Whether a row failed there, or what it runs on could not be loaded."""
        if self.ended_well(row, blocks):
            return False
        is_absent = self.ok.get(row.row, set()).isdisjoint(blocks)
        return bool(self.failed.get(row.row, set()).intersection(blocks)) or (
            is_absent and row.pathway in self.unloaded
        )


def _is_as_asked(run: Run, row: Configuration) -> bool:
    """Whether a run had the settings of a row; one that it did not know yet is at its default."""
    had, asked = run.settings.resolved, row.settings.resolved
    return all(had.get(name, value) == value for name, value in asked.items())
