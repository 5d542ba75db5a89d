"""Rows: read examples from files of any format, one at a time, naming file and line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import Columns, Row
from breakeven.workloads.tasks.fields import read_json_lines
from breakeven.workloads.tasks.form import RUNNING, Form
from breakeven.workloads.tasks.lines import Refuse, check_is_there, read_lines, stop, suffix_of
from breakeven.workloads.tasks.squad import read_squad
from breakeven.workloads.tasks.tagged import read_tagged
from breakeven.workloads.tasks.text import read_text
from breakeven.workloads.tasks.tsv import read_tsv

__all__ = ["Columns", "Manner", "Row", "form_of_file", "read_rows", "read_texts"]

_FORMATS = (".tsv", ".jsonl", ".json", ".txt")
_FORM_OF_SUFFIX = {".json": Form.QUESTION_ANSWERING, ".txt": Form.LANGUAGE_MODELLING}
_CONLLU_TEXT = "# text = "


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How files are read.

    Attributes:
        form: What is asked, where that is known; None leaves it to the file's name.
        errors: "strict", or "replace" where bytes are no UTF-8.
        unit: Of running text: "line" or "paragraph".
        refuse: What is done about a malformed row.
    """

    form: Form | None = None
    errors: str = "strict"
    unit: str = "line"
    refuse: Refuse = stop


PLAIN = Manner()


def form_of_file(path: Path) -> Form | None:
    """Form that a file's name tells: .json is SQuAD's, .txt running text; None for others."""
    return _FORM_OF_SUFFIX.get(suffix_of(path))


def read_rows(path: Path, columns: Columns, manner: Manner = PLAIN) -> Iterator[Row]:
    """Yield the examples of a file, possibly with .gz behind its name.

    .tsv and .jsonl hold a row a line; .json is SQuAD's; .txt is running text. For token
    classification any other name, and .txt, are columns with a line per word.

    Raises:
        DataFileError: If the file is missing, of another format, not UTF-8, or a row is
            malformed; the message begins with file and line.
    """
    suffix = suffix_of(path)
    form = manner.form or form_of_file(path)
    is_tagged = form is Form.TOKEN_CLASSIFICATION and suffix != ".jsonl"
    has_rows = suffix in (".tsv", ".jsonl", ".json") and not is_tagged
    lines = read_lines(path, errors=manner.errors, keeps_blank=not has_rows)
    if form in RUNNING:
        columns = Columns(text=columns.text)
    if is_tagged:
        return read_tagged(path, lines, columns, manner.refuse)
    if suffix == ".tsv":
        return read_tsv(path, lines, columns, manner.refuse)
    if suffix == ".jsonl":
        return read_json_lines(path, lines, columns, manner.refuse)
    if suffix == ".json":
        return read_squad(path, lines, manner.refuse)
    if form in RUNNING:
        return read_text(lines, unit=manner.unit)
    check_is_there(path)
    raise DataFileError(
        f"{path} ends in {suffix or 'nothing'}; expected one of {', '.join(_FORMATS)}, optionally "
        "with .gz behind it. Rename or convert the file, or set tag_column if it has a word a line."
    )


def read_texts(path: Path, column: str, manner: Manner = PLAIN) -> Iterator[str]:
    """Yield the texts of a corpus: .jsonl, .tsv, .txt (by line or paragraph) or .conllu.

    Args:
        path: The file, possibly with .gz behind its name.
        column: Name in the header, key of the JSON object, or number from 1; .txt has none.
        manner: How it is read, its form apart.

    Raises:
        DataFileError: As `read_rows`.
    """
    if suffix_of(path) == ".conllu":
        lines = (text for _, text in read_lines(path, errors=manner.errors))
        yield from (t.removeprefix(_CONLLU_TEXT) for t in lines if t.startswith(_CONLLU_TEXT))
        return
    as_text = replace(manner, form=Form.LANGUAGE_MODELLING)
    yield from (row.text for row in read_rows(path, Columns(text=column), as_text))
