"""Lengths: where cutting texts shorter makes them dearer.

Question answering reads a long text in overlapping windows: the shorter the window, the more of
them, and what they overlap by is computed twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np
from scipy import stats

from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.draws import scatter
from breakeven.analysis.search.standing import Standing, blocks_of
from breakeven.analysis.uncertain import LEVEL

_LENGTH = "max_length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inversion:
    """Two lengths of one configuration, of which the shorter is the dearer.

    Attributes:
        name: Route and settings, the length left out.
        shorter: Tokens, and so is `longer`.
        factor: How many times as dear the shorter is.
        low: Least that is shown, all pairs of lengths of the search together.
    """

    name: str
    shorter: int
    longer: int
    factor: float
    low: float

    @property
    def sentence(self) -> str:
        """Both lengths and what the shorter one costs.

        Examples:
            >>> Inversion(name="FT", shorter=96, longer=384, factor=2.25, low=1.9).sentence
            'cut at 96 tokens FT costs 2.25 times what it costs at 384 (at least 1.9)'
        """
        return (
            f"cut at {self.shorter} tokens {self.name} costs {self.factor:.3g} times what it costs "
            f"at {self.longer} (at least {self.low:.3g})"
        )


def inversions(standing: Sequence[Standing]) -> tuple[Inversion, ...]:
    """For each configuration the two lengths of which the shorter is surest to be the dearer.

    Cells are compared that were measured in the same blocks; scatter is pooled over these, and the
    level is shared among all pairs (Bonferroni), so that one in twenty searches without any names
    one.

    Args:
        standing: Every measured cell of a search.

    Returns:
        The largest factor first; empty where no length is shown to be dearer than a longer one.
    """
    by_round = groupby(sorted(standing, key=lambda s: s.round), key=lambda s: s.round)
    rounds = [list(found) for _, found in by_round]
    pairs = [list(_pairs(found)) for found in rounds]
    n_pairs = sum(map(len, pairs))
    shown: list[Inversion] = []
    for found, in_round in zip(rounds, pairs, strict=True):
        if in_round:
            noise = scatter(blocks_of(found))
            half = noise.error * float(stats.t.ppf(1 - (1 - LEVEL) / n_pairs, noise.df))
            told = (_inversion(shorter, longer, half) for shorter, longer in in_round)
            shown += [one for one in told if one.low > 1]
    surest = {one.name: one for one in sorted(shown, key=lambda one: one.low)}
    return tuple(sorted(surest.values(), key=lambda one: -one.factor))


def _pairs(found: Sequence[Standing]) -> Iterator[tuple[Standing, Standing]]:
    by_length = sorted((one for one in found if _LENGTH in one.cell.settings), key=_length)
    for shorter, longer in combinations(by_length, 2):
        if _rest(shorter) == _rest(longer) and _length(shorter) < _length(longer):
            yield shorter, longer


def _inversion(shorter: Standing, longer: Standing, half: float) -> Inversion:
    ratio = float(np.log(shorter.costs).mean() - np.log(longer.costs).mean())
    return Inversion(
        name=_rest(shorter),
        shorter=_length(shorter),
        longer=_length(longer),
        factor=float(np.exp(ratio)),
        low=float(np.exp(ratio - half)),
    )


def _length(found: Standing) -> int:
    return int(found.cell.settings[_LENGTH])


def _rest(found: Standing) -> str:
    rest = {k: v for k, v in found.cell.settings.items() if k != _LENGTH}
    return Cell(route=found.cell.route, settings=rest).name
