"""Labelling: turn rows into splits, with one set of labels for all of them."""

import random
from collections.abc import Iterable, Sequence

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.rows import Row
from breakeven.workloads.tasks.task import Split

MAX_LABELS = 1000
"""More distinct labels than this and the column is surely not a class."""


def label_set(stated: str, rows: Iterable[Row], *, where: str) -> tuple[str, ...]:
    """Labels as the user stated them, else those of the training rows, sorted.

    Whole numbers sort by value, so that "10" follows "9".

    Args:
        stated: Comma-separated; empty when not stated.
        rows: Training rows.
        where: The training file, for messages.

    Raises:
        DataFileError: If there are fewer than two labels, a doubled one, or far too many.
    """
    labels = [part.strip() for part in stated.split(",") if part.strip()]
    if not labels:
        labels = sorted({row.label for row in rows}, key=_natural)
    if not 2 <= len(labels) <= MAX_LABELS or len(set(labels)) < len(labels):
        shown = ", ".join(labels[:5])
        raise DataFileError(
            f"{where}: {len(labels)} labels ({shown}), expected 2 to {MAX_LABELS} different ones; "
            "check label_column and labels"
        )
    return tuple(labels)


def to_split(rows: Sequence[Row], labels: Sequence[str], *, where: str) -> Split[int]:
    """Make a split, refusing labels outside the set.

    Raises:
        DataFileError: If a label is not in the set (the message names label, line and set),
            or there are no rows.
    """
    if not rows:
        raise DataFileError(f"{where} holds no rows; check the file")
    index = {label: i for i, label in enumerate(labels)}
    for row in rows:
        if row.label not in index:
            raise DataFileError(
                f"{where}:{row.line}: label {row.label!r} is outside the set "
                f"{{{', '.join(labels)}}}; repair the row or set `labels`"
            )
    return Split(
        texts=tuple(row.text for row in rows),
        labels=tuple(index[row.label] for row in rows),
        sources=tuple(f"{where}:{row.line}" for row in rows),
    )


def hold_out(split: Split[int], *, share: float, seed: int) -> tuple[Split[int], Split[int]]:
    """Divide a split in two at random.

    Args:
        split: What to divide.
        share: Fraction of examples set aside, above 0 and below 1; at least one is.
        seed: Of the choice.

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
    aside = set(rng.sample(range(len(split)), n_aside))
    rest = [i for i in range(len(split)) if i not in aside]
    return split.take(rest), split.take(sorted(aside))


def _natural(label: str) -> tuple[int, int, str]:
    is_number = label.lstrip("-").isdecimal()
    return (0, int(label), label) if is_number else (1, 0, label)
