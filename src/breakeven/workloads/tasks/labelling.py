"""Labelling: turn rows into splits, with one form and one set of labels for all of them."""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import Row
from breakeven.workloads.tasks.form import Answers, Form
from breakeven.workloads.tasks.task import Split

L = TypeVar("L")

MAX_LABELS = 1000
"""More distinct labels than this and the column is surely not a class."""


def form_of_rows(rows: Sequence[Row], *, has_classes: bool) -> Form:
    """Form that the labels of rows tell.

    Numbers are a regression only where one of them has a fraction: 0, 1 and 2.0 are classes.

    Args:
        rows: Of the training split.
        has_classes: Whether the user stated the set of labels.
    """
    label = rows[0].label if rows else ""
    if label is None:
        return Form.LANGUAGE_MODELLING
    if isinstance(label, tuple):
        return Form.TOKEN_CLASSIFICATION
    if isinstance(label, Answers):
        return Form.QUESTION_ANSWERING
    numbers = [_number(row.label) for row in rows]
    are_numbers = all(number is not None for number in numbers)
    has_fraction = any(number is not None and not number.is_integer() for number in numbers)
    is_regression = are_numbers and has_fraction and not has_classes
    return Form.REGRESSION if is_regression else Form.CLASSIFICATION


def label_set(stated: str, found: Iterable[str], *, where: str) -> tuple[str, ...]:
    """Labels as the user stated them, else those that were found, sorted.

    Whole numbers sort by value, so that "10" follows "9".

    Args:
        stated: Comma-separated; empty when not stated.
        found: Classes or tags of the rows.
        where: The training file, for messages.

    Raises:
        DataFileError: If there are fewer than two labels, a doubled one, or far too many.
    """
    labels = [part.strip() for part in stated.split(",") if part.strip()]
    if not labels:
        labels = sorted(set(found), key=_natural)
    if not 2 <= len(labels) <= MAX_LABELS or len(set(labels)) < len(labels):
        shown = ", ".join(labels[:5])
        raise DataFileError(
            f"{where}: {len(labels)} labels ({shown}), expected 2 to {MAX_LABELS} different ones; "
            "check label_column and labels, or set form: regression if they are numbers"
        )
    return tuple(labels)


def names_in(rows: Iterable[Row]) -> Iterable[str]:
    """Every class or tag of rows, as often as it occurs."""
    return chain.from_iterable(_names(row) for row in rows)


def to_split(rows: Sequence[Row], form: Form, labels: Sequence[str], *, where: str) -> Split[Any]:
    """Make a split, refusing labels that the form cannot have.

    Args:
        rows: As they were read.
        form: What is asked.
        labels: The set of classes or tags; () for other forms.
        where: The file, for messages.

    Raises:
        DataFileError: If a label is not in the set, not a number, or not of the form (the message
            names label and line), or there are no rows.
    """
    if not rows:
        raise DataFileError(f"{where} holds no rows; check the file")
    index = {label: i for i, label in enumerate(labels)}
    places = [f"{where}:{row.line}" for row in rows]
    return Split(
        texts=tuple(row.text for row in rows),
        pairs=tuple(row.pair for row in rows) if rows[0].pair else (),
        labels=tuple(_label(r, form, index, p) for r, p in zip(rows, places, strict=True)),
        sources=tuple(places),
    )


def hold_out(
    split: Split[L], *, share: float, seed: int, limit: int = 0, is_running_text: bool = False
) -> tuple[Split[L], Split[L]]:
    """Divide a split in two at random, or running text where its last part begins.

    Args:
        split: What to divide.
        share: Fraction of examples set aside, above 0 and below 1; at least one is.
        seed: Of the choice.
        limit: How many are set aside at most, of those that would be without it; 0 for no limit.
        is_running_text: Whether the last examples are set aside, whatever the seed.

    Returns:
        The rest and the part set aside, each in the original order.

    Raises:
        DataFileError: If there are fewer than two examples to divide.
    """
    if len(split) < 2:
        raise DataFileError(
            f"{len(split)} training row cannot be divided into training and validation; "
            "add rows or set `validation`"
        )
    n_aside = min(max(1, round(share * len(split))), len(split) - 1)
    rng = random.Random(f"hold-out-{seed}")  # noqa: S311 - a split, not a secret
    order = range(len(split))
    chosen = order[: -n_aside - 1 : -1] if is_running_text else rng.sample(order, n_aside)
    aside = set(chosen[: limit or None])
    rest = [i for i in order if i not in aside]
    return split.take(rest), split.take(sorted(aside))


def _label(row: Row, form: Form, index: Mapping[str, int], place: str) -> object:
    match form, row.label:
        case (Form.LANGUAGE_MODELLING | Form.GENERATION, _):
            return None
        case (Form.CLASSIFICATION, str() as name):
            return _index(name, index, place)
        case (Form.TOKEN_CLASSIFICATION, tuple() as tags):
            return tuple(_index(tag, index, place) for tag in tags)
        case (Form.REGRESSION, str() as text) if (number := _number(text)) is not None:
            return number
        case (Form.QUESTION_ANSWERING, Answers() as answers):
            return answers
    raise DataFileError(
        f"{place}: {row.label!r} is no label for {form}, which needs {_NEEDS[form]}; repair the "
        "row, or set form, label_column or tag_column"
    )


_NEEDS = {
    Form.CLASSIFICATION: "a class",
    Form.TOKEN_CLASSIFICATION: "a tag for each word",
    Form.REGRESSION: "a number",
    Form.QUESTION_ANSWERING: "answers with their starts",
}


def _index(name: str, index: Mapping[str, int], place: str) -> int:
    if name not in index:
        raise DataFileError(
            f"{place}: label {name!r} is outside the set {{{', '.join(index)}}}; repair the row or "
            "set `labels`"
        )
    return index[name]


def _names(row: Row) -> tuple[str, ...]:
    match row.label:
        case str() as name:
            return (name,)
        case tuple() as tags:
            return tags
    return ()


def _number(label: object) -> float | None:
    try:
        number = float(label) if isinstance(label, str) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _natural(label: str) -> tuple[int, int, str]:
    is_number = label.lstrip("-").isdecimal()
    return (0, int(label), label) if is_number else (1, 0, label)
