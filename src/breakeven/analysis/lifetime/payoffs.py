"""Payoffs: from which volume on one life has cost less than another, for every pair.

Without updates a pair is two straight lines and the answer is a Fieller set. With updates, cost
rises by a step at each one. Then the interval is that of the lines through the steps' upper ends
(cost right after an update, the worst case), and beside it stand the crossing of the lines through
the middle of the steps and the two volumes that the steps themselves give: the first at which the
candidate is ahead, and the one from which it stays ahead.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from breakeven.analysis.comparison import Comparison
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.payback import break_even, probability_cheaper
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.analysis.sentences import volume_words

MAX_STEPS = 100_000
"""Steps looked at one by one; where more matter, the bounds of the steps are given instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff:
    """One pair.

    Attributes:
        found: Verdict, volume with its interval and sentence, updates at their worst; and the
            probability, with the updates that have come due by the planned volume.
        is_dearer: Whether the candidate is the dearer to develop.
        by_mean: Volume at which the lines through the middle of the steps cross; None without
            updates that set the two apart, or where they do not cross.
        first: Volume at which the lead changes for the first time, by point values; None where it
            never does. A pair whose verdict is "never" can have one: between updates.
        for_good: Volume from which the lead no longer changes.
    """

    found: BreakEven
    is_dearer: bool
    by_mean: float | None = None
    first: float | None = None
    for_good: float | None = None


def payoffs(lives: Lives) -> tuple[Payoff, ...]:
    """Every ordered pair of lives.

    Args:
        lives: In one cost, under one set of terms.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.records import Resource
        >>> lives = study_lives(*example_runs(), resource=Resource.FLOPS)
        >>> print(payoffs(lives)[3].found.sentence)
        TS has cost fewer FLOPs than FT from 129,000 examples on.
    """
    return tuple(payoff(lives, c, i) for c, i in permutations(lives.members, 2))


def payoff(lives: Lives, candidate: Life, incumbent: Life) -> Payoff:
    """One pair of lives.

    Args:
        lives: That hold both.
        candidate: May replace the other.
        incumbent: The other.
    """
    pair = lives.pair(candidate, incumbent)
    found = break_even(pair, planned_volume=lives.volume)
    is_dearer = pair.extra.value > 0
    steps = _steps(candidate, incumbent)
    if not steps:
        return Payoff(found=found, is_dearer=is_dearer)
    found = replace(found, probability_before_planned=_chance(lives, candidate, incumbent))
    if found.verdict is Verdict.NOT_SHOWN:
        return Payoff(found=found, is_dearer=is_dearer)
    first, for_good = crossings(pair, steps)
    if found.verdict in {Verdict.FINITE, Verdict.UP_TO}:
        by_mean = _by_mean(pair, steps)
        return Payoff(
            found=found, is_dearer=is_dearer, by_mean=by_mean, first=first, for_good=for_good
        )
    if first is not None and for_good is not None:
        found = replace(found, sentence=f"{found.sentence} {_between(pair, first, for_good)}")
    return Payoff(found=found, is_dearer=is_dearer, first=first, for_good=for_good)


def _chance(lives: Lives, candidate: Life, incumbent: Life) -> float:
    """P(ahead at the planned volume), with the updates that have come due by then."""
    then = lives.pair(candidate, incumbent, at=lives.volume)
    return probability_cheaper(
        then.extra, then.saved, volume=lives.volume, covariance=then.covariance
    )


def _between(pair: Comparison, first: float, for_good: float) -> str:
    """What a verdict on cost right after an update leaves out."""
    return (
        "That is right after an update; between updates the lead changes for the first time after "
        f"{volume_words(first, pair)} and for the last after {volume_words(for_good, pair)}."
    )


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
    slope = pair.saved.value - sum(step.gain / step.every for step in steps)
    rate, extra = pair.saved.value, pair.extra.value
    if rate == 0:
        return None, None
    # n/E - 1 < floor(n/E) <= n/E bounds the lead between two lines of the same slope
    up = sum(-step.gain for step in steps if step.gain < 0)
    down = sum(step.gain for step in steps if step.gain > 0)
    ends = sorted(((extra - up) / rate, (extra + down) / rate))
    low, high = (max(0.0, end) for end in ends)
    n_steps = sum((high - low) / step.every for step in steps)
    if n_steps > MAX_STEPS:
        return (low, high) if extra / rate > 0 else (None, None)
    changes = list(_changes(slope, extra, steps, low=low, high=high))
    return (changes[0], changes[-1]) if changes else (None, None)


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


def _steps(candidate: Life, incumbent: Life) -> tuple[Step, ...]:
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


def _by_mean(pair: Comparison, steps: tuple[Step, ...]) -> float | None:
    """Where the lines through the middle of the steps cross; half a step lies below each end."""
    extra = pair.extra.value + sum(step.gain for step in steps) / 2
    volume = extra / pair.saved.value
    return volume if volume > 0 else None
