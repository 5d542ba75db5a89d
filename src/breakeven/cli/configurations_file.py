"""Configurations files: a table of measured configurations, for `breakeven curves --compact`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.cli.cost_columns import cost_column
from breakeven.errors import DataFileError

if TYPE_CHECKING:
    from breakeven.analysis.sweeps.compact_configurations import Sweep
    from breakeven.analysis.sweeps.compact_depth import Configuration
    from breakeven.records import Resource
    from breakeven.store.importers.sheet import Sheet

_LENGTH, _PRECISION, _DEPTH = "max_length", "precision", "n_layers"
_COUNTS = ("n_examples", "n_correct")
_EXPECTED = (
    "Expected max_length, precision and one cost of an example with its unit (energy_j, "
    "duration_ms, cpu_s), and if there are any config, n_layers, n_examples, n_correct."
)


def read_configurations(path: Path) -> "Sweep":
    """Read the configurations of one model, a row for each measurement.

    The first row is the uncut one, against which a loss of right answers is judged.

    Raises:
        DataFileError: If it cannot be read; names line and column.
    """
    from breakeven.analysis.sweeps.compact_configurations import of_named  # noqa: PLC0415 - light `--help`
    from breakeven.store.importers.sheet import read_sheet  # noqa: PLC0415 - the same

    sheet = read_sheet(path)
    column, resource, factor = _cost(sheet)
    rows = [
        (line, dict(zip(sheet.header, (c.strip() for c in cells), strict=True)))
        for line, cells in sheet.rows
    ]
    found = [
        _configuration(sheet, line, row, cost=(column, factor), reference=rows[0][1])
        for line, row in rows
    ]
    return of_named(path.stem, resource, found)


def _cost(sheet: "Sheet") -> "tuple[str, Resource, float]":
    known = {"config", _LENGTH, _PRECISION, _DEPTH, *_COUNTS}
    costs = {name: cost_column(name) for name in sheet.header if name not in known}
    unknown = [name for name, found in costs.items() if found is None]
    where = f"{sheet.path}:{sheet.header_line}"
    if unknown:
        raise DataFileError(f"{where}: column {unknown[0]!r} names no unit. {_EXPECTED}")
    missing = [name for name in (_LENGTH, _PRECISION) if name not in sheet.header]
    if missing:
        raise DataFileError(f"{where}: no column {missing[0]!r}. {_EXPECTED}")
    if len(costs) != 1:
        raise DataFileError(f"{where}: {len(costs)} columns of costs; keep one. {_EXPECTED}")
    ((name, found),) = costs.items()
    assert found is not None
    return name, *found


def _configuration(
    sheet: "Sheet",
    line: int,
    row: Mapping[str, str],
    *,
    cost: tuple[str, float],
    reference: Mapping[str, str],
) -> "Configuration":
    from breakeven.analysis.sweeps.compact_depth import Configuration  # noqa: PLC0415 - as above

    column, factor = cost
    return Configuration(
        label=row.get("config", ""),
        tokens=_above_0(sheet, line, row, _LENGTH),
        precision=row[_PRECISION],
        n_layers=_above_0(sheet, line, row, _DEPTH) if _DEPTH in row else None,
        cost=factor * _above_0(sheet, line, row, column),
        loses=_loses(sheet, line, row, reference) if set(_COUNTS) <= row.keys() else None,
    )


def _above_0(sheet: "Sheet", line: int, row: Mapping[str, str], column: str) -> float:
    value = sheet.number(line, row[column], column=column)
    if not 0 < value < float("inf"):
        raise DataFileError(
            f"{sheet.path}:{line}: column {column!r} holds {row[column]}; expected a number above "
            "0. Delete the row if it was not measured."
        )
    return value


def _loses(sheet: "Sheet", line: int, row: Mapping[str, str], reference: Mapping[str, str]) -> bool:
    """Whether fewer answers are right than of the first row, by Newcombe's interval."""
    from breakeven.analysis.samples.stats import newcombe  # noqa: PLC0415 - as above

    counts = [
        tuple(_whole(sheet, line, one[name], name) for name in reversed(_COUNTS))
        for one in (reference, row)
    ]
    try:
        return newcombe((counts[0][0], counts[0][1]), (counts[1][0], counts[1][1])).low > 0
    except ValueError as error:
        raise DataFileError(f"{sheet.path}:{line}: {error}") from error


def _whole(sheet: "Sheet", line: int, text: str, column: str) -> int:
    if not text.isdecimal():
        raise DataFileError(
            f"{sheet.path}:{line}: column {column!r} holds {text!r}; expected a whole number. "
            "Leave both counts out if answers were not counted."
        )
    return int(text)
