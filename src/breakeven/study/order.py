"""Order of runs: randomized complete blocks that interleave every row of every checkpoint.

All of one pathway and then all of the next under drift gives 50-96 % false positives
(shared STATISTICS, "order of runs"); within a block every row sees the same conditions.

The A/A pair is the one exception from chance: the reference runs before its twin in even blocks
(the first is block 0) and after it in odd ones. Over few blocks chance would often let one of them
run first nearly every time, and what only comes from being first (a cold cache, a rising clock)
would look like a difference between equals. Which two places of the block they get, and the order
of everything else, stay as the seed shuffled them.
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


def randomized_blocks(  # noqa: PLR0913 - one argument per thing that decides the order
    rows: Sequence[str],
    *,
    n_blocks: int,
    seed: int,
    first_block: int = 0,
    first_position: int = 0,
    pair: tuple[str, str] | None = None,
) -> tuple[Slot, ...]:
    """Order every row once in each block, shuffled anew for each block.

    The same seed gives the same order on every machine and Python version that we support;
    blocks do not depend on how many follow, so more of them can be added later.

    Args:
        rows: Names; no two equal.
        n_blocks: How many blocks.
        seed: Of the study.
        first_block: Number of the first of them.
        first_position: Position of the first run of block 0.
        pair: Two of the rows that take turns in running before the other: the first of them in
            even blocks.

    Raises:
        ValueError: If two rows share a name, or one of the pair is no row.

    Examples:
        >>> [slot.row for slot in randomized_blocks(["a", "b"], n_blocks=2, seed=1)]
        ['a', 'b', 'a', 'b']
        >>> alternating = randomized_blocks(["a", "b"], n_blocks=2, seed=1, pair=("a", "b"))
        >>> [slot.row for slot in alternating]
        ['a', 'b', 'b', 'a']
    """
    if len(set(rows)) < len(rows):
        raise ValueError("rows of a block must have different names")
    if pair is not None and not set(pair) <= set(rows):
        raise ValueError(f"the pair {pair} is not among the rows of a block")
    slots = []
    for block in range(first_block, first_block + n_blocks):
        shuffled = sorted(rows)
        # A seeded generator for reproducibility, not for secrets.
        random.Random(f"{seed}/{block}").shuffle(shuffled)  # noqa: S311
        if pair is not None:
            _take_turns(shuffled, *(pair if block % 2 == 0 else reversed(pair)))
        slots += [(row, block) for row in shuffled]
    return tuple(
        Slot(row=row, block=block, position=i)
        for i, (row, block) in enumerate(slots, first_position + first_block * len(rows))
    )


def _take_turns(rows: list[str], first: str, second: str) -> None:
    """Swap two rows unless the one that is to be first is."""
    i, j = rows.index(first), rows.index(second)
    if i > j:
        rows[i], rows[j] = second, first
