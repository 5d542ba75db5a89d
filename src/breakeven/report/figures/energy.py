"""Energy: what trainings drew against the tokens they saw, and against time.

Wang et al. 2023, figures 1 and 3 to 5. Where no energy was seen, the cost that takes its place
stands under its own name.
"""

from breakeven.analysis.curves.curve_set import CurveSet
from breakeven.records import Resource
from breakeven.report.figures.figure import Figure, value_axis
from breakeven.report.figures.points import Canvas, points_figure
from breakeven.report.growth import power_words, rate_words

HEIGHT_PX = 320


def work_figure_of(found: CurveSet) -> Figure:
    """Cost against tokens on logarithmic axes."""
    return points_figure(
        found,
        Canvas(
            name="energy-tokens",
            title=power_words(found),
            width="container",
            height_px=HEIGHT_PX,
            y_format=value_axis(_resource(found)),
        ),
    )


def time_figure_of(found: CurveSet) -> Figure:
    """Cost in the first half hour of each training, on plain axes."""
    return points_figure(
        found,
        Canvas(
            name="energy-time",
            title=rate_words(found),
            width="container",
            height_px=HEIGHT_PX,
            with_lines=False,
            x_format=value_axis(Resource.DURATION_S),
            y_format=value_axis(_resource(found)),
        ),
    )


def _resource(found: CurveSet) -> Resource:
    return found.points.y.resource or Resource.CPU_S
