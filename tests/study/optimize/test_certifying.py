"""What the baseline's twin says of the blocks that a certificate rests on."""

from collections.abc import Sequence

import pytest

from breakeven.records import Resource, Run
from breakeven.study.optimize.certifying import unsteady
from breakeven.study.optimize.wanted import Wanted
from breakeven.testing.tiny import tiny_inference

WANTED = Wanted(baseline="FT", max_drop=0.01, cost=Resource.CPU_S, min_saving=1.05)
QUIET = (4.0, 4.2, 3.9, 4.1, 4.0, 4.05)


def blocks(values: Sequence[float]) -> tuple[Run, ...]:
    return tuple(
        tiny_inference("FT", {Resource.CPU_S: value}, block=block)
        for block, value in enumerate(values)
    )


def test_a_twin_that_costs_the_same_says_nothing() -> None:
    assert unsteady(WANTED, blocks(QUIET), blocks([1.01 * value for value in QUIET])) == ""


@pytest.mark.parametrize("twins_ratio", [1.09, 1 / 1.09])
def test_a_twin_that_differs_by_more_than_the_saving_asked_for_is_told(twins_ratio: float) -> None:
    twin = [twins_ratio * value for value in QUIET]

    assert unsteady(WANTED, blocks(QUIET), blocks(twin)) == (
        "baseline and its twin cost the same to within 9% only, so blocks hardly tell a "
        "saving of 5%; quieten the machine or measure more blocks"
    )


def test_blocks_without_a_twin_say_nothing() -> None:
    assert unsteady(WANTED, blocks(QUIET), ()) == ""
