"""Rows: read labelled texts from TSV or JSON lines, one at a time, naming file and line."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import DataFileError

_FORMATS = (".tsv", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold text and label.

    Attributes:
        text: Name in the header (or key of the JSON object), or a number from 1.
        label: The same for the label; empty where rows carry no label.
    """

    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example as it stands in its file."""

    text: str
    label: str
    line: int


def read_rows(path: Path, columns: Columns) -> Iterator[Row]:
    """Yield the labelled texts of a .tsv or .jsonl file, each possibly with .gz behind it.

    TSV is read without quoting, as GLUE writes it: a tab always ends a field. A file without a
    header is read by column numbers.

    Raises:
        DataFileError: If the file is missing, of another format, not UTF-8, or a row is
            malformed; the message begins with file and line.
    """
    if not path.is_file():
        raise DataFileError(
            f"no data file {path}; check the path in the study file, or fetch the data first"
        )
    suffix = Path(path.name.removesuffix(".gz")).suffix
    if suffix not in _FORMATS:
        raise DataFileError(
            f"{path} ends in {suffix or 'nothing'}; expected one of {', '.join(_FORMATS)}, "
            "optionally with .gz behind it. Rename or convert the file."
        )
    parse = _tsv if suffix == ".tsv" else _json_lines
    with _open(path) as file:
        yield from parse(_lines(path, file), path, columns)


def read_texts(path: Path, column: str) -> Iterator[str]:
    """Yield the texts of a .jsonl, .tsv or .txt (one a line) file, each possibly with .gz.

    Args:
        path: The file.
        column: Name in the header, key of the JSON object, or number from 1; .txt has none.

    Raises:
        DataFileError: As `read_rows`.
    """
    if Path(path.name.removesuffix(".gz")).suffix == ".txt" and path.is_file():
        with _open(path) as file:
            yield from (line.strip() for _, line in _lines(path, file) if line.strip())
        return
    yield from (row.text for row in read_rows(path, Columns(text=column, label=column)))


def _open(path: Path) -> io.TextIOBase:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="\n")
    return path.open(encoding="utf-8-sig", newline="\n")


def _lines(path: Path, file: io.TextIOBase) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(file, start=1):
            stripped = line.rstrip("\r\n")
            if stripped:
                yield number, stripped
    except UnicodeDecodeError as error:
        raise DataFileError(
            f"{path}:{number + 1}: not UTF-8 near here ({error.reason}); convert the file to UTF-8"
        ) from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataFileError(
            f"{path}:{number + 1}: the gzip data is damaged ({error}); fetch the file again"
        ) from error


def _tsv(lines: Iterator[tuple[int, str]], path: Path, columns: Columns) -> Iterator[Row]:
    first = next(lines, None)
    if first is None:
        return
    header = first[1].split("\t")
    by_number = columns.text.isdigit() and columns.label.isdigit()
    find = _by_number if by_number else _by_name(header, path)
    text_at, label_at = find(columns.text), find(columns.label)
    n_fields = len(header)
    if by_number:
        yield _tsv_row(path, first, n_fields, text_at, label_at)
    for numbered in lines:
        yield _tsv_row(path, numbered, n_fields, text_at, label_at)


def _by_number(column: str) -> int:
    return int(column) - 1


def _by_name(header: list[str], path: Path) -> Callable[[str], int]:
    def find(column: str) -> int:
        if column not in header:
            raise DataFileError(
                f"{path}:1: no column {column!r} in the header ({', '.join(header)}); set "
                "text_column and label_column, as numbers from 1 if the file has no header"
            )
        return header.index(column)

    return find


def _tsv_row(
    path: Path, numbered: tuple[int, str], n_fields: int, text_at: int, label_at: int
) -> Row:
    number, line = numbered
    fields = line.split("\t")
    if len(fields) != n_fields or max(text_at, label_at) >= n_fields:
        raise DataFileError(
            f"{path}:{number}: {len(fields)} tab-separated fields where {n_fields} were expected "
            f"and columns {text_at + 1} and {label_at + 1} are read; repair the row"
        )
    return _row(path, number, fields[text_at], fields[label_at])


def _json_lines(lines: Iterator[tuple[int, str]], path: Path, columns: Columns) -> Iterator[Row]:
    for number, line in lines:
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataFileError(
                f"{path}:{number}: not a JSON object ({error.msg}); repair the row"
            ) from error
        if not isinstance(fields, dict):
            raise DataFileError(f"{path}:{number}: not a JSON object; repair the row")
        for column in (columns.text, columns.label):
            if not isinstance(fields.get(column), str | int):
                raise DataFileError(
                    f"{path}:{number}: no text or whole number under {column!r} (keys: "
                    f"{', '.join(fields)}); repair the row or set text_column and label_column"
                )
        yield _row(path, number, str(fields[columns.text]), str(fields[columns.label]))


def _row(path: Path, number: int, text: str, label: str) -> Row:
    if not text.strip() or not label.strip():
        empty = "text" if not text.strip() else "label"
        raise DataFileError(f"{path}:{number}: the {empty} is empty; repair or drop the row")
    return Row(text=text.strip(), label=label.strip(), line=number)
