"""Section: a part of the page that the general template draws."""

from dataclasses import dataclass
from typing import Literal

from breakeven.report.figures.figure import Figure
from breakeven.report.tables.table import Table

Place = Literal["answer", "lifetime", "pareto", "inference", "stages"]
"""Section of the page that another may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section drawn by the general template.

    Attributes:
        name: Its id on the page, unique; also the link in the contents.
        title: Heading.
        short_title: In the contents.
        after: What it follows; those with the same place keep the builders' order.
        intro: How to read it; empty for nothing.
        sentences: What was found, one line each.
        figures: Drawn in their order: wide ones alone in a row, others up to `columns` in one.
        columns: Figures that are not wide, per row.
        tables: Below the figures; of more than `open_rows` rows folded under their caption.
        open_rows: Rows that a table may have to be shown unfolded.
        reasons: What is missing and why, one sentence each.
    """

    name: str
    title: str
    short_title: str
    after: Place
    intro: str = ""
    sentences: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    columns: Literal[1, 2, 3] = 2
    tables: tuple[Table, ...] = ()
    open_rows: int = 8
    reasons: tuple[str, ...] = ()
