"""A CSV file as it lies there: header, rows, line numbers; comma, semicolon or tab.

Spreadsheets of half of Europe separate by semicolons and write 12,5; others take commas and 12.5.
The header says which of the two it is.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.separated import Rows
from breakeven.store.importers.content import Content, read_bytes

MOST_BYTES = 32 * 2**20
"""About two days at 10 Hz. A log is held in memory at some thirty times its text, so longer ones
are cut to the hours that matter first."""

_SEPARATORS = (";", "\t", ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Cells of a file, as text.

    Attributes:
        path: Where it lies.
        content_hash: SHA-256 of its bytes: the same file twice is known again.
        header: Names of the columns, as written.
        header_line: Line on which they stand, from 1.
        rows: Line number and cells of every row that is not empty.
        has_decimal_commas: Whether numbers are written 12,5.
    """

    path: Path
    content_hash: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    has_decimal_commas: bool

    def column(self, name: str) -> int:
        """Place of a column.

        Raises:
            DataFileError: If there is none of that name; names the closest.
        """
        if name in self.header:
            return self.header.index(name)
        close = get_close_matches(name, self.header, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise DataFileError(
            f"{self.path}:{self.header_line}: no column {name!r}.{hint} "
            f"Columns: {', '.join(self.header)}."
        )

    def number(self, line: int, text: str, *, column: str) -> float:
        """Read one cell; a unit that its column names already may stand behind the number.

        Raises:
            DataFileError: If it holds no number; names line and column.
        """
        plain = text.replace(",", ".") if self.has_decimal_commas else text
        try:
            return float(without_unit(plain, column))
        except ValueError as error:
            raise DataFileError(
                f"{self.path}:{line}: column {column!r} holds {text!r}; expected a number. "
                "Delete the line if there is no value of it."
            ) from error

    def finite(self, line: int, text: str, *, column: str, advice: str) -> float:
        """Read one cell that must hold a finite number.

        Args:
            line: Where it stands.
            text: What it holds.
            column: Under which name.
            advice: What to do where there is no such number.

        Raises:
            DataFileError: If it holds none; names line and column.
        """
        value = self.number(line, text, column=column)
        if not math.isfinite(value):
            raise DataFileError(
                f"{self.path}:{line}: column {column!r} holds {text.strip()!r}; expected a finite "
                f"number. {advice}"
            )
        return value


def without_unit(text: str, column: str) -> str:
    """Take off a unit that the header names too, as nvidia-smi writes it.

    Examples:
        >>> without_unit(" 71.41 W", "power.draw [W]"), without_unit("71.41 mW", "power.draw [W]")
        ('71.41', '71.41 mW')
    """
    number, _, unit = text.strip().partition(" ")
    is_told = bool(unit) and column.rstrip("])").endswith(unit)
    return number if is_told else text.strip()


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file; lines that begin with `#` before the header are left out.

    Raises:
        DataFileError: If it cannot be read, is too large, has no rows, names a column twice or
            has a row of another length.
    """
    content = read_bytes(path, what="a CSV file", most_bytes=MOST_BYTES, advice=_CUT)
    text = content.decode("utf-8-sig", "replace")
    return as_sheet(Content(path=path, text=text, content_hash=hashlib.sha256(content).hexdigest()))


_CUT = "Cut it to what matters, of a log to the hours of the runs."


def as_sheet(content: Content) -> Sheet:
    """Cells of a CSV file that was read; raises like `read_sheet`."""
    path, lines = content.path, content.text.splitlines()
    n_comments = next((i for i, t in enumerate(lines) if t.strip() and t[0] != "#"), len(lines))
    if len(lines) < n_comments + 2:
        raise DataFileError(f"{path}: holds no rows; expected a header and at least 2 rows.")
    separator = next((s for s in _SEPARATORS if s in lines[n_comments]), ",")
    rows = Rows(lines[n_comments:], path=path, delimiter=separator, n_before=n_comments)
    header = tuple(cell.strip() for cell in next(rows))
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataFileError(
            f"{path}:{n_comments + 1}: column {twice!r} stands twice; rename one of the two."
        )
    return Sheet(
        path=path,
        content_hash=content.content_hash,
        header=header,
        header_line=n_comments + 1,
        rows=tuple(
            (n_comments + rows.line_num, _cells(path, n_comments + rows.line_num, row, header))
            for row in rows
            if any(cell.strip() for cell in row)
        ),
        has_decimal_commas=separator == ";",
    )


def _cells(path: Path, line: int, row: Sequence[str], header: Sequence[str]) -> tuple[str, ...]:
    if len(row) != len(header):
        raise DataFileError(
            f"{path}:{line}: {len(row)} cells under a header of {len(header)}; the row was cut "
            "off or holds an unquoted separator. Delete or mend it."
        )
    return tuple(row)
