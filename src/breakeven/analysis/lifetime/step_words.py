"""Step words: what the steps of updates say of a pair, with the smooth line named beside it."""

import math

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.sentences import volume_words
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.analysis.words import less_of
from breakeven.units import format_count


def step_sentence(pair: Comparison, line: BreakEven, *, first: float, for_good: float) -> str:
    """Say from which volume the candidate stays ahead, or up to which it can be.

    Args:
        pair: Two lives in one cost.
        line: What the smooth lines through the steps' upper ends say.
        first: Volume at which the lead changes for the first time.
        for_good: Volume from which it no longer changes.

    Examples:
        >>> from dataclasses import replace
        >>> from breakeven.analysis.costs.payback import break_even
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> pair = Comparison(
        ...     candidate="S", incumbent="T", resource=Resource.FLOPS, item=Item.EXAMPLE,
        ...     extra=Uncertain.exact(10.0), saved=Uncertain.exact(0.25))
        >>> line = break_even(pair, planned_volume=100.0)
        >>> first, second = step_sentence(pair, line, first=31.0, for_good=40.0).split(". ")
        >>> first.split(", ")[1]
        'by the steps of the updates; between 31 and 40 the lead changes hands'
        >>> second
        'By the smooth line alone: from 40 examples on.'
    """
    verb = "from" if line.verdict in {Verdict.FINITE, Verdict.ALWAYS} else "only up to"
    on = " on" if verb == "from" else ""
    between = (
        ""
        if math.isclose(first, for_good)
        else f"; between {format_count(first)} and {format_count(for_good)} the lead changes hands"
    )
    return (
        f"{pair.candidate} has cost {less_of(pair.resource)} than {pair.incumbent} {verb} "
        f"{volume_words(for_good, pair)}{on}, by the steps of the updates{between}. "
        f"By the smooth line alone: {_line_words(pair, line)}."
    )


def _line_words(pair: Comparison, line: BreakEven) -> str:
    found = line.estimate
    if line.verdict is Verdict.ALWAYS:
        return f"from the first {pair.one} on"
    if found.value is None:
        return "never"
    volume = volume_words(found.value, pair)
    said = f"from {volume} on" if line.verdict is Verdict.FINITE else f"only up to {volume}"
    if found.low is None or found.high is None:
        return said
    low, high = format_count(found.low), format_count(found.high)
    source = "by the resolution" if found.level is None else f"{found.level:.0%} interval"
    return said if low == high else f"{said} ({low} to {high}, {source})"
