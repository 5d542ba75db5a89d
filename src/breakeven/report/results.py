"""Results: what a store comes to, for a notebook or a script; the same as the page, as values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.analysis.asked import NOTHING, Questions
from breakeven.analysis.overview import analyse as analyse_runs
from breakeven.analysis.results import StudyAnalysis
from breakeven.errors import MissingExtraError, UnknownNameError
from breakeven.report.optimum_words import leads
from breakeven.report.summary import summary
from breakeven.report.tables import Table, tables
from breakeven.store import Store, StoredAnswers
from breakeven.store.kept import stored_progress

if TYPE_CHECKING:
    import pandas as pd

FIRST_TABLE = "pathways"
"""Shown with the answer in a notebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was concluded from the runs of one study.

    Attributes:
        analysis: Every conclusion as values, with intervals, kinds and the runs behind them.
        tables: The tables of the report by name.
    """

    analysis: StudyAnalysis
    tables: Mapping[str, Table] = field(repr=False)

    @property
    def text(self) -> str:
        """The answer for a terminal, plain ASCII."""
        return summary(self.analysis)

    def table(self, name: str) -> Table:
        """Return one table of the report.

        Raises:
            UnknownNameError: If there is none of that name; lists the known ones.
        """
        if name not in self.tables:
            raise UnknownNameError("table", name, self.tables)
        return self.tables[name]

    def to_pandas(self, name: str = FIRST_TABLE) -> "pd.DataFrame":
        """Return one table as a frame, in SI units; missing is NaN or None, never 0.

        Numbers have their interval and kind in columns of their own, `_low`, `_high` and `_kind`.
        A break-even that is never reached is infinite, as is the end of an interval without one.

        Raises:
            MissingExtraError: If pandas is not installed.
            UnknownNameError: As `table`.
        """
        table = self.table(name)
        try:
            import pandas as pd  # noqa: PLC0415 - optional
        except ImportError as error:
            raise MissingExtraError("Results.to_pandas", "pandas") from error
        heads = [head for column in table.columns for head in column.fields]
        frame = pd.DataFrame(table.to_data()["rows"], columns=heads)
        for head, values in _numbers(table):  # JSON, of which the others are, has no infinity
            has_words = any(isinstance(value, str) for value in values)
            is_float = None in values and not has_words
            frame[head] = pd.Series(values, dtype=float if is_float else None)
        return frame

    def __repr__(self) -> str:
        told = self.analysis.recommendation
        return (
            f"<Results of study {self.analysis.definition.name!r}: recommended "
            f"{told.pathway or 'nothing'}; tables {', '.join(self.tables)}>"
        )

    def _repr_html_(self) -> str:
        name = escape(self.analysis.definition.name)
        table = self.tables[FIRST_TABLE]._repr_html_()
        return f"<h4>{name}</h4>{table}<pre>{escape(self._answer())}</pre>"

    def _repr_markdown_(self) -> str:
        return f"{self.tables[FIRST_TABLE].to_markdown()}\n```text\n{self._answer()}\n```\n"

    def _answer(self) -> str:
        """The sentences of the summary, which begin after its table; a search's has none."""
        text = self.text
        return text.strip() if leads(self.analysis) else text.partition("\n\n")[2].strip()


def _numbers(table: Table) -> Iterator[tuple[str, list[float | str | None]]]:
    """Values and ends of the columns of numbers, by name of the head."""
    for place, column in enumerate(table.columns):
        if column.is_number:
            cells = [row[place] for row in table.rows]
            yield column.name, [cell.value for cell in cells]
            if not column.is_plain:
                yield f"{column.name}_low", [cell.low for cell in cells]
                yield f"{column.name}_high", [cell.high for cell in cells]


def analyse(
    store: Store | Path | str, *, study: str | None = None, asked: Questions = NOTHING
) -> Results:
    """Analyse a store, as `breakeven report` does, and write nothing.

    Args:
        store: The store or its folder.
        study: Name of the study; needed when the store holds several.
        asked: Questions beyond those that every report answers.

    Raises:
        NoStudyError: If the store holds no study, or several and none is named.
        UnknownNameError: If it holds no study of that name.
        RecordFormatError: If there is no store.
    """
    if isinstance(store, Store):
        return _results(store, study, asked)
    with Store(store, create=False) as opened:
        return _results(opened, study, asked)


def _results(store: Store, study: str | None, asked: Questions) -> Results:
    definition = store.study(study)
    runs = store.runs(study=definition.name)
    found = analyse_runs(
        definition,
        runs,
        asked=asked,
        answers=StoredAnswers(store, study=definition.name),
    )
    optimum, progress = store.optimum(definition.name), stored_progress(store, runs)
    found = replace(found, optimum=optimum, progress=progress)
    return Results(analysis=found, tables=tables(found))
