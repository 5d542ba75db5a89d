"""Figures: Vega-Lite specifications of everything the page draws. Needs the extra `report`."""

from breakeven.report.figures.curves import curve_figures
from breakeven.report.figures.figure import Figure, Series, series
from breakeven.report.figures.pareto import PanelRow, frontier_figures, pareto_rows
from breakeven.report.figures.stages import drawn_stages, stage_colour, stages_figure

__all__ = [
    "Figure",
    "PanelRow",
    "Series",
    "curve_figures",
    "drawn_stages",
    "frontier_figures",
    "pareto_rows",
    "series",
    "stage_colour",
    "stages_figure",
]
