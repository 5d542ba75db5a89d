"""Bands: the expected best of n trials for every n at once, from where the distribution may lie.

The best of n trials has the distribution F^n, so the lowest F that is not excluded gives the
highest curve and the highest F the lowest (Lourie et al. 2024, section 4). What no trial showed
could be anything: below the worst score F is thought to start at the bottom of the metric, and
above the best one to reach up to its top, which is why both are needed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.best_of.boxes import Boxes, Floats, beta_boxes
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Lower and upper curve of the expected best score.

    Attributes:
        lows: Of 1, 2, ... trials; None where the metric has no known bottom.
        highs: Likewise; None where it has no known top.
        level: With which the whole curve lies between them.
    """

    lows: tuple[float, ...] | None
    highs: tuple[float, ...] | None
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where scores can lie at all; infinite ends are unknown."""

    low: float = -math.inf
    high: float = math.inf


def best_band(
    scores: Sequence[float],
    *,
    scale: Scale,
    n_unscored: int = 0,
    level: float = LEVEL,
    boxes: Boxes | None = None,
) -> Band:
    """Band of the expected best of 1, 2, ..., N trials, over all of them at once.

    Args:
        scores: shape (n_scored,), larger is better, within `scale`; at least one.
        scale: Bottom and top of the metric.
        n_unscored: Trials without a score. The lower curve has them at the bottom of the metric,
            the upper one at the worst score that was seen.
        level: Of the whole band.
        boxes: Of the distribution function at all N scores; of highest density by default.

    Raises:
        ValueError: If a score is outside the scale.

    Examples:
        Ten trials of accuracy: sure of little, and of least beyond five.

        >>> seen = [0.71, 0.80, 0.82, 0.83, 0.84, 0.85, 0.86, 0.86, 0.87, 0.88]
        >>> band = best_band(seen, scale=Scale(low=0.0, high=1.0))
        >>> [round(band.lows[n - 1], 3) for n in (1, 5, 10)]
        [0.493, 0.83, 0.85]
        >>> [round(band.highs[n - 1], 3) for n in (1, 5, 10)]
        [0.914, 0.989, 0.999]
    """
    ends = _ends(scores, scale, n_unscored, boxes or _boxes(scores, n_unscored, level))
    ns = range(1, len(scores) + n_unscored + 1)
    return Band(
        lows=_expected(*ends[0], ns) if _is_known(scale.low) else None,
        highs=_expected(*ends[1], ns) if _is_known(scale.high) else None,
        level=level,
    )


def median_band(
    scores: Sequence[float],
    *,
    scale: Scale,
    n_unscored: int = 0,
    level: float = LEVEL,
    boxes: Boxes | None = None,
) -> Band:
    """Band of the median of the best of 1, 2, ..., N trials, over all of them at once.

    Half of all searches of n trials end above the median. It needs no known bottom and top of the
    metric, as long as the band of the distribution says something there.

    Args:
        scores: shape (n_scored,), larger is better, within `scale`; at least one.
        scale: Bottom and top of the metric; infinite ends of the band where they are unknown.
        n_unscored: Trials without a score, as in `best_band`.
        level: Of the whole band.
        boxes: Of the distribution function at all N scores; of highest density by default.

    Raises:
        ValueError: If a score is outside the scale.

    Examples:
        >>> seen = [0.71, 0.80, 0.82, 0.83, 0.84, 0.85, 0.86, 0.86, 0.87, 0.88]
        >>> band = median_band(seen, scale=Scale())
        >>> [band.lows[n - 1] for n in (1, 5)], [band.highs[n - 1] for n in (1, 5)]
        ([0.71, 0.84], [0.88, inf])
    """
    ends = _ends(scores, scale, n_unscored, boxes or _boxes(scores, n_unscored, level))
    ns = range(1, len(scores) + n_unscored + 1)
    return Band(lows=_medians(*ends[0], ns), highs=_medians(*ends[1], ns), level=level)


def median_best(scores: Sequence[float]) -> tuple[float, ...]:
    """Median of the best of 1, 2, ..., N trials, by the share of the scores up to each.

    Args:
        scores: shape (N,), larger is better; at least one.

    Examples:
        >>> median_best([0.7, 0.8, 0.9])
        (0.8, 0.9, 0.9)
    """
    seen = np.sort(np.asarray(scores, dtype=float))
    n_seen = len(seen)
    return _medians(seen, np.arange(1, n_seen + 1) / n_seen, range(1, n_seen + 1))


def _boxes(scores: Sequence[float], n_unscored: int, level: float) -> Boxes:
    return beta_boxes(len(scores) + n_unscored, level=level)


def _ends(
    scores: Sequence[float], scale: Scale, n_unscored: int, boxes: Boxes
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Values and height of F up to each, for the lower curve and for the upper one."""
    seen = np.sort(np.asarray(scores, dtype=float))
    if seen[0] < scale.low or seen[-1] > scale.high:
        outside = seen[0] if seen[0] < scale.low else seen[-1]
        raise ValueError(
            f"a score of {outside:g} is outside its metric's range, {scale.low:g} to "
            f"{scale.high:g}; correct the score or the range"
        )
    least = np.concatenate([np.full(n_unscored + 1, scale.low), seen])
    most = np.concatenate([np.full(n_unscored, seen[0]), seen, [scale.high]])
    return (least, np.append(boxes.highs, 1.0)), (most, np.append(boxes.lows, 1.0))


def _is_known(end: float) -> bool:
    return math.isfinite(end)


def _expected(values: Floats, reached: Floats, ns: range) -> tuple[float, ...]:
    """Expected best of n draws from the values, up to each of which F has the height given."""
    steps = (np.diff(reached**n, prepend=0.0) for n in ns)
    return tuple(float(step @ values) for step in steps)


def _medians(values: Floats, reached: Floats, ns: range) -> tuple[float, ...]:
    """Median of the best of n draws: the first value with a height of 0.5^(1/n)."""
    heights = 0.5 ** (1 / np.array(ns)) - ROUNDING_FRAC
    return tuple(float(values[i]) for i in np.searchsorted(reached, heights))
