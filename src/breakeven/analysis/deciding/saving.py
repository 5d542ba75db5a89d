"""Saving: what the choice saves over the whole life against the runner-up, in words too."""

from dataclasses import dataclass

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.recommend import rests_on_what
from breakeven.analysis.costs.sentences import range_words, volume_words
from breakeven.analysis.results import RestsOn
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.analysis.words import amount_words, resource_words
from breakeven.records import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What one pathway saves against another over a volume.

    Attributes:
        pathway: The one that was chosen.
        against: The runner-up.
        amount: Volume x saved per item - extra development; below 0 where the choice takes more.
        rests_on: Scatter, resolution or exact numbers.
        sentence: The same in words.
    """

    pathway: str
    against: str
    amount: Estimate
    rests_on: RestsOn
    sentence: str


def saving(pair: Comparison, *, volume: float, is_equal: bool = True) -> Saving:
    """What the candidate of a comparison saves over a volume.

    Args:
        pair: The choice as candidate, the runner-up as incumbent.
        volume: Items, above 0.
        is_equal: Whether the runner-up is good enough too.

    Examples:
        9 more to develop, 3 saved per item (EXAMPLES, example 3):

        >>> from breakeven.analysis.uncertain import Uncertain
        >>> from breakeven.records import Item, Resource
        >>> pair = Comparison(candidate="TS", incumbent="FT", resource=Resource.ENERGY_J,
        ...                   item=Item.EXAMPLE, extra=Uncertain.exact(9e6),
        ...                   saved=Uncertain.exact(3.0))
        >>> found = saving(pair, volume=4e6)
        >>> found.amount.value, found.sentence
        (3000000.0, 'Over 4 million examples TS saves 833 Wh against FT.')
    """
    ahead = pair.saved.scaled(volume) - pair.extra
    low, high = ahead.interval()
    amount = Estimate(
        name=f"{pair.resource.value} saved over the volume",
        value=ahead.value,
        low=low,
        high=high,
        level=LEVEL if ahead.has_scatter else None,
        method="volume x saved per item - extra development",
        n=ahead.n,
        kinds=once((*pair.extra.kinds, *pair.saved.kinds)),
        origins=once((*pair.extra.origins, *pair.saved.origins)),
        run_ids=once((*pair.extra.run_ids, *pair.saved.run_ids)),
        notes=pair.notes,
    )
    return Saving(
        pathway=pair.candidate,
        against=pair.incumbent,
        amount=amount,
        rests_on=rests_on_what(pair),
        sentence=_sentence(pair, amount, volume=volume, is_equal=is_equal),
    )


def _sentence(pair: Comparison, amount: Estimate, *, volume: float, is_equal: bool) -> str:
    assert amount.value is not None
    over = f"Over {volume_words(volume, pair)} {pair.candidate}"
    size = amount_words(pair.resource, abs(amount.value))
    ends = f"{'' if is_equal else ', which is not good enough'}{_range(pair, amount)}"
    if amount.value > 0:
        return f"{over} saves {size} against {pair.incumbent}{ends}."
    if amount.value < 0:
        return f"{over} takes {size} more than {pair.incumbent}{ends}."
    what = resource_words(pair.resource)
    return f"{over} takes the same {what} as {pair.incumbent}{ends}."


def _range(pair: Comparison, amount: Estimate) -> str:
    """Both ends, turned round where the choice takes more."""
    assert amount.value is not None
    assert amount.low is not None
    assert amount.high is not None
    sign = -1.0 if amount.value < 0 else 1.0
    low, high = sorted((sign * amount.low, sign * amount.high))
    return range_words(
        amount_words(pair.resource, low), amount_words(pair.resource, high), pair, amount
    )
