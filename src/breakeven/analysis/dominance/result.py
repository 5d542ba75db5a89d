"""Result: everything that is concluded of one space, as values for tables and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.dominance.chances import chances_on_front
from breakeven.analysis.dominance.flat import Flat, flat_region
from breakeven.analysis.dominance.improvement import Improvement
from breakeven.analysis.dominance.knee import Knee, knee
from breakeven.analysis.dominance.reasons import Compare, Reason, reasons
from breakeven.analysis.dominance.sets import Bools, covering, efficient, near_front, shortfalls
from breakeven.analysis.dominance.space import MOST_AXES, Space
from breakeven.analysis.dominance.volume import Volume, hypervolume
from breakeven.records import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked of a space beyond its front.

    Attributes:
        tolerance: Share of each value within which a point is as good as the front.
        flat: Loss of score that does not count in the flat region; None to leave that out.
        reference: Reference point of the hypervolume, one value per axis; None for a default.
    """

    tolerance: float = 0.01
    flat: float | None = None
    reference: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpaceResult:
    """One space and what follows from it.

    Attributes:
        space: The points.
        front: Names that nothing dominates, by point values, best score first.
        membership: P(on the front) by name; None where nothing varies, or the doubt of a score is
            not known.
        tolerance: Of `near` and `cover`.
        near: Names within the tolerance of the front, the front included.
        cover: A few names of the front that stand for all within the tolerance.
        behind: By name, how much better on every axis it would have to be to equal one of the
            front.
        reasons: Why each of the others is not on the front.
        knee: Where a front of two axes bends; None where it does not.
        volume: Hypervolume; None where a cost is 0.
        flat: Points as good as the best; None unless asked.
        against: What the points add to a reference set; None unless asked.
        notes: Doubts.
    """

    space: Space
    front: tuple[str, ...]
    membership: dict[str, float] | None
    tolerance: float
    near: tuple[str, ...]
    cover: tuple[str, ...]
    behind: dict[str, float]
    reasons: tuple[Reason, ...]
    knee: Knee | None
    volume: Volume | None
    flat: Flat | None = None
    against: Improvement | None = None
    notes: tuple[Note, ...] = ()


def conclude(
    space: Space,
    compare: Compare,
    wishes: Wishes | None = None,
    *,
    notes: Sequence[Note] = (),
) -> SpaceResult:
    """Conclude all that a space allows.

    Args:
        space: At least one point.
        compare: Two points on one axis.
        wishes: What is asked beyond the front.
        notes: Doubts to pass on.

    Raises:
        ValueError: If there are more than three axes, a tolerance is negative, or the reference
            point has another number of axes.

    Examples:
        >>> from breakeven.analysis.dominance import (
        ...     GivenPoint, compare_given, given_axes, given_space)
        >>> points = [GivenPoint(name=n, values=v) for n, v in (
        ...     ("FT", (87.3, 5.198)), ("TS", (84.9, 3.1)), ("TA", (77.6, 3.3)))]
        >>> axes = given_axes("f1", ["energy_wh"])
        >>> found = conclude(given_space(points, axes), compare_given(points, axes))
        >>> found.front, found.near, [r.winner for r in found.reasons]
        (('FT', 'TS'), ('FT', 'TS'), ['TS'])
    """
    if len(space.axes) > MOST_AXES:
        raise ValueError(
            f"{len(space.axes)} axes: nearly every point would be on the front; choose at most "
            f"{MOST_AXES}, such as a score and two costs"
        )
    wishes = wishes or Wishes()
    losses, names = space.losses, space.names
    chances = None if space.is_open else chances_on_front(space.drawn * space.signs)
    cover = covering(losses, tolerance=wishes.tolerance)
    return SpaceResult(
        space=space,
        front=_best_first(space, efficient(losses)),
        membership=None if chances is None else dict(zip(names, chances, strict=True)),
        tolerance=wishes.tolerance,
        near=_best_first(space, near_front(losses, tolerance=wishes.tolerance)),
        cover=tuple(names[i] for i in cover),
        behind=dict(zip(names, shortfalls(losses).tolist(), strict=True)),
        reasons=reasons(space, compare),
        knee=knee(space),
        volume=_volume(space, wishes),
        flat=None if wishes.flat is None else flat_region(space, compare, tolerance=wishes.flat),
        notes=tuple(notes),
    )


def _best_first(space: Space, flags: Bools) -> tuple[str, ...]:
    losses = space.losses
    places = sorted(np.flatnonzero(flags).tolist(), key=lambda i: tuple(losses[i].tolist()))
    return tuple(space.names[place] for place in places)


def _volume(space: Space, wishes: Wishes) -> Volume | None:
    costs = [i for i, axis in enumerate(space.axes) if not axis.is_score]
    if not space.spots or space.values[:, costs].min() <= 0:
        return None
    return hypervolume(space, reference=wishes.reference)
