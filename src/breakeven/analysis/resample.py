"""Resample: how costs and scores might have come out, for probabilities that have no formula.

Costs per item are bootstrapped over blocks, the same blocks for every pathway, so that what moved
a whole block moves them together. Development is drawn row by row, so that a shared ancestor is
one draw. Scores are drawn as counts of correct answers, each pathway by itself: the records hold
no per-example pairs, so P(on the front) is a little too cautious where two models err alike.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.pathways import PathwayCost
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Resource, Score

N_DRAWS = 500
"""Enough for a standard error of 0.02 on a probability."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDraws:
    """Draws of one resource by pathway, each of shape (n_draws,)."""

    development: Mapping[str, Floats]
    marginal: Mapping[str, Floats]


def draw_costs(
    pathways: Sequence[PathwayCost], resource: Resource, rng: np.random.Generator
) -> CostDraws:
    """Draw development and cost per item of every pathway that has them.

    Args:
        pathways: Gathered costs.
        resource: Which.
        rng: Source of randomness.

    Examples:
        >>> draw_costs([], Resource.CPU_S, np.random.default_rng(0)).marginal
        {}
    """
    rows = {
        row.row: draw(amount, rng)
        for pathway in pathways
        for row in pathway.rows
        if (amount := row.amounts.get(resource)) is not None
    }
    return CostDraws(
        development={
            p.name: _combined_draws([rows[r.row] for r in p.rows if r.row in rows], resource)
            for p in pathways
            if p.development(resource) is not None
        },
        marginal=bootstrap_blocks(
            {
                p.name: {b: o.value for b, o in p.blocks[resource].items()}
                for p in pathways
                if resource in p.blocks and resource not in p.splits
            },
            rng,
        )
        | {
            p.name: draw(p.splits[resource].per_item, rng) for p in pathways if resource in p.splits
        },
    )


def bootstrap_blocks(
    by_name: Mapping[str, Mapping[int, float]], rng: np.random.Generator
) -> dict[str, Floats]:
    """Mean over blocks drawn with replacement, the same blocks for all who ran in them.

    Args:
        by_name: Cost per item by name and block.
        rng: Source of randomness.

    Examples:
        >>> found = bootstrap_blocks({"a": {0: 1.0, 1: 2.0}, "b": {0: 2.0, 1: 4.0}},
        ...                          np.random.default_rng(0))
        >>> bool(np.all(found["b"] == 2 * found["a"]))
        True
    """
    drawn: dict[tuple[int, ...], NDArray[np.intp]] = {}
    found: dict[str, Floats] = {}
    for name, blocks in by_name.items():
        numbers = tuple(sorted(blocks))
        if numbers not in drawn:
            drawn[numbers] = rng.integers(len(numbers), size=(N_DRAWS, len(numbers)))
        values = np.array([blocks[number] for number in numbers])
        found[name] = values[drawn[numbers]].mean(axis=1)
    return found


def draw(amount: Uncertain, rng: np.random.Generator) -> Floats:
    """Draw a value around its estimate: t for scatter, uniform for bare resolution.

    Examples:
        >>> draw(Uncertain.exact(3.0), np.random.default_rng(0)).tolist() == [3.0] * N_DRAWS
        True
    """
    if not amount.has_scatter:
        return rng.uniform(amount.low, amount.high, N_DRAWS)
    spread: Floats = rng.standard_t(amount.df, N_DRAWS) * math.sqrt(amount.variance)
    return spread + amount.value


def draw_score(score: Score, rng: np.random.Generator) -> Floats:
    """Draw a score as a count of correct answers; constant where none were counted.

    Examples:
        >>> half = Score(metric="accuracy", value=0.5, split="test", n_examples=100, n_correct=50)
        >>> drawn = draw_score(half, np.random.default_rng(0))
        >>> bool(abs(drawn.mean() - 0.5) < 0.01)
        True
    """
    if score.n_correct is None or score.n_examples == 0:
        return np.full(N_DRAWS, score.value)
    return rng.binomial(score.n_examples, score.n_correct / score.n_examples, N_DRAWS) / (
        score.n_examples
    )


def _combined_draws(rows: Sequence[Floats], resource: Resource) -> Floats:
    stacked = np.stack(rows)
    combined: Floats = stacked.sum(axis=0) if resource.is_additive else stacked.max(axis=0)
    return combined
