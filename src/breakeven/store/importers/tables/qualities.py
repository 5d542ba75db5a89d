"""Scores of a table, each column on one scale that its header says or all its cells agree on."""

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.errors import DataFileError
from breakeven.records import Kind, Origin, Score
from breakeven.store.importers.printed import read_printed
from breakeven.store.importers.tables.columns import Column
from breakeven.store.importers.tables.grid import Grid, Row

CORRELATIONS = frozenset({"mcc", "pearson", "spearman"})
"""Metrics from -1 to 1."""

UNBOUNDED = frozenset({"perplexity", "loss"})
"""Metrics from 0 on; smaller is better."""

LOWER_IS_BETTER = UNBOUNDED | {"error_rate"}

FRACTIONS = frozenset(
    {
        *("f1", "accuracy", "recall", "f1_macro", "f1_micro", "macro_f1", "micro_f1", "entity_f1"),
        *("answer_f1", "exact_match"),
    }
)
"""Metrics from 0 to 1 that records hold as fractions, also where a table prints percent."""

SHARES = FRACTIONS | {"top1", "top5", "error_rate", "rouge_l", "bleu"}
"""Metrics from 0 to 1, or 0 to 100 in percent; of one that is none of these nothing is known."""

SURELY_PERCENT = 10.0
"""A column of which one value is above this, and none at most 1, is in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Scores of one column.

    Attributes:
        values: By the place of the row; fractions where records hold fractions.
        is_percent: Whether the table prints percent.
    """

    values: Mapping[str, float]
    is_percent: bool


def scale_of(grid: Grid, column: Column) -> Scaled:
    """Scores of a column by row, checked against the one scale that fits all of them.

    Raises:
        DataFileError: If a cell is no number, lies outside of the scale, or no scale fits all;
            names row and column.
    """
    cells = [(row, row.cells[column.index]) for row in grid.rows if row.cells[column.index]]
    values = {row.place: _number(row, column, text, grid) for row, text in cells}
    metric, is_said = column.meaning.name, column.meaning.is_percent
    is_percent = bool(is_said)
    if metric in SHARES:
        is_percent = _is_percent(column, values) if is_said is None else is_percent
        _refuse_beyond(column, values, 0.0, 100.0 if is_percent else 1.0)
    elif metric in CORRELATIONS:
        _refuse_beyond(column, values, *((-100.0, 100.0) if is_percent else (-1.0, 1.0)))
    elif metric in UNBOUNDED:
        _refuse_beyond(column, values, 0.0, float("inf"))
    if is_percent and metric in FRACTIONS | CORRELATIONS:
        values = {place: round(value / 100, _DIGITS) for place, value in values.items()}
    return Scaled(values=values, is_percent=is_percent)


_DIGITS = 12
"""Of a fraction, so that 77.6 % is 0.776 to the last bit."""


def _number(row: Row, column: Column, text: str, grid: Grid) -> float:
    try:
        return read_printed(grid.with_point(text).removesuffix("%").strip()).value
    except ValueError as error:
        raise DataFileError(
            f"{row.place}: column {column.header!r} holds {text!r}; {error}."
        ) from error


def _is_percent(column: Column, values: Mapping[str, float]) -> bool:
    """Whether shares are in percent; refuses a column that may be either.

    Raises:
        DataFileError: If some of its values fit only the one and some only the other.
    """
    large = {place: value for place, value in values.items() if value > 1}
    if not large:
        return False
    place, value = next(iter(large.items()))
    small = [other for other in values if other not in large]
    if small or max(large.values()) <= SURELY_PERCENT:
        beside = f" beside {values[small[0]]:g} ({small[0]})" if small else ""
        raise DataFileError(
            f"{place}: column {column.header!r} holds {value:g}{beside}, which is no share of 1, "
            f"and percent is not said; call it {column.meaning.name}_percent or "
            f"{column.meaning.name}_frac, or say --column "
            f"{column.header}={column.meaning.name}_percent."
        )
    return True


def _refuse_beyond(column: Column, values: Mapping[str, float], low: float, high: float) -> None:
    for place, value in values.items():
        if not low <= value <= high:
            raise DataFileError(
                f"{place}: column {column.header!r} holds {value:g}, and {column.meaning.name} "
                f"lies between {low:g} and {high:g}; mend the cell, or say what the column is with "
                f"--column {column.header}=MEANING."
            )


def score(  # noqa: PLR0913 - each says one thing of the score
    column: Column,
    value: float,
    *,
    split: str,
    n_examples: int,
    n_correct: int | None,
    kind: Kind,
    origin: Origin,
) -> Score:
    """Make a score; of an accuracy the right answers are told where they were counted."""
    metric = column.meaning.name
    return Score(
        metric=metric,
        value=value,
        split=split,
        n_examples=n_examples,
        n_correct=n_correct if metric == "accuracy" and value <= 1 else None,
        higher_is_better=metric not in LOWER_IS_BETTER,
        kind=kind,
        origin=origin,
    )
