"""Separated values: CSV split into cells; what cannot be split is one sentence with its place."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from breakeven.errors import DataFileError


class Rows(Iterator[list[str]]):
    """Rows of a file, as `csv.reader` gives them, with the line that the last one ended on."""

    def __init__(
        self, lines: Iterable[str], *, path: Path, delimiter: str = ",", n_before: int = 0
    ) -> None:
        """Begin at the first line.

        Args:
            lines: An open file (newline="") or its lines.
            path: For messages.
            delimiter: Between cells.
            n_before: Lines of the file that stand before the first of `lines`.
        """
        self._rows = csv.reader(lines, delimiter=delimiter)
        self._path, self._n_before = path, n_before

    @property
    def line_num(self) -> int:
        """Lines read so far; the place of the last row, `n_before` not counted."""
        return self._rows.line_num

    def __next__(self) -> list[str]:
        """The next row.

        Raises:
            DataFileError: If it cannot be split into cells.
        """
        try:
            return next(self._rows)
        except csv.Error as error:
            place = f"{self._path}:{self._n_before + self._rows.line_num}"
            if "field limit" in str(error):
                raise DataFileError(
                    f"{place}: a cell of more than {csv.field_size_limit():,} characters; no name "
                    "and no number is so long. Look for a quote that is not closed, or see whether "
                    "this is the table."
                ) from error
            raise DataFileError(
                f"{place}: cannot be split into cells ({error}); expected a CSV file. Save it "
                "anew as plain CSV."
            ) from error
