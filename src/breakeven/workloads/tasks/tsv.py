"""TSV: tab-separated rows as GLUE writes them, with or without a header, quotes as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import Columns, Row, checked
from breakeven.workloads.tasks.lines import Line, Refuse


def read_tsv(path: Path, lines: Iterator[Line], columns: Columns, refuse: Refuse) -> Iterator[Row]:
    """Yield rows without quoting: a tab always ends a field.

    Columns that are all numbers from 1 mean that the file has no header.

    Raises:
        DataFileError: If a column is not in the header.
    """
    first = next(lines, None)
    if first is None:
        return
    header = first[1].split("\t")
    has_header = not all(column.isdigit() for column in columns.named)
    places = {
        column: _named(column, header, path) if has_header else int(column) - 1
        for column in columns.named
    }
    layout = _Layout(path=path, columns=columns, places=places, n_fields=len(header))
    rest = lines if has_header else _again(first, lines)
    for numbered in rest:
        try:
            row = layout.row(numbered)
        except DataFileError as error:
            refuse(error)
            continue
        yield row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    path: Path
    columns: Columns
    places: dict[str, int]
    n_fields: int

    def row(self, numbered: Line) -> Row:
        number, line = numbered
        fields = line.split("\t")
        if len(fields) != self.n_fields or max(self.places.values()) >= self.n_fields:
            places = " and ".join(str(place + 1) for place in self.places.values())
            raise DataFileError(
                f"{self.path}:{number}: {len(fields)} tab-separated fields where {self.n_fields} "
                f"were expected and columns {places} are read; repair the row"
            )
        text, pair, label = (
            fields[self.places[column]] if column else None
            for column in (self.columns.text, self.columns.pair, self.columns.label)
        )
        row = Row(text=text or "", pair=pair or "", label=label, line=number)
        return checked(row, where=f"{self.path}:{number}", has_pair=bool(self.columns.pair))


def _again(first: Line, lines: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from lines


def _named(column: str, header: list[str], path: Path) -> int:
    if column not in header:
        raise DataFileError(
            f"{path}:1: no column {column!r} in the header ({', '.join(header)}); set "
            "text_column and label_column, as numbers from 1 if the file has no header"
        )
    return header.index(column)
