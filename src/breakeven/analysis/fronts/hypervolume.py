"""Hypervolume: how much of the plane of cost and quality a set of configurations reaches.

Cost on a log axis, so that halving it is worth the same everywhere. A point counts as far as it is
cheaper and better than the reference point, which is to be written down before any measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The reference point.

    Attributes:
        cost: Of a configuration that nobody would miss, above 0.
        quality: That anything must exceed, such as the share of the more frequent label.
    """

    cost: float
    quality: float

    def hypervolume(
        self, costs: Sequence[float] | Floats, quality: Sequence[float] | Floats
    ) -> float:
        """Area that the points dominate, in natural log units of cost times quality.

        Args:
            costs: shape (n_points,), above 0.
            quality: shape (n_points,), higher is better.

        Examples:
            >>> plane = Plane(cost=1.0, quality=0.5)
            >>> round(plane.hypervolume([np.exp(-1), np.exp(-2)], [0.9, 0.7]), 6)
            0.6
            >>> plane.hypervolume([2.0], [0.9])
            0.0
        """
        if not len(costs):
            return 0.0
        points = np.column_stack([np.log(costs), -np.asarray(quality, dtype=float)])
        return float(moocore.hypervolume(points, ref=[np.log(self.cost), -self.quality]))
