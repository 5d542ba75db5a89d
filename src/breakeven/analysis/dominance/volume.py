"""Volume: the hypervolume of a set of points, beyond a reference point that is always stated.

Costs count as natural logarithms, so that halving one is worth the same everywhere; scores count
as they are. A set that dominates another never has the smaller volume, whatever the reference
(Zitzler et al. 2003), but its size means nothing without the reference point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np

from breakeven.analysis.dominance.sets import efficient
from breakeven.analysis.dominance.space import Axis, Floats, Space
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.records import Estimate

MARGIN = 0.1
"""A reference point lies this share of the range beyond the worst values, so that the ends of a
front count too (Ishibuchi et al. 2018, "How to specify a reference point in hypervolume
calculation for fair performance comparison")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A hypervolume with what it was taken against.

    Attributes:
        estimate: In natural log units of each cost times the score; interval over draws.
        reference: One value per axis, in the axes' own units.
        how: Where the reference came from, in words.
        shares: What each point of the front adds alone, as a share of the whole, by name.
    """

    estimate: Estimate
    reference: tuple[float, ...]
    how: str
    shares: dict[str, float]


def reference_point(spaces: Sequence[Space]) -> tuple[float, ...]:
    """A tenth of the range beyond the worst value of each axis, over all sets that are compared.

    Args:
        spaces: In the same axes, with at least one point among them.

    Raises:
        ValueError: If a cost is not above 0, for it has no logarithm.

    Examples:
        >>> from breakeven.analysis.dominance import GivenPoint, given_axes, given_space
        >>> points = [GivenPoint(name="a", values=(0.9, 100.0)),
        ...           GivenPoint(name="b", values=(0.8, 1.0))]
        >>> found = reference_point([given_space(points, given_axes("accuracy", ["energy_j"]))])
        >>> [round(value, 4) for value in found]
        [0.79, 158.4893]
    """
    axes = spaces[0].axes
    values = np.concatenate([_scaled(axes, space.values) for space in spaces])
    span = np.ptp(values, axis=0)
    worst = values.max(axis=0)
    moved = worst + MARGIN * np.where(span > 0, span, np.maximum(np.abs(worst), 1.0))
    return tuple(
        float(axis.sign * value if axis.is_score else np.exp(value))
        for axis, value in zip(axes, moved, strict=True)
    )


def hypervolume(
    space: Space, *, reference: Sequence[float] | None = None, how: str = "as asked"
) -> Volume:
    """Volume that the points dominate up to the reference point.

    Args:
        space: The points.
        reference: One value per axis; that of `reference_point` for these points by default.
        how: Where the reference came from.

    Raises:
        ValueError: If a cost is not above 0, or the reference has another number of values.

    Examples:
        Two rectangles by hand: (1 - 0) x 0.2 + (2 - 1) x 0.4 = 0.6 beyond (1, 0.5).

        >>> from breakeven.analysis.dominance import GivenPoint, given_axes, given_space
        >>> points = [GivenPoint(name="a", values=(0.9, float(np.exp(-1)))),
        ...           GivenPoint(name="b", values=(0.7, float(np.exp(-2))))]
        >>> space = given_space(points, given_axes("accuracy", ["energy_j"]))
        >>> round(hypervolume(space, reference=(0.5, 1.0)).estimate.value, 12)
        0.6
    """
    if reference is None:
        reference = reference_point([space])
        how = "a tenth of the range beyond the worst of these points"
    if len(reference) != len(space.axes):
        raise ValueError(
            f"the reference point has {len(reference)} values for {len(space.axes)} axes; give one "
            f"each of {', '.join(axis.name for axis in space.axes)}"
        )
    bound = _scaled(space.axes, np.array([reference], dtype=float))[0]
    points = _scaled(space.axes, space.values)
    value = _volume(points, bound)
    low, high = _interval(space, bound, value)
    return Volume(
        estimate=Estimate(
            name="hypervolume",
            value=value,
            low=low,
            high=high,
            level=None if low is None else LEVEL,
            method="exact; percentiles over draws of costs and scores, about their median"
            if low is not None
            else "exact; no interval, for nothing is known of the points' doubt",
            n=len(space.spots),
            kinds=once(kind for spot in space.spots for e in spot.at for kind in e.kinds),
            origins=once(origin for spot in space.spots for e in spot.at for origin in e.origins),
        ),
        reference=tuple(float(r) for r in reference),
        how=how,
        shares=_shares(space.names, points, bound, whole=value),
    )


def _scaled(axes: Sequence[Axis], values: Floats) -> Floats:
    """Smaller is better, costs as logarithms."""
    columns = []
    for axis, column in zip(axes, values.T, strict=True):
        if axis.is_score:
            columns.append(column * axis.sign)
            continue
        if len(column) and column.min() <= 0:
            raise ValueError(
                f"{axis.name} of {column.min():g} has no logarithm, so there is no hypervolume; "
                "costs must be above 0"
            )
        columns.append(np.log(column))
    return np.column_stack(columns)


def _volume(points: Floats, bound: Floats) -> float:
    return float(moocore.hypervolume(points, ref=bound)) if len(points) else 0.0


def _interval(space: Space, bound: Floats, value: float) -> tuple[float | None, float | None]:
    """Percentiles over draws, moved so that their median is the value.

    A draw adds doubt to points that hold some already, and of points that are doubtful the best
    come out ahead: volumes of draws lie too high as a whole.
    """
    drawn = space.drawn
    costs = [i for i, axis in enumerate(space.axes) if not axis.is_score]
    if (
        space.is_open
        or not drawn.size
        or not np.ptp(drawn, axis=0).any()
        or drawn[:, :, costs].min() <= 0
    ):
        return None, None
    volumes = [_volume(_scaled(space.axes, values), bound) for values in drawn]
    low, middle, high = np.quantile(volumes, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2])
    return max(0.0, float(low - middle) + value), float(high - middle) + value


def _shares(
    names: Sequence[str], points: Floats, bound: Floats, *, whole: float
) -> dict[str, float]:
    """What would be lost without each point of the front; the parts that two share are in none."""
    if whole <= 0:
        return {}
    places = np.flatnonzero(efficient(points)).tolist()
    front = points[places]
    return {
        names[place]: 1 - _volume(np.delete(front, i, axis=0), bound) / whole
        for i, place in enumerate(places)
    }
