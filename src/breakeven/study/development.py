"""The first half of a study: development rows, parents first, each in a fresh worker."""

from collections.abc import Sequence

from breakeven.study.launch import WAIT_PERIOD_S, Launch, Verdict
from breakeven.study.messages import Answer, Ask
from breakeven.study.orders import n_threads_of
from breakeven.study.searching import Searches
from breakeven.study.table import PlannedRun


def develop(launch: Launch, table: Sequence[PlannedRun], *, n_after: int) -> None:
    """Run every development row that has no result yet.

    A row that another process is running is waited for, after everything else that can be done.

    Args:
        launch: The running study.
        table: Development runs, parents first; trials in order.
        n_after: Runs that come after this half, for the time left.

    Raises:
        BudgetSpent: If a cap is reached before the last row.
    """
    pending, searches = list(table), Searches(launch=launch)
    while pending:
        later: list[PlannedRun] = []
        for index, planned in enumerate(pending):
            n_left = len(pending) - index + len(later) + n_after
            verdict = (
                _settle(launch, planned, n_left=n_left)
                if planned.trial is None
                else searches.settle(planned, n_left=n_left)
            )
            if verdict is Verdict.LATER:
                later.append(planned)
        if len(later) == len(pending):
            launch.sleep(WAIT_PERIOD_S)
        launch.refresh()
        pending = later


def _settle(launch: Launch, planned: PlannedRun, *, n_left: int) -> Verdict:
    key = launch.before(planned, n_left=n_left)
    if isinstance(key, Verdict):
        return key
    with launch.start_worker(n_threads=n_threads_of(planned.engine_settings)) as handle:
        order = launch.orders.write(planned, key, ask=Ask.STAGE)
        reply = launch.give(handle, planned, order, n_left=n_left)
    return Verdict.LATER if reply.answer is Answer.BUSY else Verdict.SETTLED
