"""Stepped: who is cheapest at which volume when updates make costs rise by steps.

Two lives change places only where the lead of their pair changes. Between two such volumes of any
pair the order of all stands, so it is read once in each stretch; by point values.
"""

from collections.abc import Sequence
from itertools import pairwise, permutations

import numpy as np
import numpy.typing as npt

from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.steps import lead_changes, steps_between
from breakeven.analysis.uncertain import ROUNDING_FRAC, difference

Floats = npt.NDArray[np.float64]


def stepped_envelope(members: Sequence[Life]) -> list[tuple[int, float]]:
    """Indices of the lives that are cheapest somewhere, each with where its stretch begins.

    Args:
        members: In one cost, under one set of terms. One may come again, between updates.

    Returns:
        By rising volume; the first begins at 0. Of equal lives the first counts.

    Examples:
        Without updates it is the lower envelope of the lines:

        >>> from breakeven.analysis.lifetime import lower_envelope, study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> members = study_lives(*example_runs()).members
        >>> chain = stepped_envelope(members)
        >>> [i for i, _ in chain] == [i for i, _ in lower_envelope([m.line for m in members])]
        True
    """
    if not members:
        return []
    rivals = _rivals(members)
    bounds = sorted({0.0, *_changes([members[i] for i in rivals])})
    middles = np.array([(a + b) / 2 for a, b in pairwise(bounds)] + [2 * bounds[-1] + 1.0])
    costs = np.stack([_costs(members[i], middles) for i in rivals])
    least = costs.min(axis=0)
    chain: list[tuple[int, float]] = []
    for low, column, lowest in zip(bounds, costs.T, least, strict=True):
        level = [i for i, cost in zip(rivals, column, strict=True) if _is_near(cost, lowest)]
        if not chain or chain[-1][0] not in level:
            chain.append((level[0], low))
    return chain


def _is_near(cost: float, least: float) -> bool:
    return bool(cost <= least + ROUNDING_FRAC * abs(least))


def _changes(rivals: Sequence[Life]) -> set[float]:
    """Volumes at which the lead of any pair changes, or either of two that were level takes it."""
    found: set[float] = set()
    for one, other in permutations(rivals, 2):
        extra = difference(one.line[0], other.line[0])
        rate = difference(other.line[1], one.line[1])
        found |= set(lead_changes(extra, rate, steps_between(one, other)))
    return found


def _costs(life: Life, volumes: Floats) -> Floats:
    """Cost by point values after each volume, the updates due by then included."""
    weight = 1.0 if life.weight is None else life.weight.value
    total: Floats = (life.use + life.errors).value * volumes
    for row in life.rows:
        every = life.every.get(row.row)
        times = 1.0 if every is None else 1.0 + np.floor(volumes / every)
        total = total + times * row.amounts[life.resource].value
    return total / weight


def _rivals(members: Sequence[Life]) -> list[int]:
    """Indices of the lives that can be cheapest at all, so that few pairs are looked at.

    A life costs at most what its line through the upper ends of its steps does, and at least that
    less one update. Where even this lies above the envelope of the others' upper lines, it is out.
    """
    from breakeven.analysis.lifetime.envelope import lower_envelope  # noqa: PLC0415 - it asks here

    lines = [life.line for life in members]
    chain = lower_envelope(lines)
    corners = np.array([low for _, low in chain])
    upper = np.array([lines[i][0] + lines[i][1] * low for i, low in chain])
    last_rate = lines[chain[-1][0]][1]
    kept = []
    for index, (life, (start, rate)) in enumerate(zip(members, lines, strict=True)):
        weight = 1.0 if life.weight is None else life.weight.value
        once = sum(r.amounts[life.resource].value for r in life.rows if r.row in life.every)
        lower = start - once / weight + rate * corners
        slack = ROUNDING_FRAC * np.abs(upper)
        if (lower <= upper + slack).any() or rate <= last_rate * (1 + ROUNDING_FRAC):
            kept.append(index)
    return kept
