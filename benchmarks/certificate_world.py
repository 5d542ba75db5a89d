"""A made-up world whose truth is known: configurations, examples by source, costs by block.

Each group of configurations that answer alike has a true loss and a true disagreement with the
reference; examples of one source are got wrong together as far as is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell, Features
from breakeven.records import Resource

ACCURACY = 0.9
"""Of the reference."""

BLOCK_SD, CELL_SD = 0.10, 0.03
"""Scatter of log costs: what a whole block has in common, and each cell in it."""

BATCHES = (1.0, 1.1, 1.25, 1.5, 1.9)
"""Factors by which settings that change no answer make a configuration dearer."""

REFERENCE = Cell(route="reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What holds for a group of configurations that answer alike.

    Attributes:
        loss: Share of examples lost in the end.
        disagreement: Share of examples on which it differs from the reference, at least `loss`.
        factor: How many times the reference costs as much as its cheapest configuration.
    """

    loss: float
    disagreement: float
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Answers of everybody to some examples.

    Attributes:
        groups: Source of each example, shape (n_examples,).
        right: By name of the group of cells, 1 or 0, shape (n_examples,).
    """

    groups: NDArray[np.intp]
    right: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The truth about every configuration.

    Attributes:
        truths: One for each group of configurations that answer alike.
        sizes: Least and most examples of one source.
        large: Sources of so many examples each, before all others.
        together: Correlation of two examples of one source in what goes wrong, from 0 to below 1.
    """

    truths: Sequence[Truth]
    sizes: tuple[int, int] = (1, 1)
    large: tuple[int, ...] = ()
    together: float = 0.0

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every configuration, the reference not among them."""
        return tuple(
            Cell(
                route=f"route-{number}",
                settings={"batch_size": place},
                features=Features(
                    batch=1.0 + place, levels={"route": str(number), "batch": str(place)}
                ),
                alike=f"route-{number}",
            )
            for number in range(len(self.truths))
            for place in range(len(BATCHES))
        )

    def truth(self, cell: Cell) -> Truth:
        """What holds for one configuration."""
        found = self.truths[int(cell.route.rpartition("-")[2])]
        place = int(cell.settings["batch_size"])
        return Truth(
            loss=found.loss,
            disagreement=found.disagreement,
            factor=found.factor / BATCHES[place],
        )

    def sample(self, n_examples: int, rng: np.random.Generator) -> Sample:
        """Draw sources until there are at least so many examples, and what everybody answers."""
        low, high = self.sizes
        others = rng.integers(low, high + 1, size=n_examples // low + 1)
        sizes = np.concatenate([np.array(self.large, dtype=others.dtype), others])
        n_groups = int(np.searchsorted(np.cumsum(sizes), n_examples)) + 1
        groups = np.repeat(np.arange(n_groups), sizes[:n_groups])
        reference = rng.random(len(groups)) < ACCURACY
        right = {REFERENCE.alike: reference.astype(float)}
        for number, truth in enumerate(self.truths):
            lost = self._rates((truth.disagreement + truth.loss) / 2 / ACCURACY, n_groups, rng)
            gained = self._rates(
                (truth.disagreement - truth.loss) / 2 / (1 - ACCURACY), n_groups, rng
            )
            turns = rng.random(len(groups)) < np.where(reference, lost[groups], gained[groups])
            right[f"route-{number}"] = (reference != turns).astype(float)
        return Sample(groups=groups, right=right)

    def costs(
        self, cells: Sequence[Cell], n_blocks: int, rng: np.random.Generator
    ) -> tuple[Floats, ...]:
        """Cost per example of each cell in the same blocks."""
        shared = rng.normal(scale=BLOCK_SD, size=n_blocks)
        return tuple(
            np.exp(shared + rng.normal(scale=CELL_SD, size=n_blocks)) / self._factor(cell)
            for cell in cells
        )

    def _factor(self, cell: Cell) -> float:
        return 1.0 if cell.name == REFERENCE.name else self.truth(cell).factor

    def _rates(self, mean: float, n_groups: int, rng: np.random.Generator) -> Floats:
        """Probability in each source that an example turns (beta-binomial)."""
        if self.together == 0 or not 0 < mean < 1:
            return np.full(n_groups, mean)
        spread = (1 - self.together) / self.together
        return rng.beta(mean * spread, (1 - mean) * spread, size=n_groups)


@dataclass(slots=True, kw_only=True)
class WorldBench:
    """A search's view of the world: the selection examples and blocks of its own.

    Attributes:
        world: The truth.
        sample: Answers to the selection examples.
        rng: Of the costs.
        spent: What measuring has cost.
        failed: Nothing fails here.
    """

    world: World
    sample: Sample
    rng: np.random.Generator
    spent: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def n_selection(self) -> int:
        """Examples to select on."""
        return len(self.sample.groups)

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> Sequence[Floats]:
        """See `Bench.cost`."""
        found = self.world.costs(cells, n_blocks, self.rng)
        self.spent += n_examples * sum(float(costs.sum()) for costs in found)
        return found

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> Sequence[Floats]:
        """See `Bench.answers`."""
        return [self.sample.right[cell.alike][:n_examples] for cell in cells]

    def sources(self, *, n_examples: int) -> Places:
        """See `Bench.sources`."""
        return self.sample.groups[:n_examples]

    def seen(self, cells: Sequence[Cell]) -> Sequence[Mapping[Resource, float]]:
        """Nothing here has a limit."""
        return [{} for _ in cells]
