"""Tidy tables: rows of anybody's CSV as readings, for `breakeven compare FILE.csv`."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.errors import DataFileError, UnknownNameError
from breakeven.separated import Rows

if TYPE_CHECKING:
    from breakeven.analysis.statistics.readings import Reading, Readings
    from breakeven.records import Kind

MOST_BYTES = 200 * 10**6
"""A tidy table of runs is small; a larger file is a trace, or not what was meant."""

MOST_TIMES = 10**5
"""Runs that one row may stand for."""

_UNIT = re.compile(r"[\[(]([^\])]+)[\])]\s*$")
_SUFFIXES = {
    unit.lower().replace(" ", ""): unit
    for unit in ("J", "kJ", "MJ", "Wh", "kWh", "W", "s", "ms", "min", "h", "MiB", "GiB", "MB", "GB")
} | {"percent": "%", "bytes": "B", "flops": "FLOP", "kgco2e": "kg CO2e", "eur": "EUR", "usd": "USD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column means what.

    Attributes:
        values: Numbers to compare, one after another.
        factors: What tells configurations apart.
        subject: What was measured under each; empty for none.
        order: The executed order; empty for none.
        wheres: COLUMN=VALUE; of one column any of its values, of several columns all.
        is_signed: Whether values may be 0 or below.
        kind: How the numbers came about; None where nobody says.
    """

    values: tuple[str, ...]
    factors: tuple[str, ...]
    subject: str = ""
    order: str = ""
    wheres: tuple[str, ...] = ()
    is_signed: bool = False
    kind: "Kind | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two numbers of one row.

    Attributes:
        x: In the unit of its column.
        y: Likewise.
        n_runs: Runs whose mean they are, at least 1.
        line: Where it stands, from 1.
    """

    x: float
    y: float
    n_runs: int
    line: int


def unit_of(header: str) -> str | None:
    """Unit that a column's name ends with: `energy_j`, `energy [J]` or `energy (J)`.

    Examples:
        >>> unit_of("total_energy_kwh"), unit_of("Energy [J]"), unit_of("total_energy")
        ('kWh', 'J', None)
    """
    found = _UNIT.search(header)
    if found:
        return found.group(1).strip()
    return _SUFFIXES.get(header.lower().rpartition("_")[2]) if "_" in header else None


def read_table(path: Path, columns: Columns) -> "tuple[Readings, ...]":
    """Read one number after another from a table with a header.

    Args:
        path: CSV, a row per run.
        columns: Which column means what.

    Raises:
        DataFileError: If the file or a cell cannot be used; names line and column.
        UnknownNameError: If there is no such column.
        click.UsageError: If a --where names no value.
    """
    from breakeven.analysis.statistics.readings import Reading, Readings  # noqa: PLC0415 - lazy

    rows = [row for row in _rows(path, columns) if _is_wanted(row[1], columns.wheres)]
    if not rows:
        wanted = f" with {', '.join(columns.wheres)}" if columns.wheres else ""
        raise DataFileError(f"{path} has no row{wanted}; there is nothing to compare")
    found = []
    for name in columns.values:
        readings = tuple(
            Reading(
                value=value,
                levels=tuple(_text(path, line, row, factor) for factor in columns.factors),
                subject=_text(path, line, row, columns.subject) if columns.subject else "",
                position=_number(path, line, row, columns.order) if columns.order else None,
            )
            for line, row in rows
            if row[name].strip()
            for value in (_value(path, line, row, name, is_signed=columns.is_signed),)
        )
        if not readings:
            raise DataFileError(f"{path}: column {name} is empty in every row that was asked for")
        _refuse_repeats(path, readings, columns)
        unit = unit_of(name)
        found.append(
            Readings(
                name=name,
                title=name if unit is None or unit in name else f"{name}, {unit}",
                factors=columns.factors,
                readings=readings,
                subject=columns.subject,
                where=path.name,
                kinds=() if columns.kind is None else (columns.kind,),
            )
        )
    return tuple(found)


def read_labels(path: Path, *, label: str, by: str) -> list[tuple[str, str]]:
    """Read a group and a label of each row.

    Args:
        path: CSV, a row per thing labelled.
        label: Column of the label; the last one if empty.
        by: Column of the group; the first other one if empty, none if there is no other.

    Raises:
        DataFileError: If the file or a cell cannot be used; names line and column.
        UnknownNameError: If there is no such column.
    """
    header = _header(path)
    label = label or header[-1]
    others = [name for name in header if name != label]
    by = by or (others[0] if others else "")
    asked = Columns(values=(label,), factors=(by,) if by else ())
    rows = list(_rows(path, asked))
    if not rows:
        raise DataFileError(f"{path} has a header and no row; give one row for each thing labelled")
    return [
        (_text(path, line, row, by) if by else "all", _text(path, line, row, label))
        for line, row in rows
    ]


def read_pairs(
    path: Path, names: tuple[str, str], *, times: str = "", wheres: tuple[str, ...] = ()
) -> list[Pair]:
    """Read two numbers of each row, and how many runs it stands for.

    Args:
        path: CSV, a row per run or mean of runs.
        names: Of both columns; rows that lack one are left out.
        times: Column with the number of runs that a row stands for; empty for one each.
        wheres: As for `read_table`.

    Raises:
        DataFileError: If the file or a cell cannot be used; names line and column.
        UnknownNameError: If there is no such column.
    """
    asked = Columns(values=names, factors=(times,) if times else (), wheres=wheres)
    pairs: list[Pair] = []
    for line, row in _rows(path, asked):
        if _is_wanted(row, wheres) and all(row[name].strip() for name in names):
            x, y = (_number(path, line, row, name) for name in names)
            n_runs = _number(path, line, row, times) if times else 1.0
            if n_runs < 1 or not n_runs.is_integer() or n_runs > MOST_TIMES:
                raise DataFileError(
                    f"{path}, line {line}, column {times}: {row[times].strip()} is no number of "
                    f"runs; write 1 to {MOST_TIMES}"
                )
            pairs.append(Pair(x=x, y=y, n_runs=int(n_runs), line=line))
    if not pairs:
        raise DataFileError(f"{path} has no row with both {names[0]} and {names[1]}")
    return pairs


def lines_alike(pairs: Sequence[Pair]) -> tuple[tuple[int, ...], ...]:
    """Lines that hold the same two numbers and runs as another: a stage that pathways share."""
    found: dict[tuple[float, float, int], list[int]] = {}
    for pair in pairs:
        found.setdefault((pair.x, pair.y, pair.n_runs), []).append(pair.line)
    return tuple(tuple(lines) for lines in found.values() if len(lines) > 1)


def _header(path: Path) -> list[str]:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DataFileError(
                f"{path} has {size / 1e9:.2g} GB; a table of runs has at most "
                f"{MOST_BYTES / 1e6:.0f} MB, one row a run. Sum traces up first"
            )
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [name.strip() for name in next(Rows(file, path=path), [])]
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{path} cannot be read as a CSV file: {error}") from error
    if not header or not any(header):
        raise DataFileError(f"{path} is empty; expected a header line with a name per column")
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise DataFileError(
            f"{path}, line 1: column {doubled[0]!r} is there twice; give each column its own name"
        )
    return header


def _rows(path: Path, columns: Columns) -> Iterator[tuple[int, Mapping[str, str]]]:
    header = _header(path)
    wheres = [where.partition("=")[0] for where in columns.wheres]
    asked = (*columns.values, *columns.factors, columns.subject, columns.order, *wheres)
    for name in asked:
        if name and name not in header:
            raise UnknownNameError(f"column of {path.name}", name, header)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = Rows(file, path=path)
            next(reader)
            for fields in reader:
                if not any(field.strip() for field in fields):
                    continue
                if len(fields) != len(header):
                    raise DataFileError(
                        f"{path}, line {reader.line_num}: {len(fields)} cells for "
                        f"{len(header)} columns; leave a cell empty where nothing was measured"
                    )
                yield reader.line_num, dict(zip(header, fields, strict=True))
    except UnicodeDecodeError as error:
        raise DataFileError(f"{path} cannot be read as a CSV file: {error}") from error


def _is_wanted(row: Mapping[str, str], wheres: Sequence[str]) -> bool:
    wanted: dict[str, set[str]] = {}
    for where in wheres:
        name, equals, value = where.partition("=")
        if not equals:
            raise click.UsageError(f"--where {where} names no value; write COLUMN=VALUE")
        wanted.setdefault(name, set()).add(value)
    return all(row[name].strip() in values for name, values in wanted.items())


def _text(path: Path, line: int, row: Mapping[str, str], name: str) -> str:
    text = row[name].strip()
    if not text:
        raise DataFileError(
            f"{path}, line {line}, column {name}: the cell is empty; every row needs one, for it "
            "says what the row is of"
        )
    return text


def _number(path: Path, line: int, row: Mapping[str, str], name: str) -> float:
    text = row[name].strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataFileError(
            f"{path}, line {line}, column {name}: {text!r} is no finite number; write one such as "
            "12.5, or leave the cell empty where nothing was measured"
        )
    return value


def _value(path: Path, line: int, row: Mapping[str, str], name: str, *, is_signed: bool) -> float:
    value = _number(path, line, row, name)
    if value <= 0 and not is_signed:
        raise DataFileError(
            f"{path}, line {line}, column {name}: {row[name].strip()} is not above 0, "
            "and a cost is (a counter that wrapped around reads below 0). Leave the row out with "
            "--where, or give --signed where such values mean something"
        )
    return value


def _refuse_repeats(path: Path, readings: "Sequence[Reading]", columns: Columns) -> None:
    """Refuse two values of one subject and configuration: one of them is not what it says."""
    seen: set[tuple[str, str]] = set()
    for one in readings:
        key = (one.subject, one.configuration)
        if columns.subject and key in seen:
            raise DataFileError(
                f"{path}: {columns.subject} {key[0]} has two values of {key[1]}; name the column "
                "that tells them apart with --factor, or choose rows with --where"
            )
        seen.add(key)
