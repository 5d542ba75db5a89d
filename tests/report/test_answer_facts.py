"""Facts beside the answer: no number there seems to speak against the choice."""

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.report.answer import answer
from breakeven.report.answer_facts import Fact
from breakeven.report.summary import summary


@pytest.fixture(scope="module")
def sst2() -> StudyAnalysis:
    """FT is dearer than TF-IDF, which misses the floor."""
    definition, runs, _ = study("controls-sst2.json")
    return analyse(definition, runs)


def facts_of(analysis: StudyAnalysis) -> dict[str, Fact]:
    return {fact.name: fact for fact in answer(analysis).facts}


def test_how_sure_speaks_of_the_cheaper_ones_that_may_reach_the_floor(sst2: StudyAnalysis) -> None:
    fact = facts_of(sst2)["probability"]

    assert fact.label == "Is FT alone good enough?"
    assert fact.text == "not certain"
    assert fact.detail.startswith("TS and TA may reach the 0.87")


def test_what_the_choice_takes_more_is_the_price_of_its_score(sst2: StudyAnalysis) -> None:
    fact = facts_of(sst2)["saves"]

    assert fact.label == "What the better score costs"
    assert fact.text.startswith("149\u00a0min (")


def test_the_terminal_says_no_probability_of_a_cost_that_did_not_decide(
    sst2: StudyAnalysis,
) -> None:
    text = " ".join(summary(sst2).split())

    assert "P(FT is cheaper)" not in text
    assert "Is FT alone good enough? not certain: TS and TA may reach the 0.87, as" in text


def test_bars_more_than_a_hundredfold_apart_keep_a_unit_each(sst2: StudyAnalysis) -> None:
    assert [bar.text.split(" (")[0] for bar in answer(sst2).bars] == ["9.0\u00a0ms", "60\u00a0µs"]
