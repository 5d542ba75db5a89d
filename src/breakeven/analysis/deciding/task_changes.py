"""Task changes: how many tasks must share one row of development for another to be chosen.

Only rows that a rival rests on and the choice does not can bring the rival forward when more tasks
share them, and only rows of the choice itself when fewer do: what both rest on cancels.
"""

from collections.abc import Callable, Iterator

from breakeven.analysis.costs.contenders import life_average
from breakeven.analysis.costs.recommend import Choice
from breakeven.analysis.deciding.position import Position
from breakeven.analysis.deciding.settings import MAX_TASKS
from breakeven.analysis.deciding.volume_changes import equals
from breakeven.analysis.uncertain import once


def by_tasks(here: Position, choice: Choice) -> Iterator[str]:
    """The least number of tasks on one row that changes the choice; else the most, of fewer.

    Args:
        here: A study under some settings.
        choice: Who is chosen there.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.analysis.deciding.position import position
        >>> from breakeven.analysis.deciding.settings import Settings
        >>> from breakeven.testing.runs import example_runs
        >>> here = position(ground_of(*example_runs()), Settings(measure="flops", volume=1e5))
        >>> list(by_tasks(here, here.choice()))
        ['With ts shared by 2 tasks or more, TS would be the choice.']
    """
    if choice.winner is None or here.ground.is_measured_only:
        return
    rivals = here.among([contender.name for contender in equals(choice)])
    name = choice.winner.name
    own = [row.row for row in choice.winner.cost.rows]
    others = once(row.row for p in rivals.pathways for row in p.rows if row.row not in own)
    up = {row: _is_other(_users(rivals, row, name), row, name) for row in others}
    more = [
        (n, row)
        for row, is_other in up.items()
        if (n := _first(is_other, _tasks(here, row) + 1, MAX_TASKS)) is not None
    ]
    if more:
        n_tasks, row = min(more, key=lambda each: each[0])
        yield _words(_users(rivals, row, name), row, n_tasks, "or more")
        return
    fewer = [
        (n, row)
        for row in own
        if (n := _first(_is_other(rivals, row, name), _tasks(here, row) - 1, 1)) is not None
    ]
    if fewer:
        n_tasks, row = max(fewer, key=lambda each: each[0])
        yield _words(rivals, row, n_tasks, "or fewer")


def _users(rivals: Position, row: str, winner: str) -> Position:
    """The choice beside those that rest on a row; nobody else moves when tasks share it."""
    users = [p.name for p in rivals.pathways if row in {r.row for r in p.rows}]
    return rivals.among([*users, winner])


def _tasks(here: Position, row: str) -> int:
    return here.settings.tasks.get(row, 1)


def _cheapest(rivals: Position, row: str, n_tasks: int) -> str:
    there = rivals.with_tasks({row: n_tasks})
    averages = ((life_average(p, there.definition), p.name) for p in there.pathways)
    known = [(average.value, name) for average, name in averages if average is not None]
    return min(known, key=lambda each: each[0])[1]


def _is_other(rivals: Position, row: str, winner: str) -> Callable[[int], bool]:
    return lambda n_tasks: _cheapest(rivals, row, n_tasks) != winner


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


def _words(rivals: Position, row: str, n_tasks: int, side: str) -> str:
    name = _cheapest(rivals, row, n_tasks)
    if n_tasks == 1:
        return f"With {row} shared by no other task, {name} would be the choice."
    return f"With {row} shared by {n_tasks:,} tasks {side}, {name} would be the choice."
