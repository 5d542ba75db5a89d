"""Resample: how costs and scores might have come out, for probabilities that have no formula.

Costs per item are bootstrapped over blocks, the same blocks for every pathway, so that what moved
a whole block moves them together. Development is drawn row by row, so that a shared ancestor is
one draw. Scores are bootstrapped over test examples, the same examples for every pathway, so that
two models which err alike rise and fall together; what training seeds add is drawn on top, each
pathway by itself. Where only counts are known, each score is drawn as a count by itself, and
P(on the front) is then a little too cautious.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.seeds import seed_doubt
from breakeven.analysis.scoring.answers import AnswerSheet
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import Uncertain, quantile
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
    used = bootstrap_blocks(
        {
            p.name: {b: o.value for b, o in p.blocks[resource].items()}
            for p in pathways
            if resource in p.blocks and resource not in p.splits
        },
        rng,
    )
    for pathway in pathways:
        doubt = seed_doubt(pathway.independent, resource)
        if doubt is not None and pathway.name in used:
            used[pathway.name] = used[pathway.name] + draw(doubt, rng)
    return CostDraws(
        development={
            p.name: _combined_draws([rows[r.row] for r in p.rows if r.row in rows], resource)
            for p in pathways
            if p.development(resource) is not None
        },
        marginal=used
        | {
            p.name: draw(p.splits[resource].per_item, rng) for p in pathways if resource in p.splits
        },
    )


def bootstrap_blocks(
    by_name: Mapping[str, Mapping[int, float]], rng: np.random.Generator
) -> dict[str, Floats]:
    """Mean over blocks drawn with replacement, the same blocks for all who ran in them.

    Args:
        by_name: Cost per item by name and block; runs outside blocks, whose keys are negative, are
            drawn for each name by itself.
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
        if numbers not in drawn or min(numbers, default=0) < 0:
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


def draw_scores(pathways: Sequence[PathwayCost], rng: np.random.Generator) -> dict[str, Floats]:
    """Draw the score of every pathway that has one, jointly where the answers are known.

    Args:
        pathways: Gathered costs and scores.
        rng: Source of randomness.

    Returns:
        shape (n_draws,) by name.

    Examples:
        >>> draw_scores([], np.random.default_rng(0))
        {}
    """
    scored = {p.name: p.scored for p in pathways if p.scored is not None}
    by_examples: dict[tuple[int, ...], dict[str, AnswerSheet]] = defaultdict(dict)
    for name, found in scored.items():
        if found.sheet is not None:
            by_examples[found.sheet.examples][name] = found.sheet
    drawn = {name: _draw_alone(found, rng) for name, found in scored.items()}
    for sheets in by_examples.values():
        drawn |= bootstrap_examples({n: sheet.shares for n, sheet in sheets.items()}, rng)
    return {name: _with_seeds(drawn[name], found, rng) for name, found in scored.items()}


def bootstrap_examples(shares: Mapping[str, Floats], rng: np.random.Generator) -> dict[str, Floats]:
    """Mean over test examples drawn with replacement, the same examples for all.

    Examples with the same pattern of answers are alike, so their numbers are drawn (a multinomial),
    not each example.

    Args:
        shares: By name, how many of the seeds got each example right; shape (n_examples,).
        rng: Source of randomness.

    Examples:
        >>> right = np.array([1.0, 1, 0, 0])
        >>> found = bootstrap_examples({"a": right, "b": 1 - right}, np.random.default_rng(0))
        >>> bool(np.allclose(found["a"] + found["b"], 1))
        True
    """
    stacked = np.stack(list(shares.values()))
    n = stacked.shape[1]
    patterns, counts = np.unique(stacked, axis=1, return_counts=True)
    drawn = rng.multinomial(n, counts / n, size=N_DRAWS) @ patterns.T / n
    return {name: drawn[:, i] for i, name in enumerate(shares)}


def _draw_alone(found: PathwayScore, rng: np.random.Generator) -> Floats:
    """Draws of one pathway by itself: test examples where they were counted, else its seeds."""
    if found.n_seeds == 1:
        return draw_score(found.score, rng)
    if found.is_counted:
        return rng.binomial(found.n_examples, found.value, N_DRAWS) / found.n_examples
    if found.doubt is not None:
        return rng.normal(found.value, math.sqrt(found.doubt.examples), N_DRAWS)
    values = found.values
    spread = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    drawn: Floats = found.value + spread * rng.standard_t(len(values) - 1, N_DRAWS)
    return drawn


def _with_seeds(drawn: Floats, found: PathwayScore, rng: np.random.Generator) -> Floats:
    """Add what the choice of training seeds may have done; shares stay between 0 and 1."""
    if found.doubt is None:
        return drawn
    moved: Floats = drawn + found.doubt.draw(len(drawn), rng)
    return np.clip(moved, 0.0, 1.0) if found.is_counted else moved


def draw_score(score: Score, rng: np.random.Generator) -> Floats:
    """Draw a score as a count of correct answers, or within the interval it came with.

    Constant where neither is known.

    Examples:
        >>> half = Score(metric="accuracy", value=0.5, split="test", n_examples=100, n_correct=50)
        >>> drawn = draw_score(half, np.random.default_rng(0))
        >>> bool(abs(drawn.mean() - 0.5) < 0.01)
        True
    """
    if not score.is_share and score.low is not None and score.high is not None:
        return rng.normal(score.value, (score.high - score.low) / (2 * quantile(math.inf)), N_DRAWS)
    if score.n_correct is None or not score.is_share:
        return np.full(N_DRAWS, score.value)
    return rng.binomial(score.n_examples, score.n_correct / score.n_examples, N_DRAWS) / (
        score.n_examples
    )


def _combined_draws(rows: Sequence[Floats], resource: Resource) -> Floats:
    stacked = np.stack(rows)
    combined: Floats = stacked.sum(axis=0) if resource.is_additive else stacked.max(axis=0)
    return combined
