"""Trend files: a CSV of moments and amounts, for `breakeven curves --trend`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.errors import DataFileError

if TYPE_CHECKING:
    from breakeven.store.importers.sheet import Sheet

TIME_NAMES = ("year", "date", "month", "time")
DAYS_PER_YEAR = 365.2425


def read_trend(path: Path) -> tuple[list[float], list[float]]:
    """Read moments, as years, and amounts.

    The first line names the columns: one of `year`, `date`, `month` or `time` (2017, 2017.9,
    2017-10 or 2017-10-18), and one column of numbers; further ones are left alone.

    Raises:
        DataFileError: If the file or a cell of it cannot be read; names line and column.
    """
    from breakeven.store.importers.sheet import read_sheet  # noqa: PLC0415 - `--help` stays light

    sheet = read_sheet(path)
    header = [name.lower() for name in sheet.header]
    at = next((i for i, name in enumerate(header) if name in TIME_NAMES), None)
    if at is None or len(header) < 2:
        raise DataFileError(
            f"{path}:{sheet.header_line}: begins with {', '.join(header)}; expected a header with "
            f"one of {', '.join(TIME_NAMES)} and a column of amounts."
        )
    up = _amount_column(sheet, at)
    advice = "Delete the row where there is none."
    whens = [_year(sheet, line, cells[at], column=sheet.header[at]) for line, cells in sheet.rows]
    amounts = [
        sheet.finite(line, cells[up], column=sheet.header[up], advice=advice)
        for line, cells in sheet.rows
    ]
    return whens, amounts


def _amount_column(sheet: "Sheet", at: int) -> int:
    """First column beside the time that holds numbers."""
    others = [i for i in range(len(sheet.header)) if i != at]
    line, first = sheet.rows[0]
    return next((i for i in others if _is_number(sheet, line, first, i)), others[0])


def _is_number(sheet: "Sheet", line: int, cells: Sequence[str], place: int) -> bool:
    try:
        sheet.number(line, cells[place], column=sheet.header[place])
    except DataFileError:
        return False
    return True


def _year(sheet: "Sheet", line: int, text: str, *, column: str) -> float:
    """A moment as years: the middle of a month is not known, so its first day stands for it."""
    moment = text.strip()
    if "-" not in moment:
        return sheet.finite(
            line, moment, column=column, advice="Write 2017, 2017-10 or 2017-10-18."
        )
    try:
        day = date.fromisoformat(moment if moment.count("-") == 2 else f"{moment}-01")
    except ValueError as error:
        raise DataFileError(
            f"{sheet.path}:{line}: column {column!r} holds {moment!r}, which is no moment "
            f"({error}); write 2017, 2017-10 or 2017-10-18."
        ) from error
    return day.year + (day - date(day.year, 1, 1)).days / DAYS_PER_YEAR
