"""Changes: what would change the answer, as sentences that a reader can try with the controls.

Four things may: more or less use, a lower or a higher floor of quality, another cost, and tasks
that share a row of development. Point values find the change, as they make the choice; what doubt
there is stands beside it.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from breakeven.analysis.costs.contenders import Contender
from breakeven.analysis.costs.lifecycle import DECADES
from breakeven.analysis.costs.payback import CLEAR, break_even, probability_cheaper
from breakeven.analysis.costs.recommend import Choice, rank
from breakeven.analysis.costs.sentences import interval_words, volume_words
from breakeven.analysis.deciding.measures import measures_of
from breakeven.analysis.deciding.position import Position, position
from breakeven.analysis.deciding.settings import MAX_TASKS
from breakeven.analysis.results import Verdict
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import less_of, listed, one_item, resource_words

MOST = 4
"""Sentences that a reader is told."""
NOTHING_CHANGES = (
    f"Neither volume (within a factor of {10**DECADES:,}), quality floor, another observed cost "
    f"nor sharing of a row (by up to {MAX_TASKS:,} tasks) would change the choice."
)


def changes(here: Position, choice: Choice) -> tuple[str, ...]:
    """What would change the answer, most telling first.

    The nearer change of volume comes first, then a lower floor, other costs and sharing; the
    farther change of volume and a higher floor where there is room.

    Args:
        here: A study under some settings.
        choice: Who is chosen there.

    Returns:
        At most four sentences; one that says so where nothing changes it; none where there is
        nothing to choose.

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
        return (_let_in(here, choice),)
    volumes = by_volume(here, choice)
    said = [
        *volumes[:1],
        *_lower_floor(here, choice, winner),
        *_other_costs(here, winner),
        *_sharing(here, winner),
        *volumes[1:],
        *_higher_floor(here, choice, winner),
    ]
    return tuple(said[:MOST]) or (NOTHING_CHANGES,)


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


def by_volume(here: Position, choice: Choice) -> list[str]:
    """Where more or less use would change the choice, the nearer change first.

    Args:
        here: A study under some settings.
        choice: Who is chosen there.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
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
        f"Accepting {metric_words(definition.metric)} {best.score.value:.3g}, {best.name} would be "
        f"the choice: it takes {share:.0%} {less_of(definition.headline)} per "
        f"{one_item(definition.item)}{_unsure(here, best, winner)}."
    )


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
        f"{best.name} would be the choice: it takes {ratio:.3g} times the "
        f"{resource_words(definition.headline)} per {one_item(definition.item)}."
    )


def _unsure(here: Position, one: Contender, other: Contender) -> str:
    pair = here.pair(one.cost, other.cost)
    assert pair is not None
    sure = probability_cheaper(pair.extra, pair.saved, volume=here.definition.planned_volume)
    return ", which is not certain" if sure < CLEAR else ""


def _let_in(here: Position, choice: Choice) -> str:
    """Who would be chosen if the floor were as low as the best score."""
    best = max(c.score.product for c in choice.contenders)
    named = min((c for c in choice.contenders if c.score.product == best), key=rank)
    return (
        f"Accepting {metric_words(here.definition.metric)} {named.score.value:.3g}, {named.name} "
        "would be the choice."
    )


def _other_costs(here: Position, winner: Contender) -> Iterator[str]:
    """Observed costs by which another would be chosen, those of one choice together."""
    by_choice: dict[str, list[str]] = {}
    for measure in measures_of(here.ground):
        if measure.is_derived or measure.base is here.measure.base:
            continue
        asked = replace(here.settings, measure=measure.key)
        other = position(here.ground, asked).choice()
        is_ranked = any(c.name == winner.name for c in other.contenders)
        if is_ranked and other.winner is not None and other.winner.name != winner.name:
            by_choice.setdefault(other.winner.name, []).append(resource_words(measure.base))
    told = [f"by {listed(costs)}, {name}" for name, costs in by_choice.items()]
    if told:
        yield f"Another cost would choose another: {'; '.join(told)}."


def _sharing(here: Position, winner: Contender) -> Iterator[str]:
    """The least number of tasks on one row that changes the choice; else the most, of fewer."""
    if here.ground.is_measured_only:
        return
    more = [
        (n, row)
        for row in here.ground.rows
        if (n := _first(_other(here, row, winner), _own(here, row) + 1, MAX_TASKS)) is not None
    ]
    if more:
        n_tasks, row = min(more, key=lambda each: each[0])
        yield _sharing_words(here, row, n_tasks, "or more")
        return
    fewer = [
        (n, row)
        for row in here.ground.rows
        if (n := _first(_other(here, row, winner), _own(here, row) - 1, 1)) is not None
    ]
    if fewer:
        n_tasks, row = max(fewer, key=lambda each: each[0])
        yield _sharing_words(here, row, n_tasks, "or fewer")


def _own(here: Position, row: str) -> int:
    return here.settings.tasks.get(row, 1)


def _chosen(here: Position, row: str, n_tasks: int) -> str:
    found = here.with_tasks({row: n_tasks}).choice().winner
    return "" if found is None else found.name


def _other(here: Position, row: str, winner: Contender) -> Callable[[int], bool]:
    return lambda n_tasks: _chosen(here, row, n_tasks) != winner.name


def _first(is_other: Callable[[int], bool], near: int, far: int) -> int | None:
    """Number nearest to `near` from which on, up to `far`, the choice is another.

    Costs are straight lines in 1 / tasks, so that a choice once lost on the way does not return.
    """
    step = 1 if far >= near else -1
    if not 1 <= near <= MAX_TASKS or not is_other(far):
        return None
    low, high = 0, abs(far - near)
    while low < high:
        middle = (low + high) // 2
        if is_other(near + step * middle):
            high = middle
        else:
            low = middle + 1
    return near + step * low


def _sharing_words(here: Position, row: str, n_tasks: int, side: str) -> str:
    name = _chosen(here, row, n_tasks)
    if n_tasks == 1:
        return f"With {row} shared by no other task, {name} would be the choice."
    return f"With {row} shared by {n_tasks:,} tasks {side}, {name} would be the choice."
