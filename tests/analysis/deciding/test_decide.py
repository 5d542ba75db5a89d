"""Decisions by hand: who is chosen, what that saves, and what the probability rests on."""

import math
from dataclasses import replace
from typing import Any

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.deciding import Settings, chance_words, decide, decision_plain
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import RestsOn
from breakeven.records import Resource
from breakeven.report.quantity import format_probability
from tools.vector_corners import corner

SST2, EXAMPLE = "controls-sst2.json", "controls-example.json"


def test_the_choice_at_the_studys_own_settings_is_that_of_the_report() -> None:
    found = decide(study(EXAMPLE)[2], Settings(measure="cpu_s", volume=1e5))

    assert (found.recommendation.pathway, found.recommendation.runner_up) == ("TS", "FT")
    assert found.break_even is not None
    assert (found.break_even.candidate, found.break_even.incumbent) == ("TS", "FT")
    assert [each.pathway for each in found.ranked] == ["TS", "FT", "TF-IDF", "TA"]
    assert [each.is_good_enough for each in found.ranked] == [True, True, False, False]
    assert found.bar == pytest.approx(0.842 - 0.02, abs=1e-4)


def test_what_the_choice_saves_by_hand() -> None:
    """TS costs 50 s more to make; 3 s less an example, (0.97 + 1 + 1.04) / 3 of that."""
    found = decide(corner("odd names"), Settings(measure="cpu_s", volume=1000.0))

    assert found.saves is not None
    assert found.saves.amount.value == pytest.approx(1000 * 3 * 3.01 / 3 - 50)
    assert found.saves.sentence.startswith(
        "Over 1,000 examples constructor saves 49.3 CPU min against __proto__ (45 CPU min to"
    )


def test_a_choice_that_takes_more_than_what_is_not_good_enough_says_so() -> None:
    found = decide(study(SST2)[2], Settings(measure="cpu_s", volume=1e6))

    assert found.saves is not None
    assert found.saves.amount.value is not None
    assert found.saves.amount.value < 0
    assert "FT takes 149 CPU min more than TF-IDF, which is not good enough (134 CPU min to" in (
        found.saves.sentence
    )


def test_equal_pathways_save_nothing_against_each_other() -> None:
    found = decide(corner("equal"), Settings(measure="cpu_s", volume=1000.0, min_score=0.83))

    assert found.saves is not None
    assert found.saves.amount.value == 0
    assert found.saves.sentence == "Over 1,000 examples FT takes the same CPU time as TWIN."


def test_numbers_without_scatter_give_a_verdict_by_resolution_and_no_probability() -> None:
    found = decide(corner("by resolution"), Settings(measure="cpu_s", volume=30.0))
    told = decision_plain(found)

    assert found.recommendation.rests_on is RestsOn.RESOLUTION
    assert found.recommendation.probability is None
    assert (told["probability"], told["probability_words"]) == (None, "by resolution")
    assert found.saves is not None
    assert found.saves.amount.level is None
    assert found.saves.sentence.endswith("(27 CPU s to 53 CPU s, by the resolution).")


def test_what_resolution_cannot_tell_apart_is_still_said_to_be_uncertain() -> None:
    found = decide(corner("by resolution"), Settings(measure="cpu_s", volume=17.0))

    assert found.recommendation.probability is None
    assert "The difference in cost is not certain." in found.recommendation.reason


def test_exact_numbers_are_certain_as_far_as_counting_goes() -> None:
    found = decide(study(EXAMPLE)[2], Settings(measure="flops", volume=1e5))

    assert found.recommendation.rests_on is RestsOn.EXACT
    assert found.recommendation.probability == 1.0


@pytest.mark.parametrize("probability", [0.0, 0.004, 0.02, 0.5, 0.985, 0.995, 1.0])
def test_probabilities_are_written_as_the_report_writes_them(probability: float) -> None:
    assert chance_words(probability, RestsOn.SCATTER) == format_probability(probability)


def test_without_a_runner_up_there_is_no_chance_to_tell() -> None:
    found = decision_plain(decide(corner("alone"), Settings(measure="cpu_s", volume=10.0)))

    assert (found["runner_up"], found["probability_words"], found["saves"]) == (None, "", None)
    assert (found["break_even"], found["changes"], found["rests_on"]) == (None, [], None)


def test_where_nobody_is_good_enough_nobody_is_chosen() -> None:
    found = decide(study(EXAMPLE)[2], Settings(measure="cpu_s", volume=1e5, min_score=0.99))

    assert found.recommendation.pathway is None
    assert (found.break_even, found.saves, found.bar) == (None, None, 0.99)
    assert found.changes == ("Accepting accuracy 0.841, FT would be the choice.",)


def test_infinite_ends_cross_as_text() -> None:
    plain: Any = decision_plain(decide(study(SST2)[2], Settings(measure="cpu_s", volume=1e6)))
    highs = [found["high"] for found in plain["break_evens"]]

    assert "inf" in highs
    assert all(isinstance(high, str | None) or math.isfinite(high) for high in highs)


def test_a_study_without_a_life_in_its_headline_has_no_decision() -> None:
    definition, runs, _ = study(EXAMPLE)
    peak = replace(definition, headline=Resource.PEAK_MEMORY_BYTES)

    assert analyse(peak, runs).decision is None
    assert analyse(definition, runs).decision is not None


def test_a_row_that_tasks_share_still_ran_once() -> None:
    asked = Settings(measure="cpu_s", volume=1e5, tasks={"ts": 5})
    found = decide(study(EXAMPLE)[2], asked)

    assert found.recommendation.covers == "over inference runs only; development ran once"
