"""Standing: what a search knows of each cell, and how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.foretell import Foretold
from breakeven.analysis.search.rules import Step


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standing:
    """What is known of one measured cell.

    Attributes:
        cell: Which.
        costs: Cost per example by block of its last round.
        answers: How good its answers are, example by example.
        front: P(on the front) among those of its last round.
        round: Its last round, from 1.
        left: Why it left; empty for those that stayed to the end.
    """

    cell: Cell
    costs: Floats
    answers: Floats
    front: float
    round: int
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did.

    Attributes:
        step: Its size.
        n_measured: Cells measured in it, the reference among them.
        n_left: Of these, how many left after it.
        spent: What it cost.
    """

    step: Step
    n_measured: int
    n_left: int
    spent: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """How a search ended.

    Attributes:
        reference: Measured in every block of every round.
        standing: Every measured cell, the reference among them, in the order given.
        sources: Source of each example of the last round; those of one are got wrong together.
        skipped: Cells that were never measured, with the reason.
        failed: Cells that could not be run, with the reason.
        rounds: In order.
        foretold: How cost was foretold; None where too few cells were measured to say.
        spent: What all of it cost.
        n_cells: Cells there were.
    """

    reference: Standing
    standing: tuple[Standing, ...]
    sources: Places
    skipped: Mapping[str, str]
    failed: Mapping[str, str]
    rounds: tuple[Round, ...]
    foretold: Foretold | None
    spent: float
    n_cells: int

    @property
    def stayed(self) -> tuple[Standing, ...]:
        """Those measured in the last round that did not leave after it."""
        return tuple(found for found in self.standing if not found.left)


def blocks_of(found: Sequence[Standing]) -> Floats:
    """Costs of cells in the blocks that all of them have."""
    n_blocks = min(len(one.costs) for one in found)
    return np.array([one.costs[:n_blocks] for one in found])
