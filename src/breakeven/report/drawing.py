"""Drawing: a Vega-Lite specification as SVG, without a browser. Needs the extra `report`."""

import re
from collections.abc import Mapping
from importlib.resources import files

import vl_convert

_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters of names at which the converter aborts: XML has none of them (XML 1.0, 2.2)."""
_DEFINITION = re.compile(r"(--[\w-]+): ([^;]+);")


def svg(spec: Mapping[str, object]) -> str:
    """Draw a chart for a page, whose style says what its colours are."""
    drawn = {name: _writable(value) for name, value in spec.items()}
    return str(vl_convert.vegalite_to_svg(drawn))


def light_svg(spec: Mapping[str, object]) -> str:
    """Draw a chart to stand alone, ground and colours of the light page written out."""
    colours = dict(_DEFINITION.findall(style().partition("@media")[0]))
    drawn = svg({**spec, "background": "var(--surface)"})
    return _VARIABLE.sub(lambda match: colours.get(match[1], "currentColor"), drawn)


def style() -> str:
    """Style sheet of every page."""
    path = files("breakeven.report").joinpath("templates", "report.css")
    return path.read_text(encoding="utf-8")


def _writable(value: object) -> object:
    """The same, a blank for each character of a text that XML cannot hold."""
    if isinstance(value, str):
        return _NOT_XML.sub(" ", value)
    if isinstance(value, Mapping):
        return {name: _writable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(each) for each in value]
    return value
