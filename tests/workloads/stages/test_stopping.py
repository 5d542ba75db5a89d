import math

import pytest

from breakeven.workloads.stages.stopping import EarlyStopping


@pytest.mark.parametrize(
    ("losses", "patience", "stopped", "best"),
    [
        pytest.param((3.0, 2.0, 2.5), 1, 3, 2, id="first rise with patience one"),
        pytest.param((3.0, 2.0, 2.5, 2.4), 2, 4, 2, id="two rises with patience two"),
        pytest.param((3.0, 3.5, 2.0, 2.1, 2.2), 2, 5, 3, id="an improvement resets patience"),
        pytest.param((2.0, 2.0), 1, 2, 1, id="equal is not lower"),
        pytest.param((math.nan, math.nan), 2, 2, 0, id="not a number never counts"),
    ],
)
def test_stops_and_remembers_the_best_epoch(
    losses: tuple[float, ...], patience: int, stopped: int, best: int
) -> None:
    stopping = EarlyStopping(patience)
    over = []
    for loss in losses:
        stopping.is_best(loss)
        over.append(stopping.is_over)
    assert over.index(True) + 1 == stopped
    assert stopping.best_epoch == best


def test_says_which_epochs_are_the_best_so_far() -> None:
    stopping = EarlyStopping(patience=3)
    assert [stopping.is_best(loss) for loss in (3.0, 4.0, 2.0)] == [True, False, True]
    assert stopping.best_loss == 2.0
