"""Table: one set of rows that becomes CSV for machines, Markdown for papers, text for terminals."""

import csv
import io
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

from breakeven.errors import UnknownNameError
from breakeven.records import Estimate
from breakeven.records.notebook import html_table
from breakeven.report.kinds import Badge, badges
from breakeven.report.signs import EM_DASH, EN_DASH, INFINITY, MICRO, MIDDLE_DOT, MINUS, NBSP, TIMES
from breakeven.report.tables.blocks import block_lines
from breakeven.report.tables.markdown import in_block, in_markdown
from breakeven.report.tables.tex import in_tex, tex_row

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms of the first, which some spreadsheets read alike."""
_ASCII = str.maketrans(
    {EN_DASH: "-", NBSP: " ", TIMES: "x", MINUS: "-", MIDDLE_DOT: "|", EM_DASH: "-", MICRO: "u"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One entry.

    Attributes:
        text: For people, with unit and interval.
        value: For machines, in SI units; None when missing. Whole numbers stay exact.
        low: Lower end of the interval.
        high: Upper end.
        badges: How the number came about.
        hint: Why it is missing, or where it comes from.
        estimate: What the number rests on; None for a plain one.
    """

    text: str
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    badges: tuple[Badge, ...] = ()
    hint: str = ""
    estimate: Estimate | None = field(default=None, compare=False, repr=False)

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing to show but a reason."""
        return self.value is None


def words(text: str, *, hint: str = "") -> Cell:
    """Make a cell of plain text."""
    return Cell(text=text, value=text, hint=hint)


def missing(text: str, *, hint: str) -> Cell:
    """Make a cell that says why there is no number."""
    return Cell(text=text, hint=hint)


def number(estimate: Estimate | None, text: str, *, hint: str = "") -> Cell:
    """Make a cell of an estimate and its text."""
    if estimate is None or estimate.value is None:
        return missing(text, hint=hint)
    return Cell(
        text=text,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        badges=badges(estimate),
        hint=hint or estimate.method,
        estimate=estimate,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: For machines, with unit suffix; CSV adds `_low`, `_high` and `_kind` to numbers.
        title: For people.
        is_number: Whether its cells are estimates.
        group: Head above several columns; empty for none.
        is_plain: Whether its numbers have neither interval nor kind of their own, so that CSV holds
            one field of each; other columns may say what they are.
    """

    name: str
    title: str
    is_number: bool = False
    group: str = ""
    is_plain: bool = False

    @property
    def full_title(self) -> str:
        """Title with its group, for formats that have one line of heads."""
        return f"{self.group}: {self.title}" if self.group else self.title

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what machines are told of it: the value, and of estimates its ends and kind."""
        has_more = self.is_number and not self.is_plain
        suffixes = ("", "_low", "_high", "_kind") if has_more else ("",)
        return tuple(self.name + suffix for suffix in suffixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns.

    Attributes:
        name: File name without ending.
        caption: What the rows say, one sentence.
        columns: In order.
        rows: shape (n_rows, n_columns).
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.name}: a row has {len(row)} cells for {len(self.columns)} columns"
                )

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Heads above heads, each with the number of columns it spans; empty for none."""
        spans = tuple(
            (name, len(list(columns)))
            for name, columns in groupby(self.columns, key=attrgetter("group"))
        )
        return spans if any(name for name, _ in spans) else ()

    def without(self, names: Collection[str]) -> "Table":
        """The same without some of its columns; for the page, the CSV holds all."""
        return self.only([column.name for column in self.columns if column.name not in names])

    def led_by(self, column: Column, text: str) -> "Table":
        """The same with a first column that says one thing in every row."""
        cell = Cell(text=text, value=text)
        return replace(
            self,
            columns=(column, *self.columns),
            rows=tuple((cell, *row) for row in self.rows),
        )

    def only(self, names: Sequence[str]) -> "Table":
        """The same with some of its columns, in the order asked for.

        Raises:
            UnknownNameError: If there is no column of a name.
        """
        known = [column.name for column in self.columns]
        for name in names:
            if name not in known:
                raise UnknownNameError("column", name, known)
        kept = [known.index(name) for name in names]
        return replace(
            self,
            columns=tuple(self.columns[i] for i in kept),
            rows=tuple(tuple(row[i] for i in kept) for row in self.rows),
        )

    def common_badges(self, index: int) -> tuple[Badge, ...]:
        """Signs that every number of a column bears, to be shown once in its head; else none."""
        found = {row[index].badges for row in self.rows if row[index].badges}
        return found.pop() if len(found) == 1 else ()

    def to_csv(self, *, is_exact: bool = False) -> str:
        """CSV with SI values; an empty field is a missing number, never 0.

        Args:
            is_exact: Whether to write every digit that is kept, not the first six.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([_harmless(head) for column in self.columns for head in column.fields])
        for row in self.rows:
            pairs = zip(self.columns, row, strict=True)
            writer.writerow(
                [field for column, cell in pairs for field in _fields(column, cell, is_exact)]
            )
        return out.getvalue()

    def to_markdown(self) -> str:
        """Markdown with units and intervals, caption first."""
        titles = [in_markdown(column.full_title) for column in self.columns]
        marks = ["---:" if column.is_number else "---" for column in self.columns]
        body = [[in_markdown(_with_kind(cell)) for cell in row] for row in self.rows]
        lines = ["| " + " | ".join(fields) + " |" for fields in (titles, marks, *body)]
        return f"{in_block(self.caption)}\n\n" + "\n".join(lines) + "\n"

    def to_tex(self) -> str:
        """LaTeX that needs no package: a `tabular` in a `table`, with units and intervals."""
        marks = "".join("r" if column.is_number else "l" for column in self.columns)
        titles = [in_tex(column.full_title) for column in self.columns]
        body = [[in_tex(_with_kind(cell)) for cell in row] for row in self.rows]
        head, *lines = map(tex_row, (titles, *body))
        return "\n".join(
            (
                r"\begin{table}",
                rf"\caption{{{in_tex(self.caption)}}}",
                rf"\begin{{tabular}}{{{marks}}}",
                r"\hline",
                head,
                r"\hline",
                *lines,
                r"\hline",
                r"\end{tabular}",
                r"\end{table}",
                "",
            )
        )

    def to_data(self) -> dict[str, object]:
        """Values for JSON: one object per row, in SI; None where CSV is empty, infinity too."""
        rows = [
            {
                name: value
                for column, cell in zip(self.columns, row, strict=True)
                for name, value in zip(column.fields, _values(column, cell), strict=True)
            }
            for row in self.rows
        ]
        return {"name": self.name, "caption": self.caption, "rows": rows}

    def to_json(self) -> str:
        """JSON of the same."""
        return json.dumps(self.to_data(), indent=1) + "\n"

    def _repr_html_(self) -> str:
        """What a notebook shows: the texts with their kinds, as Markdown has them."""
        return html_table(
            [column.full_title for column in self.columns],
            [[_with_kind(cell) for cell in row] for row in self.rows],
            caption=self.caption,
            is_number=[column.is_number for column in self.columns],
        )

    def to_text(self, width: int | None = None) -> str:
        """Aligned columns of plain ASCII for a terminal.

        Args:
            width: Characters of a line; a wider table becomes blocks of columns one below the
                other, each led by what tells its rows apart. None for lines of any length.
        """
        titles = [column.full_title for column in self.columns]
        body = [[in_ascii(cell.text).replace("\n", " ") for cell in row] for row in self.rows]
        is_number = [column.is_number for column in self.columns]
        blocks = block_lines([titles, *body], is_number=is_number, width=width)
        return "\n".join("".join(f"{line}\n" for row in block for line in row) for block in blocks)


def _fields(column: Column, cell: Cell, is_exact: bool) -> list[str]:  # noqa: FBT001 - of to_csv
    if not column.is_number:
        return [_harmless(cell.text if cell.value is None else str(cell.value))]
    kinds = "+".join(badge.name for badge in cell.badges)
    numbers = [_machine(value, is_exact) for value in (cell.value, cell.low, cell.high)]
    return numbers[:1] if column.is_plain else [*numbers, kinds]


def _values(column: Column, cell: Cell) -> list[float | str | None]:
    """What the CSV holds of a cell, as values of JSON, which knows no infinity."""
    if not column.is_number:
        return [cell.value]
    numbers = [_finite(v) for v in (cell.value, cell.low, cell.high)]
    if column.is_plain:
        return numbers[:1]
    return [*numbers, "+".join(badge.name for badge in cell.badges) or None]


def _finite(value: float | str | None) -> float | str | None:
    is_number = value is not None and not isinstance(value, str)
    return None if is_number and not math.isfinite(float(value or 0.0)) else value


def _machine(value: float | str | None, is_exact: bool) -> str:  # noqa: FBT001 - of to_csv
    if value is None:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    short = f"{value:.6g}"
    is_whole = isinstance(value, int) or (is_exact and float(short) != value)
    return str(value) if is_whole else short


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _with_kind(cell: Cell) -> str:
    names = "+".join(badge.name for badge in cell.badges)
    return f"{cell.text} [{names}]" if names else cell.text


def in_ascii(text: str) -> str:
    """Text without typographic signs or control characters that could steer a terminal."""
    readable = text.translate(_ASCII).replace(INFINITY, "inf")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in readable)
