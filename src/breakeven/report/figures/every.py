"""Every: all figures of a study in the order of the page, for whoever draws them elsewhere."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.report.figures.curves import curve_figures
from breakeven.report.figures.figure import Figure
from breakeven.report.figures.length import length_figures
from breakeven.report.figures.pareto import pareto_rows
from breakeven.report.figures.stages import stages_figure
from breakeven.report.figures.sweep import frontier_figures


def all_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """Every figure that the page of a study draws; names are unique.

    Those drawn in the width of their place say `"width": "container"`: set a number to draw them
    alone.
    """
    return tuple(_figures(analysis))


def _figures(analysis: StudyAnalysis) -> Iterator[Figure]:
    yield from curve_figures(analysis)
    for row in pareto_rows(analysis):
        yield from row.figures
    yield from frontier_figures(analysis)
    yield from length_figures(analysis)
    stages = stages_figure(analysis)
    yield from () if stages is None else (stages,)
    from breakeven.report.sections import more_sections  # noqa: PLC0415 - sections draw figures

    for section in more_sections(analysis):
        yield from section.figures
