"""Steps: the updates that set two lives apart, and the volumes at which the lead then changes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.uncertain import ROUNDING_FRAC, difference

MAX_STEPS = 100_000
"""Steps looked at one by one; where more matter, the bounds of the steps are given instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An update that only one of two lives has.

    Attributes:
        every: Items between two of them.
        gain: How much further ahead the candidate is after it; negative for its own updates.
    """

    every: float
    gain: float


def crossings(pair: Comparison, steps: tuple[Step, ...]) -> tuple[float | None, float | None]:
    """First and last volume at which the lead changes.

    Args:
        pair: Lines through the upper ends of the steps.
        steps: Updates that set the two apart.

    Returns:
        Volumes by point values; bounds on both where the steps are too many to look at, and None
        where the lead never changes.

    Examples:
        A student 10 dearer to make saves 1 an item, and costs 3 anew after every 4 items. It is
        ahead for the first time after 31 items, behind again with its update at 32 (it saved 32
        for 34 spent), and keeps the lead from 40 items on (40 saved, 40 spent).

        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> pair = Comparison(
        ...     candidate="S", incumbent="T", resource=Resource.FLOPS, item=Item.EXAMPLE,
        ...     extra=Uncertain.exact(10.0), saved=Uncertain.exact(1 - 3 / 4))
        >>> crossings(pair, (Step(every=4.0, gain=-3.0),))
        (31.0, 40.0)
    """
    extra, rate = pair.extra.value, pair.saved.value
    if rate == 0:
        return None, None
    low, high = _window(extra, rate, steps)
    if _is_many(low, high, steps):
        return (low, high) if extra / rate > 0 else (None, None)
    changes = lead_changes(extra, rate, steps)
    return (changes[0], changes[-1]) if changes else (None, None)


def lead_changes(extra: float, rate: float, steps: tuple[Step, ...]) -> list[float]:
    """Every volume at which the lead changes, rising; by point values.

    Args:
        extra: What the candidate takes more to develop.
        rate: What it saves per item, its updates spread over the items.
        steps: Updates that set the two apart; none for plain lines.

    Returns:
        The volumes; where the steps are too many to look at, the bound on the last alone.

    Examples:
        7 more to make, 1 saved an item, 2 paid again after every 8: level after 7 items, behind
        with the update at 8, level again after 9.

        >>> lead_changes(7.0, 1 - 2 / 8, (Step(every=8.0, gain=-2.0),))
        [7.0, 8.0, 9.0]
        >>> lead_changes(10.0, 2.0, ()), lead_changes(10.0, -2.0, ())
        ([5.0], [])
    """
    if rate == 0:
        return []
    if not steps:
        return [extra / rate] if extra / rate > 0 else []
    low, high = _window(extra, rate, steps)
    if _is_many(low, high, steps):
        return [high] if extra / rate > 0 else []
    slope = difference(rate, sum(step.gain / step.every for step in steps))
    low, high = low * (1 - ROUNDING_FRAC), high * (1 + ROUNDING_FRAC)  # an update may be at an end
    return list(_changes(slope, extra, steps, low=low, high=high))


def _window(extra: float, rate: float, steps: tuple[Step, ...]) -> tuple[float, float]:
    """All changes lie in it: n/E - 1 < floor(n/E) <= n/E bounds the lead by two lines."""
    up = sum(-step.gain for step in steps if step.gain < 0)
    down = sum(step.gain for step in steps if step.gain > 0)
    low, high = sorted(((extra - up) / rate, (extra + down) / rate))
    return max(0.0, low), max(0.0, high)


def _is_many(low: float, high: float, steps: tuple[Step, ...]) -> bool:
    return sum((high - low) / step.every for step in steps) > MAX_STEPS


def _changes(
    slope: float, extra: float, steps: tuple[Step, ...], *, low: float, high: float
) -> Iterator[float]:
    """Volumes from `low` to `high` at which the lead changes hands."""
    marks = {low, high}
    for step in steps:
        start = math.floor(low / step.every) + 1
        marks |= {k * step.every for k in range(start, math.floor(high / step.every) + 1)}
    ordered = sorted(marks)
    ahead = _lead(slope, extra, steps, ordered[0]) > 0
    for left, right in zip(ordered, [*ordered[1:], math.nextafter(high, math.inf)], strict=True):
        at_left = _lead(slope, extra, steps, left)
        if (at_left > 0) != ahead:
            yield left
            ahead = at_left > 0
        before_right = at_left + slope * (right - left)
        if (before_right > 0) != ahead and slope and right > left:
            yield left - at_left / slope
            ahead = before_right > 0


def _lead(slope: float, extra: float, steps: tuple[Step, ...], volume: float) -> float:
    paid = sum(step.gain * math.floor(volume / step.every + 1e-12) for step in steps)
    return slope * volume - extra + paid


def steps_between(candidate: Life, incumbent: Life) -> tuple[Step, ...]:
    """Updates that set two lives apart; those that both pay alike cancel.

    Args:
        candidate: May replace the other.
        incumbent: The other.
    """
    return (*_own_steps(candidate, incumbent, -1.0), *_own_steps(incumbent, candidate, 1.0))


def _own_steps(life: Life, other: Life, sign: float) -> Iterator[Step]:
    """Updates of rows that the other does not repeat at the same weight."""
    weight = 1.0 if life.weight is None else life.weight.value
    shared = {row.row for row in other.rows if row.row in other.every}
    for row in life.rows:
        is_cancelled = row.row in shared and life.weight is None
        if row.row in life.every and not is_cancelled:
            amount = row.amounts[life.resource].value
            yield Step(every=life.every[row.row], gain=sign * amount / weight)
