"""Curves page: one chart with its tables as one HTML file, or the chart alone as SVG.

The chart is drawn beforehand, so the page needs no script. Needs the extra `report`; import it
through `breakeven.report.build_curves`.
"""

import re
from collections.abc import Mapping
from importlib.resources import files

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from breakeven.analysis.curve_set import CurveSet
from breakeven.report.figures.points import points_figure
from breakeven.report.tables.curves import curve_tables

MAX_POINTS = 100
"""Points listed in the page; `--table points` holds all."""

_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_DEFINITION = re.compile(r"(--[\w-]+): ([^;]+);")


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
        svg=Markup(_svg(figure.spec)),  # noqa: S704 - drawn by us, its texts escaped by Vega
        tables=list(curve_tables(found)),
        sentences=sentences,
        left_out=found.sentences,
        max_points=MAX_POINTS,
        generated_at=generated_at,
        css=Markup(_style()),  # noqa: S704 - our own file
    )
    return page + "\n"


def draw_curves(found: CurveSet) -> str:
    """The chart alone as SVG, with the colours of the light page written out."""
    colours = dict(_DEFINITION.findall(_style().partition("@media")[0]))
    svg = _svg(points_figure(found).spec)
    return _VARIABLE.sub(lambda match: colours.get(match[1], "currentColor"), svg)


def _svg(spec: Mapping[str, object]) -> str:
    return str(vl_convert.vegalite_to_svg(dict(spec)))


def _style() -> str:
    path = files("breakeven.report").joinpath("templates", "report.css")
    return path.read_text(encoding="utf-8")
