"""Columns: which of them hold what, and the row that is read from them."""

from dataclasses import dataclass
from string import whitespace

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.form import Answers

RawLabel = str | tuple[str, ...] | Answers | None
"""A class or number as it is written, the tag of each word, answers, or nothing."""


WORD_SPACE = " "
"""Between words that come one by one; white space within a word becomes `INNER_SPACE`."""

INNER_SPACE = "\N{NO-BREAK SPACE}"
"""A word that is nothing but white space is this alone, so it is never stripped from a row."""


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
    """Return the row with its texts stripped.

    A context keeps its white space, for its answers; tagged words keep every `INNER_SPACE`.

    Raises:
        DataFileError: If a text or the label is empty, tags are more or fewer than words, or an
            answer does not stand in the context where it is said to begin.
    """
    label = row.label.strip() if isinstance(row.label, str) else row.label
    is_question = isinstance(label, Answers)
    found = Row(
        text=row.text.strip(whitespace if isinstance(label, tuple) else None),
        pair=row.pair if is_question else row.pair.strip(),
        label=label,
        line=row.line,
    )
    filled = {
        "text": bool(found.text.strip()),
        "second text": bool(found.pair.strip()) or not has_pair,
        "label": label is None or bool(label),
    }
    for name, is_filled in filled.items():
        if not is_filled:
            raise DataFileError(f"{where}: the {name} is empty; repair or drop the row")
    if isinstance(label, Answers):
        _check_answers(label, found.pair, where)
    if isinstance(label, tuple):
        _check_words(found.text, len(label), where)
    return found


def _check_words(text: str, n_tags: int, where: str) -> None:
    if (n_words := len(text.split(WORD_SPACE))) != n_tags:
        raise DataFileError(
            f"{where}: {n_tags} tags for {n_words} words; repair the row, or set malformed: skip"
        )


def _check_answers(answers: Answers, context: str, where: str) -> None:
    for text, start in zip(answers.texts, answers.starts, strict=True):
        found = context[max(0, start) : max(0, start) + len(text)]
        if start < 0 or found != text:
            raise DataFileError(
                f"{where}: the answer {text!r} is said to begin at character {start} of its "
                f"context, where {found!r} stands; repair it, or set malformed: skip"
            )
