"""Volume changes: from or up to which volume another of those good enough would be chosen."""

import math
from collections.abc import Iterator

from breakeven.analysis.costs.contenders import Contender
from breakeven.analysis.costs.lifecycle import DECADES
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.costs.recommend import Choice, rank
from breakeven.analysis.costs.sentences import interval_words, volume_words
from breakeven.analysis.deciding.position import Position
from breakeven.analysis.results import Verdict


def by_volume(here: Position, choice: Choice) -> list[str]:
    """Where more or less use would change the choice, the nearer change first.

    Args:
        here: A study under some settings.
        choice: Who is chosen there.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.analysis.deciding.position import position
        >>> from breakeven.analysis.deciding.settings import Settings
        >>> from breakeven.testing.runs import example_runs
        >>> here = position(ground_of(*example_runs()), Settings(measure="flops", volume=1e5))
        >>> by_volume(here, here.choice())
        ['From 129,000 examples on TS would be the choice.']
    """
    volume = here.definition.planned_volume
    found = [*_later(here, choice), *_earlier(here, choice)]
    reach = [(abs(math.log10(point / volume)), text) for point, text in found if point >= 1]
    return [text for far, text in sorted(reach, key=lambda each: each[0]) if far <= DECADES]


def _later(here: Position, choice: Choice) -> Iterator[tuple[float, str]]:
    """The first of the others to become cheaper with more use."""
    crossings = [
        (point, other)
        for other in equals(choice)
        if (point := _crossing(here, other, choice.winner)) > here.definition.planned_volume
    ]
    if crossings:
        point, other = min(crossings, key=lambda each: each[0])
        yield point, _volume_words(here, other, choice.winner, other, "From {} on")


def _earlier(here: Position, choice: Choice) -> Iterator[tuple[float, str]]:
    """The last of the others to have been cheaper with less use."""
    crossings = [
        (point, other)
        for other in equals(choice)
        if 0 < (point := _crossing(here, choice.winner, other)) < here.definition.planned_volume
    ]
    if crossings:
        point, other = max(crossings, key=lambda each: each[0])
        yield point, _volume_words(here, choice.winner, other, other, "Below {}")


def _crossing(here: Position, candidate: Contender | None, incumbent: Contender | None) -> float:
    """Volume at which a dearer development has paid, by point values; 0 where it never does."""
    assert candidate is not None
    assert incumbent is not None
    if candidate is incumbent:
        return 0.0
    pair = here.pair(candidate.cost, incumbent.cost)
    assert pair is not None
    extra, saved = pair.extra.value, pair.saved.value
    return extra / saved if extra > 0 and saved > 0 else 0.0


def _volume_words(
    here: Position,
    candidate: Contender | None,
    incumbent: Contender | None,
    chosen: Contender,
    where: str,
) -> str:
    assert candidate is not None
    assert incumbent is not None
    pair = here.pair(candidate.cost, incumbent.cost)
    assert pair is not None
    found = break_even(pair, planned_volume=here.definition.planned_volume)
    point = volume_words(pair.extra.value / pair.saved.value, pair)
    if found.verdict is Verdict.FINITE:
        ends = interval_words(pair, found.estimate)
        return f"{where.format(point)} {chosen.name} would be the choice{ends}."
    return (
        f"{where.format('about ' + point)} {chosen.name} would be the choice, which is not shown: "
        f"the saving per {pair.one} cannot be told from 0."
    )


def equals(choice: Choice) -> tuple[Contender, ...]:
    """Those among which cost alone decides: good enough, and above the commonest answer alike.

    Args:
        choice: Who is chosen.

    Examples:
        >>> equals(Choice(contenders=(), ranked=(), winner=None, runner_up=None))
        ()
    """
    if choice.winner is None:
        return ()
    own = rank(choice.winner)[:2]
    return tuple(c for c in choice.contenders if rank(c)[:2] == own)
