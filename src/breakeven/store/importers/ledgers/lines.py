"""Lines of a ledger with columns: each row by name of its columns, with its place."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from breakeven.errors import DataFileError
from breakeven.separated import Rows
from breakeven.store.importers.content import Content
from breakeven.store.importers.printed import Printed, read_printed

LARGEST = 1e40
"""Above any amount of any unit; what is larger is a slip, and would overflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row.

    Attributes:
        place: File and line, for messages ("emissions.csv:3").
        cells: Text by column, stripped.
    """

    place: str
    cells: Mapping[str, str]

    def text(self, *columns: str) -> str:
        """First of these columns that is there and not empty; else an empty text."""
        return next((self.cells[c] for c in columns if self.cells.get(c)), "")

    def amount(
        self, column: str, *, read: Callable[[str], Printed] = read_printed
    ) -> Printed | None:
        """An amount that cannot be negative; None where the cell is empty or not there.

        Args:
            column: Its name.
            read: Reads the text; a ValueError says what was expected.

        Raises:
            DataFileError: If it is no finite number from 0; names row and column.
        """
        text = self.cells.get(column, "")
        if not text:
            return None
        try:
            found = read(text)
        except ValueError as error:
            raise self.refused(column, str(error)) from error
        if not 0 <= found.value < LARGEST:
            raise self.refused(column, "which is no amount that a run takes; expected 0 or more")
        return found

    def refused(self, column: str, why: str) -> DataFileError:
        """Sentence about one cell."""
        return DataFileError(f"{self.place}: column {column!r} holds {self.cells[column]!r}, {why}")


def read_lines(
    content: Content, *, delimiter: str, known: Collection[str], needed: Sequence[str], what: str
) -> tuple[Line, ...]:
    """Read rows under a header.

    Args:
        content: The file.
        delimiter: Between cells.
        known: Names of columns whose meaning is known.
        needed: Those without which nothing can be said.
        what: What the file should be, for messages.

    Raises:
        DataFileError: If a column is missing, unknown or there twice, or a row is cut off.
    """
    rows = Rows(content.text.splitlines(), path=content.path, delimiter=delimiter)
    spelled = {name.lower(): name for name in known}
    header = [spelled.get(cell.strip().lower(), cell.strip()) for cell in next(rows)]
    if header and not header[-1]:
        header.pop()  # `sacct --parsable` ends each line with a bar
    _check_header(content, header, known=known, needed=needed, what=what)
    found = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        place = f"{content.path}:{rows.line_num}"
        if len(cells) == len(header) + 1 and not cells[-1]:
            cells.pop()
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise DataFileError(
                f"{place}: {len(cells)} cells under a header of {len(header)}; the row was cut off "
                "or written under other columns. Delete the row, or import it with its own header."
            )
        found.append(Line(place=place, cells=dict(zip(header, cells, strict=True))))
    if not found:
        raise DataFileError(f"{content.path}: holds a header and no rows; expected {what}.")
    return tuple(found)


def _check_header(
    content: Content,
    header: Sequence[str],
    *,
    known: Collection[str],
    needed: Sequence[str],
    what: str,
) -> None:
    place = f"{content.path}:1"
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataFileError(f"{place}: column {twice!r} stands twice; keep one of the two.")
    if not set(header) & set(known):
        shown = ", ".join(header)[:80]
        raise DataFileError(
            f"{place}: {shown!r} is no header of {what}; expected a first line with "
            f"{', '.join(needed)}."
        )
    for name in needed:
        if name not in header:
            raise DataFileError(
                f"{place}: column {name!r} is missing, so that nothing can be taken; expected "
                f"{what} with {', '.join(needed)}."
            )
    for name in header:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise DataFileError(
                f"{place}: column {name!r} is none of {what}, and its unit would be a guess. {hint}"
                "Delete it, or take the figures with `breakeven import table`, unit in the header."
            )
