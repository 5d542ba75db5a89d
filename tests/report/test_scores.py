"""The table of every score, in the report of a study that was scored by several metrics."""

from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.score_results import ScoreRow
from breakeven.records import Estimate, Kind
from breakeven.report import build_report
from breakeven.report.tables.scores import scores_table
from breakeven.report.tables.table import in_ascii


def score(metric: str, value: float, half: float) -> Estimate:
    return Estimate(
        name=metric,
        value=value,
        low=value - half,
        high=value + half,
        level=0.95,
        method="by hand",
        n=200,
        kinds=(Kind.COUNTED,),
    )


ROWS = (
    ScoreRow(
        pathway="FT",
        label="reference",
        scores={"accuracy": score("accuracy", 0.84, 0.02), "mcc": score("mcc", 0.5, 0.1)},
    ),
    ScoreRow(pathway="FT", label="length=16", scores={"accuracy": score("accuracy", 0.7, 0.02)}),
)


def test_each_metric_is_a_column_with_interval_and_kind(analysis: StudyAnalysis) -> None:
    table = scores_table(replace(analysis, score_rows=ROWS))
    assert [column.title for column in table.columns[2:]] == ["Accuracy", "MCC"]
    line = in_ascii(table.to_markdown()).splitlines()[4]
    assert line == "| FT | reference | 84.0 % (82.0-86.0) [counted] | 0.50 (0.40-0.60) [counted] |"


def test_a_metric_that_was_not_taken_says_so(analysis: StudyAnalysis) -> None:
    cell = scores_table(replace(analysis, score_rows=ROWS)).rows[1][3]
    assert cell.is_missing
    assert cell.hint == "MCC was not taken or has no value here"


def test_the_page_shows_them_where_there_are_several(analysis: StudyAnalysis) -> None:
    shown = build_report(replace(analysis, score_rows=ROWS), generated_at="", vega="")
    assert 'id="table-scores"' in shown
    assert 'id="table-scores"' not in build_report(analysis, generated_at="", vega="")
