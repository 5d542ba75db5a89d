"""Chances: in how many draws a point is on the front, and in how many another one beats it.

Costs are drawn by block, the same blocks for all who ran in them, scores by test example; see
`breakeven.analysis.fronts.resample`. A front by point values is one draw of many.
"""

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.dominance.sets import efficient

Floats = NDArray[np.float64]


def chances_on_front(drawn: Floats) -> tuple[float, ...] | None:
    """Share of draws in which each point is on the front.

    Args:
        drawn: shape (n_draws, n_points, n_axes), smaller is better.

    Returns:
        None when no draw differs from another, i.e. nothing is known of the doubt.

    Examples:
        >>> first, second = [[-0.9, 1.0], [-0.9, 2.0]], [[-0.9, 2.0], [-0.9, 1.0]]
        >>> chances_on_front(np.array([first, second]))
        (0.5, 0.5)
        >>> chances_on_front(np.array([first, first])) is None
        True
    """
    if not drawn.size or not np.ptp(drawn, axis=0).any():
        return None
    shares = np.mean([efficient(points) for points in drawn], axis=0)
    return tuple(float(share) for share in shares)


def chance_of_beating(drawn: Floats, *, winner: int, loser: int) -> float | None:
    """Share of draws in which one point dominates another.

    Args:
        drawn: shape (n_draws, n_points, n_axes), smaller is better.
        winner: Position of the one.
        loser: Position of the other.

    Returns:
        None when neither of the two varies.

    Examples:
        >>> first, second = [[-0.9, 1.0], [-0.9, 2.0]], [[-0.9, 2.0], [-0.9, 1.0]]
        >>> chance_of_beating(np.array([first, second]), winner=0, loser=1)
        0.5
    """
    one, two = drawn[:, winner], drawn[:, loser]
    if not (np.ptp(one, axis=0).any() or np.ptp(two, axis=0).any()):
        return None
    beats = (one <= two).all(axis=1) & (one < two).any(axis=1)
    return float(np.mean(beats))
