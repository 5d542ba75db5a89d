from dataclasses import replace

import pytest

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.crossings import average_at, crossings, winner_sentence, winners

CPU = Resource.CPU_S


def test_a_curve_is_read_between_its_points(analysis: StudyAnalysis) -> None:
    assert average_at(analysis.curves[0], 1e4) == pytest.approx(90 / 1e4 + 6e-3, rel=0.05)


def test_outside_its_points_a_curve_says_nothing(analysis: StudyAnalysis) -> None:
    assert average_at(analysis.curves[0], 1e12) is None


def test_crossings_are_the_finite_break_evens(analysis: StudyAnalysis) -> None:
    (found,) = crossings(analysis, CPU, analysis.curves)

    assert (found.candidate, found.incumbent, found.volume) == ("TS", "FT", 5e3)
    assert not found.changes_winner


def test_among_two_the_crossing_changes_the_winner(analysis: StudyAnalysis) -> None:
    (found,) = crossings(analysis, CPU, analysis.curves[:2])

    assert found.changes_winner


def test_a_crossing_outside_the_drawing_is_left_out(analysis: StudyAnalysis) -> None:
    far = replace(
        analysis.break_evens[0], estimate=replace(analysis.break_evens[0].estimate, value=1e15)
    )

    assert crossings(replace(analysis, break_evens=(far,)), CPU, analysis.curves) == []


def test_a_crossing_with_a_curve_that_is_not_drawn_is_left_out(analysis: StudyAnalysis) -> None:
    assert crossings(analysis, CPU, analysis.curves[:1]) == []


def test_the_cheapest_changes_hands_once(analysis: StudyAnalysis) -> None:
    names = [name for name, _ in winners(analysis.curves[:2])]

    assert names == ["FT", "TS"]


def test_the_title_says_who_is_cheapest_from_where(analysis: StudyAnalysis) -> None:
    assert winner_sentence(analysis, CPU, analysis.curves[:2]) == (
        "By CPU time alone, TS is cheapest from about 5,000 examples on, before it FT"
    )
    assert winner_sentence(analysis, CPU, analysis.curves) == (
        "By CPU time alone, TF-IDF is cheapest at every volume drawn"
    )


def test_of_one_pathway_the_title_says_what_it_takes_as_planned(analysis: StudyAnalysis) -> None:
    alone = replace(analysis, pathways=analysis.pathways[:1])

    assert winner_sentence(alone, CPU, analysis.curves[:1]) == (
        "FT takes 6.9 CPU ms per example at 100,000 examples, development included"
    )


def test_without_a_break_even_the_title_reads_the_curve(analysis: StudyAnalysis) -> None:
    text = winner_sentence(replace(analysis, break_evens=()), CPU, analysis.curves[:2])

    assert "from about 10,000 examples on" in text
