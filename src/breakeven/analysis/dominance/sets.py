"""Sets: who is beaten by nobody, who by whom, and what is as good as the front within a tolerance.

A point dominates another when it is at least as good on every axis and better on one. Equal points
do not dominate each other (Dürlich et al. 2023, section 3: neither more product at the same cost
nor less cost at the same product).
"""

from collections.abc import Sequence

import moocore
import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]


def efficient(losses: ArrayLike) -> Bools:
    """Which points nothing dominates.

    Args:
        losses: shape (n_points, n_axes), smaller is better on every axis.

    Returns:
        shape (n_points,).

    Examples:
        Deployment of Dürlich et al. 2023 (minus F1, Wh): FT and TS, not TA.

        >>> efficient([[-87.3, 5.198], [-84.9, 3.1], [-77.6, 3.3]]).tolist()
        [True, True, False]
    """
    points = np.asarray(losses, dtype=float)
    if not len(points):
        return np.zeros(0, dtype=bool)
    if points.shape[1] == 1:
        return np.asarray(points[:, 0] == points[:, 0].min())
    return np.asarray(moocore.is_nondominated(points, keep_weakly=True), dtype=bool)


def dominators(losses: ArrayLike) -> list[tuple[int, ...]]:
    """For each point, which others dominate it, by position.

    Args:
        losses: shape (n_points, n_axes), smaller is better.

    Examples:
        >>> dominators([[-87.3, 5.198], [-84.9, 3.1], [-77.6, 3.3]])
        [(), (), (1,)]
    """
    points = np.asarray(losses, dtype=float)
    found = []
    for point in points:
        beats = (points <= point).all(axis=1) & (points < point).any(axis=1)
        found.append(tuple(int(i) for i in np.flatnonzero(beats)))
    return found


def near_front(losses: ArrayLike, *, tolerance: float) -> Bools:
    """Which points are as good as one of the front, but for the tolerance on every axis.

    Better by the tolerance on every axis, such a point would be at least as good as a point of the
    front: it epsilon-dominates that one. With a tolerance of 0 it is the front itself; a larger
    tolerance never takes a point away.

    Args:
        losses: shape (n_points, n_axes), smaller is better.
        tolerance: Share of each value, 0.01 for 1 %.

    Raises:
        ValueError: If the tolerance is negative or not finite.

    Examples:
        The third costs 6 % more than the second and scores 9 % less: 7 % is not enough, 10 % is.

        >>> points = [[-87.3, 5.198], [-84.9, 3.1], [-77.6, 3.3]]
        >>> near_front(points, tolerance=0.07).tolist()
        [True, True, False]
        >>> near_front(points, tolerance=0.1).tolist()
        [True, True, True]
    """
    _check(tolerance)
    points = np.asarray(losses, dtype=float)
    return shortfalls(points) <= tolerance


def shortfalls(losses: ArrayLike) -> NDArray[np.float64]:
    """By which share each point would have to be better on every axis to equal one of the front.

    The multiplicative epsilon indicator of a point and the front (Zitzler et al. 2003, "Performance
    assessment of multiobjective optimizers"), as a share of the point's own values: 0 on the front.

    Args:
        losses: shape (n_points, n_axes), smaller is better.

    Returns:
        shape (n_points,).

    Examples:
        >>> shortfalls([[-87.3, 5.198], [-84.9, 3.1], [-77.6, 3.3]]).round(4).tolist()
        [0.0, 0.0, 0.0941]
    """
    points = np.asarray(losses, dtype=float)
    front = points[efficient(points)]
    found = np.zeros(len(points))
    for i, point in enumerate(points):
        sizes = np.where(point == 0, 1.0, np.abs(point))
        behind = ((point - front) / sizes).max(axis=1)
        found[i] = max(0.0, float(behind.min()))
    return found


def covering(losses: ArrayLike, *, tolerance: float) -> tuple[int, ...]:
    """A few points of the front that stand for all: none is worse by more than the tolerance.

    Every point is epsilon-dominated by one of them: it is no better on any axis than that one made
    better by the tolerance (Laumanns et al. 2002, "Combining convergence and diversity in
    evolutionary multiobjective optimization"). Chosen greedily, the one that
    stands for most first, so that the set is small but not always the smallest.

    Args:
        losses: shape (n_points, n_axes), smaller is better.
        tolerance: Share of each value.

    Raises:
        ValueError: If the tolerance is negative or not finite.

    Examples:
        >>> covering([[-90.0, 100.0], [-89.9, 100.5], [-80.0, 10.0]], tolerance=0.01)
        (0, 2)
    """
    _check(tolerance)
    points = np.asarray(losses, dtype=float)
    front = np.flatnonzero(efficient(points))
    stands = np.array(
        [(points[i] - tolerance * np.abs(points[i]) <= points).all(axis=1) for i in front],
        dtype=bool,
    ).reshape(len(front), len(points))
    left, chosen = np.ones(len(points), dtype=bool), list[int]()
    while left.any():
        best = int(np.argmax((stands & left).sum(axis=1)))
        chosen.append(int(front[best]))
        left &= ~stands[best]
    return tuple(sorted(chosen))


def named(names: Sequence[str], flags: Sequence[bool] | Bools) -> tuple[str, ...]:
    """Names of the points that are flagged.

    Examples:
        >>> named(["FT", "TA"], [True, False])
        ('FT',)
    """
    return tuple(name for name, flag in zip(names, flags, strict=True) if flag)


def _check(tolerance: float) -> None:
    if not 0 <= tolerance < np.inf:
        raise ValueError(f"tolerance must be 0 or more and finite, got {tolerance}")
