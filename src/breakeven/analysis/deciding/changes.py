"""Changes: what would change the answer, as sentences that a reader can try with the controls.

Four things may: more or less use, a lower or a higher floor of quality, another cost, and tasks
that share a row of development. Point values find the change, as they make the choice; what doubt
there is stands beside it.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.costs.contenders import Contender
from breakeven.analysis.costs.lifecycle import DECADES
from breakeven.analysis.costs.payback import CLEAR, probability_cheaper
from breakeven.analysis.costs.recommend import Choice, rank
from breakeven.analysis.deciding.measures import Measure, measures_of
from breakeven.analysis.deciding.position import Position, position
from breakeven.analysis.deciding.settings import MAX_TASKS
from breakeven.analysis.deciding.task_changes import by_tasks
from breakeven.analysis.deciding.volume_changes import by_volume
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import less_of, listed, one_item, resource_words

MOST = 4
"""Sentences that a reader is told."""
NOTHING_CHANGES = (
    f"None of these alone would change the choice: volume (within a factor of {10**DECADES:,}), "
    "a lower quality floor, another observed cost, sharing of a row (by up to "
    f"{MAX_TASKS:,} tasks)."
)
KNOWN_OF = "another observed cost that is known of {name}"
"""The cost named there, where another choice would follow from one that the choice lacks."""


def changes(here: Position, choice: Choice) -> tuple[str, ...]:
    """What would change the answer, most telling first.

    The nearer change of volume comes first, then a lower floor, other costs and sharing; the
    farther change of volume and a higher floor where there is room.

    Args:
        here: A study under some settings.
        choice: Who is chosen there.

    Returns:
        At most four sentences; one that says so where nothing changes it; none where there is
        nobody else to choose.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.analysis.deciding.settings import Settings
        >>> from breakeven.testing.runs import example_runs
        >>> here = position(ground_of(*example_runs()), Settings(measure="cpu_s", volume=1e5))
        >>> print(changes(here, here.choice())[0].replace(" (", chr(10) + "("))
        Below 6,700 examples FT would be the choice
        (6,490 to 6,920, 95% interval over inference runs only; development ran once).
    """
    winner = choice.winner
    if len(here.pathways) < 2 or not choice.contenders:
        return ()
    if winner is None:
        return (_let_in(choice),)
    volumes = by_volume(here, choice)
    said = [
        *volumes[:1],
        *_lower_floor(here, choice, winner),
        *_other_costs(here, winner),
        *by_tasks(here, choice),
        *volumes[1:],
        *_higher_floor(here, choice, winner),
    ]
    nothing = (_nothing(here, winner),) if len(choice.contenders) > 1 else ()
    return tuple(said[:MOST]) or nothing


def _nothing(here: Position, winner: Contender) -> str:
    """Words for want of a change; a cost that is not known of the choice is none of those tried."""
    if all(_is_ranked(winner, other) for _, other in _under_others(here) if other.winner):
        return NOTHING_CHANGES
    return NOTHING_CHANGES.replace("another observed cost", KNOWN_OF.format(name=winner.name))


def _is_ranked(contender: Contender, choice: Choice) -> bool:
    return any(each.name == contender.name for each in choice.contenders)


def _lower_floor(here: Position, choice: Choice, winner: Contender) -> Iterator[str]:
    """The best of those that cost less and that the floor leaves out."""
    taught = rank(winner)[1]
    cheaper = [
        c
        for c in choice.contenders
        if not c.is_good_enough and c.average.value < winner.average.value and rank(c)[1] <= taught
    ]
    if not cheaper:
        return
    best = max(cheaper, key=lambda c: (c.score.product, -c.average.value))
    definition = here.definition
    share = 1 - best.average.value / winner.average.value
    yield (
        f"Accepting {_floor_words(best)}, {best.name} would be "
        f"the choice: it takes {_share_words(share)} {less_of(definition.headline)} per "
        f"{one_item(definition.item)}{_unsure(here, best, winner)}."
    )


def _floor_words(contender: Contender) -> str:
    """A score in three digits that, asked for as a threshold, lets its pathway in."""
    score = contender.score
    shown, sign = float(f"{score.value:.3g}"), 1 if score.higher_is_better else -1
    if sign * (shown - score.value) > 0:
        last = 10.0 ** (math.floor(math.log10(abs(shown))) - 2)
        shown -= sign * last
    return f"{metric_words(score.metric)} {shown:.3g}"


def _share_words(share: float) -> str:
    """A share in percent that never claims the whole, nor nothing."""
    if share >= 0.995:
        return "over 99%"
    return f"{share:.0%}" if share >= 0.005 else "under 1%"


def _higher_floor(here: Position, choice: Choice, winner: Contender) -> Iterator[str]:
    """Who would be chosen if better than the choice were asked for."""
    taught = rank(winner)[1]
    better = [
        c
        for c in choice.contenders
        if c.score.product > winner.score.product and rank(c)[1] <= taught
    ]
    if not better or winner.average.value <= 0:
        return
    best = min(better, key=lambda c: rank(replace(c, is_good_enough=True)))
    definition = here.definition
    ratio = best.average.value / winner.average.value
    yield (
        f"Asking for better than {metric_words(definition.metric)} {winner.score.value:.3g}, "
        f"{best.name} would be the choice: it takes {_times_words(ratio)} "
        f"{resource_words(definition.headline)} per {one_item(definition.item)}."
    )


def _times_words(ratio: float) -> str:
    times = f"{ratio:.3g}"
    return "about the same" if times == "1" else f"{times} times the"


def _unsure(here: Position, one: Contender, other: Contender) -> str:
    pair = here.pair(one.cost, other.cost)
    assert pair is not None
    sure = probability_cheaper(pair.extra, pair.saved, volume=here.definition.planned_volume)
    return ", which is not certain" if sure < CLEAR else ""


def _let_in(choice: Choice) -> str:
    """Who would be chosen if the floor were as low as the best score."""
    best = max(c.score.product for c in choice.contenders)
    named = min((c for c in choice.contenders if c.score.product == best), key=rank)
    return f"Accepting {_floor_words(named)}, {named.name} would be the choice."


def _other_costs(here: Position, winner: Contender) -> Iterator[str]:
    """Observed costs by which another would be chosen, those of one choice together."""
    by_choice: dict[str, list[str]] = {}
    for measure, other in _under_others(here):
        is_ranked = _is_ranked(winner, other)
        if is_ranked and other.winner is not None and other.winner.name != winner.name:
            by_choice.setdefault(other.winner.name, []).append(resource_words(measure.base))
    told = [f"{listed(costs)}, {name}" for name, costs in by_choice.items()]
    if told:
        others = "".join(f"; by {more}" for more in told[1:])
        yield f"By {told[0]} would be the choice{others}."


def _under_others(here: Position) -> Iterator[tuple[Measure, Choice]]:
    """Each observed cost but that of the settings, with the choice that follows from it."""
    for measure in sorted(measures_of(here.ground), key=lambda each: each.place):
        if not measure.is_derived and measure.base is not here.measure.base:
            asked = replace(here.settings, measure=measure.key)
            yield measure, position(here.ground, asked).choice()
