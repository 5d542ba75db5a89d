"""Share map: who is cheapest, by volume and by the number of tasks that share a row.

A model distilled for no task in particular may serve many (Dürlich et al. 2023, footnote 6). Each
of k tasks pays 1 / k of its row; the volume is that of one task. More tasks can only help those
that rest on the row, so along k the cheapest changes at most once from the others to one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.analysis.costs.equivalents import ratio_of
from breakeven.analysis.costs.sharing import charge_rows
from breakeven.analysis.lifetime.chances import why_no_chance
from breakeven.analysis.lifetime.draws import draw
from breakeven.analysis.lifetime.life import Life, assumed
from breakeven.analysis.lifetime.lives import Lives
from breakeven.errors import UnknownNameError
from breakeven.records import Estimate, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """One volume and one number of tasks.

    Attributes:
        n_tasks: Tasks that share the row, assumed.
        volume: Items of each task.
        cheapest: By point values.
        probability: P(it is the cheapest); None where the numbers' resolution alone would make it.
    """

    n_tasks: int
    volume: float
    cheapest: str
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Tasks that must share a row for one pathway to cost as little as another.

    Attributes:
        user: Rests on the row.
        other: Does not.
        volume: Items of each task; 0 compares development alone.
        n_tasks: The number; None where the user is ahead anyway or no number is enough.
        words: Which of the two, where there is no number.
    """

    user: str
    other: str
    volume: float
    n_tasks: Estimate | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareMap:
    """The map of one row in one cost.

    Attributes:
        row: Shared.
        resource: Cost.
        cells: By number of tasks, then by volume.
        matches: Every pathway that rests on the row against every one that does not.
        why_no_probability: Reason; None where there are probabilities.
    """

    row: str
    resource: Resource
    cells: tuple[MapCell, ...]
    matches: tuple[Match, ...]
    why_no_probability: str | None = None


def share_map(
    lives: Lives, row: str, *, n_tasks: Sequence[int], volumes: Sequence[float], seed: int = 0
) -> ShareMap:
    """Who is cheapest at each volume and number of tasks.

    Args:
        lives: In one cost; the row must be charged whole in them.
        row: Row of development that the tasks share.
        n_tasks: Each at least 1.
        volumes: Items of each task, each at least 0.
        seed: Of the draws behind P(cheapest).

    Raises:
        UnknownNameError: If no pathway rests on the row.

    Examples:
        >>> from dataclasses import replace
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> lives = replace(lives, members=lives.members[1:3])
        >>> found = share_map(lives, "ta-distil", n_tasks=[1, 48], volumes=[1e4])
        >>> [(cell.n_tasks, cell.cheapest) for cell in found.cells]
        [(1, 'TS'), (48, 'TA')]
        >>> round(found.matches[0].n_tasks.value, 2)
        3.34
    """
    known = {r.row for life in lives.members for r in life.rows}
    if row not in known:
        raise UnknownNameError("row of development", row, sorted(known))
    return ShareMap(
        row=row,
        resource=lives.resource,
        cells=tuple(_cells(lives, row, n_tasks, volumes, seed)),
        matches=tuple(_matches(lives, row)),
        why_no_probability=why_no_chance(lives),
    )


def _cells(
    lives: Lives, row: str, n_tasks: Sequence[int], volumes: Sequence[float], seed: int
) -> Iterator[MapCell]:
    drawn = draw(lives, np.random.default_rng(seed)) if why_no_chance(lives) is None else None
    for k in n_tasks:
        for volume in volumes:
            points = [_point(life, row, 1 / k, volume) for life in lives.members]
            best = int(np.argmin(points))
            yield MapCell(
                n_tasks=k,
                volume=volume,
                cheapest=lives.members[best].name,
                probability=None
                if drawn is None
                else drawn.cheapest(volume, parts={row: 1 / k})[best],
            )


def _point(life: Life, row: str, part: float, volume: float) -> float:
    """Cost after a volume by point values when only a part of the row is charged."""
    weight = 1.0 if life.weight is None else life.weight.value
    whole = life.total(volume).value
    own = next((r for r in life.rows if r.row == row), None)
    if own is None:
        return whole / weight
    shared = own.amounts[life.resource].value * life.paid(own, volume)
    return (whole - (1 - part) * shared) / weight


def _matches(lives: Lives, row: str) -> Iterator[Match]:
    users = [life for life in lives.members if row in {r.row for r in life.rows}]
    for user in users:
        for other in lives.members:
            if other not in users:
                for volume in (0.0, lives.volume):
                    yield match(lives, row, user, other, volume=volume)


def match(lives: Lives, row: str, user: Life, other: Life, *, volume: float) -> Match:
    """Tasks that must share a row for its user to cost as little as another pathway.

    `shared / k + rest = other`, so that `k = shared / (other - rest)`; updates at their worst.

    Args:
        lives: In one cost; the row charged whole.
        row: Shared.
        user: Rests on it.
        other: Does not.
        volume: Items of each task; 0 compares development alone.

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> ta, ft = lives.named("TA"), lives.named("FT")
        >>> match(lives, "ta-distil", ta, ft, volume=0.0).words
        'no number is enough'
    """
    own = next(r for r in user.rows if r.row == row)
    times = 1 + (volume / user.every[row] if row in user.every else 0.0)
    per = 1.0 if user.weight is None else 1 / user.weight.value
    shared = own.amounts[lives.resource].scaled(times * per)
    rest = replace(user, pathway=charge_rows([user.pathway], {row: 0.0})[0])
    pair = lives.pair(rest, other)
    gap = pair.saved.scaled(volume) - pair.extra
    if gap.value <= 0:
        return Match(
            user=user.name,
            other=other.name,
            volume=volume,
            n_tasks=None,
            words="no number is enough",
        )
    found = ratio_of(assumed(shared), gap, "tasks")
    is_ahead = found.value is not None and found.value <= 1
    return Match(
        user=user.name,
        other=other.name,
        volume=volume,
        n_tasks=None if is_ahead else found,
        words="ahead when it pays the whole row" if is_ahead else "",
    )
