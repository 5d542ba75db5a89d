"""The stepping clock moves when told to, and never backwards."""

import math

import pytest

from breakeven.testing import SteppingClock


def test_it_stands_until_it_is_moved() -> None:
    clock = SteppingClock(now_s=5.0)
    clock.advance(2.5)
    assert [clock(), clock()] == [7.5, 7.5]


def test_it_may_step_at_every_look() -> None:
    clock = SteppingClock(step_s=0.5)
    assert [clock(), clock(), clock()] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("duration_s", [-1.0, math.nan])
def test_it_refuses_to_run_backwards(duration_s: float) -> None:
    with pytest.raises(ValueError, match="cannot move by"):
        SteppingClock().advance(duration_s)
