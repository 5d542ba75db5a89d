"""Amounts: what a cut of a part saves in all, as an estimate that keeps interval and kinds."""

import math
from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.uncertain import Observation, as_estimate, once, total_of
from breakeven.analysis.words import amount_words
from breakeven.records import Estimate, Kind, Resource


def left_by(ratio: Estimate, use: Estimate, *, volume: float) -> Estimate:
    """Cost saved over a volume when each item takes `ratio` of what it took.

    The intervals of both factors, use and 1 - ratio, are put together on the log scale.

    Args:
        ratio: New cost over old cost, with its interval; below 1 with all of it.
        use: Old cost per item, above 0; without an interval taken as known.
        volume: Items.

    Examples:
        >>> ratio = Estimate(name="", value=0.25, low=0.2, high=0.3, method="", n=6, kinds=())
        >>> use = Estimate(name="cpu_s per example", value=0.01, method="", n=6, kinds=())
        >>> found = left_by(ratio, use, volume=1e6)
        >>> found.value, round(found.low, 6), round(found.high, 6)
        (7500.0, 7000.0, 8000.0)
    """
    part = 1 - (ratio.value or 0.0)
    saved = (use.value or 0.0) * volume * part
    least, most = (
        None if end is None else saved * math.exp(way * math.hypot(_log(1 - end, part), doubt))
        for end, way, doubt in (
            (ratio.high, -1, _log(use.low, use.value)),
            (ratio.low, 1, _log(use.high, use.value)),
        )
    )
    return replace(
        ratio,
        name=f"{_amount_of(use)} saved over the planned volume",
        value=saved,
        low=least,
        high=most,
        method="(1 - ratio) x cost per item x volume; intervals of both put together on the log "
        f"scale; ratio: {ratio.method}",
        kinds=once((*ratio.kinds, *use.kinds)),
        origins=once((*ratio.origins, *use.origins)),
        run_ids=once((*ratio.run_ids, *use.run_ids)),
    )


def _log(end: float | None, value: float | None) -> float:
    """How far an end of an interval lies from its value on the log scale; 0 where none is known."""
    if end is None or not value:
        return 0.0
    return abs(math.log(end / value)) if end > 0 else math.inf


def _amount_of(use: Estimate) -> str:
    """Name of a cost per item without the item."""
    return use.name.partition(" per ")[0]


def at_most(part: Estimate, whole: Estimate, *, times: float, why: str) -> Estimate:
    """Upper bound of a saving: a part of a cost, were it in proportion; modelled.

    Args:
        part: Share from 0 to 1.
        whole: Cost that the share is of.
        times: How often that is paid.
        why: What is taken to be in proportion.

    Examples:
        >>> part = Estimate(name="", value=0.25, method="", n=1, kinds=())
        >>> whole = Estimate(name="cpu_s", value=80.0, method="", n=1, kinds=())
        >>> found = at_most(part, whole, times=2.0, why="cost follows tokens")
        >>> found.value, found.low, found.high, found.kinds[0].value
        (40.0, 0.0, 40.0, 'modelled')
    """
    saved = (part.value or 0.0) * (whole.value or 0.0) * times
    return replace(
        whole,
        name=f"{_amount_of(whole)} saved at most",
        value=saved,
        low=0.0,
        high=saved,
        level=None,
        method=f"share x cost, {why}; an upper bound",
        kinds=once((Kind.MODELLED, *part.kinds, *whole.kinds)),
        origins=once((*part.origins, *whole.origins)),
        run_ids=once((*part.run_ids, *whole.run_ids)),
    )


def summed(seen: Sequence[Observation], resource: Resource, *, what: str) -> Estimate:
    """Total of what several runs took.

    Args:
        seen: One per run.
        resource: Which cost.
        what: How they were chosen.

    Examples:
        >>> killed = Observation(value=3.0, low=2.5, high=3.5, kinds=(), origins=(), run_ids=("k",))
        >>> summed([killed], Resource.CPU_S, what="one run").value
        3.0
    """
    return as_estimate(total_of(seen), resource.value, what=what)


def amount_range(estimate: Estimate, resource: Resource) -> str:
    """An amount with its interval, in words.

    Examples:
        >>> amount_range(
        ...     Estimate(name="", value=30.0, low=20.0, high=40.0, method="", n=1, kinds=()),
        ...     Resource.CPU_S)
        '30 CPU s (20 CPU s to 40 CPU s)'
    """
    value = amount_words(resource, estimate.value or 0.0)
    if estimate.low is None or estimate.high is None:
        return value
    low, high = (amount_words(resource, end) for end in (estimate.low, estimate.high))
    return value if low == high else f"{value} ({low} to {high})"


def percent(share: float) -> str:
    r"""A share in whole percent, written as everywhere on the page; little is not nothing.

    Examples:
        >>> percent(0.2046), percent(0.00004), percent(0.0)
        ('20\xa0%', 'under 1\xa0%', '0\xa0%')
    """
    whole = f"{100 * share:.0f}"
    return f"{'under 1' if whole == '0' and share > 0 else whole}\N{NO-BREAK SPACE}%"
