"""Given: a space of numbers that somebody wrote into a table, each with what is known of its doubt.

How two of its points compare rests on the same lines: counts of answers, bounds, repeats.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.dominance.apart import gap_between
from breakeven.analysis.dominance.lines import (
    GivenPoint,
    Scatter,
    by_name,
    counts_of,
    draws_of,
    estimate_of,
    hull,
    is_open,
    scatter_of,
)
from breakeven.analysis.dominance.reasons import DIGITS, Compare, Gap
from breakeven.analysis.dominance.space import Axis, Space, Spot
from breakeven.analysis.samples.stats import newcombe
from breakeven.analysis.scoring.metric_words import FRACTIONS, metric_title
from breakeven.analysis.uncertain import LEVEL, quantile
from breakeven.analysis.words import resource_words
from breakeven.records import Resource


def given_axes(
    score: str | None,
    costs: Sequence[str],
    *,
    lower_is_better: bool = False,
    is_percent: bool = False,
) -> tuple[Axis, ...]:
    """Axes by the names of their columns.

    Args:
        score: Metric; None to compare costs alone.
        costs: Names, each with its SI unit as suffix where it has one.
        lower_is_better: Whether the score is a loss or a perplexity.
        is_percent: Whether a score that is elsewhere a fraction is written as 87.3.

    Examples:
        >>> [axis.title for axis in given_axes("accuracy", ["energy_j", "params"])]
        ['Accuracy', 'Energy', 'Params']
    """
    first = (
        ()
        if score is None
        else (
            Axis(
                name=score,
                title=metric_title(score),
                is_score=True,
                higher_is_better=not lower_is_better,
                is_fraction=score.lower() in FRACTIONS and not is_percent,
            ),
        )
    )
    return (*first, *(_cost_axis(name) for name in costs))


def _cost_axis(name: str) -> Axis:
    known = {resource.value: resource for resource in Resource}
    if name in known:
        words = resource_words(known[name])
        return Axis(name=name, title=words[:1].upper() + words[1:], resource=known[name])
    stem, _, unit = name.rpartition("_")
    symbol = _SYMBOLS.get(unit, "")
    words = (stem if symbol else name).replace("_", " ")
    return Axis(name=name, title=words[:1].upper() + words[1:], unit=symbol)


_SYMBOLS = {"j": "J", "s": "s", "w": "W", "bytes": "B", "flops": "FLOP", "macs": "MAC"}


def given_space(points: Sequence[GivenPoint], axes: Sequence[Axis], *, seed: int = 0) -> Space:
    """Put the lines of a table into their axes, repeats of one name as one point.

    Args:
        points: In order.
        axes: Score first, where there is one.
        seed: Of the draws within the doubts.

    Raises:
        ValueError: If there is no point, or one has another number of values.

    Examples:
        >>> axes = given_axes("accuracy", ["energy_j"])
        >>> twice = [GivenPoint(name="a", values=(0.9, cost)) for cost in (4.0, 9.0)]
        >>> [round(e.value, 6) for e in given_space(twice, axes).spots[0].at]
        [0.9, 6.0]
    """
    if not points or any(len(point.values) != len(axes) for point in points):
        raise ValueError("a space needs at least one point, and of each point one value per axis")
    rng = np.random.default_rng(seed)
    grouped = by_name(points)
    scatters = [scatter_of(points, i, axis) for i, axis in enumerate(axes)]
    spots = []
    for name, same in grouped.items():
        at = tuple(estimate_of(same, i, axis, scatters[i]) for i, axis in enumerate(axes))
        columns = [draws_of(same, at[i], axis, scatters[i], rng=rng) for i, axis in enumerate(axes)]
        opens = [is_open(same, i, axis, scatters[i]) for i, axis in enumerate(axes)]
        spots.append(
            Spot(
                name=name,
                at=at,
                draws=np.column_stack(columns),
                is_open=all(opens) or (axes[0].is_score and opens[0]),
            )
        )
    return Space(phase="as given", axes=tuple(axes), spots=tuple(spots))


def compare_given(points: Sequence[GivenPoint], axes: Sequence[Axis]) -> Compare:
    """Compare two names of a table on one axis.

    Scores that are counts are compared as independent proportions (Newcombe 1998, method 10),
    which is wider than pairs of answers would be. Costs by bounds, by repeats, or both: then the
    interval holds either.

    Args:
        points: As for `given_space`.
        axes: The same.

    Examples:
        >>> axes = given_axes("accuracy", ["energy_j"])
        >>> points = [
        ...     GivenPoint(name=n, values=(c / 872, j), counts=(c, 872), bounds={1: (low, high)})
        ...     for n, c, j, low, high in (("128", 811, 0.217, 0.21, 0.22), ("48", 811, 0.07, 0.06,
        ...                                                                 0.08))]
        >>> compare = compare_given(points, axes)
        >>> round(compare("128", "48", axes[1]).estimate.value, 2)
        3.1
        >>> found = compare("128", "48", axes[0]).estimate
        >>> found.value, round(found.low, 3), round(found.high, 3)
        (0.0, -0.024, 0.024)
    """
    grouped = by_name(points)
    positions = {axis.name: i for i, axis in enumerate(axes)}
    scatters = {axis.name: scatter_of(points, i, axis) for i, axis in enumerate(axes)}

    def compare(left: str, right: str, axis: Axis) -> Gap:
        place, scatter = positions[axis.name], scatters[axis.name]
        one, two = grouped[left], grouped[right]
        sides = [estimate_of(same, place, axis, None) for same in (one, two)]
        gap = gap_between(sides[0], sides[1], axis)
        if not gap.why and any(is_open(same, place, axis, scatter) for same in (one, two)):
            gap = replace(gap, why=DIGITS)
        if axis.is_score:
            return _counted(gap, one, two)
        return gap if scatter is None else _scattered(gap, scatter, len(one), len(two))

    return compare


def _counted(gap: Gap, one: Sequence[GivenPoint], two: Sequence[GivenPoint]) -> Gap:
    left, right = counts_of(one), counts_of(two)
    if left is None or right is None:
        return gap
    found = newcombe(left, right)
    return _with_ends(
        gap,
        (found.low, found.high),
        level=LEVEL,
        method="difference of independent proportions, Newcombe's method 10",
    )


def _scattered(gap: Gap, scatter: Scatter, n_left: int, n_right: int) -> Gap:
    value = gap.estimate.value
    if value is None or value <= 0:
        return gap
    half = quantile(scatter.df) * scatter.log_sd * math.sqrt(1 / n_left + 1 / n_right)
    low, high = gap.estimate.low, gap.estimate.high
    bounds = None if low is None or high is None else (low, high)
    words = "; bounds of both values inside" if bounds is not None else ""
    return _with_ends(
        gap,
        hull(bounds, (value * math.exp(-half), value * math.exp(half))),
        level=LEVEL,
        method=f"ratio of geometric means; t interval, scatter of repeats pooled over names "
        f"({scatter.df} degrees of freedom){words}",
    )


def _with_ends(gap: Gap, ends: tuple[float, float], *, level: float, method: str) -> Gap:
    found = replace(gap.estimate, low=ends[0], high=ends[1], level=level, method=method)
    return replace(gap, estimate=found, why="")
