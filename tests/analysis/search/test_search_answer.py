"""The answer: what is chosen, how likely its certificate is, and when the search is repaid."""

from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.results import Verdict
from breakeven.analysis.search.answer import LIKELY, Answer, answer, repaid
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.front import Aim
from breakeven.analysis.search.standing import Searched, Standing
from breakeven.analysis.uncertain import Observation

AIM = Aim(max_drop=0.01, n_examples=7600)
N = 1000


def stayed(name: str, cost: float, n_wrong: int) -> Standing:
    """Right on all but the first so many examples."""
    return Standing(
        cell=Cell(route=name),
        costs=cost * np.array([1.0, 1.1, 0.9]),
        answers=(np.arange(N) >= n_wrong).astype(float),
        front=1.0,
        round=1,
    )


def seen(*values: float, error: float = 0.0) -> list[Observation]:
    """Costs by block, each known but for so much either way."""
    return [
        Observation(
            value=v, low=v - error, high=v + error, kinds=AIM.kinds, origins=AIM.origins, run_ids=()
        )
        for v in values
    ]


def answered(*found: Standing, aim: Aim = AIM, together: int = 1) -> Answer:
    """Answer with the first as reference, so many examples from each source."""
    searched = Searched(
        reference=found[0],
        standing=found,
        sources=np.arange(N) // together,
        skipped={},
        failed={},
        rounds=(),
        foretold=None,
        spent=50.0,
        n_cells=len(found),
    )
    return answer(searched, aim, np.random.default_rng(0))


def test_the_cheapest_whose_certificate_is_likely_is_chosen() -> None:
    told = answered(stayed("FT", 4.0, 100), stayed("OV", 1.0, 101), stayed("TS", 0.5, 150))

    assert told.is_likely
    assert told.chosen.name == "OV"
    assert told.chosen.factor.value == pytest.approx(4.0)
    assert [point.name for point in told.front] == ["TS", "OV", "FT"]


def test_without_a_likely_one_probability_and_saving_are_weighed() -> None:
    few = Aim(max_drop=0.01, n_examples=100)

    told = answered(stayed("FT", 4.0, 100), stayed("A", 3.9, 100), stayed("B", 1.0, 103), aim=few)

    assert not told.is_likely
    assert told.chosen.name == "B"


def test_where_nothing_is_cheaper_the_reference_is_kept_and_nothing_is_repaid() -> None:
    told = answered(stayed("FT", 1.0, 100), stayed("TS", 2.0, 90))

    assert told.chosen.name == "FT"
    assert told.chosen == told.reference
    assert told.repaid is None


def test_what_saves_less_than_is_asked_is_not_chosen() -> None:
    """1.03 times as cheap, as a twin of the reference may seem to be."""
    found = [stayed("FT", 1.03, 100), stayed("twin", 1.0, 100)]

    asked, unasked = (answered(*found, aim=replace(AIM, min_saving=least)) for least in (1.05, 1.0))

    assert asked.chosen.name == "FT"
    assert asked.repaid is None
    assert unasked.chosen.name == "twin"


def test_the_loss_is_paired_and_positive_when_quality_is_lost() -> None:
    """103 against 100 wrong, the same hundred among them: 0.3 points."""
    (loss,) = (
        p.loss
        for p in answered(stayed("FT", 4.0, 100), stayed("B", 1.0, 103)).front
        if p.name == "B"
    )

    assert loss.value == pytest.approx(0.003)
    assert loss.low is not None
    assert loss.high is not None
    assert loss.low < 0.003 < loss.high < 0.01
    assert "from either side" in loss.method


def test_the_reference_loses_nothing_against_itself_by_definition() -> None:
    loss = answered(stayed("FT", 4.0, 100), stayed("B", 1.0, 103)).reference.loss

    assert (loss.low, loss.value, loss.high) == (0.0, 0.0, 0.0)


def test_examples_of_one_source_count_as_the_certificate_will_count_them() -> None:
    """4 of 20 sources lose all of their 50 examples: by example 200 losses, by source 4."""
    found = [stayed("FT", 4.0, 0), stayed("B", 1.0, 200)]
    aim = Aim(max_drop=0.25, n_examples=1000)

    alone, together = (answered(*found, aim=aim, together=n).chosen for n in (1, 50))

    assert alone.loss.value == pytest.approx(0.2)
    assert together.loss.value == pytest.approx(0.2)
    assert alone.loss.high == pytest.approx(0.226, abs=0.002)
    assert together.loss.high is not None
    assert together.loss.high > 0.35
    assert together.power < 0.5 < LIKELY < alone.power


def test_scores_between_0_and_1_get_a_jackknife_interval() -> None:
    half = stayed("B", 1.0, 0)
    half = Standing(cell=half.cell, costs=half.costs, answers=half.answers / 2, front=1, round=1)

    told = answered(stayed("FT", 4.0, 100), half)

    assert "jackknife" in told.front[0].loss.method


def test_a_dominated_point_is_hardly_ever_on_the_front() -> None:
    told = answered(stayed("FT", 9.0, 100), stayed("B", 1.0, 0))

    assert [point.front for point in told.front] == [1.0, 0.0]


def test_the_search_is_repaid_by_what_is_saved_per_request() -> None:
    """50 spent, 3 saved per example."""
    told = answered(stayed("FT", 4.0, 100), stayed("OV", 1.0, 100))

    assert told.repaid is not None
    assert told.repaid.verdict is Verdict.FINITE
    assert told.repaid.estimate.value == pytest.approx(50 / 3)
    assert told.spent.value == 50.0


def test_a_saving_that_cannot_be_told_from_0_gives_a_half_line() -> None:
    found = repaid(
        ("FT", seen(1.0, 1.2, 0.8)),
        ("OV", seen(1.0, 0.7, 1.0)),
        AIM,
        spent=9.0,
        planned_volume=1e6,
    )

    assert found.verdict is Verdict.NOT_SHOWN
    assert found.estimate.high == float("inf")


def test_a_dearer_choice_never_repays() -> None:
    found = repaid(
        ("FT", seen(1.0, 1.1, 0.9)),
        ("OV", seen(2.0, 2.1, 1.9)),
        AIM,
        spent=9.0,
        planned_volume=1e6,
    )

    assert found.verdict is Verdict.NEVER


def test_what_the_sensors_cannot_tell_widens_the_point_of_repayment() -> None:
    exact, coarse = (
        repaid(
            ("FT", seen(2.0, 2.1, 1.9, error=error)),
            ("OV", seen(1.0, 1.1, 0.9, error=error)),
            AIM,
            spent=9.0,
            planned_volume=1e6,
        ).estimate
        for error in (0.0, 0.2)
    )

    assert exact.value == pytest.approx(9.0)
    assert coarse.value == pytest.approx(9.0)
    assert exact.low == pytest.approx(9.0)
    assert coarse.low is not None
    assert coarse.low < 8.0
