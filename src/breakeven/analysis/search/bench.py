"""Bench: where a search has its numbers from, be it a machine, a stored grid or a made-up truth."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.cell import Cell
from breakeven.records import Resource

Floats = NDArray[np.float64]


class Bench(Protocol):
    """Measures cells on the selection examples, which no certificate may use."""

    @property
    def n_selection(self) -> int:
        """Examples there are to select on."""
        ...

    @property
    def spent(self) -> float:
        """What measuring has cost so far, in the cost that is searched: all of it."""
        ...

    @property
    def failed(self) -> Mapping[str, str]:
        """Why cells could not be run, by their name."""
        ...

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> Sequence[Floats]:
        """Cost per example of each cell in blocks that hold all of them once, in random order.

        Args:
            cells: Each once.
            n_examples: The first so many of the selection examples; fewer are part of more.
            n_blocks: New blocks.

        Returns:
            For each cell shape (n_blocks,), above 0, the same blocks for all; fewer only where a
            bench has no more; shape (0,) for a cell that could not be run, see `failed`.
        """
        ...

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> Sequence[Floats]:
        """How good each cell's answers to the first examples are; costs nothing if it gave them.

        Args:
            cells: Each once; those whose cost was measured on as many have answered already.
            n_examples: As in `cost`.

        Returns:
            For each cell shape (n_examples,), 1 or 0, or a score per example that is better the
            higher it is, from 0 to 1; shape (0,) for a cell that could not be run.
        """
        ...

    def sources(self, *, n_examples: int) -> Places:
        """Source of each example that `answers` tells of, shape (n_examples,), in its order.

        Examples of one source are got wrong together; equal numbers mean one source.
        """
        ...

    def seen(self, cells: Sequence[Cell]) -> Sequence[Mapping[Resource, float]]:
        """What each measured cell reaches (waiting times, peaks), as far as it is known.

        A 99th percentile needs 100 batches; before there are as many it is absent.
        """
        ...
