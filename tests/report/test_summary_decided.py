"""What the summary says beside the choice: what it saves, what would change it, and use."""

from dataclasses import replace
from functools import cache

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.report import summary
from breakeven.report.summary import MOST_CHANGES
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score


@cache
def analysed() -> StudyAnalysis:
    return analyse(*example_runs())


def said(analysis: StudyAnalysis) -> str:
    """The summary without its line ends."""
    return " ".join(summary(analysis).split())


def printed() -> StudyAnalysis:
    """Two pathways of which one table was printed: no repeats, a resolution."""
    lines = {"FT": (100.0, 6.0, 842), "TS": (150.0, 3.0, 831)}
    runs = []
    for name, (development, use, n_correct) in lines.items():
        runs.append(tiny_run(name.lower(), {Resource.CPU_S: (development, 5.0)}))
        run = tiny_inference(name, {Resource.CPU_S: (use, 0.05)})
        runs.append(replace(run, scores=(tiny_score(n_correct),)))
    pathways = tuple(PathwayDefinition(name=name, row=name.lower()) for name in lines)
    return analyse(StudyDefinition(name=STUDY, pathways=pathways, planned_volume=30.0), runs)


def test_the_saving_is_one_line_and_what_would_change_the_answer_three() -> None:
    analysis, text = analysed(), said(analysed())
    assert analysis.decision is not None
    assert analysis.decision.saves is not None

    assert analysis.decision.saves.sentence in text
    told = [sentence in text for sentence in analysis.decision.changes]
    assert told == [True] * MOST_CHANGES + [False] * (len(told) - MOST_CHANGES)
    assert len(told) > MOST_CHANGES


def test_both_profiles_of_use_are_told_of_the_recommended_pathway() -> None:
    assert (
        "Development is 97.23 % (97.22-97.24) of the CPU time of TS in research use (1,310 "
        "examples) and 31.48 % (31.38-31.58) in production use (100,000 examples)."
    ) in said(analysed())


def test_without_life_answers_or_a_decision_neither_is_told() -> None:
    analysis = analysed()
    text = said(replace(analysis, decision=None, life=None))
    assert analysis.decision is not None
    assert analysis.decision.saves is not None

    assert "research use" not in text
    assert "would be the choice" not in text
    assert analysis.decision.saves.sentence not in text


def test_numbers_without_scatter_have_no_probability_but_a_verdict_by_resolution() -> None:
    text = said(printed())

    assert "P(TS is cheaper): by resolution, nothing was repeated." in text
    assert "P(TS is cheaper) " not in text
    assert "saves 40 CPU s against FT (27 CPU s to 53 CPU s, by the resolution)" in text


def test_the_terminal_says_that_most_of_an_average_was_measured_once() -> None:
    assert (
        "More than half of the average of TS is development measured once: its own scatter is not "
        "known." in said(printed())
    )
    assert "measured once: its own scatter" not in said(analysed())
