"""Sentences: what a comparison says, in words that a person can check against the numbers."""

from collections.abc import Callable

from breakeven import units
from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.results import Verdict
from breakeven.analysis.uncertain import is_same
from breakeven.analysis.words import amount_words, less_of, resource_words
from breakeven.records import Estimate


def break_even_sentence(comparison: Comparison, verdict: Verdict, estimate: Estimate) -> str:
    """Say who pays back against whom, from which volume, and how sure that is.

    Args:
        comparison: Two pathways in one resource.
        verdict: What can be said.
        estimate: The volume with its interval.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> c = Comparison(candidate="FT", incumbent="TS", resource=Resource.CPU_S,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(60.0),
        ...                saved=Uncertain.exact(-0.002))
        >>> none = Estimate(name="examples", value=None, method="", n=1, kinds=())
        >>> break_even_sentence(c, Verdict.NEVER, none).split(": ")[1]
        'it takes 60 CPU s more to develop and 2 CPU ms more per example.'
    """
    return _SENTENCES[verdict](comparison, estimate)


def volume_words(volume: float, comparison: Comparison) -> str:
    """Write a volume with its item, e.g. "3 million examples".

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> c = Comparison(candidate="FT", incumbent="TS", resource=Resource.CPU_S,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(0.0),
        ...                saved=Uncertain.exact(0.0))
        >>> volume_words(3e6, c)
        '3 million examples'
    """
    return f"{units.format_count(volume)} {comparison.one if volume == 1 else comparison.many}"


def _finite(comparison: Comparison, estimate: Estimate) -> str:
    assert estimate.value is not None
    less = less_of(comparison.resource)
    return (
        f"{comparison.candidate} has cost {less} than {comparison.incumbent} "
        f"from {volume_words(estimate.value, comparison)} on{interval_words(comparison, estimate)}."
    )


def _up_to(comparison: Comparison, estimate: Estimate) -> str:
    assert estimate.value is not None
    less = less_of(comparison.resource)
    more = amount_words(comparison.resource, -comparison.saved.value)
    return (
        f"{comparison.candidate} has cost {less} than {comparison.incumbent} only up to "
        f"{volume_words(estimate.value, comparison)}{interval_words(comparison, estimate)}: each "
        f"{comparison.one} takes {more} more."
    )


def _always(comparison: Comparison, estimate: Estimate) -> str:
    less = less_of(comparison.resource)
    pair = f"{comparison.candidate} and {comparison.incumbent}"
    if is_same(comparison.extra, comparison.saved):
        return f"{pair} take the same {resource_words(comparison.resource)} at every volume."
    latest = f" ({volume_words(estimate.high, comparison)} at the latest)" if estimate.high else ""
    return (
        f"{comparison.candidate} costs {less} than {comparison.incumbent} "
        f"from the first {comparison.one} on{latest}."
    )


def _never(comparison: Comparison, estimate: Estimate) -> str:
    less = less_of(comparison.resource)
    extra, saved = comparison.extra.value, comparison.saved.value
    parts = []
    if extra > 0:
        parts.append(f"{amount_words(comparison.resource, extra)} more to develop")
    if saved < 0:
        more = amount_words(comparison.resource, -saved)
        parts.append(f"{more} more per {comparison.one}")
    if len(parts) == 1:
        per_item = f"saves nothing per {comparison.one}"
        parts.append(per_item if extra > 0 else "saves nothing in development")
    latest = f" (from {volume_words(estimate.high, comparison)} on)" if estimate.high else ""
    return (
        f"{comparison.candidate} never costs {less} than {comparison.incumbent}{latest}: "
        f"it takes {' and '.join(parts)}."
    )


def _not_shown(comparison: Comparison, estimate: Estimate) -> str:
    less, item = less_of(comparison.resource), comparison.one
    if is_same(comparison.saved):
        return (
            f"Not shown whether {comparison.candidate} costs {less} than {comparison.incumbent}: "
            f"both take the same per {item}, and what sets their development apart cannot be "
            "told from 0."
        )
    low, high = comparison.saved.interval()
    ends = " to ".join(amount_words(comparison.resource, end) for end in (low, high))
    start = (
        f"Not shown whether {comparison.candidate} ever costs {less} than "
        f"{comparison.incumbent}: the saving per {item} ({ends}) cannot be told from 0"
    )
    if not estimate.low:
        return f"{start}."
    volume = volume_words(estimate.low, comparison)
    if comparison.extra.value > 0:
        return f"{start}; if it does, not before {volume}."
    return (
        f"{comparison.candidate} costs {less} than {comparison.incumbent} for at least "
        f"{volume}; beyond that it is not shown, for the saving per {item} ({ends}) cannot be "
        "told from 0."
    )


def interval_words(comparison: Comparison, estimate: Estimate) -> str:
    """The interval of a volume in brackets; empty where there is none or its ends read alike.

    Args:
        comparison: Two pathways in one resource.
        estimate: Of the volume.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> c = Comparison(candidate="FT", incumbent="TS", resource=Resource.CPU_S,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(60.0),
        ...                saved=Uncertain.exact(-0.002))
        >>> printed = Estimate(name="examples", value=3e6, low=2e6, high=4e6, method="", n=1,
        ...                    kinds=())
        >>> interval_words(c, printed)
        ' (2 million to 4 million, by the resolution)'
    """
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (units.format_count(end) for end in (estimate.low, estimate.high))
    return range_words(low, high, comparison, estimate)


def range_words(low: str, high: str, comparison: Comparison, estimate: Estimate) -> str:
    """Both ends of an interval in brackets, and where it comes from; empty where they read alike.

    Args:
        low: Lower end, as text.
        high: Upper end, as text.
        comparison: Two pathways in one resource.
        estimate: Whose interval it is.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> c = Comparison(candidate="FT", incumbent="TS", resource=Resource.CPU_S,
        ...                item=Item.EXAMPLE, extra=Uncertain.exact(60.0),
        ...                saved=Uncertain.exact(-0.002))
        >>> printed = Estimate(name="examples", value=3.0, method="", n=1, kinds=())
        >>> range_words("2", "4", c, printed)
        ' (2 to 4, by the resolution)'
    """
    return "" if low == high else f" ({low} to {high}, {_source(comparison, estimate)})"


def _source(comparison: Comparison, estimate: Estimate) -> str:
    """Where an interval comes from, and which scatter is in it."""
    if estimate.level is None:
        return "by the resolution"
    return f"{estimate.level:.0%} interval {comparison.covers}".rstrip()


_SENTENCES: dict[Verdict, Callable[[Comparison, Estimate], str]] = {
    Verdict.FINITE: _finite,
    Verdict.UP_TO: _up_to,
    Verdict.ALWAYS: _always,
    Verdict.NEVER: _never,
    Verdict.NOT_SHOWN: _not_shown,
}
