"""Drawing: a Vega-Lite specification as SVG, without a browser. Needs the extra `report`."""

import re
from collections.abc import Mapping
from importlib.resources import files

import vl_convert

_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_DEFINITION = re.compile(r"(--[\w-]+): ([^;]+);")


def svg(spec: Mapping[str, object]) -> str:
    """Draw a chart for a page, whose style says what its colours are."""
    return str(vl_convert.vegalite_to_svg(dict(spec)))


def light_svg(spec: Mapping[str, object]) -> str:
    """Draw a chart to stand alone, ground and colours of the light page written out."""
    colours = dict(_DEFINITION.findall(style().partition("@media")[0]))
    drawn = svg({**spec, "background": "var(--surface)"})
    return _VARIABLE.sub(lambda match: colours.get(match[1], "currentColor"), drawn)


def style() -> str:
    """Style sheet of every page."""
    path = files("breakeven.report").joinpath("templates", "report.css")
    return path.read_text(encoding="utf-8")
