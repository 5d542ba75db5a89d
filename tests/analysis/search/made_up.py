"""A bench with a known truth: additive log cost with noise, answers that err on known examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell, cell_of
from breakeven.records import Resource, Scalar

N_SELECTION = 872


@dataclass(slots=True, kw_only=True)
class MadeUpBench:
    """Implements `Bench`.

    Attributes:
        costs: True cost per example by cell.
        quality: True share of examples each `alike` group gets right, by its name.
        noise: Standard deviation of the log cost of a cell in a block.
        seed: Of the noise; the truth does not depend on it.
        broken: Cells that cannot be run, with the reason.
        reached: What cells reach of limited resources.
        together: Examples of each source.
    """

    costs: Mapping[str, float]
    quality: Mapping[str, float]
    noise: float = 0.1
    seed: int = 0
    n_selection: int = N_SELECTION
    broken: Mapping[str, str] = field(default_factory=dict)
    reached: Mapping[str, Mapping[Resource, float]] = field(default_factory=dict)
    together: int = 1
    spent: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    n_windows: int = 0
    _answered: dict[str, int] = field(default_factory=dict)

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> list[Floats]:
        """Noise of the block that all share, and of each cell in it."""
        self.n_windows += 1
        rng = np.random.default_rng([self.seed, self.n_windows])
        drift = rng.normal(scale=0.1, size=n_blocks)
        found = []
        for cell in cells:
            noise = rng.normal(scale=self.noise, size=n_blocks)
            cost = self.costs[cell.name] * np.exp(drift + noise)
            if cell.name in self.broken:
                self.failed[cell.name] = self.broken[cell.name]
                cost = np.empty(0)
            found.append(cost)
            self.spent += float(cost.sum()) * n_examples
            self._answered[cell.name] = max(n_examples, self._answered.get(cell.name, 0))
        return found

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> list[Floats]:
        """Right where a number drawn for the example lies below the group's quality.

        Groups share most of that number, so that they mostly err alike.
        """
        for cell in cells:
            further = max(0, n_examples - self._answered.get(cell.name, 0))
            self.spent += further * self.costs[cell.name]
        return [self._right(cell.alike)[:n_examples] for cell in cells]

    def sources(self, *, n_examples: int) -> Places:
        """As many as `together` examples from each."""
        return np.arange(n_examples) // self.together

    def seen(self, cells: Sequence[Cell]) -> list[Mapping[Resource, float]]:
        """What was given."""
        return [self.reached.get(cell.name, {}) for cell in cells]

    def full_cost(self, cells: Sequence[Cell], *, n_blocks: int) -> float:
        """What the full grid would cost."""
        return sum(self.costs[cell.name] for cell in cells) * self.n_selection * n_blocks

    def _right(self, group: str) -> Floats:
        own = np.random.default_rng([self.seed, *group.encode()])
        shared = np.random.default_rng([self.seed, 1]).random(self.n_selection)
        is_own = own.random(self.n_selection) < 0.05
        difficulty = np.where(is_own, own.random(self.n_selection), shared)
        return (difficulty < self.quality[group]).astype(float)


ROUTES = {
    "fp32": (1.0, 0.890, 6.0),
    "ort8": (0.55, 0.888, 6.0),
    "ov8": (0.40, 0.888, 6.0),
    "ov8-4": (0.28, 0.870, 4.0),
    "fp16": (8.0, 0.890, 6.0),
}
LENGTHS = {128: 0.0, 64: 0.0, 48: 0.0, 32: -0.001, 16: -0.07}
BATCHES = {4: 1.3, 8: 1.1, 16: 1.0, 32: 1.0, 64: 1.1, 128: 1.2}
PADDINGS = ("longest", "max_length")


def grid() -> tuple[list[Cell], dict[str, float], dict[str, float]]:
    """300 cells with their true cost and quality; the uncut reference is among them."""
    cells, costs, quality = [], {}, {}
    for route, length, batch, padding in product(ROUTES, LENGTHS, BATCHES, PADDINGS):
        factor, accuracy, depth = ROUTES[route]
        settings: dict[str, Scalar] = {
            "max_length": length,
            "batch_size": batch,
            "padding": padding,
        }
        cell = cell_of(route, settings, depth=depth)
        tokens = length if padding == "max_length" else min(length, 25)
        cells.append(cell)
        costs[cell.name] = factor * BATCHES[batch] * (2.0 + tokens) * 1e-4
        quality[cell.alike] = accuracy + LENGTHS[length]
    return cells, costs, quality


REFERENCE = cell_of("fp32", {"max_length": 128, "batch_size": 32, "padding": "longest"}, depth=6.0)
