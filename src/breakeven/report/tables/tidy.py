"""Tidy table: runs of several stores, a row per run and modality, for every format."""

from collections.abc import Sequence

from breakeven.analysis.runs.sources import Line
from breakeven.analysis.tables.tidy import tidy
from breakeven.analysis.tables.tidy_fields import Field, Value
from breakeven.report.tables.table import Cell, Column, Table

CAPTION = (
    "Every run by every modality that saw its energy. Columns of the window cover the work alone, "
    "those of all phases the process from its start; what is empty nobody saw."
)


def tidy_table(found: Sequence[Line]) -> Table:
    """One row per run and modality over several stores.

    Args:
        found: Runs of the stores, in order.
    """
    made = tidy(found)
    return plain_table("runs", CAPTION, fields=made.fields, rows=made.rows)


def plain_table(
    name: str,
    caption: str,
    *,
    fields: tuple[Field, ...],
    rows: tuple[tuple[Value, ...], ...],
) -> Table:
    """A table of values that carry neither interval nor kind of their own.

    Args:
        name: File name without ending.
        caption: What the rows say, one sentence.
        fields: One per column; columns that hold no text are columns of numbers.
        rows: shape (n_rows, n_fields).
    """
    held = [[row[i] for row in rows] for i in range(len(fields))]
    columns = tuple(
        Column(
            name=field.name,
            title=field.title,
            is_number=not any(isinstance(value, str) for value in values),
            is_plain=True,
        )
        for field, values in zip(fields, held, strict=True)
    )
    cells = tuple(tuple(_cell(value) for value in row) for row in rows)
    return Table(name=name, caption=caption, columns=columns, rows=cells)


def _cell(value: Value) -> Cell:
    if value is None:
        return Cell(text="")
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return Cell(text=text, value=value)
