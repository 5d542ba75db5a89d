"""Figures: Vega-Lite specifications of everything the page draws. Needs the extra `report`."""

from breakeven.report.figures.curves import curve_figures
from breakeven.report.figures.every import all_figures
from breakeven.report.figures.figure import Figure, Series, series
from breakeven.report.figures.length import length_figures, length_key
from breakeven.report.figures.pareto import PanelRow, pareto_rows
from breakeven.report.figures.stages import drawn_stages, has_shared, stage_colour, stages_figure
from breakeven.report.figures.sweep import families, frontier_figures, has_twin

__all__ = [
    "Figure",
    "PanelRow",
    "Series",
    "all_figures",
    "curve_figures",
    "drawn_stages",
    "families",
    "frontier_figures",
    "has_shared",
    "has_twin",
    "length_figures",
    "length_key",
    "pareto_rows",
    "series",
    "stage_colour",
    "stages_figure",
]
