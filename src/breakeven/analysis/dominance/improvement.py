"""Improvement: what a new set of points adds to a reference set, point by point.

A *Pareto improvement* beats a point of the reference set's front: at least as good on every axis,
better on one. A point is *Pareto state of the art* when nothing in the reference set is at least as
good on every axis (Liu et al. 2022, ELUE; Dürlich et al. 2023, section 3.2). The first without the
second is an improvement on something that was beaten already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from breakeven.analysis.dominance.apart import gap_between
from breakeven.analysis.dominance.reasons import Gap, all_shown
from breakeven.analysis.dominance.sets import Bools, efficient, named
from breakeven.analysis.dominance.space import Floats, Space
from breakeven.analysis.dominance.volume import Volume, hypervolume, reference_point


class Standing(StrEnum):
    """What a new point is to a reference set."""

    IMPROVES = "Pareto improvement"
    EXTENDS = "new trade-off"
    EQUALS = "equal to the reference"
    DOMINATED = "dominated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One new point against the reference set.

    Attributes:
        name: Of the point.
        standing: By point values.
        is_state_of_the_art: Whether nothing in the reference set is as good on every axis.
        beats: Points of the reference set's front that it dominates.
        against: The point of the reference set it was held against: the first it beats, or that
            beats it; for a new trade-off the nearest; empty for an empty reference set.
        gaps: The new point against that one, one per axis.
        is_shown: Whether no interval leaves that open.
        probability: Share of draws in which nothing of the reference set is as good; None where
            nothing varies.
    """

    name: str
    standing: Standing
    is_state_of_the_art: bool
    beats: tuple[str, ...]
    against: str
    gaps: tuple[Gap, ...]
    is_shown: bool
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """A new set against a reference set.

    Attributes:
        points: Every new point.
        reference_front: Names on the front of the reference set.
        joint_front: Names of both sets on their common front; those of the reference set come with
            its label.
        before: Hypervolume of the reference set.
        after: Of both together, beyond the same reference point; None where a cost is 0.
    """

    points: tuple[Judged, ...]
    reference_front: tuple[str, ...]
    joint_front: tuple[str, ...]
    before: Volume | None
    after: Volume | None


def improvement(new: Space, reference: Space, *, label: str = "reference") -> Improvement:
    """Hold every point of one set against another.

    Args:
        new: The points to judge.
        reference: What was known, in the same axes.
        label: What the reference set is called in the joint front.

    Raises:
        ValueError: If the axes differ or the reference set is empty.

    Examples:
        >>> from breakeven.analysis.dominance import GivenPoint, given_axes, given_space
        >>> axes = given_axes("f1", ["energy_wh"])
        >>> old = given_space([GivenPoint(name="FT", values=(87.3, 5.198))], axes)
        >>> new = given_space([GivenPoint(name="TS", values=(84.9, 3.1)),
        ...                    GivenPoint(name="X", values=(87.3, 4.0)),
        ...                    GivenPoint(name="Y", values=(80.0, 9.0))], axes)
        >>> [(p.standing.value, p.is_state_of_the_art) for p in improvement(new, old).points]
        [('new trade-off', True), ('Pareto improvement', True), ('dominated', False)]
    """
    if [axis.name for axis in new.axes] != [axis.name for axis in reference.axes]:
        raise ValueError(
            f"the sets differ in axes: {', '.join(a.name for a in new.axes)} and "
            f"{', '.join(a.name for a in reference.axes)}"
        )
    if not reference.spots:
        raise ValueError("the reference set has no points to be held against")
    both = np.concatenate([new.losses, reference.losses])
    on_joint = efficient(both)
    labelled = (*new.names, *(f"{name} ({label})" for name in reference.names))
    volumes = _volumes(new, reference)
    return Improvement(
        points=tuple(_judged(new, reference, i) for i in range(len(new.spots))),
        reference_front=named(reference.names, efficient(reference.losses)),
        joint_front=named(labelled, on_joint),
        before=volumes[0] if volumes else None,
        after=volumes[1] if volumes else None,
    )


def _judged(new: Space, reference: Space, place: int) -> Judged:
    point, others = new.losses[place], reference.losses
    front = efficient(others)
    beaten_by = (others <= point).all(axis=1) & (others < point).any(axis=1)
    beats = (point <= others).all(axis=1) & (point < others).any(axis=1) & front
    equal = (others == point).all(axis=1)
    standing = _standing(
        is_beaten=bool(beaten_by.any()), beats=bool(beats.any()), equals=bool(equal.any())
    )
    candidates = next((c for c in (beaten_by & front, beats, equal) if c.any()), front)
    against = _nearest(point, others, candidates)
    gaps = tuple(
        gap_between(left, right, axis)
        for left, right, axis in zip(
            new.spots[place].at, reference.spots[against].at, new.axes, strict=True
        )
    )
    return Judged(
        name=new.names[place],
        standing=standing,
        is_state_of_the_art=standing in (Standing.IMPROVES, Standing.EXTENDS),
        beats=named(reference.names, beats),
        against=reference.names[against],
        gaps=gaps,
        is_shown=all_shown(gaps) and not _is_open(new, reference, (place, against)),
        probability=_chance(new, reference, place),
    )


def _standing(*, is_beaten: bool, beats: bool, equals: bool) -> Standing:
    if is_beaten:
        return Standing.DOMINATED
    if equals:
        return Standing.EQUALS
    return Standing.IMPROVES if beats else Standing.EXTENDS


def _nearest(point: Floats, others: Floats, allowed: Bools) -> int:
    """Of those allowed the nearest by relative distance."""
    sizes = np.maximum(np.abs(point), np.abs(others))
    apart = np.abs(others - point) / np.where(sizes > 0, sizes, 1.0)
    return int(np.argmin(np.where(allowed, apart.sum(axis=1), np.inf)))


def _is_open(new: Space, reference: Space, places: tuple[int, int]) -> bool:
    return new.spots[places[0]].is_open or reference.spots[places[1]].is_open


def _chance(new: Space, reference: Space, place: int) -> float | None:
    if new.spots[place].is_open or reference.is_open:
        return None
    own, others = new.drawn[:, place] * new.signs, reference.drawn * reference.signs
    if not (np.ptp(own, axis=0).any() or np.ptp(others, axis=0).any()):
        return None
    as_good = np.any(np.all(others <= own[:, None, :], axis=2), axis=1)
    return float(1 - np.mean(as_good))


def _volumes(new: Space, reference: Space) -> tuple[Volume, Volume] | None:
    """Both volumes beyond one reference point; None where a cost of 0 has no logarithm."""
    try:
        bound = reference_point([new, reference])
    except ValueError:
        return None
    how = "a tenth of the range beyond the worst of both sets"
    taken = set(reference.names)
    renamed = tuple(
        replace(spot, name=f"{spot.name} (new)") if spot.name in taken else spot
        for spot in new.spots
    )
    joint = replace(reference, spots=(*reference.spots, *renamed))
    return (
        hypervolume(reference, reference=bound, how=how),
        hypervolume(joint, reference=bound, how=how),
    )


def standings(points: Sequence[Judged]) -> dict[Standing, tuple[str, ...]]:
    """Names by standing, in the order of the standings; those that nobody has are absent.

    Examples:
        >>> standings([])
        {}
    """
    return {
        standing: names
        for standing in Standing
        if (names := tuple(p.name for p in points if p.standing is standing))
    }
