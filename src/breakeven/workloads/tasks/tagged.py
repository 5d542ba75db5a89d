"""Tagged: CoNLL columns, one word with its tag a line, a blank line between sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import Columns, Row
from breakeven.workloads.tasks.fields import join_words
from breakeven.workloads.tasks.lines import Line, Refuse, suffix_of


def read_tagged(
    path: Path, lines: Iterator[Line], columns: Columns, refuse: Refuse
) -> Iterator[Row]:
    """Yield sentences, their words joined by one space, with a tag per word.

    Columns are separated by one tab, or by any white space in lines without a tab. A refused
    line leaves its sentence without that word. In .conllu files comments and ranges of
    multi-word tokens are no words.

    Args:
        path: The file.
        lines: Blank ones too.
        columns: Numbers from 1.
        refuse: What is done about a line that lacks a column.

    Raises:
        DataFileError: If columns are not given by number.
    """
    if not all(column.isdigit() and int(column) > 0 for column in columns.named):
        raise DataFileError(
            f"{path} has columns without names, but text_column and tag_column are "
            f"{columns.text!r} and {columns.label!r}; set them as numbers from 1"
        )
    places = [int(column) - 1 for column in columns.named]
    is_conllu = suffix_of(path) == ".conllu"
    sentence: list[tuple[str, ...]] = []
    start = 0
    for number, line in lines:
        if not line.strip():
            yield from _sentence(sentence, start)
            sentence = []
        elif not (is_conllu and _is_beside(line)):
            start = start if sentence else number
            try:
                sentence.append(_fields(line, places, where=f"{path}:{number}"))
            except DataFileError as error:
                refuse(error)
    yield from _sentence(sentence, start)


def _fields(line: str, places: Sequence[int], *, where: str) -> tuple[str, ...]:
    fields = line.split("\t") if "\t" in line else line.split()
    if len(fields) <= max(places) or not all(fields[place].strip() for place in places):
        wanted = " and ".join(str(place + 1) for place in places)
        raise DataFileError(
            f"{where}: {line!r} has no columns {wanted}; repair the line, or set malformed: skip"
        )
    return tuple(fields[place].strip() for place in places)


def _sentence(words: Sequence[tuple[str, ...]], line: int) -> Iterator[Row]:
    if words:
        tags = tuple(fields[-1] for fields in words) if len(words[0]) > 1 else None
        yield Row(text=join_words([fields[0] for fields in words]), label=tags, line=line)


def _is_beside(line: str) -> bool:
    """Whether a line of CoNLL-U is a comment, or a token that its words repeat."""
    return line.startswith("#") or not line.split("\t", 1)[0].isdigit()
