"""Curves page: one chart with its tables as one HTML file, or the chart alone as SVG.

The chart is drawn beforehand, so the page needs no script. Needs the extra `report`; import it
through `breakeven.report.build_curves` and `build_best`.
"""

from collections.abc import Sequence

from markupsafe import Markup

from breakeven.analysis.best_of import BestCurve
from breakeven.analysis.curves.curve_set import CurveSet
from breakeven.report.drawing import light_svg, style, svg
from breakeven.report.figures.best import best_figure
from breakeven.report.figures.figure import Figure
from breakeven.report.figures.points import points_figure
from breakeven.report.tables import Table
from breakeven.report.tables.curves import curve_tables
from breakeven.report.typesetting import environment

MAX_POINTS = 100
"""Points listed in the page; `--table points` holds all."""

_OF_LINES = "Colour is the group, shape the stage; the band is where the next run would lie (95 %)."
_OF_BEST = (
    "Colour is the search; the band holds the whole curve (95 %); dotted beyond half of the trials "
    "that were seen."
)


def render_curves(found: CurveSet, *, generated_at: str) -> str:
    """Build the page.

    Args:
        found: What to show.
        generated_at: Time stamp to print.
    """
    return _page(
        points_figure(found),
        list(curve_tables(found)),
        lead=_OF_LINES,
        sentences=[(g.name, s) for g in found.groups for s in g.sentences],
        left_out=found.sentences,
        generated_at=generated_at,
    )


def render_best(
    curves: Sequence[BestCurve],
    tables: Sequence[Table],
    *,
    sentences: Sequence[str],
    generated_at: str,
) -> str:
    """Build the page of expected best scores.

    Args:
        curves: What to draw; at least one with points.
        tables: What is printed of them.
        sentences: What limits them.
        generated_at: Time stamp to print.
    """
    return _page(
        best_figure(curves),
        tables,
        lead=_OF_BEST,
        sentences=(),
        left_out=sentences,
        generated_at=generated_at,
    )


def _page(  # noqa: PLR0913 - one per part of the page
    figure: Figure,
    tables: Sequence[Table],
    *,
    lead: str,
    sentences: Sequence[tuple[str, str]],
    left_out: Sequence[str],
    generated_at: str,
) -> str:
    page = (
        environment()
        .get_template("curves.html.j2")
        .render(
            figure=figure,
            lead=lead,
            svg=Markup(svg(figure.spec)),  # noqa: S704 - drawn by us, its texts escaped by Vega
            tables=tables,
            sentences=sentences,
            left_out=left_out,
            max_points=MAX_POINTS,
            generated_at=generated_at,
            css=Markup(style()),  # noqa: S704 - our own file
        )
    )
    return page + "\n"


def draw_curves(found: CurveSet) -> str:
    """The chart alone as SVG, with the colours of the light page written out."""
    return light_svg(points_figure(found).spec)


def draw_best(curves: Sequence[BestCurve]) -> str:
    """The chart of expected best scores alone as SVG."""
    return light_svg(best_figure(curves).spec)
