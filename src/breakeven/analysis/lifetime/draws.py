"""Draws: many possible worlds that the runs allow, so that more than two lives can be ranked.

A pair has a closed form; "the cheapest of several" has none. Each world draws every row of
development once for all pathways that rest on it, and all costs per item together with the
covariance that blocks run side by side give them. Scatter is drawn from t, read as a confidence
distribution just as in the closed form of a pair; a number with resolution alone is drawn evenly
between its bounds. Scores that weight output are drawn from their normal interval.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.uncertain import Uncertain

N_DRAWS = 4000
"""Worlds; a probability is then known to 1.6 percentage points at worst (95 %)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Worlds.

    Attributes:
        members: The lives, in order.
        rows: Cost of each row of development, shape (n_draws,) each.
        use: Use and errors per item, shape (n_draws, n_lives).
        weights: Scores that divide, shape (n_draws, n_lives); ones where output is not weighted.
    """

    members: Sequence[Life]
    rows: Mapping[str, Floats]
    use: Floats
    weights: Floats

    def costs(self, volume: float, *, parts: Mapping[str, float] | None = None) -> Floats:
        """Cumulative cost after `volume` items over the weight, shape (n_draws, n_lives).

        Args:
            volume: Items, at least 0.
            parts: Part of a row that each pathway bears, by row; whole by default.
        """
        paid = [
            sum(
                self.rows[row.row] * life.paid(row, volume) * (parts or {}).get(row.row, 1.0)
                for row in life.rows
            )
            + np.zeros(len(self.use))
            for life in self.members
        ]
        total: Floats = (np.stack(paid, axis=1) + self.use * volume) / self.weights
        return total

    def lines(self) -> tuple[Floats, Floats]:
        """Cost at volume 0 and per item, shape (n_draws, n_lives) each; updates at their worst."""
        rates = [
            sum(self.rows[r.row] / life.every[r.row] for r in life.rows if r.row in life.every)
            + np.zeros(len(self.use))
            for life in self.members
        ]
        return self._starts(), (self.use + np.stack(rates, axis=1)) / self.weights

    def _starts(self) -> Floats:
        starts = [
            sum(self.rows[row.row] for row in life.rows) + np.zeros(len(self.use))
            for life in self.members
        ]
        found: Floats = np.stack(starts, axis=1) / self.weights
        return found

    def cheapest(self, volume: float, *, parts: Mapping[str, float] | None = None) -> list[float]:
        """P(cheapest after `volume` items) of each life; ties are shared out.

        Args:
            volume: Items.
            parts: As in `costs`.
        """
        costs = self.costs(volume, parts=parts)
        least = costs.min(axis=1, keepdims=True)
        is_least = costs <= least + 1e-9 * np.abs(least)
        shares = is_least / is_least.sum(axis=1, keepdims=True)
        return [float(share) for share in shares.mean(axis=0)]


def draw(lives: Lives, rng: np.random.Generator, *, n_draws: int = N_DRAWS) -> Draws:
    """Draw worlds.

    Args:
        lives: In one cost; at least one.
        rng: Random numbers.
        n_draws: How many worlds.

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.records import Resource
        >>> lives = study_lives(*example_runs(), resource=Resource.CPU_S)
        >>> drawn = draw(lives, np.random.default_rng(0), n_draws=100)
        >>> drawn.use.shape, sorted(drawn.rows)
        ((100, 4), ['ft', 'pretrain', 'ta', 'ta-distil', 'tfidf', 'ts'])
    """
    amounts = {r.row: r.amounts[life.resource] for life in lives.members for r in life.rows}
    weights = {
        life.name: Uncertain.exact(1.0) if life.weight is None else life.weight
        for life in lives.members
    }
    return Draws(
        members=lives.members,
        rows={row: _drawn(amount, rng, n_draws) for row, amount in amounts.items()},
        use=_uses(lives, rng, n_draws),
        weights=np.stack([_drawn(w, rng, n_draws) for w in weights.values()], axis=1),
    )


def _drawn(amount: Uncertain, rng: np.random.Generator, n_draws: int) -> Floats:
    if amount.has_scatter:
        return amount.value + math.sqrt(amount.variance) * _t(amount.df, rng, n_draws)
    return rng.uniform(amount.low, amount.high, n_draws)


def _t(df: float, rng: np.random.Generator, n_draws: int) -> Floats:
    if math.isinf(df):
        return rng.standard_normal(n_draws)
    return rng.standard_t(df, n_draws)


def _uses(lives: Lives, rng: np.random.Generator, n_draws: int) -> Floats:
    """Costs per item: together where they scatter, each alone where they only have bounds."""
    members = lives.members
    use: Floats = np.stack(
        [_drawn(life.use, rng, n_draws) + _drawn(life.errors, rng, n_draws) for life in members],
        axis=1,
    )
    loose = [i for i, life in enumerate(members) if life.use.has_scatter]
    if len(loose) < 2:
        return use
    chosen = [members[i] for i in loose]
    deviations = rng.standard_normal((n_draws, len(loose))) @ _root(_covariance(chosen)).T
    df = min(life.use.df for life in chosen)
    if math.isfinite(df):
        deviations /= np.sqrt(rng.chisquare(df, (n_draws, 1)) / df)
    means = np.array([life.use.value for life in chosen])
    errors = np.stack([_drawn(life.errors, rng, n_draws) for life in chosen], axis=1)
    use[:, loose] = means + deviations + errors
    return use


def _covariance(members: Sequence[Life]) -> Floats:
    """Of the costs per item: what the variances of paired differences leave over."""
    together = _of_common_blocks(members)
    if together is not None:
        return together
    n = len(members)
    found: Floats = np.diag([life.use.variance for life in members]).astype(np.float64)
    for i in range(n):
        for j in range(i):
            left, right = members[i], members[j]
            apart = left.pathway.use_difference(right.pathway, left.resource)
            assert apart is not None
            common = (left.use.variance + right.use.variance - apart.variance) / 2
            found[i, j] = found[j, i] = common
    return found


def _of_common_blocks(members: Sequence[Life]) -> Floats | None:
    """The same at once where all ran in the same blocks and nothing else scatters."""
    blocks = [life.pathway.blocks[life.resource] for life in members]
    keys = sorted(blocks[0])
    if keys[0] < 0 or any(life.pathway.splits or life.pathway.seeds for life in members):
        return None
    if any(sorted(own) != keys for own in blocks):
        return None
    values = np.array([[own[key].value for key in keys] for own in blocks])
    found: Floats = np.atleast_2d(np.cov(values)) / len(keys)
    return found


def _root(covariance: Floats) -> Floats:
    """A matrix whose square is the nearest covariance without negative directions."""
    values, vectors = np.linalg.eigh(covariance)
    found: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return found
