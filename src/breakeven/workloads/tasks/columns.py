"""Columns: which of them hold what, and the row that is read from them."""

from dataclasses import dataclass

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.form import Answers

RawLabel = str | tuple[str, ...] | Answers | None
"""A class or number as it is written, the tag of each word, answers, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold text and label.

    Attributes:
        text: Name in the header (or key of the JSON object), or a number from 1.
        label: The same for the label or the tags; empty where rows carry none.
        pair: The same for a second text; empty where there is none.
    """

    text: str
    label: str = ""
    pair: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Those that are read, text first."""
        return tuple(column for column in (self.text, self.pair, self.label) if column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example as it stands in its file."""

    text: str
    label: RawLabel = None
    pair: str = ""
    line: int


def checked(row: Row, *, where: str, has_pair: bool) -> Row:
    """Return the row with its texts stripped; a context keeps its white space, for its answers.

    Raises:
        DataFileError: If a text or the label is empty, or an answer does not stand in the context
            where it is said to begin.
    """
    label = row.label.strip() if isinstance(row.label, str) else row.label
    is_question = isinstance(label, Answers)
    found = Row(
        text=row.text.strip(),
        pair=row.pair if is_question else row.pair.strip(),
        label=label,
        line=row.line,
    )
    filled = {
        "text": bool(found.text),
        "second text": bool(found.pair.strip()) or not has_pair,
        "label": label is None or bool(label),
    }
    for name, is_filled in filled.items():
        if not is_filled:
            raise DataFileError(f"{where}: the {name} is empty; repair or drop the row")
    if isinstance(label, Answers):
        _check_answers(label, found.pair, where)
    return found


def _check_answers(answers: Answers, context: str, where: str) -> None:
    for text, start in zip(answers.texts, answers.starts, strict=True):
        found = context[max(0, start) : max(0, start) + len(text)]
        if start < 0 or found != text:
            raise DataFileError(
                f"{where}: the answer {text!r} is said to begin at character {start} of its "
                f"context, where {found!r} stands; repair it, or set malformed: skip"
            )
