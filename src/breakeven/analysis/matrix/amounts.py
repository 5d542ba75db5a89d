"""Amounts: many uncertain numbers at once, as arrays, with the rules of `Uncertain`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, Uncertain

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Values with variances and worst-case bounds; all arrays have one shape.

    Attributes:
        value: The values.
        low: Lower bounds if every sensor erred by its resolution.
        high: Upper bounds likewise.
        variance: Of the values.
        curvature: Sum over parts of variance**2 / degrees of freedom; 0 without scatter.
    """

    value: Floats
    low: Floats
    high: Floats
    variance: Floats
    curvature: Floats

    @classmethod
    def of(cls, amounts: Sequence[Uncertain]) -> "Amounts":
        """Put numbers into arrays of shape (n,)."""
        fields = np.array(
            [(a.value, a.low, a.high, a.variance, a.curvature) for a in amounts], dtype=float
        ).reshape(-1, 5)
        return cls(**dict(zip(cls.__slots__, fields.T, strict=True)))

    @property
    def has_scatter(self) -> NDArray[np.bool_]:
        """Whether repeats or blocks contributed to each variance."""
        return self.curvature > 0

    @property
    def df(self) -> Floats:
        """Degrees of freedom, infinite where the variance is not from scatter."""
        return degrees_of_freedom(self.variance, self.curvature)

    def at(self, index: object) -> "Amounts":
        """Some of them, in numpy's way of indexing."""
        return Amounts(**{name: getattr(self, name)[index] for name in self.__slots__})

    def __sub__(self, other: "Amounts") -> "Amounts":
        """Differences of independent values; what only rounding tells apart is 0."""
        return Amounts(
            value=difference(self.value, other.value),
            low=difference(self.low, other.high),
            high=difference(self.high, other.low),
            variance=self.variance + other.variance,
            curvature=self.curvature + other.curvature,
        )

    def with_doubt(self, doubt: "Amounts") -> "Amounts":
        """The same values with more variance, as `seeds.with_seed_doubt`."""
        return Amounts(
            value=self.value,
            low=self.low,
            high=self.high,
            variance=self.variance + doubt.variance,
            curvature=self.curvature + doubt.curvature,
        )

    def negative(self) -> "Amounts":
        """The same with the other sign."""
        return Amounts(
            value=-self.value,
            low=-self.high,
            high=-self.low,
            variance=self.variance,
            curvature=self.curvature,
        )


def difference(left: Floats, right: Floats) -> Floats:
    """Left minus right; 0 where they differ by no more than `ROUNDING_FRAC` of the larger.

    Examples:
        >>> difference(np.array([0.3, 5.0]), np.array([0.1 + 0.2, 3.0])).tolist()
        [0.0, 2.0]
    """
    found = left - right
    slack = ROUNDING_FRAC * np.maximum(np.abs(left), np.abs(right))
    return np.where(np.abs(found) <= slack, 0.0, found)


def degrees_of_freedom(variance: Floats, curvature: Floats) -> Floats:
    """Satterthwaite's; infinite where the curvature is 0.

    Examples:
        >>> degrees_of_freedom(np.array([0.25, 1.0]), np.array([0.0125, 0.0])).tolist()
        [5.0, inf]
    """
    safe = np.where(curvature > 0, curvature, 1.0)
    return np.where(curvature > 0, variance**2 / safe, np.inf)


def quantiles(df: Floats) -> Floats:
    """Two-sided quantiles of t at `LEVEL`.

    Examples:
        >>> quantiles(np.array([5.0, np.inf])).round(4).tolist()
        [2.5706, 1.96]
    """
    return np.asarray(special.stdtrit(df, (1 + LEVEL) / 2), dtype=np.float64)
