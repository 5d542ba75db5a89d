"""Curves page: one chart with its tables as one HTML file, or the chart alone as SVG.

The chart is drawn beforehand, so the page needs no script. Needs the extra `report`; import it
through `breakeven.report.build_curves`.
"""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from breakeven.analysis.curve_set import CurveSet
from breakeven.report.drawing import light_svg, style, svg
from breakeven.report.figures.points import points_figure
from breakeven.report.tables.curves import curve_tables

MAX_POINTS = 100
"""Points listed in the page; `--table points` holds all."""


def render_curves(found: CurveSet, *, generated_at: str) -> str:
    """Build the page.

    Args:
        found: What to show.
        generated_at: Time stamp to print.
    """
    environment = Environment(
        loader=PackageLoader("breakeven.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    figure = points_figure(found)
    sentences = [(g.name, s) for g in found.groups for s in g.sentences]
    page = environment.get_template("curves.html.j2").render(
        figure=figure,
        svg=Markup(svg(figure.spec)),  # noqa: S704 - drawn by us, its texts escaped by Vega
        tables=list(curve_tables(found)),
        sentences=sentences,
        left_out=found.sentences,
        max_points=MAX_POINTS,
        generated_at=generated_at,
        css=Markup(style()),  # noqa: S704 - our own file
    )
    return page + "\n"


def draw_curves(found: CurveSet) -> str:
    """The chart alone as SVG, with the colours of the light page written out."""
    return light_svg(points_figure(found).spec)
