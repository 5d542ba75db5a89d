"""Replay: a bench whose numbers come from a grid that was measured before.

A search on it is charged what measuring would have cost: the examples it asks for at the rate of
the stored block, the warm-up of each row, and what makes and loads a route when it first uses one;
a live search keeps routes loaded from round to round.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell
from breakeven.records import Resource


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """One cell as the grid has it.

    Attributes:
        cell: Which.
        blocks: Cost per example, by block.
        warmup: Cost of the warm-up of one row.
        correct: How good its answers are, shape (n_examples,), the same examples for all cells.
        needs: What must have been made and loaded before it can run: names of openings.
        seen: What it reaches of other resources, by block.
    """

    cell: Cell
    blocks: Mapping[int, float]
    correct: Floats
    warmup: float = 0.0
    needs: Collection[str] = ()
    seen: Mapping[Resource, Mapping[int, float]] = field(default_factory=dict)

    def reached(self, blocks: Collection[int]) -> dict[Resource, float]:
        """The most it reaches of other resources in some of its blocks."""
        held = {
            resource: [value for block, value in seen.items() if block in blocks]
            for resource, seen in self.seen.items()
        }
        return {resource: max(values) for resource, values in held.items() if values}

    def mean(self, blocks: Collection[int]) -> float:
        """Mean cost per example over some of its blocks."""
        return float(np.mean([self.blocks[block] for block in blocks]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Everything measured once.

    Attributes:
        recordings: Each cell once; all have the same blocks and examples.
        openings: Cost of making or loading, by name; paid once however many cells need it.
    """

    recordings: Sequence[Recording]
    openings: Mapping[str, float] = field(default_factory=dict)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks that hold every cell, ascending."""
        held = [set(recording.blocks) for recording in self.recordings]
        return tuple(sorted(set.intersection(*held)))

    @property
    def n_examples(self) -> int:
        """Examples that every cell answered."""
        return len(self.recordings[0].correct)

    def halves(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Blocks that a search may see, and blocks that are the truth: every other one.

        Examples:
            >>> cell = Recording(cell=Cell(route="FT"), blocks=dict.fromkeys(range(4), 1.0),
            ...                  correct=np.ones(2))
            >>> Grid(recordings=[cell]).halves()
            ((0, 2), (1, 3))
        """
        return self.blocks[::2], self.blocks[1::2]

    def cost(self, blocks: Collection[int]) -> float:
        """What measuring every cell in these blocks costs, making and loading included.

        Examples:
            >>> cell = Recording(cell=Cell(route="FT"), blocks={0: 2.0, 1: 3.0}, warmup=1.0,
            ...                  correct=np.ones(10), needs=("FT",))
            >>> Grid(recordings=[cell], openings={"FT": 5.0}).cost([0, 1])
            57.0
        """
        needed = {name for recording in self.recordings for name in recording.needs}
        rows = (
            recording.warmup + recording.blocks[block] * self.n_examples
            for recording in self.recordings
            for block in blocks
        )
        return sum(rows) + sum(self.openings[name] for name in needed)


class ReplayBench:
    """Answers a search from some blocks of a grid; implements `Bench`.

    Fewer examples than the grid had are charged at the rate of the whole block. The blocks come in
    a random order and over again once all were served, for a grid has few.
    """

    def __init__(self, grid: Grid, *, blocks: Sequence[int], rng: np.random.Generator) -> None:
        """Serve these blocks.

        Args:
            grid: What was measured.
            blocks: Those that may be seen.
            rng: Orders blocks and examples.
        """
        self._grid = grid
        self._by_name = {recording.cell.name: recording for recording in grid.recordings}
        self._blocks = [blocks[int(place)] for place in rng.permutation(len(blocks))]
        self._examples = rng.permutation(grid.n_examples)
        self._n_served = 0
        self._opened: set[str] = set()
        self._answered: dict[str, int] = {}
        self.spent = 0.0
        self.failed: Mapping[str, str] = {}

    @property
    def n_selection(self) -> int:
        """Every example of the grid: nothing is certified on a replay."""
        return self._grid.n_examples

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> Sequence[Floats]:
        """Cost per example by block, see `Bench.cost`; at most as many blocks as may be seen.

        All that are asked for are charged.
        """
        chosen = self._next(n_blocks)
        new = chosen[: len(self._blocks)]
        found = [self._by_name[cell.name] for cell in cells]
        for recording in found:
            self._open(recording)
            self._run(recording, chosen, n_examples=n_examples)
        return [np.array([recording.blocks[b] for b in new]) for recording in found]

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> Sequence[Floats]:
        """Whether each answer is right, see `Bench.answers`; charged unless it was given before."""
        found = [self._by_name[cell.name] for cell in cells]
        for recording in found:
            if self._answered.get(recording.cell.name, 0) < n_examples:
                self._open(recording)
                self._run(recording, self._blocks[:1], n_examples=n_examples)
        return [recording.correct[self._examples[:n_examples]] for recording in found]

    def sources(self, *, n_examples: int) -> Places:
        """One for each example: a grid does not keep them."""
        return self._examples[:n_examples]

    def seen(self, cells: Sequence[Cell]) -> Sequence[Mapping[Resource, float]]:
        """What the whole pass of each cell reached in the blocks that may be seen."""
        return [self._by_name[cell.name].reached(self._blocks) for cell in cells]

    def _next(self, n_blocks: int) -> list[int]:
        places = range(self._n_served, self._n_served + n_blocks)
        self._n_served += n_blocks
        return [self._blocks[place % len(self._blocks)] for place in places]

    def _open(self, recording: Recording) -> None:
        for name in set(recording.needs) - self._opened:
            self._opened.add(name)
            self.spent += self._grid.openings[name]

    def _run(self, recording: Recording, blocks: Sequence[int], *, n_examples: int) -> None:
        rows = (recording.warmup + recording.blocks[block] * n_examples for block in blocks)
        self.spent += sum(rows)
        name = recording.cell.name
        self._answered[name] = max(self._answered.get(name, 0), n_examples)
