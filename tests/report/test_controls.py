from dataclasses import replace

import pytest

from breakeven.analysis.asked import Questions
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.controls import Controls, controls
from breakeven.testing.runs import example_runs


@pytest.fixture(scope="module")
def decided() -> StudyAnalysis:
    return analyse(*example_runs())


def made(analysis: StudyAnalysis) -> Controls:
    decision = analysis.decision
    found = controls(analysis, bar=decision.bar if decision else None)
    assert found is not None
    return found


def test_controls_stand_where_the_study_stands(decided: StudyAnalysis) -> None:
    found = made(decided)

    assert (found.volume, found.items, found.pue) == ("100,000", "examples", "1")
    assert found.slider == (1.0, 9.0, 5.0)
    assert [m.name for m in found.measures if m.is_asked] == ["cpu_s"]


def test_rows_and_costs_that_may_be_chosen_are_those_of_the_study(decided: StudyAnalysis) -> None:
    found = made(decided)

    assert found.rows[:3] == ("pretrain", "ft", "ts")
    assert {"cpu_s", "energy_j", "flops", "rent", "electricity", "carbon"} <= {
        m.name for m in found.measures
    }


def test_the_slider_of_the_floor_spans_the_scores(decided: StudyAnalysis) -> None:
    low, high, step, bar = made(decided).floor_slider
    assert decided.ground is not None
    scores = [p.score.value for p in decided.ground.pathways if p.score is not None]

    assert low <= min(scores) < max(scores) <= high
    assert low < bar < high
    assert step > 0


def test_without_a_floor_the_slider_has_no_room(decided: StudyAnalysis) -> None:
    assert decided.ground is not None
    one = tuple(p for p in decided.ground.pathways if p.name == "FT")

    low, high, _, bar = made(
        replace(decided, ground=replace(decided.ground, pathways=one), decision=None)
    ).floor_slider

    assert (low, high, bar) == (0.0, 0.0, 0.0)


def test_prices_are_said_to_be_the_readers_own_assumption(decided: StudyAnalysis) -> None:
    assert "your own assumption, without source or year" in made(decided).note
    assert "Energy was not measured" not in made(decided).note


def test_measured_numbers_only_leave_nothing_to_assume() -> None:
    found = made(analyse(*example_runs(), asked=Questions(is_measured_only=True)))

    assert found.note.startswith("This report was made from measured numbers only")


def test_a_cost_that_nobody_has_is_offered_as_not_known() -> None:
    definition, runs = example_runs()
    analysis = analyse(replace(definition, headline=Resource.PRICE_EUR), runs)

    found = made(analysis)

    assert found.measures[0].name == "price_eur" or found.measures[0].is_asked


def test_without_any_cost_there_is_nothing_to_turn(decided: StudyAnalysis) -> None:
    assert decided.ground is not None
    bare = replace(decided, ground=replace(decided.ground, resources=(), pathways=()))

    assert controls(bare, bar=None) is None
    assert controls(replace(decided, ground=None), bar=None) is None


def test_scores_come_as_the_page_prints_them(decided: StudyAnalysis) -> None:
    by_name = {each["pathway"]: each for each in made(decided).qualities}

    assert by_name["FT"]["title"] == "Accuracy"
    assert str(by_name["FT"]["text"]).endswith(")")
    assert by_name["FT"]["kinds"] == ["counted"]
