"""Score table: what runs were scored by beside the metric that decides."""

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.scoring.score_results import ScoreRow
from breakeven.analysis.uncertain import once
from breakeven.report.quantity import format_score
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.sweep import named
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words


def scores_table(analysis: StudyAnalysis) -> Table:
    """Every metric of every configuration that was scored; no rows where there is one metric."""
    metrics = once(metric for row in analysis.score_rows for metric in row.scores)
    decides = metric_words(analysis.definition.metric)
    return Table(
        name="scores",
        caption=f"Every score on the test split; {decides} decides. At the reference the mean over "
        "training seeds, elsewhere one seed.",
        columns=(
            Column(name="pathway", title="Pathway"),
            Column(name="configuration", title="Configuration"),
            *(Column(name=m, title=metric_title(m), is_number=True) for m in metrics),
        ),
        rows=tuple(
            (words(row.pathway), named(row.label), *(_cell(row, m) for m in metrics))
            for row in analysis.score_rows
        ),
    )


def _cell(row: ScoreRow, metric: str) -> Cell:
    score = row.scores.get(metric)
    if score is None:
        return missing(EM_DASH, hint=f"{metric_words(metric)} was not taken or has no value here")
    return number(score, format_score(score, metric))
