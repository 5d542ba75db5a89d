"""Task changes: how many tasks must share one row of development for another to be chosen."""

from collections.abc import Callable, Iterator

from breakeven.analysis.costs.contenders import Contender
from breakeven.analysis.deciding.position import Position
from breakeven.analysis.deciding.settings import MAX_TASKS


def by_tasks(here: Position, winner: Contender) -> Iterator[str]:
    """The least number of tasks on one row that changes the choice; else the most, of fewer.

    Args:
        here: A study under some settings.
        winner: Who is chosen there.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.analysis.deciding.position import position
        >>> from breakeven.analysis.deciding.settings import Settings
        >>> from breakeven.testing.runs import example_runs
        >>> here = position(ground_of(*example_runs()), Settings(measure="flops", volume=1e5))
        >>> list(by_tasks(here, here.choice().winner))
        ['With ts shared by 2 tasks or more, TS would be the choice.']
    """
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
