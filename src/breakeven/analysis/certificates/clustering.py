"""Clustering: how much less examples tell that come from common sources.

Sentences of one review, questions of one article, phrases of one sentence are got wrong together.
Taken as independent they certify too much: at a loss of exactly the margin 9 to 33 % of trials were
granted instead of 5 % (groups of 5 or 1 to 10, correlation within them 0.1 to 0.6). The variance is
therefore that of leaving out one group at a time, and its doubt is carried by a t quantile whose
degrees of freedom count the groups in which anything differs. A few large sources among many small
ones (4 of 150 and 600 of 1) granted 5 to 16 % where the large ones erred by luck not at all, and
0 to 2 % since small sources that differ do not count for large ones.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from breakeven.analysis.scoring.paired_sums import METRICS, Floats, PairedSums
from breakeven.analysis.uncertain import quantile

NEARLY_ALONE = 1.1
"""Design effect at the most, whatever the correlation, up to which it is taken for what it is at
the most: a few duplicates do not make an estimate of it worth its doubt."""


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """A pair of models summed up by source.

    Attributes:
        pair: The two, example by example.
    """

    pair: PairedSums

    @cached_property
    def sizes(self) -> Floats:
        """Examples of each source, shape (n_groups,)."""
        return np.bincount(self._places).astype(float)

    @cached_property
    def difference(self) -> float:
        """Reference minus candidate in the metric."""
        reference, candidate = self._sums
        value = METRICS[self.pair.metric].value
        return float(value(reference.sum(axis=0)) - value(candidate.sum(axis=0)))

    @cached_property
    def changes(self) -> Floats:
        """How far the difference moves when a source is left out, shape (n_groups,)."""
        value = METRICS[self.pair.metric].value
        without = (value(sums.sum(axis=0) - sums) for sums in self._sums)
        reference, candidate = without
        found: Floats = reference - candidate - self.difference
        return found

    @property
    def variance(self) -> float:
        """Of the difference, by leaving out one source at a time (Tukey's jackknife)."""
        n = len(self.sizes)
        if n < 2:
            return math.inf
        return (n - 1) / n * float(np.sum(self.changes**2))

    @property
    def worst(self) -> float:
        """Largest design effect there can be: every source errs as one (Kish 1965, section 5.4)."""
        return float(np.sum(self.sizes**2) / np.sum(self.sizes))

    @cached_property
    def n_telling(self) -> float:
        """Sources that would tell as much as these if all were of one size and moved it alike.

        The smallest of three counts (Kish 1965, section 5.4): of the sources in which anything
        differs by their size, of all by the variance they contribute, and of those that differ by
        the square of their size, in units of the size that the largest possible variance is made
        of. The third is low where by luck only small sources differ: they say nothing of how the
        large ones err.
        """
        told, squares = self._differs, self.sizes**2
        by_size, by_variance = (_kish(each) for each in (self.sizes[told], self.changes**2))
        typical = float(np.sum(squares**2) / np.sum(squares))
        return min(by_size, by_variance, float(np.sum(squares[told])) / typical)

    @property
    def is_told(self) -> bool:
        """Whether the design effect is estimated: it may be far above 1, and something differs."""
        return self.worst > NEARLY_ALONE and self.n_telling > 1

    @property
    def df(self) -> float:
        """Degrees of freedom of the variance."""
        return max(self.n_telling - 1, 1.0)

    @property
    def typical_change(self) -> float:
        """What a source that differs is worth; sums of such are skewed as single slips are."""
        moved = np.abs(self.changes)
        return float(np.sum(moved**2) / np.sum(moved)) if moved.any() else 0.0

    @property
    def _differs(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Sources in which anything differs, shape (n_groups,)."""
        found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
            np.bincount(self._places, weights=self.pair.changed) > 0
        )
        return found

    @cached_property
    def _places(self) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
        return np.unique(self.pair.groups, return_inverse=True)[1]

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """Totals of each source, shape (n_groups, n_sums), of both."""
        sides = []
        for side in (self.pair.reference, self.pair.candidate):
            sums = np.zeros((len(self.sizes), side.shape[1]))
            np.add.at(sums, self._places, side)
            sides.append(sums)
        return sides[0], sides[1]


def _kish(weights: Floats) -> float:
    """How many equal weights spread a sum as much."""
    squares = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0


def one_sided(level: float, *, df: float = math.inf) -> float:
    """One-sided quantile of t, of the normal distribution for infinite `df`.

    Examples:
        >>> round(one_sided(0.95), 4), round(one_sided(0.95, df=10), 4)
        (1.6449, 1.8125)
    """
    return quantile(df, level=2 * level - 1)
