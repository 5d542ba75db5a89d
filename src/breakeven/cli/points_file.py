"""Points files: any table of numbers, for `breakeven curves TABLE.csv --x COLUMN --y COLUMN`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breakeven.analysis.curves.points import Point, Points
    from breakeven.store.importers.sheet import Sheet

FALLING = frozenset({"loss", "training-loss", "perplexity", "error"})
"""Columns of quality of which less is better."""


def is_table(places: Sequence[Path]) -> bool:
    """Whether points are asked of a table and not of stores.

    Raises:
        click.UsageError: If of a table and of something else.
    """
    tables = [place for place in places if place.suffix.lower() == ".csv"]
    if tables and len(places) > 1:
        raise click.UsageError(f"{tables[0]} is a table; ask of one table, or of stores")
    return bool(tables)


def read_points(
    path: Path, *, x: str, y: str, by: Sequence[str], wheres: Sequence[str]
) -> "Points":
    """Read two columns of a table, a point for each row; rows without one of the two are left out.

    Args:
        path: A CSV file with a header.
        x: Column of the first axis.
        y: Column of the second.
        by: Columns whose values make a group.
        wheres: COLUMN=VALUE; only these rows.

    Raises:
        DataFileError: If a column is not there, or holds no number; names line and column.
        click.UsageError: If one of `wheres` names no value.
    """
    from breakeven.analysis.curves.curve_axes import Axis  # noqa: PLC0415 - `--help` stays light
    from breakeven.analysis.curves.points import Points  # noqa: PLC0415 - the same
    from breakeven.store.importers.sheet import read_sheet  # noqa: PLC0415 - the same

    sheet = read_sheet(path)
    wanted = dict(_where(text) for text in wheres)
    for name in (x, y, *by, *wanted):
        sheet.column(name)  # refuses one that is not there, with the nearest
    rows = [
        (line, dict(zip(sheet.header, (cell.strip() for cell in cells), strict=True)))
        for line, cells in sheet.rows
    ]
    kept = [(n, row) for n, row in rows if all(row[k] == v for k, v in wanted.items())]
    found = [_point(sheet, line, row, axes=(x, y), by=by) for line, row in kept]
    points = tuple(point for point in found if point is not None)
    axes = [Axis(name=name, title=name, column=name) for name in (x, y)]
    return Points(x=axes[0], y=axes[1], points=points, n_left_out=len(found) - len(points))


def _where(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--where {text} names no value; write COLUMN=VALUE")
    return name, value


def _point(
    sheet: "Sheet", line: int, row: Mapping[str, str], *, axes: tuple[str, str], by: Sequence[str]
) -> "Point | None":
    from breakeven.analysis.curves.points import Point  # noqa: PLC0415 - as above
    from breakeven.records import Kind, Origin  # noqa: PLC0415 - as above

    if not all(row[name] for name in axes):
        return None
    advice = "Leave the cell empty where there is none."
    at, up = (sheet.finite(line, row[name], column=name, advice=advice) for name in axes)
    return Point(
        x=at,
        y=up,
        group=tuple(row[name] or f"{name} unknown" for name in by),
        run_id=f"line {line}",
        row="",
        stage="table",
        repeat=0,
        kinds=(Kind.ASSUMED,),
        origins=(Origin.STATED,),
        lower_is_better=axes[1].lower() in FALLING,
    )
