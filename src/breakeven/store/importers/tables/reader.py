"""Read each row of a table into an entry: every cell is what its column says, or an error."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from breakeven.errors import DataFileError
from breakeven.records import Kind, Scalar, Score, Stage, Status, Volume
from breakeven.store.importers.tables.amounts import Amount, read_amount, read_kind
from breakeven.store.importers.tables.columns import Column, Said, kind_target
from breakeven.store.importers.tables.entries import NO_DATE, Defaults, Entry
from breakeven.store.importers.tables.grid import Grid, Row
from breakeven.store.importers.tables.qualities import scale_of, score
from breakeven.store.importers.tables.settings import as_scalar, told_settings
from breakeven.store.importers.tables.vocabulary import Use

STAGES: Mapping[str, Stage] = {
    **{stage.value: stage for stage in Stage if stage is not Stage.STATED},
    **dict.fromkeys(("pretraining", "pre-training", "pre-train"), Stage.PRETRAIN),
    **dict.fromkeys(("fine-tune", "finetuning", "fine-tuning", "train"), Stage.FINETUNE),
    "training": Stage.FINETUNE,
    **dict.fromkeys(("distill", "distillation"), Stage.DISTIL),
    **dict.fromkeys(("tuning", "search"), Stage.TUNE),
    **dict.fromkeys(("evaluation", "eval", "test"), Stage.EVALUATE),
    **dict.fromkeys(("inference", "deploy", "deployment", "use"), Stage.INFER),
}
"""Stage by how a table calls it."""


def read_entries(
    grid: Grid, columns: Sequence[Column], *, said: Said, defaults: Defaults
) -> tuple[Entry, ...]:
    """Read every row.

    Raises:
        DataFileError: If a cell cannot be what its column says; names row and column.
    """
    reader = _Reader(grid, columns, said, defaults)
    return tuple(reader.entry(number, row) for number, row in enumerate(grid.rows))


class _Reader:
    """One table's columns, looked up by use."""

    def __init__(
        self, grid: Grid, columns: Sequence[Column], said: Said, defaults: Defaults
    ) -> None:
        self._grid, self._said, self._defaults = grid, said, defaults
        self._single: dict[Use, Column] = {
            c.meaning.use: c
            for c in columns
            if c.meaning.use not in (Use.COST, Use.SCORE, Use.COUNT, Use.SETTING, Use.KIND)
        }
        self._by_use = {use: [c for c in columns if c.meaning.use is use] for use in Use}
        targets = {
            target: kind
            for kind in self._by_use[Use.KIND]
            if (target := kind_target(kind, columns)) is not None
        }
        self._kind_of = targets
        self._scores = {c: scale_of(grid, c).values for c in self._by_use[Use.SCORE]}

    def entry(self, number: int, row: Row) -> Entry:
        """Read one row."""
        word = self._needed(row, Use.STAGE, self._defaults.stage, "--stage infer")
        n_correct = self._whole(row, Use.N_CORRECT)
        volume = self._volume(row)
        amounts, left_out = self._amounts(row)
        return Entry(
            place=row.place,
            number=number,
            id=self._text(row, Use.ID),
            pathway=self._needed(row, Use.PATHWAY, self._defaults.pathway, "--pathway NAME"),
            stage=self._stage(row, word),
            stage_word=word.lower(),
            configuration=self._text(row, Use.CONFIGURATION),
            parents=self._parents(row),
            repeat=self._whole(row, Use.REPEAT),
            n_repeats=self._n_repeats(row),
            block=self._whole(row, Use.BLOCK),
            role=self._role(row),
            status=self._status(row),
            started_at=self._date(row),
            amounts=amounts,
            left_out=left_out,
            volume=volume,
            scores=self._scored(row, volume, n_correct),
            settings=self._settings(row),
        )

    def _text(self, row: Row, use: Use) -> str:
        column = self._single.get(use)
        return "" if column is None else row.cells[column.index]

    def _needed(self, row: Row, use: Use, default: str, flag: str) -> str:
        if found := self._text(row, use) or default:
            return found
        if use not in self._single:
            raise DataFileError(
                f"{self._grid.place}: no column says the {use} of a row; add one called {use}, "
                f"name it with --column HEADER={use}, or say it of all rows with {flag}."
            )
        raise DataFileError(
            f"{row.place}: column {self._single[use].header!r} is empty; every row has a {use}."
        )

    def _stage(self, row: Row, word: str) -> Stage:
        if word.lower() in STAGES:
            return STAGES[word.lower()]
        close = get_close_matches(word.lower(), STAGES, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        known = ", ".join(stage.value for stage in Stage if stage is not Stage.STATED)
        where = (
            f"column {self._single[Use.STAGE].header!r} holds"
            if self._text(row, Use.STAGE)
            else "--stage is"
        )
        raise DataFileError(
            f"{row.place}: {where} {word!r}, which is no stage.{hint} Known: {known}."
        )

    def _parents(self, row: Row) -> tuple[str, ...] | None:
        if Use.PARENTS not in self._single:
            return None
        names = self._text(row, Use.PARENTS).replace("|", ";").split(";")
        return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))

    def _whole(self, row: Row, use: Use) -> int | None:
        column = self._single.get(use)
        if column is None or not row.cells[column.index]:
            return None
        return _whole(row, column)

    def _n_repeats(self, row: Row) -> int:
        found = self._whole(row, Use.N_REPEATS)
        if found == 0:
            header = self._single[Use.N_REPEATS].header
            raise DataFileError(
                f"{row.place}: column {header!r} holds 0, and the mean of no runs is no number; "
                "leave the row out."
            )
        return 1 if found is None else found

    def _role(self, row: Row) -> str:
        found = self._text(row, Use.ROLE)
        if found and found not in _ROLES:
            raise DataFileError(
                f"{row.place}: column {self._single[Use.ROLE].header!r} holds {found!r}; expected "
                f"{', '.join(_ROLES)}. If it says something else, keep it as a setting with "
                f"--column {self._single[Use.ROLE].header}=setting."
            )
        return found

    def _status(self, row: Row) -> Status:
        found = self._text(row, Use.STATUS).lower() or Status.OK.value
        known = [status.value for status in Status]
        if found not in known:
            raise DataFileError(
                f"{row.place}: column {self._single[Use.STATUS].header!r} holds {found!r}; "
                f"expected one of {', '.join(known)}."
            )
        return Status(found)

    def _date(self, row: Row) -> str:
        text = self._text(row, Use.DATE) or self._defaults.date
        if not text:
            return NO_DATE
        whole = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
        try:
            when = datetime.fromisoformat(whole)
        except ValueError as error:
            raise DataFileError(
                f"{row.place}: {text!r} is no date; expected 2023, 2023-05, 2023-05-31 or a time "
                "as ISO 8601 has it."
            ) from error
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def _volume(self, row: Row) -> Volume:
        counts = {
            column.meaning.name: _whole(row, column)
            for column in self._by_use[Use.COUNT]
            if row.cells[column.index]
        }
        return Volume(**counts)

    def _amounts(self, row: Row) -> tuple[tuple[Amount, ...], dict[str, str]]:
        found, left_out = [], {}
        for column in self._by_use[Use.COST]:
            text = row.cells[column.index]
            if column.header in self._said.negative_unknown and self._is_below_0(text):
                left_out[column.header] = text
                continue
            amount = read_amount(
                row,
                column,
                kind=self._kind(row, column),
                is_exact=column.header in self._said.exact,
                origin=self._defaults.origin,
                has_decimal_commas=self._grid.has_decimal_commas,
            )
            if amount is not None:
                found.append(amount)
        return tuple(found), left_out

    def _is_below_0(self, text: str) -> bool:
        try:
            return float(self._grid.with_point(text)) < 0
        except ValueError:
            return False

    def _kind(self, row: Row, column: Column) -> str:
        kind = self._kind_of.get(column)
        return "" if kind is None else row.cells[kind.index]

    def _scored(self, row: Row, volume: Volume, n_correct: int | None) -> tuple[Score, ...]:
        if n_correct is not None and not 0 < max(1, n_correct) <= volume.n_examples:
            raise DataFileError(
                f"{row.place}: column {self._single[Use.N_CORRECT].header!r} holds {n_correct}, of "
                f"{volume.n_examples} examples; say how many there are in a column n_examples."
            )
        split = self._text(row, Use.SPLIT) or "test"
        found = []
        for column, values in self._scores.items():
            if row.place in values:
                kind, origin = read_kind(
                    self._kind(row, column), row=row, of=column, origin=self._defaults.origin
                )
                found.append(
                    score(
                        column,
                        values[row.place],
                        split=split,
                        n_examples=volume.n_examples,
                        n_correct=n_correct,
                        kind=kind,
                        origin=origin,
                    )
                )
        if n_correct is not None and all(each.metric != "accuracy" for each in found):
            found.append(
                Score(
                    metric="accuracy",
                    value=n_correct / volume.n_examples,
                    split=split,
                    n_examples=volume.n_examples,
                    n_correct=n_correct,
                    kind=Kind.COUNTED,
                    origin=self._defaults.origin,
                )
            )
        return tuple(found)

    def _settings(self, row: Row) -> Mapping[str, Scalar]:
        configuration = self._text(row, Use.CONFIGURATION)
        return told_settings(configuration, self._defaults.settings) | {
            column.meaning.name: self._scalar(row.cells[column.index])
            for column in self._by_use[Use.SETTING]
            if row.cells[column.index]
        }

    def _scalar(self, text: str) -> Scalar:
        value = as_scalar(self._grid.with_point(text))
        return text if isinstance(value, str) else value


_ROLES = ("reference", "aa", "sweep")


def _whole(row: Row, column: Column) -> int:
    text = row.cells[column.index]
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (0 <= value < math.inf and value == int(value)):
        raise DataFileError(
            f"{row.place}: column {column.header!r} holds {text!r}; expected a whole number, 0 or "
            "more."
        )
    return int(value)
