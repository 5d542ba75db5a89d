"""Start-up: the fixed cost of starting told apart from the cost per item, by a straight line.

A process measured from outside costs `start-up + n x per item`. Runs of at least two volumes n
give both: the slope is the cost per item, the intercept the start-up. With two runs they follow
exactly, with bounds from the sensors; from three on by ordinary least squares, with t intervals on
n_runs - 2 degrees of freedom (Draper and Smith 1998, Applied Regression Analysis, section 1.4).
Least squares takes the scatter to be the same at every volume.

A small start-up comes out below 0 in many samples. Leaving those out would keep the samples that
err upwards, so the line stays: the slope as it is, the start-up as 0 with an interval from 0 up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.uncertain import (
    ROUNDING_FRAC,
    Observation,
    Uncertain,
    once,
    quantile,
)
from breakeven.analysis.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A cost in its two parts.

    Attributes:
        per_item: Slope of the line.
        startup: What is left at zero items, at least 0.
        method: How they were found.
        is_startup_told: Whether its interval leaves 0 out, or it is exactly 0.
    """

    per_item: Uncertain
    startup: Uncertain
    method: str
    is_startup_told: bool = True


def split_startup(volumes: Sequence[float], totals: Sequence[Observation]) -> Split | None:
    """Tell the start-up of whole processes from their cost per item.

    Args:
        volumes: Items of each run, shape (n_runs,).
        totals: Whole cost of each run, start-up included, shape (n_runs,).

    Returns:
        None where no line tells the two apart: with one volume only, or where the line falls
        with the volume, which no cost does.

    Examples:
        Two seconds to start, 3 ms for each item:

        >>> def seen(*values: float) -> list[Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return [Observation(value=v, low=v, high=v, **rest) for v in values]
        >>> split = split_startup([100, 300], seen(2.3, 2.9))
        >>> round(split.per_item.value, 9), round(split.startup.value, 9), split.method
        (0.003, 2.0, 'two-point line through 2 runs')
        >>> split_startup([100, 100], seen(2.3, 2.9)) is None
        True
    """
    if len(set(volumes)) < 2:
        return None
    centre = math.fsum(volumes) / len(volumes)
    spread = math.fsum((n - centre) ** 2 for n in volumes)
    slopes = [(n - centre) / spread for n in volumes]
    intercepts = [1 / len(volumes) - centre * share for share in slopes]
    scatter = _scatter(volumes, totals, slopes, intercepts)
    per_item = _weighted(totals, slopes, scatter=scatter)
    rounding = ROUNDING_FRAC * max(o.value for o in totals)
    intercept = _rounded(_weighted(totals, intercepts, scatter=scatter), rounding)
    is_flat = per_item.value * (max(volumes) - min(volumes)) <= rounding
    if is_flat:
        return None
    startup = _from_0(intercept)
    low, high = startup.interval()
    return Split(
        per_item=per_item,
        startup=startup,
        method=_method(volumes),
        is_startup_told=low > 0 or high <= rounding,
    )


def _scatter(
    volumes: Sequence[float],
    totals: Sequence[Observation],
    slopes: Sequence[float],
    intercepts: Sequence[float],
) -> float:
    """Variance of one run around the line; 0 where only rounding or nothing is left to judge by."""
    if len(totals) < 3:
        return 0.0
    slope, intercept = _sum(totals, slopes), _sum(totals, intercepts)
    misses = [o.value - intercept - slope * n for n, o in zip(volumes, totals, strict=True)]
    largest = max(abs(o.value) for o in totals)
    if max(abs(miss) for miss in misses) <= ROUNDING_FRAC * largest:
        return 0.0
    return math.fsum(miss**2 for miss in misses) / (len(totals) - 2)


def _weighted(
    totals: Sequence[Observation], weights: Sequence[float], *, scatter: float
) -> Uncertain:
    """Weighted sum of runs; its variance is the larger of scatter and resolution."""
    pairs = list(zip(totals, weights, strict=True))
    by_scatter = scatter * math.fsum(w**2 for w in weights)
    half_widths = [(o.high - o.low) / 2 for o in totals]
    by_resolution = math.fsum((w * h) ** 2 for h, w in zip(half_widths, weights, strict=True)) / 3
    is_scattered = by_scatter > 0 and by_scatter >= by_resolution
    value = _sum(totals, weights)
    return Uncertain(
        value=value,
        low=min(value, math.fsum(w * (o.low if w > 0 else o.high) for o, w in pairs)),
        high=max(value, math.fsum(w * (o.high if w > 0 else o.low) for o, w in pairs)),
        variance=max(by_scatter, by_resolution),
        curvature=by_scatter**2 / (len(totals) - 2) if is_scattered else 0.0,
        n=len(totals),
        kinds=once(k for o in totals for k in o.kinds),
        origins=once(k for o in totals for k in o.origins),
        run_ids=once(r for o in totals for r in o.run_ids),
    )


def _rounded(startup: Uncertain, rounding: float) -> Uncertain:
    """Take what only rounding tells from 0 as 0."""
    if abs(startup.value) > rounding:
        return startup
    return replace(startup, value=0.0, low=min(0.0, startup.low), high=max(0.0, startup.high))


def _from_0(intercept: Uncertain) -> Uncertain:
    """The same where it is at least 0; else 0, up to where its interval ends.

    The line fell below 0 by an error of at least that size, which may as well have the other sign,
    so the upper end is never less than that: sensors alone do not see how runs scatter.
    """
    if intercept.value >= 0:
        return intercept
    high = max(intercept.interval()[1], -intercept.value)
    if not intercept.has_scatter:
        return replace(intercept, value=0.0, low=0.0, high=high, variance=high**2 / 3)
    variance = (high / quantile(intercept.df)) ** 2
    curvature = variance**2 / intercept.df
    return replace(intercept, value=0.0, low=0.0, high=high, variance=variance, curvature=curvature)


def _sum(totals: Sequence[Observation], weights: Sequence[float]) -> float:
    return math.fsum(w * o.value for o, w in zip(totals, weights, strict=True))


def _method(volumes: Sequence[float]) -> str:
    if len(volumes) == 2:
        return "two-point line through 2 runs"
    n_volumes = counted(len(set(volumes)), "volume")
    return f"least-squares line through {len(volumes)} runs of {n_volumes}"
