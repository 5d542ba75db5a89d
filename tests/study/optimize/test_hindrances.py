"""What the baseline's twin says of the blocks that a certificate rests on."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.errors import CertificateError
from breakeven.records import Resource, Run
from breakeven.report.optimum_words import verdict_of
from breakeven.study.optimize.hindrances import (
    hidden,
    hindered,
    refuse_nothing,
    twin_ratio,
    unsteady,
)
from breakeven.study.optimize.wanted import Wanted
from breakeven.testing.certificates import (
    example_certificate,
    example_optimum,
    paired_costs,
)
from breakeven.testing.tiny import tiny_inference

WANTED = Wanted(baseline="FT", max_drop=0.01, cost=Resource.CPU_S, min_saving=1.05)
QUIET = (4.0, 4.2, 3.9, 4.1, 4.0, 4.05)


def blocks(values: Sequence[float]) -> tuple[Run, ...]:
    return tuple(
        tiny_inference("FT", {Resource.CPU_S: value}, block=block)
        for block, value in enumerate(values)
    )


def test_a_twin_that_costs_the_same_says_nothing() -> None:
    noise = twin_ratio(WANTED, blocks(QUIET), blocks([1.01 * value for value in QUIET]))

    assert unsteady(WANTED, noise) == ""


@pytest.mark.parametrize("twins_ratio", [1.09, 1 / 1.09])
def test_a_twin_that_differs_by_more_than_the_saving_asked_for_is_told(twins_ratio: float) -> None:
    twin = [twins_ratio * value for value in QUIET]

    assert unsteady(WANTED, twin_ratio(WANTED, blocks(QUIET), blocks(twin))) == (
        "baseline and its twin cost the same to within 9% only, so blocks hardly tell a "
        "saving of 5%; quieten the machine or measure more blocks"
    )


def test_blocks_without_a_twin_say_nothing() -> None:
    assert unsteady(WANTED, twin_ratio(WANTED, blocks(QUIET), ())) == ""


def test_a_saving_that_equals_seem_to_have_is_refused_and_a_larger_one_is_not() -> None:
    """The example saves 1.96 times at least."""
    found = example_certificate()

    assert hidden(found, 1.5) == ""
    assert hidden(found, 1.0) == ""
    refused = hindered(found, hidden(found, 2.0))
    assert not refused.granted
    assert refused.reason == (
        "Refused: baseline and its twin may differ by a factor of 2.00, and the choice is shown to "
        "be 1.96 times cheaper only; quieten the machine and certify again."
    )


def test_what_breaks_a_limit_is_not_granted_whatever_its_bounds_show() -> None:
    found = example_certificate()

    refused = hindered(found, "", "latency_p99_s has a limit and was not seen")

    assert found.granted
    assert not refused.granted
    assert refused.hindrances == ("latency_p99_s has a limit and was not seen",)
    assert verdict_of(replace(example_optimum(), certificate=refused)) == "refused"
    assert hindered(found, "", "") is found


def test_a_cost_of_nothing_is_a_sentence() -> None:
    with pytest.raises(CertificateError, match="cpu_s was seen as 0 in block 1, less than its"):
        refuse_nothing(paired_costs((4.0, 4.1), (2.0, 0.0)))
    refuse_nothing(paired_costs((4.0, 4.1), (2.0, 2.1)))
