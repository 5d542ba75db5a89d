"""Order: whether runs that came one after another still know of each other.

An interval takes runs as independent once blocks are out. A trend (heat, a filling disk), a lag-1
correlation (a slow wave) or too few runs above and below the median say otherwise. What is looked
at is each value against the mean of its own configuration, in the order executed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.stats import trend_p
from breakeven.analysis.uncertain import ROUNDING_FRAC

MIN_IN_ORDER = 4
"""Values below which an order says nothing."""

N_SHUFFLES = 4999
"""Random orders that the lag-1 correlation is compared with."""

SEED = 20260101
"""Of those orders: the same values always give the same p."""

P = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an order looks like.

    Attributes:
        n: Places in it.
        trend: Change from first to last place by a straight line, on the scale of the residuals.
        trend_p: Two-sided.
        lag_1: Correlation of each place with the next.
        lag_1_p: Share of random orders with so large a one, of either sign.
        n_runs: Stretches above or below the median; None where too few are on one side.
        runs_p: Two-sided, exact (Swed and Eisenhart 1943, Annals of Mathematical Statistics 14).
    """

    n: int
    trend: float
    trend_p: float
    lag_1: float
    lag_1_p: float
    n_runs: int | None
    runs_p: float | None

    @property
    def is_drifting(self) -> bool:
        """Whether a straight line is seen."""
        return self.trend_p < P

    @property
    def is_correlated(self) -> bool:
        """Whether neighbours are alike, or alternate."""
        return self.lag_1_p < P or (self.runs_p is not None and self.runs_p < P)


def order(values: Sequence[float]) -> Order | None:
    """Look for what an order should not show.

    Args:
        values: Residuals in the order executed, shape (n,).

    Returns:
        None with fewer than four values, or where they do not vary.

    Examples:
        >>> found = order([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
        >>> found.trend, found.is_drifting, found.lag_1, found.n_runs
        (5.0, True, 0.5, 2)
    """
    array = np.asarray(values, dtype=float)
    n = len(array)
    if n < MIN_IN_ORDER or np.ptp(array) <= ROUNDING_FRAC * np.max(np.abs(array)):
        return None
    slope, p = trend_p(array.tolist())
    runs = _runs(array)
    return Order(
        n=n,
        trend=slope * (n - 1),
        trend_p=p,
        lag_1=_lag_1(array),
        lag_1_p=_shuffled_p(array),
        n_runs=runs[0] if runs else None,
        runs_p=runs[1] if runs else None,
    )


def runs_p(n_runs: int, n_above: int, n_below: int) -> float:
    """Two-sided p of the number of stretches in a random order of two kinds.

    Args:
        n_runs: Stretches seen.
        n_above: Of the one kind, at least 1.
        n_below: Of the other, at least 1.

    Returns:
        Twice the smaller tail, at most 1.

    Examples:
        Swed and Eisenhart's table: of 10 and 10, six stretches or fewer come with p = 0.019.

        >>> round(runs_p(6, 10, 10) / 2, 3)
        0.019
    """
    chances = [_chance(u, n_above, n_below) for u in range(2, n_above + n_below + 1)]
    at = n_runs - 2
    return min(1.0, 2 * min(math.fsum(chances[: at + 1]), math.fsum(chances[at:])))


def _chance(n_runs: int, n_above: int, n_below: int) -> float:
    """Probability of so many stretches."""
    half, is_odd = divmod(n_runs, 2)
    ways = math.comb(n_above - 1, half - 1) * math.comb(n_below - 1, half - 1) * 2
    if is_odd:
        ways = math.comb(n_above - 1, half) * math.comb(n_below - 1, half - 1)
        ways += math.comb(n_above - 1, half - 1) * math.comb(n_below - 1, half)
    return ways / math.comb(n_above + n_below, n_above)


def _runs(array: Floats) -> tuple[int, float] | None:
    sides = [bool(v > np.median(array)) for v in array if v != np.median(array)]
    above = sum(sides)
    if not above or above == len(sides):
        return None
    n_runs = len(list(groupby(sides)))
    return n_runs, runs_p(n_runs, above, len(sides) - above)


def _lag_1(array: Floats) -> float:
    centred = array - array.mean()
    return float(np.sum(centred[:-1] * centred[1:]) / np.sum(centred**2))


def _shuffled_p(array: Floats) -> float:
    """Against the mean of random orders, which is -1 / n and not 0."""
    centred = array - array.mean()
    rng = np.random.default_rng(SEED)
    shuffled = rng.permuted(np.tile(centred, (N_SHUFFLES, 1)), axis=1)
    products = np.sum(shuffled[:, :-1] * shuffled[:, 1:], axis=1) / np.sum(centred**2)
    middle = -1 / len(array)
    seen = abs(_lag_1(array) - middle) * (1 - ROUNDING_FRAC)
    return float((1 + np.sum(np.abs(products - middle) >= seen)) / (N_SHUFFLES + 1))
