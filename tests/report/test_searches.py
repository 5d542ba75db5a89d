"""Tuning and price tags as tables and sentences."""

from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import (
    Judged,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Status,
    StudyDefinition,
    Trial,
    Volume,
)
from breakeven.report import summary, tables
from breakeven.report.search_words import search_lines
from breakeven.report.signs import NBSP
from breakeven.testing.tiny import STUDY, tiny_run

CPU, LABELLED = Resource.CPU_S, Resource.N_LABELLED_EXAMPLES
DEFINITION = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))


def trial(number: int, status: Status = Status.OK, *, n_examples: int = 200) -> Run:
    score = Score(metric="accuracy", value=0.5 + number / 20, split="validation", n_examples=100)
    amounts = {CPU: 4.0, LABELLED: 100.0} if status is Status.OK else {CPU: 2.0}
    return replace(
        tiny_run("ft", amounts, status=status),
        run_id=f"t{number}",
        row=f"ft/trial-{number}",
        trial=Trial(
            row="ft",
            number=number,
            metric="accuracy",
            drawn={"lr": 1e-5 * (number + 1), "bucketed": bool(number % 2)},
        ),
        scores=(score,) if status is Status.OK else (),
        judged=(Judged(step=1, n_steps=2, scores=(score,)),),
        output=Volume(n_examples=n_examples if status is Status.OK else n_examples // 2),
    )


@pytest.fixture
def analysis() -> StudyAnalysis:
    statuses = [Status.PRUNED, Status.FAILED, Status.OK, Status.PRUNED, Status.OK]
    return analyse(DEFINITION, [trial(n, status) for n, status in enumerate(statuses)])


def test_every_trial_has_a_line(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["trials"]
    assert [row[1].text for row in table.rows] == ["0", "1", "2", "3", "4 (best)"]
    assert [row[2].text for row in table.rows] == ["pruned", "failed", "ok", "pruned", "ok"]
    assert table.rows[0][3].text == "lr=1e-05, bucketed=false"
    assert [row[5].value for row in table.rows] == [None, None, 0.6, None, 0.7]
    assert table.rows[0][6].text == "1 of 2"


def test_sensitivity_says_what_it_rests_on(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["sensitivity"]
    assert [row[1].text for row in table.rows] == ["lr", "bucketed"]
    assert [row[2].text for row in table.rows] == [f"100{NBSP}%", f"0{NBSP}%"]
    assert table.rows[0][3].text == "+1.00"
    assert table.rows[0][4].text == "< 0.001"
    assert table.rows[1][3].is_missing


def test_saving_stands_beside_what_was_spent(analysis: StudyAnalysis) -> None:
    (row,) = tables(analysis)["pruning"].rows
    assert [cell.value for cell in row[2:5]] == [14.0, 4.0, pytest.approx(4 / 18)]


def test_the_text_tells_the_ledger_the_saving_the_sensitivity_and_the_price_tag(
    analysis: StudyAnalysis,
) -> None:
    ledger, saving, sensitivity, tag = search_lines(analysis)
    assert ledger == (
        "Tuning of ft: 2 ok, 1 failed and 2 pruned. Best is trial 4 (lr=5e-05, bucketed=False), "
        "accuracy 0.7 on validation; median 0.65, worst 0.6, SD between trials 0.071."
    )
    assert "CPU time 4 CPU s (22 %)" in saving
    assert "modelled" in saving
    assert "lr 100 % (p < 0.001)" in sensitivity
    assert tag == (
        "Price tag of ft in CPU time: E = 20 CPU ms, D = 100, H = 5, 2 pruned and 1 failed or "
        "killed; E x D x H = 10 CPU s, the experiments together took 14 CPU s (2 passes over D "
        "each)."
    )
    assert "Tuning of ft" in summary(analysis)


def test_without_results_the_sentences_say_so() -> None:
    failed = analyse(DEFINITION, [trial(n, Status.FAILED, n_examples=0) for n in range(2)])
    ledger, tag = search_lines(failed)
    assert ledger == "Tuning of ft: 2 failed; no score to compare them by."
    assert tag == (
        "Price tag of ft: H = 2, 0 pruned and 2 failed or killed; the experiments together took "
        "4 CPU s."
    )
    unjudged = analyse(DEFINITION, [replace(trial(0, Status.PRUNED), judged=()), trial(1)])
    assert search_lines(unjudged)[1].startswith("What pruning saved in ft is unknown")
    assert tables(unjudged)["pruning"].rows[0][3].is_missing


def test_a_lower_bound_is_shown_as_one() -> None:
    blind = replace(trial(1, Status.FAILED), phases=())
    (row, _) = tables(analyse(DEFINITION, [trial(0), blind]))["price_tag"].rows
    assert row[10].text.startswith("at least 4.00")
    assert row[10].high is None
    uncounted = replace(trial(0), output=Volume())
    (row, _) = tables(analyse(DEFINITION, [uncounted]))["price_tag"].rows
    assert row[2].is_missing
    assert row[11].is_missing


def test_printed_factors_multiply_to_the_printed_product_however_sure_they_are() -> None:
    """E of 20.0 and 52.4 ms: mean 36.2 ms, known to within 200 ms; 100 examples, twice."""
    runs = [
        replace(
            tiny_run("ft", {CPU: spent, LABELLED: 100.0}),
            run_id=f"r{spent}",
            repeat=repeat,
            output=Volume(n_examples=200),
        )
        for repeat, spent in enumerate((4.0, 10.48))
    ]
    (row, _) = tables(analyse(DEFINITION, runs))["price_tag"].rows
    e, d, h, product, total = (row[i].text.split("(")[0].strip() for i in (2, 4, 6, 9, 10))
    assert (e, d, h) == (f"36.2{NBSP}ms", "100", "2")
    assert (product, total) == (f"7.24{NBSP}s", f"14.5{NBSP}s")


def test_a_study_without_tuning_has_a_price_tag_and_no_table_of_trials() -> None:
    found = tables(analyse(DEFINITION, [tiny_run("ft", {CPU: 1.0})]))
    assert "trials" not in found
    assert found["price_tag"].rows
