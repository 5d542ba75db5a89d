"""Print figures: what the page draws, at the width of a column or of a page, as PDF and SVG.

A chart is drawn on as many pixels as make its text 7.5 points at the printed width, so that every
part of it keeps its proportion. Needs the extra `report`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breakeven.analysis.results import StudyAnalysis
from breakeven.report.documents.ordered_pdf import ordered_pdf

if TYPE_CHECKING:
    from breakeven.report.figures import Figure

PT_PER_IN = 72.0
SINGLE_IN, DOUBLE_IN = 3.33, 7.0
"""One column of a conference paper, and both."""
WIDTHS_IN: Mapping[str, float] = {"single": SINGLE_IN, "double": DOUBLE_IN}
LEAST_PT = 7.0
"""Text smaller than this is not read on paper."""
PT_PER_PX = 0.68
"""Scale of the drawing: 11 pixels, the smallest text of the page, become 7.5 points."""
_SIZE = re.compile(r'(<svg\b[^>]*?) width="([\d.]+)" height="([\d.]+)"')
_FIT = {"type": "fit", "contains": "padding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFigure:
    """A figure at one width.

    Attributes:
        name: Of its files, without ending: figure and width.
        title: The finding, one sentence.
        description: What is drawn.
        note: What is hollow or dashed in it and why; empty for nothing.
        svg: Stand-alone, sizes in inches; text stays text.
        pdf: The same with its fonts embedded.
        is_wide: Whether it spans both columns.
        is_meant: Whether this is the width that its content asks for.
    """

    name: str
    title: str
    description: str
    note: str
    svg: str
    pdf: bytes
    is_wide: bool
    is_meant: bool


def print_figures(analysis: StudyAnalysis) -> Iterator[PrintedFigure]:
    """Every figure of the page, at both widths.

    Args:
        analysis: What is drawn.
    """
    from breakeven.report.figures.every import all_figures  # noqa: PLC0415 - only with the extra

    for figure in all_figures(analysis):
        for width, width_in in WIDTHS_IN.items():
            yield _printed(figure, width, width_in)


def _printed(figure: "Figure", width: str, width_in: float) -> PrintedFigure:
    import vl_convert  # noqa: PLC0415 - as above

    from breakeven.report.drawing import light_svg  # noqa: PLC0415 - as above

    drawn = light_svg(_at_width(figure.spec, width_in * PT_PER_IN / PT_PER_PX))
    return PrintedFigure(
        name=f"{_plain(figure.name)}-{width}",
        title=figure.title,
        description=figure.description,
        note=figure.note,
        svg=_sized(drawn, unit="in", factor=PT_PER_PX / PT_PER_IN),
        pdf=ordered_pdf(bytes(vl_convert.svg_to_pdf(_sized(drawn, unit="", factor=PT_PER_PX)))),
        is_wide=width == "double",
        is_meant=figure.is_wide == (width == "double"),
    )


def _at_width(spec: Mapping[str, object], width_px: float) -> dict[str, object]:
    """The chart in a box of that width, axes and labels inside."""
    return {**spec, "width": width_px, "autosize": _FIT, "padding": 4}


def _sized(svg: str, *, unit: str, factor: float) -> str:
    """The same drawing in another size; what is drawn keeps its own units."""

    def scaled(found: re.Match[str]) -> str:
        width, height = (factor * float(found[at]) for at in (2, 3))
        return f'{found[1]} width="{width:.4f}{unit}" height="{height:.4f}{unit}"'

    return _SIZE.sub(scaled, svg, count=1)


def _plain(name: str) -> str:
    """A name of letters, digits and hyphens alone, as LaTeX wants its files."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
