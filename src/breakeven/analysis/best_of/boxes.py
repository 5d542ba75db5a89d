"""Boxes: where the distribution function lies at every score at once, whatever it is.

F at the i-th smallest of N scores is distributed as the i-th of N uniform numbers, Beta(i, N+1-i).
A box is an interval of it for each i; together they hold all N at once with the level asked for.
Lourie, Cho and He (2024, "Show your work with confidence") take the intervals of highest density,
after Learned-Miller and DeStefano (2008); the level of each is set here so that together they hold
exactly, by the crossing probability of a Poisson process (Khmaladze and Shinjikashvili 2001;
Moscovich and Nadler 2017) where the authors simulate it. The band of Dvoretzky, Kiefer, Wolfowitz
and Massart (1990) has one width everywhere, which is wide where the best scores are.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from breakeven.analysis.uncertain import LEVEL

Floats = NDArray[np.float64]

_N_HALVINGS = 52
"""Of an interval of doubles: all their digits."""
_TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boxes:
    """Bounds of the distribution function at each score, from the worst to the best.

    Attributes:
        lows: shape (n_seen,), ascending.
        highs: shape (n_seen,), ascending.
    """

    lows: Floats
    highs: Floats

    @property
    def holds(self) -> float:
        """Probability that all of them hold at once."""
        return chance_within(self.lows, self.highs)


def dkw_half_width(n_seen: int, *, level: float = LEVEL) -> float:
    """Half-width of the band of Dvoretzky, Kiefer and Wolfowitz with Massart's constant.

    Args:
        n_seen: Number of scores, above 0.
        level: Of the whole band.

    Examples:
        sqrt(ln(2 / 0.05) / (2 x 100)):

        >>> round(dkw_half_width(100), 4)
        0.1358
    """
    return math.sqrt(math.log(2 / (1 - level)) / (2 * n_seen))


def dkw_boxes(n_seen: int, *, level: float = LEVEL) -> Boxes:
    """The boxes of the band of one width, to compare with.

    Args:
        n_seen: Number of scores, above 0.
        level: Of all boxes at once, at least.

    Examples:
        >>> boxes = dkw_boxes(20)
        >>> 0.95 < boxes.holds < 0.97
        True
    """
    half, ranks = dkw_half_width(n_seen, level=level), np.arange(1, n_seen + 1) / n_seen
    return Boxes(
        lows=np.maximum(0.0, ranks - half), highs=np.minimum(1.0, ranks - 1 / n_seen + half)
    )


@lru_cache(maxsize=64)
def beta_boxes(n_seen: int, *, level: float = LEVEL) -> Boxes:
    """Boxes of highest density, each of one level, that hold all at once with `level`.

    Args:
        n_seen: Number of scores, above 0.
        level: Of all boxes at once.

    Examples:
        Of twenty scores; a single one would say nothing of F.

        >>> boxes = beta_boxes(20)
        >>> round(boxes.holds, 4)
        0.95
        >>> float(boxes.highs[-1]), float(boxes.lows[0])
        (1.0, 0.0)
    """

    def missed(share: float) -> float:
        return _density_boxes(n_seen, share).holds - level

    if n_seen == 1:
        return Boxes(lows=np.zeros(1), highs=np.ones(1))
    share = optimize.brentq(missed, level, 1 - 1e-9, xtol=_TOLERANCE)
    return _density_boxes(n_seen, float(share))


def chance_within(lows: Floats, highs: Floats) -> float:
    """Probability that every i-th smallest of N uniform numbers lies within its bounds.

    The number of them below t is a Poisson process, given that it ends at N: the i-th lies below
    its upper bound if i have come by then, and above its lower bound if fewer than i have.

    Args:
        lows: shape (N,), ascending, 0 to 1.
        highs: shape (N,), ascending, above `lows`.

    Examples:
        Two numbers, the smaller below a half: 1 - 1/4.

        >>> round(chance_within(np.array([0.0, 0.0]), np.array([0.5, 1.0])), 6)
        0.75
    """
    n = len(lows)
    times = np.unique(np.concatenate([lows, highs, [1.0]]))
    times = times[times > 0]
    least = np.searchsorted(highs, times, side="right")
    most = np.searchsorted(lows, times, side="left")
    state, start, before = np.ones(1), 0, 0.0
    for time, low, high in zip(times, least, most, strict=True):
        if low > high:
            return 0.0
        came = _poisson(n * (time - before), int(high) - start)
        moved = np.convolve(state, came)[: int(high) - start + 1]
        skipped = max(0, int(low) - start)
        state, start, before = moved[skipped:], start + skipped, float(time)
    is_all = n - start
    whole = -n + n * math.log(n) - float(special.gammaln(n + 1))
    return float(state[is_all] * math.exp(-whole)) if is_all < len(state) else 0.0


def _poisson(mean: float, most: int) -> Floats:
    """Chance of 0, 1, ..., `most` events."""
    counts = np.arange(most + 1)
    return np.asarray(np.exp(counts * math.log(mean) - mean - special.gammaln(counts + 1)))


def _density_boxes(n_seen: int, share: float) -> Boxes:
    """Intervals of highest density of Beta(i, N+1-i), each of one share of it."""
    a = np.arange(1.0, n_seen + 1)
    b = a[::-1]
    low, high = np.zeros(n_seen), special.betaincinv(a, b, 1 - share)
    for _ in range(_N_HALVINGS):
        left = (low + high) / 2
        right = _end(a, b, left, share)
        is_low = _log_density(a, b, left) < _log_density(a, b, right)
        low, high = np.where(is_low, left, low), np.where(is_low, high, left)
    left = np.where(a == 1, 0.0, low)
    left = np.where((b == 1) & (a > 1), special.betaincinv(a, b, 1 - share), left)
    right = np.where(b == 1, 1.0, _end(a, b, left, share))
    return Boxes(lows=left, highs=right)


def _end(a: Floats, b: Floats, left: Floats, share: float) -> Floats:
    return np.asarray(
        special.betaincinv(a, b, np.minimum(1.0, special.betainc(a, b, left) + share))
    )


def _log_density(a: Floats, b: Floats, x: Floats) -> Floats:
    return np.asarray(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x))
