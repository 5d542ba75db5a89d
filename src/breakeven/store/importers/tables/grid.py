"""A table as it lies in its file: header and cells as text, each row with its place.

CSV separated by comma, semicolon or tab, or JSON: a list of objects, an object of equally long
lists, or an object of objects. Numbers of JSON keep their digits, which say how far they are known.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from breakeven.errors import DataFileError
from breakeven.store.importers.content import Content, read_content
from breakeven.store.importers.sheet import as_sheet

MOST_BYTES = 4 * 2**20
"""Some 100,000 rows. A table and its runs take some 130 times its text in memory: 36,000 rows of
1.06 MiB took 151 MiB."""

KEY = "key"
"""Column that holds the names of an object of objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    Attributes:
        place: For messages, such as "costs.csv:3".
        cells: As text, stripped; empty where nothing stands.
    """

    place: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells of a table.

    Attributes:
        path: Where the file lies.
        content_hash: SHA-256 of its bytes and the name of its part: the same twice is known again.
        place: Of the header, for messages.
        header: Names of the columns, as written.
        rows: Without empty ones.
        has_decimal_commas: Whether numbers are written 12,5.
        part: Which part of the file it is; empty for the whole.
        others: Names of further tables inside the file.
    """

    path: Path
    content_hash: str
    place: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    has_decimal_commas: bool = False
    part: str = ""
    others: tuple[str, ...] = ()

    def with_point(self, text: str) -> str:
        """A number of this table with a point before its decimals."""
        return text.replace(",", ".") if self.has_decimal_commas else text


def read_grid(path: Path, *, part: str = "") -> Grid:
    """Read a CSV or JSON file.

    Args:
        path: Its ending says which: `.json`, else CSV.
        part: Key of the object inside a JSON file that is the table; empty for the whole.

    Raises:
        DataFileError: If it cannot be read, is too large, is no UTF-8, holds no rows, or rows and
            header disagree; names file and line.
    """
    content = read_content(path, what=_WHAT, most_bytes=MOST_BYTES, advice=_CUT)
    is_json = path.suffix.lower() == ".json"
    if part and not is_json:
        raise DataFileError(f"{path}: --part {part} is of JSON files; a CSV holds one table.")
    grid = _json_grid(content, part) if is_json else _csv_grid(content)
    if not grid.rows:
        raise DataFileError(_NO_ROWS.format(path=path))
    return grid


_WHAT = "a CSV or JSON table, a header and at least one row"
_CUT = "Cut it to the rows of one study, or average repeats."
_NO_ROWS = "{path}: holds no rows; expected a header and at least one row."


def _csv_grid(content: Content) -> Grid:
    path, lines = content.path, content.text.splitlines()
    if sum(bool(line.strip()) and not line.startswith("#") for line in lines) < 2:
        raise DataFileError(_NO_ROWS.format(path=path))
    sheet = as_sheet(content)
    return Grid(
        path=path,
        content_hash=sheet.content_hash,
        place=f"{path}:{sheet.header_line}",
        header=sheet.header,
        rows=tuple(
            Row(place=f"{path}:{line}", cells=tuple(cell.strip() for cell in cells))
            for line, cells in sheet.rows
        ),
        has_decimal_commas=sheet.has_decimal_commas,
    )


def _json_grid(content: Content, part: str) -> Grid:
    path = content.path
    try:
        # As text, numbers keep the zeros they end in.
        whole = json.loads(
            content.text,
            parse_float=_Digits,
            parse_int=_Digits,
            parse_constant=_Digits,
            object_pairs_hook=partial(_object, path),
        )
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{path}:{error.lineno}: is no JSON ({error.msg}); expected a list of objects, or an "
            "object of equally long lists."
        ) from error
    except RecursionError as error:
        raise DataFileError(
            f"{path}: is nested too deep to be read; expected a list of objects, or an object of "
            "equally long lists."
        ) from error
    held = _inside(path, whole, part)
    columns, others = _columns(path, held)
    header = tuple(columns)
    rows = zip(*columns.values(), strict=True)
    return Grid(
        path=path,
        content_hash=sha256(f"{content.content_hash}{part}".encode()).hexdigest(),
        place=f"{path}" + (f", {part}" if part else ""),
        header=header,
        rows=tuple(
            Row(place=f"{path}, row {i}", cells=tuple(_text(path, i, cell) for cell in cells))
            for i, cells in enumerate(rows, 1)
        ),
        part=part,
        others=tuple(f"{part}.{name}" if part else name for name in others),
    )


class _Digits(str):
    """A number as it stands in the file."""

    __slots__ = ()


def _object(path: Path, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DataFileError(
            f"{path}: an object holds key {twice!r} twice, and which of the two counts is nobody's "
            "guess; take one of them out."
        )
    return found


def _inside(path: Path, held: Any, part: str) -> Any:  # noqa: ANN401 - any JSON
    for name in filter(None, part.split(".")):
        if not (isinstance(held, dict) and name in held):
            known = ", ".join(held) if isinstance(held, dict) else "none"
            raise DataFileError(f"{path}: no part {name!r} in --part {part}. Known: {known}.")
        held = held[name]
    return held


def _columns(path: Path, held: Any) -> tuple[Mapping[str, Sequence[Any]], Sequence[str]]:  # noqa: ANN401 - any JSON
    """Columns, and names of what else may be a table."""
    if isinstance(held, list) and held and all(isinstance(row, dict) for row in held):
        return _of_rows(held), ()
    if isinstance(held, dict):
        lists = {name: value for name, value in held.items() if isinstance(value, list)}
        objects = {name: value for name, value in held.items() if isinstance(value, dict)}
        if lists and len({len(value) for value in lists.values()}) == 1:
            return lists, tuple(objects)
        rows = [{KEY: name, **value} for name, value in objects.items()]
        if rows and not lists and all(not _is_nested(row) for row in rows):
            return _of_rows(rows), ()
        if parts := tuple(name for name in objects if objects[name]):
            raise DataFileError(
                f"{path}: is no one table; say which of its parts is one with --part "
                f"{parts[0]}. Parts: {', '.join(parts)}."
            )
        if lists:
            lengths = ", ".join(f"{name} {len(value)}" for name, value in lists.items())
            raise DataFileError(
                f"{path}: its lists are not equally long ({lengths}), so they are no columns of "
                "one table. Mend the file, or say a --part."
            )
    raise DataFileError(
        f"{path}: holds no table; expected a list of objects, or an object of equally long lists."
    )


def _of_rows(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _is_nested(row: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, dict)
        or (isinstance(value, list) and not all(isinstance(part, str) for part in value))
        for value in row.values()
    )


def _text(path: Path, number: int, cell: Any) -> str:  # noqa: ANN401 - any JSON
    if cell is None:
        return ""
    if isinstance(cell, list) and all(isinstance(part, str) for part in cell):
        is_number = len(cell) == 1 and isinstance(cell[0], _Digits)
        return f"[{cell[0]}]" if is_number else ";".join(cell)  # a list of one is no number
    if isinstance(cell, str | bool):
        return str(cell).strip()
    raise DataFileError(
        f"{path}, row {number}: holds {json.dumps(cell)[:60]}, which is no cell; expected a number "
        "or a text."
    )
