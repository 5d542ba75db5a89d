from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.report import summary
from breakeven.report.answer import answer


def test_the_summary_names_answer_interval_runner_up_and_rule(analysis: StudyAnalysis) -> None:
    text = summary(analysis)

    assert "Recommended at 100,000 examples: TS, 4.15 ms (3.98-4.32) CPU time per example" in text
    assert "Runner-up: FT, 7.10 ms (6.82-7.38); P(TS is cheaper) > 99 %." in text
    assert "Rule: accuracy within 0.02" in text
    assert "Break-even: TS against FT" in text
    assert "Notes (1): meter-unavailable" in text


def test_the_answer_says_that_the_machine_was_busy(
    analysis: StudyAnalysis, busy_analysis: StudyAnalysis
) -> None:
    said = "The machine was busy during 1 of 2 runs behind these averages, so their intervals hold"

    assert said in summary(busy_analysis)
    assert answer(busy_analysis).busy.startswith(said)
    assert "busy" not in summary(analysis)


def test_the_summary_is_plain_ascii_that_fits_a_terminal(analysis: StudyAnalysis) -> None:
    assert summary(analysis).isascii()
    assert max(map(len, summary(analysis).splitlines())) <= 120


def test_without_a_recommendation_the_summary_says_why(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, pathway=None, reason="nothing was scored.")

    assert "No pathway can be recommended: nothing was scored." in summary(
        replace(analysis, recommendation=told)
    )


def test_without_a_runner_up_none_is_named(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, runner_up=None, runner_up_average=None)

    text = summary(replace(analysis, recommendation=told, notes=()))

    assert "Runner-up" not in text
    assert "Notes: none." in text


def test_one_pathway_is_not_recommended(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, runner_up=None, runner_up_average=None, rule="")
    text = summary(replace(analysis, pathways=analysis.pathways[1:2], recommendation=told))

    assert "\nAt 100,000 examples: TS, 4.15 ms" in text
    assert "Cheaper than" not in text
    assert "Rule:" not in text


def test_a_pair_that_was_not_compared_has_no_break_even_line(analysis: StudyAnalysis) -> None:
    assert "Break-even:" not in summary(replace(analysis, break_evens=()))


def test_a_probability_that_is_not_extreme_has_an_equals_sign(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, probability=0.8)

    assert "P(TS is cheaper) = 80 %." in summary(replace(analysis, recommendation=told))


def test_break_evens_beyond_the_answer_are_told_too(analysis: StudyAnalysis) -> None:
    found = analysis.break_evens[0]
    other = replace(found, candidate="TA", incumbent="FT", sentence="TA pays back after 7.")

    text = summary(replace(analysis, break_evens=(*analysis.break_evens, other)))

    assert "Break-even: TA pays back after 7." in text


def test_break_evens_of_what_may_have_learnt_nothing_say_so(analysis: StudyAnalysis) -> None:
    said = "These break-evens rest on costs alone: {} not been shown to score above"
    first, second, *others = analysis.pathways
    doubted = replace(first, is_above_majority=False)

    one = summary(replace(analysis, pathways=(doubted, second, *others)))
    both = summary(
        replace(
            analysis,
            pathways=(doubted, replace(second, is_above_majority=False), *others),
        )
    )

    assert said.format(f"{first.name} has") in " ".join(one.split())
    assert said.format(f"{first.name} and {second.name} have") in " ".join(both.split())
    assert "These break-evens rest on" not in summary(analysis)


def test_without_a_break_even_nothing_is_said_of_them(analysis: StudyAnalysis) -> None:
    doubted = tuple(replace(p, is_above_majority=False) for p in analysis.pathways)

    assert "These break-evens rest on" not in summary(
        replace(analysis, pathways=doubted, break_evens=())
    )
