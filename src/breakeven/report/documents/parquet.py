"""Parquet: a table for other programs, with units in its names and kinds as columns.

Needs pyarrow (the extra `paper`).
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from breakeven.errors import MissingExtraError
from breakeven.report.tables.table import Cell, Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED = "pyarrow"
KIND = 3
"""Place of the kind among the fields of an estimate."""


def has_parquet() -> bool:
    """Whether Parquet can be written here."""
    return find_spec(NEEDED) is not None


def to_parquet(table: Table) -> bytes:
    """Parquet of a table: SI values with every digit, ends of intervals and kinds beside them.

    Missing numbers are null, never 0. An interval without an upper end has an infinite one. Each
    field says its title; the schema says name and caption.

    Raises:
        MissingExtraError: If pyarrow is not installed.
    """
    if not has_parquet():
        raise MissingExtraError(f"{table.name}.parquet", "paper")
    import pyarrow as pa  # noqa: PLC0415 - only with the extra installed
    from pyarrow import parquet  # noqa: PLC0415 - the same

    made = [made for at in range(len(table.columns)) for made in _columns(table, at)]
    schema = pa.schema(
        [field for field, _ in made],
        metadata={"breakeven.table": table.name, "breakeven.caption": table.caption},
    )
    sink = pa.BufferOutputStream()
    arrays = [pa.array(values, type=field.type) for field, values in made]
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), sink)
    return bytes(sink.getvalue().to_pybytes())


def _columns(table: Table, at: int) -> Iterator[tuple["pa.Field", list[float | str | None]]]:
    """Fields of one column of the table, each with its values."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    column = table.columns[at]
    told = [_told(column, row[at]) for row in table.rows]
    for place, name in enumerate(column.fields):
        values = [fields[place] for fields in told]
        is_word = not column.is_number or place == KIND
        kind = pa.string() if is_word else _type(values)
        field = pa.field(name, kind, metadata={"title": column.full_title})
        is_text = field.type == pa.string()
        yield field, [None if v is None else str(v) if is_text else v for v in values]


def _told(column: Column, cell: Cell) -> list[float | str | None]:
    if not column.is_number:
        return [cell.text if cell.value is None else str(cell.value)]
    numbers = [cell.value, cell.low, cell.high][: 1 if column.is_plain else 3]
    kinds = [] if column.is_plain else ["+".join(badge.name for badge in cell.badges) or None]
    return [*numbers, *kinds]


def _type(values: list[float | str | None]) -> "pa.DataType":
    """The narrowest of whole numbers, numbers and text that holds all values."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    known = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in known):
        return pa.string()
    is_whole = known and all(isinstance(v, int) and abs(v) < 2**63 for v in known)
    return pa.int64() if is_whole else pa.float64()
