"""Tell: tables, a summary for terminals and one self-contained HTML page; values in, text out."""

from collections.abc import Sequence
from importlib import import_module

from breakeven.analysis.best_of import BestCurve
from breakeven.analysis.curves.curve_set import CurveSet
from breakeven.analysis.results import StudyAnalysis
from breakeven.errors import MissingExtraError
from breakeven.report.summary import summary
from breakeven.report.tables import Cell, Column, Table, tables

__all__ = [
    "Cell",
    "Column",
    "Table",
    "build_best",
    "build_curves",
    "build_report",
    "summary",
    "tables",
]

_NEEDED = ("altair", "jinja2", "vl_convert")


def build_report(analysis: StudyAnalysis, *, generated_at: str, vega: str | None = None) -> str:
    """Build the page as one HTML string.

    Args:
        analysis: What to show.
        generated_at: Time stamp to print, UTC, ISO 8601.
        vega: JavaScript that draws the charts; the inlined bundle by default.

    Raises:
        MissingExtraError: If the extra `report` is not installed.
    """
    _refuse_without_extra("report.html")
    from breakeven.report.page import render  # noqa: PLC0415 - only with the extra installed

    return render(analysis, generated_at=generated_at, vega=vega)


def build_curves(found: CurveSet, *, generated_at: str, is_page: bool = True) -> str:
    """Draw a set of curves as one HTML string with its tables, or as SVG alone.

    Args:
        found: What to show.
        generated_at: Time stamp to print on the page.
        is_page: False for the chart alone.

    Raises:
        MissingExtraError: If the extra `report` is not installed.
    """
    _refuse_without_extra("curves.html")
    from breakeven.report.curves_page import draw_curves, render_curves  # noqa: PLC0415 - as above

    return render_curves(found, generated_at=generated_at) if is_page else draw_curves(found)


def build_best(
    curves: Sequence[BestCurve],
    tables: Sequence[Table],
    *,
    sentences: Sequence[str],
    generated_at: str,
    is_page: bool = True,
) -> str:
    """Draw expected best scores as one HTML string with their tables, or as SVG alone.

    Args:
        curves: What to show; at least one with points.
        tables: What is printed of them.
        sentences: What limits them.
        generated_at: Time stamp to print on the page.
        is_page: False for the chart alone.

    Raises:
        MissingExtraError: If the extra `report` is not installed.
    """
    _refuse_without_extra("curves.html")
    from breakeven.report.curves_page import draw_best, render_best  # noqa: PLC0415 - as above

    if not is_page:
        return draw_best(curves)
    return render_best(curves, tables, sentences=sentences, generated_at=generated_at)


def _refuse_without_extra(what: str) -> None:
    try:
        for module in _NEEDED:
            import_module(module)
    except ImportError as error:
        raise MissingExtraError(what, "report") from error
