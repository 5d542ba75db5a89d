"""Budget: quality against what was spent on it, in training, data, size and search.

Schwartz et al. 2020, "Additional ways to promote Green AI": performance as a curve over a budget.
"""

from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_title
from breakeven.records import Resource
from breakeven.report.budgets import (
    DATA,
    SIZE,
    Budgets,
    budgets,
    gain_words,
    training_words,
    trials_words,
)
from breakeven.report.figures.best import best_figure
from breakeven.report.figures.figure import Figure, value_axis
from breakeven.report.figures.points import Canvas, points_figure
from breakeven.report.quantity import score_scale

HEIGHT_PX = 300


def budget_figures(analysis: StudyAnalysis, found: Budgets | None = None) -> tuple[Figure, ...]:
    """Every curve that the study has runs for.

    Args:
        analysis: The study.
        found: Its budgets, where they were found already.
    """
    return tuple(_figures(found or budgets(analysis), analysis.definition.metric))


def _figures(found: Budgets, metric: str) -> Iterator[Figure]:
    if found.training is not None:
        spent = value_axis(found.training.points.x.resource or Resource.CPU_S)
        title = training_words(found.training, metric)
        canvas = _canvas("budget-training", title, metric, with_lines=False)
        yield points_figure(found.training, replace(canvas, x_format=spent))
    if found.data is not None:
        title = gain_words(found.data, metric, DATA)
        yield points_figure(found.data, _canvas("budget-data", title, metric))
    if found.size is not None:
        title = gain_words(found.size, metric, SIZE)
        yield points_figure(found.size, _canvas("budget-size", title, metric))
    if found.trials:
        title = trials_words(found.trials)
        yield best_figure(found.trials, name="budget-trials", title=title, width="container")


def _canvas(name: str, title: str, metric: str, *, with_lines: bool = True) -> Canvas:
    scale = score_scale(metric, 1.0)
    percent = "format(100 * datum.value, '.3~g') + ' %'"
    plain = "format(datum.value, '.3~g')"
    return Canvas(
        name=name,
        title=title,
        width="container",
        height_px=HEIGHT_PX,
        y_title=f"{metric_title(metric)}, validation",
        with_lines=with_lines,
        y_format=percent if scale.symbol else plain,
    )
