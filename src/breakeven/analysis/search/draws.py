"""Draws: how costs and quality of measured cells might have come out in other blocks and sources.

Rounds have two or three blocks, too few to draw from cell by cell: residuals of the additive model
of log cost (cell + block) are drawn from all cells together, as if they scattered alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats

N_DRAWS = 400
"""Enough for a standard error of 0.01 where it matters, at shares of a few per cent."""


def log_costs(blocks: Floats) -> Floats:
    """Log cost of each cell, what a whole block had in common taken out.

    Args:
        blocks: shape (n_cells, n_blocks), cost per example in the same blocks.

    Examples:
        >>> np.exp(log_costs(np.array([[1.0, 4.0], [2.0, 8.0]]))).round(3).tolist()
        [2.0, 4.0]
    """
    means: Floats = np.log(blocks).mean(axis=1)
    return means


def cost_draws(blocks: Floats, rng: np.random.Generator, *, n_draws: int = N_DRAWS) -> Floats:
    """Log cost of each cell as it might have come out, by drawing residuals of blocks.

    Args:
        blocks: shape (n_cells, n_blocks), at least 2 cells and 2 blocks.
        rng: Source of randomness.
        n_draws: How often.

    Returns:
        Shape (n_draws, n_cells); differences between cells are what counts, for what moved a
        whole block is in none of them.
    """
    n_cells, n_blocks = blocks.shape
    lost = np.sqrt(n_blocks / (n_blocks - 1) * n_cells / (n_cells - 1))
    pool = residuals(blocks).ravel() * lost
    drawn = rng.choice(pool, size=(n_draws, n_cells, n_blocks)).mean(axis=2)
    told: Floats = log_costs(blocks) + drawn
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """How far costs lie from the additive model of log cost (cell + block).

    Attributes:
        error: Standard error of the log ratio of two cells over all blocks.
        df: Degrees of freedom it rests on.
    """

    error: float
    df: int


def scatter(blocks: Floats) -> Scatter:
    """Pool the scatter of cells that were measured in the same blocks.

    Args:
        blocks: Costs, shape (n_cells, n_blocks), at least 2 of either.

    Examples:
        >>> found = scatter(np.exp([[0.0, 1.0], [2.0, 3.5]]))
        >>> round(found.error, 3), found.df
        (0.25, 1)
    """
    n_cells, n_blocks = blocks.shape
    df = (n_cells - 1) * (n_blocks - 1)
    variance = float(np.sum(residuals(blocks) ** 2)) / df
    return Scatter(error=float(np.sqrt(2 * variance / n_blocks)), df=df)


def residuals(blocks: Floats) -> Floats:
    """What log costs hold beyond the additive model, shape (n_cells, n_blocks) as the costs."""
    logs = np.log(blocks)
    additive = logs.mean(axis=1, keepdims=True) + logs.mean(axis=0, keepdims=True) - logs.mean()
    beyond: Floats = logs - additive
    return beyond


def quality_draws(
    answers: Floats,
    alike: Sequence[str],
    sources: Places,
    rng: np.random.Generator,
    *,
    n_draws: int = N_DRAWS,
) -> Floats:
    """Mean quality of each cell as it might have come out, on the same drawn sources for all.

    Sources are drawn whole, for their examples are got wrong together; where each example has its
    own, examples are drawn. That two cells never differed on n sources does not say that they never
    will: each group of cells that are expected to answer alike is moved by half a source of its
    own, so that two groups differ by about one source in n.

    Args:
        answers: shape (n_cells, n_examples).
        alike: Name of the group of each cell.
        sources: Of each example, shape (n_examples,).
        rng: Source of randomness.
        n_draws: How often.

    Returns:
        Shape (n_draws, n_cells).
    """
    places = np.unique(sources, return_inverse=True)[1]
    sizes = np.bincount(places)
    n = len(sizes)
    sums = np.array([np.bincount(places, weights=own) for own in answers])
    weights = rng.multinomial(n, np.full(n, 1 / n), size=n_draws)
    means = weights @ sums.T / (weights @ sizes)[:, None]
    names = list(dict.fromkeys(alike))
    unseen = rng.normal(scale=np.sqrt(0.5) / n, size=(n_draws, len(names)))
    told: Floats = means + unseen[:, [names.index(name) for name in alike]]
    return told


def front_share(costs: Floats, quality: Floats, *, slack: float, indifference: float) -> Floats:
    """Share of draws in which nothing that is cheaper is as good.

    Args:
        costs: Log costs, shape (n_draws, n_cells).
        quality: Higher is better, the same shape.
        slack: Log ratio by which another must be cheaper.
        indifference: Quality by which another may be worse and is still as good.

    Returns:
        Shape (n_cells,), from 0 to 1.

    Examples:
        >>> costs, quality = np.log([[1.0, 2.0, 3.0]]), np.array([[0.7, 0.9, 0.8]])
        >>> front_share(costs, quality, slack=0.0, indifference=0.0).tolist()
        [1.0, 1.0, 0.0]
        >>> front_share(costs, quality, slack=1.0, indifference=0.0).tolist()
        [1.0, 1.0, 1.0]
    """
    on_front = [
        _nothing_better(*drawn, slack=slack, indifference=indifference)
        for drawn in zip(costs, quality, strict=True)
    ]
    shares: Floats = np.mean(on_front, axis=0)
    return shares


def _nothing_better(
    costs: Floats, quality: Floats, *, slack: float, indifference: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    order = np.argsort(costs, kind="stable")
    best_so_far = np.concatenate([[-np.inf], np.maximum.accumulate(quality[order])])
    n_cheaper = np.searchsorted(costs[order], costs - slack, side="left")
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
        quality > best_so_far[n_cheaper] + indifference
    )
    return found
