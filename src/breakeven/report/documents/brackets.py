"""Brackets: what the ranges behind the numbers of a table or text are."""

from collections.abc import Iterable
from dataclasses import replace

from breakeven.records import Kind
from breakeven.report.tables.table import Cell, Table


def brackets_words(cells: Iterable[Cell]) -> str:
    """What stands in brackets behind numbers; empty where none shows a range.

    A range without a confidence level is a bound: what stated ranges allow, or the resolution of
    sensors and of printed digits. A cell that rests on no estimate holds an interval.

    Args:
        cells: Of a table.
    """
    ranged = [cell for cell in cells if _shows_range(cell)]
    bounds = [c for c in ranged if c.estimate is not None and c.estimate.level is None]
    told = [
        *(["95 % intervals"] if len(bounds) < len(ranged) else []),
        *(["of assumed numbers, what their stated ranges allow"] * any(map(_is_assumed, ranged))),
        *(
            ["of numbers without scatter, what their resolution allows"]
            * (not all(map(_is_assumed, bounds)))
        ),
    ]
    return f"Ranges in brackets: {'; '.join(told)}." if told else ""


def with_brackets(table: Table) -> Table:
    """The table with a caption that says what stands in brackets, for where it has no legend."""
    said = brackets_words(cell for row in table.rows for cell in row)
    return replace(table, caption=f"{table.caption} {said}".strip())


def _shows_range(cell: Cell) -> bool:
    low, high = cell.low, cell.high
    return low is not None and high is not None and low < high and "(" in cell.text


def _is_assumed(cell: Cell) -> bool:
    return any(badge.name == Kind.ASSUMED.value for badge in cell.badges)
