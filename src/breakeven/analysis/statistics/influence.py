"""Influence: the ratio without the one block that moves it most."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.samples.stats import Interval, log_ratio
from breakeven.analysis.uncertain import LEVEL

MIN_BLOCKS = 3
"""Without one of them two are left, the fewest with an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """What one block does to a ratio.

    Attributes:
        block: Key of the block that moves it most.
        without: The ratio without that block.
        is_decisive: Whether an interval that leaves 1 out holds it without that block, or the other
            way round.
    """

    block: int
    without: Interval
    is_decisive: bool


def most_influential(
    left: Mapping[int, float], right: Mapping[int, float], *, level: float = LEVEL
) -> Influence | None:
    """Find the block whose absence moves a ratio most.

    Args:
        left: Cost by block, above 0; negative keys stand outside blocks.
        right: The same of the other configuration.
        level: Confidence level.

    Returns:
        None with fewer than three common blocks.

    Examples:
        >>> left = {0: 1.0, 1: 1.02, 2: 0.99, 3: 4.0}
        >>> found = most_influential(left, {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0})
        >>> found.block, round(found.without.value, 3)
        (3, 1.003)
    """
    common = sorted(block for block in left.keys() & right.keys() if block >= 0)
    if len(common) < MIN_BLOCKS:
        return None
    logs = np.array([math.log(left[b] / right[b]) for b in common])
    farthest = int(np.argmax(np.abs(logs - logs.mean())))
    kept = [b for b in common if b != common[farthest]]
    whole = log_ratio([left[b] for b in common], [right[b] for b in common], level=level)
    without = log_ratio([left[b] for b in kept], [right[b] for b in kept], level=level)
    return Influence(
        block=common[farthest], without=without, is_decisive=_shows(whole) != _shows(without)
    )


def _shows(ratio: Interval) -> bool:
    return not ratio.low <= 1 <= ratio.high
