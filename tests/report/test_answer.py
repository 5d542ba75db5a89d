from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis, Verdict
from breakeven.records import Item
from breakeven.report.answer import answer
from breakeven.report.answer_facts import FACTS
from breakeven.testing.runs import example_runs


def test_bars_start_with_the_recommended_and_end_at_the_longest(analysis: StudyAnalysis) -> None:
    told = answer(analysis)

    assert [(bar.pathway, bar.role) for bar in told.bars] == [
        ("TS", "recommended"),
        ("FT", "runner-up"),
    ]
    assert told.bars[1].high_frac == pytest.approx(1.0)
    assert told.bars[0].length_frac == pytest.approx(0.00415 / (0.0071 * 1.04))


def test_without_what_a_decision_rests_on_no_saving_and_no_controls_are_shown(
    analysis: StudyAnalysis,
) -> None:
    made = answer(analysis)

    assert [fact.name for fact in made.facts] == ["probability", "break-even", "quality"]
    assert (made.changes, made.controls) == ((), None)


def test_what_is_cheaper_but_not_chosen_is_named(analysis: StudyAnalysis) -> None:
    assert "TF-IDF (136 CPU \u00b5s, accuracy 79.0" in answer(analysis).passed_over


def test_nothing_is_passed_over_when_the_cheapest_is_chosen(analysis: StudyAnalysis) -> None:
    assert answer(replace(analysis, curves=analysis.curves[:2])).passed_over == ""


def test_the_other_direction_serves_when_only_that_was_compared(analysis: StudyAnalysis) -> None:
    only = tuple(b for b in analysis.break_evens if b.candidate == "FT")

    assert answer(replace(analysis, break_evens=only)).break_even.startswith("FT against TS")


def test_without_a_runner_up_there_is_one_bar_and_no_probability(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, runner_up=None, runner_up_average=None)

    made = answer(replace(analysis, recommendation=told))

    assert len(made.bars) == 1
    assert [fact.name for fact in made.facts] == ["quality"]
    assert made.facts[0].detail == ""


def test_without_a_recommendation_there_are_no_bars_and_no_facts(analysis: StudyAnalysis) -> None:
    told = replace(
        analysis.recommendation, pathway=None, average=None, runner_up=None, runner_up_average=None
    )

    made = answer(replace(analysis, recommendation=told))

    assert (made.bars, made.facts, made.passed_over) == ((), (), "")


def test_a_pathway_without_result_has_no_quality_fact(analysis: StudyAnalysis) -> None:
    names = [fact.name for fact in answer(replace(analysis, pathways=())).facts]

    assert names == ["probability", "break-even"]


def test_a_cost_without_interval_has_a_bar_without_whisker(analysis: StudyAnalysis) -> None:
    assert analysis.recommendation.average is not None
    bare = replace(analysis.recommendation.average, low=None, high=None)
    told = replace(analysis.recommendation, average=bare)

    assert answer(replace(analysis, recommendation=told)).bars[0].low_frac is None


def test_a_free_pathway_has_a_bar_of_no_length(analysis: StudyAnalysis) -> None:
    assert analysis.recommendation.average is not None
    free = replace(analysis.recommendation.average, value=0.0, low=None, high=None)
    told = replace(analysis.recommendation, average=free, runner_up=None, runner_up_average=None)

    assert answer(replace(analysis, recommendation=told)).bars[0].length_frac == 0.0


def test_items_are_named_in_the_break_even_fact(analysis: StudyAnalysis) -> None:
    tokens = tuple(replace(b, item=Item.REAL_TOKEN) for b in analysis.break_evens)

    facts = {fact.name: fact for fact in answer(replace(analysis, break_evens=tokens)).facts}

    assert facts["break-even"].detail == "real tokens until TS has cost less"


@pytest.fixture(scope="module")
def decided() -> StudyAnalysis:
    return analyse(*example_runs())


def test_the_saving_is_a_fact_with_interval_volume_and_share_of_one_item(
    decided: StudyAnalysis,
) -> None:
    assert decided.decision is not None
    assert decided.decision.saves is not None
    fact = {fact.name: fact for fact in answer(decided).facts}["saves"]
    per_item = decided.decision.saves.amount.value

    assert fact.label == "Saves against FT"
    assert fact.text == "4.48\u00a0min (4.32\u20134.64)"
    assert fact.detail == "over 100,000 examples; 2.69\u00a0ms per example"
    assert per_item == pytest.approx(269, abs=0.5)


def test_a_choice_that_takes_more_than_its_runner_up_says_so(decided: StudyAnalysis) -> None:
    decision = decided.decision
    assert decision is not None
    assert decision.saves is not None
    lost = replace(
        decision.saves, amount=replace(decision.saves.amount, value=-50.0, low=-60.0, high=-40.0)
    )

    made = answer(replace(decided, decision=replace(decision, saves=lost)))

    fact = {fact.name: fact for fact in made.facts}["saves"]
    assert (fact.label, fact.text) == ("Takes more than FT", "50\u00a0s (40\u201360)")


def test_what_would_change_the_answer_is_told(decided: StudyAnalysis) -> None:
    told = answer(decided).changes

    assert 1 <= len(told) <= 4
    assert told[0].startswith("Below 6,700 examples FT would be the choice")


def test_every_place_on_the_screen_is_there_for_a_script_to_fill(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, runner_up=None, runner_up_average=None)

    made = answer(replace(analysis, recommendation=told))

    assert [bar.pathway for bar in made.every_bar] == ["TS", ""]
    assert [fact.name for fact in made.every_fact] == list(FACTS)


def test_a_choice_that_holds_only_up_to_a_volume_says_who_comes_after(
    analysis: StudyAnalysis,
) -> None:
    only = tuple(
        replace(b, verdict=Verdict.UP_TO) for b in analysis.break_evens if b.candidate == "TS"
    )

    facts = {fact.name: fact for fact in answer(replace(analysis, break_evens=only)).facts}

    assert facts["break-even"].detail == "examples; from there on FT has cost less"
