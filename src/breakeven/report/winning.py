"""Winning: who would be chosen where, as regions that a figure draws and a table lists."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from breakeven.analysis.deciding import Ground, Settings, WinnerMap
from breakeven.analysis.deciding.winners import Cell, winners_by_floor, winners_by_tasks
from breakeven.analysis.words import item_words
from breakeven.units import format_count

DECADES = 3
PER_DECADE = 4
"""Volumes looked at in each power of ten; the page's script looks at more."""
TASKS = (1, 2, 5, 10, 30, 100, 300, 1000)
BISECTIONS = 7
"""Halvings of a step in which the choice changes: to half a percent of the volume."""
MAX_FLOORS = 12
"""Scores of more pathways than this are thinned out to as many floors."""
_ROOM = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the map in which one answer holds.

    Attributes:
        pathway: Who is chosen; None where nobody is good enough.
        is_sure: Whether it is the cheapest with a probability of at least 95 %.
        volumes: First and last volume.
        others: Lower and upper end in floor or tasks.
    """

    pathway: str | None
    is_sure: bool
    volumes: tuple[float, float]
    others: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Winning:
    """One map.

    Attributes:
        row: Whose number of tasks is varied; None where it is the floor.
        regions: Side by side, from the first floor or number of tasks on.
        own: Who is chosen from which volume on at the study's own floor and number of tasks.
        asked: The study's own floor or number of tasks; None where there is none.
    """

    row: str | None
    regions: tuple[Region, ...]
    own: tuple[tuple[str | None, float], ...]
    asked: float | None


def volumes_drawn(planned: float) -> tuple[float, ...]:
    """Volumes to either side of the planned one, evenly apart on a log axis, from 1 on.

    Examples:
        >>> [round(volume) for volume in volumes_drawn(10.0)[:5]]
        [1, 2, 3, 6, 10]
    """
    steps = range(-DECADES * PER_DECADE, DECADES * PER_DECADE + 1)
    return tuple(v for s in steps if (v := planned * 10 ** (s / PER_DECADE)) >= 1)


def by_floor(ground: Ground, settings: Settings, *, bar: float | None) -> Winning | None:
    """Who would be chosen at each volume under each floor; None where nothing has a score.

    Args:
        ground: What was gathered.
        settings: The study's own.
        bar: Lowest score that is good enough under them.
    """
    scores = [p.score for p in ground.pathways if p.score is not None]
    if not scores:
        return None
    is_floor = all(score.higher_is_better for score in scores)
    edges = floor_edges([score.value for score in scores], asked=bar)
    floors = edges[1:] if is_floor else edges[:-1]
    volumes = volumes_drawn(settings.volume)
    asked = [] if bar is None else [bar]
    found = winners_by_floor(ground, settings, volumes=volumes, floors=[*floors, *asked])

    def at_floor(volume: float) -> str | None:
        one = winners_by_floor(ground, settings, volumes=[volume], floors=asked)
        return one.cells[0][0].pathway

    return Winning(
        row=None,
        regions=regions(found, tuple(pairwise(edges))),
        own=_runs(found.cells[-1], volumes, at_floor) if asked else (),
        asked=bar,
    )


def by_tasks(ground: Ground, settings: Settings) -> Winning | None:
    """Who would be chosen at each volume when so many tasks share the row that costs most.

    Args:
        ground: What was gathered.
        settings: The study's own.

    Returns:
        None where nothing may be shared.
    """
    row = dearest_row(ground)
    if row is None or ground.is_measured_only:
        return None
    volumes, own = volumes_drawn(settings.volume), settings.tasks.get(row, 1)
    found = winners_by_tasks(ground, settings, volumes=volumes, row=row, tasks=[*TASKS, own])
    edges = _between([float(n) for n in TASKS])

    def at_own(volume: float) -> str | None:
        one = winners_by_tasks(ground, settings, volumes=[volume], row=row, tasks=[own])
        return one.cells[0][0].pathway

    return Winning(
        row=row,
        regions=regions(found, tuple(pairwise(edges))),
        own=_runs(found.cells[-1], volumes, at_own),
        asked=float(own),
    )


def dearest_row(ground: Ground) -> str | None:
    """The dearest row of development among those that only some pathways rest on."""
    headline = ground.definition.headline
    users: dict[str, list[float]] = {}
    for pathway in ground.pathways:
        for row in pathway.rows:
            if (amount := row.amounts.get(headline)) is not None:
                users.setdefault(row.row, []).append(amount.value)
    apart = {row: costs for row, costs in users.items() if len(costs) < len(ground.pathways)}
    return max(apart, key=lambda row: apart[row][0], default=None)


def floor_edges(scores: Sequence[float], *, asked: float | None = None) -> tuple[float, ...]:
    """Floors at which somebody drops out, with room below the first and above the last.

    Args:
        scores: Of all pathways.
        asked: A floor that the map should hold too, where it is no farther off than the scores
            lie apart; the scores to either side of it are never thinned out.

    Examples:
        >>> [round(edge, 3) for edge in floor_edges([0.8, 0.9, 0.9])]
        [0.788, 0.8, 0.9, 0.912]
        >>> [round(edge, 3) for edge in floor_edges([0.8, 0.9], asked=0.75)]
        [0.738, 0.8, 0.9, 0.912]
    """
    known = sorted(set(scores))
    kept = set(known[:: math.ceil(len(known) / MAX_FLOORS)])
    if asked is not None:
        kept |= {*[s for s in known if s < asked][-1:], *[s for s in known if s >= asked][:1]}
    found = sorted(kept)
    low, high = found[0], found[-1]
    span = (high - low) or abs(low) or 1.0
    if asked is not None:
        low = asked if low - span <= asked < low else low
        high = asked if high < asked <= high + span else high
    return (low - _ROOM * span, *found, high + _ROOM * span)


def regions(found: WinnerMap, bands: Sequence[tuple[float, float]]) -> tuple[Region, ...]:
    """Neighbouring places with one answer together, band by band.

    Args:
        found: The map; rows of it beyond the bands are left out.
        bands: Lower and upper end of each row.
    """
    edges, joined = _between(found.volumes), list[Region]()
    for cells, band in zip(found.cells, bands, strict=False):
        for region in _along(cells, edges, band):
            _join(joined, region)
    return tuple(joined)


def _join(joined: list[Region], region: Region) -> None:
    """Add a region, to the one right below where that has the same answer for the same volumes."""
    for place, below in enumerate(joined):
        lower = replace(region, others=below.others)
        if lower == below and below.others[1] == region.others[0]:
            joined[place] = replace(region, others=(below.others[0], region.others[1]))
            return
    joined.append(region)


def _along(
    cells: Sequence[Cell], edges: Sequence[float], band: tuple[float, float]
) -> Iterator[Region]:
    place = 0
    for cell, run in groupby(cells):
        length = len(list(run))
        yield Region(
            pathway=cell.pathway,
            is_sure=cell.is_sure,
            volumes=(edges[place], edges[place + length]),
            others=band,
        )
        place += length


def _between(values: Sequence[float]) -> tuple[float, ...]:
    """Ends of cells around values on a log axis: half way to the next, the outer ones kept."""
    inner = (math.sqrt(one * other) for one, other in pairwise(values))
    return (values[0], *inner, values[-1])


def _runs(
    cells: Sequence[Cell], volumes: Sequence[float], chosen: Callable[[float], str | None]
) -> tuple[tuple[str | None, float], ...]:
    """Who is chosen from which volume on; where that changes is looked up more closely."""
    starts = [(cells[0].pathway, volumes[0])]
    for (before, after), (low, high) in zip(pairwise(cells), pairwise(volumes), strict=True):
        if before.pathway != after.pathway:
            starts.append((after.pathway, _turn(before.pathway, low, high, chosen)))
    return tuple(starts)


def _turn(
    name: str | None, low: float, high: float, chosen: Callable[[float], str | None]
) -> float:
    """Volume between two at which somebody else than `name` begins to be chosen."""
    for _ in range(BISECTIONS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if chosen(middle) == name else (low, middle)
    return math.sqrt(low * high)


def finding(winning: Winning, ground: Ground) -> str:
    """Who is the choice from which volume on, under what the study asked, as a title.

    Args:
        winning: One map.
        ground: Whose words are used.
    """
    if not winning.own:
        return "Nothing can be ranked under what the study asked"
    under = _under(winning)
    items = item_words(ground.definition.item)
    first, *later = winning.own
    said = f"{first[0] or 'nobody'} is the choice"
    if not later:
        return f"{under}, {said} at every volume drawn"
    turns = [f"{name or 'nobody'} from about {format_count(at, digits=2)}" for name, at in later]
    return f"{under}, {said} for few {items}, {', '.join(turns)} on"


def _under(winning: Winning) -> str:
    asked = winning.asked or 1.0
    if winning.row is None:
        return f"Under the floor asked for ({asked:.3g})"
    if asked == 1:
        return f"With {winning.row} shared by no other task"
    return f"With {winning.row} shared by {format_count(asked)} tasks"
