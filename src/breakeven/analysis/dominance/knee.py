"""Knee: the point of a front after which a little more quality costs much more.

The front is scaled to a unit square, costs as logarithms, and its two ends are joined by a line.
The knee is the point furthest from that line towards the better side (Das 1999, "On characterizing
the knee of the Pareto curve based on normal-boundary intersection"). It is a reading aid and not a
choice: whoever needs the last point of quality needs another point.
"""

from dataclasses import dataclass

import numpy as np

from breakeven.analysis.dominance.sets import efficient
from breakeven.analysis.dominance.space import Floats, Space

FEWEST = 3
"""Points a front must have: two ends and something between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knee:
    """Where a front bends.

    Attributes:
        name: Of the point.
        distance: From the line between the ends, in the unit square; 0 on it, at most 0.71.
        probability: Share of draws in which the same point is the knee; None where nothing varies.
    """

    name: str
    distance: float
    probability: float | None


def knee(space: Space) -> Knee | None:
    """Find the knee of a plane with two axes.

    Returns:
        None with three axes, with fewer than three different points on the front, with a cost of 0
        or where the front is hollow, so that no point lies before the line.

    Examples:
        >>> from breakeven.analysis.dominance import GivenPoint, given_axes, given_space
        >>> points = [GivenPoint(name=name, values=(accuracy, cost)) for name, accuracy, cost in (
        ...     ("small", 0.80, 1.0), ("middle", 0.90, 2.0), ("large", 0.91, 8.0))]
        >>> found = knee(given_space(points, given_axes(score="accuracy", costs=["energy_j"])))
        >>> found.name, round(found.distance, 3)
        ('middle', 0.407)
    """
    if len(space.axes) != 2:
        return None
    at = _furthest(_turned(space, space.values))
    if at is None:
        return None
    place, distance = at
    drawn = space.drawn
    probability = None
    if not space.is_open and np.ptp(drawn, axis=0).any():
        found = [_furthest(_turned(space, values)) for values in drawn]
        probability = float(np.mean([one is not None and one[0] == place for one in found]))
    return Knee(name=space.names[place], distance=distance, probability=probability)


def _turned(space: Space, values: Floats) -> Floats | None:
    """Smaller is better, costs as logarithms; None where a cost has none."""
    columns = []
    for axis, column in zip(space.axes, values.T, strict=True):
        if not axis.is_score and column.min() <= 0:
            return None
        columns.append(column * axis.sign if axis.is_score else np.log(column))
    return np.column_stack(columns)


def _furthest(points: Floats | None) -> tuple[int, float] | None:
    """Position and distance of the point of the front furthest before the line of its ends."""
    if points is None:
        return None
    places = np.flatnonzero(efficient(points))
    front = points[places]
    span = np.ptp(front, axis=0)
    if len(np.unique(front, axis=0)) < FEWEST or not span.all():
        return None
    unit = (front - front.min(axis=0)) / span
    before = (1.0 - unit.sum(axis=1)) / np.sqrt(2.0)  # the ends are (0, 1) and (1, 0)
    best = int(np.argmax(before))
    return (int(places[best]), float(before[best])) if before[best] > 1e-12 else None
