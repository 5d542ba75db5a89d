"""Figures: Vega-Lite specifications of everything the page draws. Needs the extra `report`."""

from breakeven.report.figures.curves import curve_figures
from breakeven.report.figures.figure import Figure, Series, series
from breakeven.report.figures.length import length_figures
from breakeven.report.figures.pareto import PanelRow, pareto_rows
from breakeven.report.figures.stages import drawn_stages, stage_colour, stages_figure
from breakeven.report.figures.sweep import families, frontier_figures

__all__ = [
    "Figure",
    "PanelRow",
    "Series",
    "curve_figures",
    "drawn_stages",
    "families",
    "frontier_figures",
    "length_figures",
    "pareto_rows",
    "series",
    "stage_colour",
    "stages_figure",
]
