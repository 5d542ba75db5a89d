"""Fitting: a table cut into parts that each fit a column or a page of a paper.

Columns of words are broken; what is too wide even then goes on below, led by the first column, and
what is too long on the next page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from textwrap import wrap

from breakeven.report.tables.table import Table

SINGLE_PT, DOUBLE_PT = 240.0, 504.0
"""3.33 and 7 inches: one column and both of a conference paper."""
ARTICLE_PT = 310.0
"""345 pt of text in LaTeX's `article`, less what its own letters are wider than those of papers."""
CHAR_PT = 3.9
"""Width of a letter or digit at 8 pt; generous, for digits are wider than letters."""
SLACK_PT = 8.0
"""Left free where words are broken: capitals are wider than that."""
SEP_PT = 8.0
"""Room between two columns."""
HEAD = 11
"""Heads wider than this, and than what stands below them, are broken."""
WORDS = 24
"""Columns of words wider than this may be broken."""
LEAST = 14
"""They are made no narrower than this."""
LONG_WORD = 24
"""Longer words, such as names of runs, may be broken anywhere."""
FILLED = 0.9
"""Share of a line that broken words fill."""
MOST_LINES = 6
"""The same so that no cell takes more lines."""
LINES = 50
"""Lines of 8 pt that a page holds beside a caption."""
OVERHEAD = 4
"""Lines that heads and rules take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows and columns of a table.

    Attributes:
        table: They.
        widths: Characters of each column.
        natural: Characters that each column would take unbroken.
    """

    table: Table
    widths: tuple[int, ...]
    natural: tuple[int, ...]

    @property
    def width_pt(self) -> float:
        """How wide it is."""
        return taken_pt(self.widths)

    @property
    def lines(self) -> int:
        """How many lines it takes, heads and rules among them."""
        return OVERHEAD + sum(self.row_lines(at) for at in range(len(self.table.rows)))

    def row_lines(self, at: int) -> int:
        """Lines of one row: of its longest cell."""
        cells = zip(self.table.rows[at], self.widths, self.natural, strict=True)
        return max(
            (ceil(len(cell.text) / (FILLED * width)) or 1) if width < natural else 1
            for cell, width, natural in cells
        )

    def pages(self) -> "Iterator[Part]":
        """Itself, in parts of no more lines than a page has."""
        start, lines = 0, OVERHEAD
        for at in range(len(self.table.rows)):
            own = self.row_lines(at)
            if at > start and lines + own > LINES:
                yield self._rows(start, at)
                start, lines = at, OVERHEAD
            lines += own
        yield self._rows(start, len(self.table.rows))

    def _rows(self, start: int, end: int) -> "Part":
        return replace(self, table=replace(self.table, rows=self.table.rows[start:end]))


def parts(table: Table, *, most_pt: float = DOUBLE_PT) -> list[Part]:
    """Cut a table into parts that each fit a page, and a column where little is broken for it.

    Args:
        table: With rows.
        most_pt: Width of the page's text.
    """
    blocks = _blocks(table, most_pt)
    return [page for block in blocks for page in _fitted(block, most_pt).pages()]


def some_columns(table: Table, places: Sequence[int]) -> Table:
    """Some columns by their place, as names out of records may be alike."""
    return replace(
        table,
        columns=tuple(table.columns[at] for at in places),
        rows=tuple(tuple(row[at] for at in places) for row in table.rows),
    )


def head_lines(table: Table, at: int) -> list[str]:
    """Lines of a head, no wider than what stands below it needs."""
    column = table.columns[at]
    title = column.title if table.groups else column.full_title
    width = max(HEAD, min(_widest(table, at), WORDS))
    return wrap(title, width, break_long_words=False) or [""]


def taken_pt(widths: Sequence[int]) -> float:
    """Width of columns of so many characters, with the room between them."""
    return sum(widths) * CHAR_PT + SEP_PT * len(widths)


def _blocks(table: Table, most_pt: float) -> Iterator[Table]:
    """Columns that fit a page together, led by those that tell the rows apart."""
    keys = list(range(_n_keys(table, most_pt)))
    chosen = keys
    for at in range(len(keys), len(table.columns)):
        is_full = _least_pt(some_columns(table, [*chosen, at])) > most_pt
        if is_full and len(chosen) > len(keys):
            yield some_columns(table, chosen)
            chosen = keys
        chosen = [*chosen, at]
    yield some_columns(table, chosen)


def _n_keys(table: Table, most_pt: float) -> int:
    """First columns of words until no two rows are the same, as far as half a page holds."""
    for n in range(1, len(table.columns)):
        lead = some_columns(table, range(n))
        if table.columns[n - 1].is_number or _least_pt(lead) > most_pt / 2:
            return max(1, n - 1)
        texts = [tuple(cell.text for cell in row) for row in lead.rows]
        if len(set(texts)) == len(texts):
            return n
    return 1


def _fitted(block: Table, most_pt: float) -> Part:
    """A block with columns of words broken as far as needed."""
    natural = _natural(block)
    narrow = _squeezed(block, natural, SINGLE_PT)
    is_readable = all(n > LEAST or n == own for n, own in zip(narrow, natural, strict=True))
    if taken_pt(narrow) <= SINGLE_PT and is_readable:
        return Part(table=block, widths=narrow, natural=natural)
    return Part(table=block, widths=_squeezed(block, natural, most_pt - SLACK_PT), natural=natural)


def _squeezed(block: Table, natural: Sequence[int], limit_pt: float) -> tuple[int, ...]:
    """Widths in which columns of words share what the others leave."""
    soft = [
        at
        for at, column in enumerate(block.columns)
        if not column.is_number and natural[at] > WORDS
    ]
    if taken_pt(natural) <= limit_pt or not soft:
        return tuple(natural)
    found = dict(enumerate(natural))
    room = (limit_pt - SEP_PT * len(natural)) / CHAR_PT
    while soft:
        left = room - sum(width for at, width in found.items() if at not in soft)
        share = left / sum(natural[at] for at in soft)
        tight = [at for at in soft if share * natural[at] < _least(block, at)]
        found |= {at: _least(block, at) for at in tight}
        if not tight:
            found |= {at: min(natural[at], int(share * natural[at])) for at in soft}
            break
        soft = [at for at in soft if at not in tight]
    return tuple(found.values())


def _least(block: Table, at: int) -> int:
    """Characters below which a column of words is not broken: its longest word, or many lines."""
    longest = (min(len(word), LONG_WORD) for row in block.rows for word in row[at].text.split())
    return max(LEAST, ceil(_widest(block, at) / MOST_LINES), *longest)


def _natural(block: Table) -> tuple[int, ...]:
    """Characters of each column, its head broken."""
    return tuple(
        max(_widest(block, at), *map(len, head_lines(block, at)))
        for at in range(len(block.columns))
    )


def _widest(table: Table, at: int) -> int:
    return max((len(row[at].text) + len(row[at].badges) for row in table.rows), default=0)


def _least_pt(block: Table) -> float:
    """Width of a block with its columns of words as narrow as they may be."""
    return taken_pt(_squeezed(block, _natural(block), 0.0))
