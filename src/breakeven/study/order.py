"""Order of runs: randomized complete blocks that interleave every row of every checkpoint.

All of one pathway and then all of the next under drift gives 50-96 % false positives
(shared STATISTICS, "order of runs"); within a block every row sees the same conditions.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One run in the order.

    Attributes:
        row: Name of the row.
        block: From 0.
        position: Place in the whole order, from 0.
    """

    row: str
    block: int
    position: int


def randomized_blocks(
    rows: Sequence[str], *, n_blocks: int, seed: int, first_position: int = 0
) -> tuple[Slot, ...]:
    """Order every row once in each block, shuffled anew for each block.

    The same seed gives the same order on every machine and Python version that we support;
    blocks do not depend on how many follow, so more of them can be added later.

    Args:
        rows: Names; no two equal.
        n_blocks: How many blocks.
        seed: Of the study.
        first_position: Position of the first run.

    Raises:
        ValueError: If two rows share a name.

    Examples:
        >>> [slot.row for slot in randomized_blocks(["a", "b"], n_blocks=2, seed=1)]
        ['a', 'b', 'a', 'b']
    """
    if len(set(rows)) < len(rows):
        raise ValueError("rows of a block must have different names")
    slots = []
    for block in range(n_blocks):
        shuffled = sorted(rows)
        # A seeded generator for reproducibility, not for secrets.
        random.Random(f"{seed}/{block}").shuffle(shuffled)  # noqa: S311
        slots += [(row, block) for row in shuffled]
    return tuple(
        Slot(row=row, block=block, position=first_position + i)
        for i, (row, block) in enumerate(slots)
    )
