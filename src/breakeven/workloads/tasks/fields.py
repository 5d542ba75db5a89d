"""Fields: an example from named values, a JSON object's or a `datasets` row's."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import (
    INNER_SPACE,
    WORD_SPACE,
    Columns,
    RawLabel,
    Row,
    checked,
)
from breakeven.workloads.tasks.form import Answers
from breakeven.workloads.tasks.lines import Line, Refuse

_ANSWER = {"text", "answer_start"}


def read_json_lines(
    path: Path, lines: Iterator[Line], columns: Columns, refuse: Refuse
) -> Iterator[Row]:
    """Yield the rows of JSON lines: texts or lists of words, with labels, tags or answers."""
    for number, line in lines:
        where = f"{path}:{number}"
        try:
            row = row_of(_object(line, where), columns, where=where, line=number)
        except DataFileError as error:
            refuse(error)
            continue
        yield row


def row_of(fields: Mapping[str, object], columns: Columns, *, where: str, line: int) -> Row:
    """Make a row of named values.

    Args:
        fields: By column: text as one string or as a list of words; the label as text or number,
            a list of tags, or answers as SQuAD has them (`text` and `answer_start`).
        columns: Which to read.
        where: File or split and line, for messages.
        line: Of the row, from 1.

    Raises:
        DataFileError: If a value is absent or of another kind.
    """
    row = Row(
        text=_text(fields, columns.text, where),
        pair=_text(fields, columns.pair, where) if columns.pair else "",
        label=_label(fields, columns.label, where) if columns.label else None,
        line=line,
    )
    return checked(row, where=where, has_pair=bool(columns.pair))


def join_words(words: list[str]) -> str:
    r"""Join words so that splitting at `WORD_SPACE` gives as many.

    >>> join_words(["New", "1 000"]).split(" ")
    ['New', '1\xa0000']
    """
    return WORD_SPACE.join(INNER_SPACE.join(word.split()) or INNER_SPACE for word in words)


def _object(line: str, where: str) -> Mapping[str, object]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataFileError(f"{where}: not a JSON object ({error.msg}); repair the row") from error
    if not isinstance(found, dict):
        raise DataFileError(f"{where}: not a JSON object; repair the row")
    return found


def _text(fields: Mapping[str, object], column: str, where: str) -> str:
    value = fields.get(column)
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return join_words(value)
    if isinstance(value, str | int):
        return str(value)
    raise _absent("text or whole number", column, fields, where)


def _label(fields: Mapping[str, object], column: str, where: str) -> RawLabel:
    value = fields.get(column)
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(tag, str | int) for tag in value):
        return tuple(str(tag) for tag in value)
    if isinstance(value, Mapping) and value.keys() >= _ANSWER:
        return _answers(value["text"], value["answer_start"], where)
    if isinstance(value, list) and all(
        isinstance(one, Mapping) and one.keys() >= _ANSWER for one in value
    ):
        return _answers(
            [one["text"] for one in value], [one["answer_start"] for one in value], where
        )
    raise _absent("text, number, list of tags or answers", column, fields, where)


def _answers(texts: object, starts: object, where: str) -> Answers:
    if not (isinstance(texts, list) and isinstance(starts, list) and texts):
        raise DataFileError(
            f"{where}: no answer; questions without one (SQuAD v2) are not supported, drop the row"
        )
    return Answers(texts=tuple(map(str, texts)), starts=tuple(int(start) for start in starts))


def _absent(what: str, column: str, fields: Mapping[str, object], where: str) -> DataFileError:
    return DataFileError(
        f"{where}: no {what} under {column!r} (keys: {', '.join(fields)}); repair the row or set "
        "text_column and label_column"
    )
