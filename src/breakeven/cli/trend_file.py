"""Trend files: a CSV of moments and amounts, for `breakeven curves --trend`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from breakeven.separated import Rows

TIME_NAMES = ("year", "date", "month", "time")
DAYS_PER_YEAR = 365.2425


def read_trend(path: Path) -> tuple[list[float], list[float]]:
    """Read moments, as years, and amounts.

    The first line names the columns: one of `year`, `date`, `month` or `time` (2017, 2017.9,
    2017-10 or 2017-10-18), and one column of numbers; further ones are left alone.

    Raises:
        click.UsageError: If the file or a line of it cannot be read; names line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(Rows(file, path=path))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from error
    header = [name.strip().lower() for name in rows[0]] if rows else []
    at = next((i for i, name in enumerate(header) if name in TIME_NAMES), None)
    if at is None or len(header) < 2:
        raise click.UsageError(
            f"{path} begins with {', '.join(header) or 'nothing'}; expected a header with one of "
            f"{', '.join(TIME_NAMES)} and a column of amounts"
        )
    up = _amount_column(rows[1:], at, len(header))
    points = [_point(path, number, row, at, up) for number, row in enumerate(rows[1:], 2) if row]
    return [when for when, _ in points], [amount for _, amount in points]


def _amount_column(rows: Sequence[Sequence[str]], at: int, n_columns: int) -> int:
    """First column beside the time that holds numbers."""
    others = [i for i in range(n_columns) if i != at]
    first = next((row for row in rows if row), [])
    return next((i for i in others if i < len(first) and _is_number(first[i])), others[0])


def _point(path: Path, number: int, row: Sequence[str], at: int, up: int) -> tuple[float, float]:
    try:
        return _year(row[at].strip()), float(row[up])
    except (ValueError, IndexError) as error:
        raise click.UsageError(
            f"{path}, line {number}: {','.join(row)!r} holds no moment and amount ({error}); write "
            "2017, 2017-10 or 2017-10-18, and a number"
        ) from error


def _year(text: str) -> float:
    """A moment as years: the middle of a month is not known, so its first day stands for it."""
    if _is_number(text):
        return float(text)
    day = date.fromisoformat(text if text.count("-") == 2 else f"{text}-01")
    return day.year + (day - date(day.year, 1, 1)).days / DAYS_PER_YEAR


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
