"""Space: points with costs and, mostly, one score; the axes in which they are compared.

Every axis is turned so that smaller is better. Then two costs, or a score and two costs, are the
same thing to everything that asks who beats whom.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.fronts.resample import N_DRAWS
from breakeven.records import Estimate, Resource

Floats = NDArray[np.float64]

MOST_AXES = 3
"""Beyond three axes nearly every point is on the front (Bentley et al. 1978)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that points are compared in.

    Attributes:
        name: For machines; a cost's ends in its SI unit ("energy_j"), a score's is its metric.
        title: For people.
        is_score: Whether it is quality and not cost.
        higher_is_better: Direction; costs never are.
        resource: Which cost; None for a score and for a cost that is none of the known ones.
        unit: SI symbol of such a cost.
        is_fraction: Of a score: whether it is a share of 1, so that differences are points.
    """

    name: str
    title: str
    is_score: bool = False
    higher_is_better: bool = False
    resource: Resource | None = None
    unit: str = ""
    is_fraction: bool = False

    @property
    def words(self) -> str:
        """For running text: the title in small letters, but for names such as FLOPs and F1."""
        return self.title if self.title[:2].isupper() else self.title[:1].lower() + self.title[1:]

    @property
    def sign(self) -> float:
        """By which values are multiplied so that smaller is better."""
        return -1.0 if self.higher_is_better else 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spot:
    """One pathway, configuration or line of a table.

    Attributes:
        name: Unique in its space.
        at: Where it stands, one estimate with a value per axis.
        draws: shape (n_draws, n_axes), where it might have come out.
        is_open: Whether nobody knows how far off its score is (it has no interval, or that of its
            last printed digit), so that draws would be sure of what is not known.
    """

    name: str
    at: tuple[Estimate, ...]
    draws: Floats
    is_open: bool = False

    @property
    def values(self) -> tuple[float, ...]:
        """Point values, one per axis."""
        assert all(estimate.value is not None for estimate in self.at)
        return tuple(estimate.value or 0.0 for estimate in self.at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Space:
    """Points in common axes.

    Attributes:
        phase: "development", "deployment", "lifetime at N" or "as given".
        axes: Score first, where there is one.
        spots: In the order of the study or table.
        left_out: Names that lack a value on an axis.
    """

    phase: str
    axes: tuple[Axis, ...]
    spots: tuple[Spot, ...]
    left_out: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the points, in order."""
        return tuple(spot.name for spot in self.spots)

    @property
    def is_open(self) -> bool:
        """Whether one of the points is, so that no chance can be told of all of them."""
        return any(spot.is_open for spot in self.spots)

    @property
    def signs(self) -> Floats:
        """Shape (n_axes,), 1 for costs and -1 for what should be high."""
        return np.array([axis.sign for axis in self.axes])

    @property
    def values(self) -> Floats:
        """Shape (n_spots, n_axes), in the axes' own direction."""
        found = np.array([spot.values for spot in self.spots], dtype=float)
        return found.reshape(len(self.spots), len(self.axes))

    @property
    def losses(self) -> Floats:
        """Shape (n_spots, n_axes), turned so that smaller is better."""
        turned: Floats = self.values * self.signs
        return turned

    @property
    def drawn(self) -> Floats:
        """Shape (n_draws, n_spots, n_axes), in the axes' own direction."""
        if not self.spots:
            return np.zeros((N_DRAWS, 0, len(self.axes)))
        return np.stack([spot.draws for spot in self.spots], axis=1)


def exact_space(axes: tuple[Axis, ...], points: dict[str, tuple[Estimate, ...]]) -> Space:
    """Points whose doubt nobody knows: they are drawn where they stand.

    Args:
        axes: Score first, where there is one.
        points: One estimate per axis, by name.

    Examples:
        >>> from breakeven.records import Kind
        >>> def seen(value: float) -> Estimate:
        ...     return Estimate(name="", value=value, method="printed", n=1, kinds=(Kind.COUNTED,))
        >>> axes = (Axis(name="f1", title="F1", is_score=True, higher_is_better=True),
        ...         Axis(name="energy_j", title="Energy", resource=Resource.ENERGY_J))
        >>> exact_space(axes, {"FT": (seen(87.3), seen(5.2))}).losses.tolist()
        [[-87.3, 5.2]]
    """
    spots = []
    for name, at in points.items():
        values = [estimate.value or 0.0 for estimate in at]
        spots.append(Spot(name=name, at=at, draws=np.tile(values, (N_DRAWS, 1))))
    return Space(phase="as given", axes=axes, spots=tuple(spots))
