"""Blocks: a text table that is wider than its terminal, as blocks of columns one below the other.

Each block repeats the columns that tell the rows apart. Heads, and words wider than a block, are
broken over several lines.
"""

from collections.abc import Sequence
from textwrap import wrap

GAP = 2
"""Blanks between two columns."""

HEAD = 18
"""Heads wider than this, and than what stands below them, are broken."""

LEAST = 24
"""A column of words is made no narrower than this."""

Rows = Sequence[Sequence[str]]


def block_lines(
    rows: Rows, *, is_number: Sequence[bool], width: int | None
) -> list[list[list[str]]]:
    """Lines of every block; the first row holds the heads, of which a rule follows.

    Args:
        rows: Texts, shape (1 + n_rows, n_columns).
        is_number: Whether a column holds numbers, which stand at its right.
        width: Characters of a line; None for as many as it takes.

    Returns:
        For each block its rows, the rule included, and of each row the lines.

    Examples:
        >>> rows = [["Name", "Energy", "Time"], ["a", "1 J", "2 s"]]
        >>> for block in block_lines(rows, is_number=[False, True, True], width=13):
        ...     print([line for row in block for line in row])
        ['Name  Energy', '----  ------', 'a        1 J']
        ['Name  Time', '----  ----', 'a      2 s']
    """
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    if width is None or _taken(widths) <= width:
        return [_block(rows, widths, is_number)]
    n_keys = _keys(columns, widths, is_number, width)
    left = max(width - _taken(widths[:n_keys]) - GAP, LEAST)
    folded = [
        _folded_width(column, is_number=number, left=left)
        for column, number in zip(columns, is_number, strict=True)
    ]
    widths = [*widths[:n_keys], *folded[n_keys:]]
    return [
        _block(
            [[row[i] for i in chosen] for row in rows],
            [widths[i] for i in chosen],
            [is_number[i] for i in chosen],
        )
        for chosen in _chosen(widths, n_keys, width)
    ]


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _keys(columns: Rows, widths: Sequence[int], is_number: Sequence[bool], width: int) -> int:
    """First columns of words until no two rows are the same, as far as half the width holds."""
    for n in range(1, len(columns)):
        if is_number[n - 1] or _taken(widths[:n]) > width // 2:
            break
        keys = list(zip(*(column[1:] for column in columns[:n]), strict=True))
        if len(set(keys)) == len(keys):
            return n
    return 1


def _folded_width(column: Sequence[str], *, is_number: bool, left: int) -> int:
    """Width of a column with its head broken, and its words where they are too wide."""
    head, *cells = column
    widest = max(map(len, cells), default=0)
    own = max(widest, *map(len, _broken(head, max(widest, HEAD), is_head=True)))
    return own if is_number else min(own, left)


def _chosen(widths: Sequence[int], n_keys: int, width: int) -> list[list[int]]:
    """Columns of each block: the keys, then as many as fit, at least one."""
    keys = list(range(n_keys))
    blocks = [keys]
    for i in range(n_keys, len(widths)):
        if len(blocks[-1]) > n_keys and _taken([widths[j] for j in (*blocks[-1], i)]) > width:
            blocks.append(keys)
        blocks[-1] = [*blocks[-1], i]
    return blocks


def _block(rows: Rows, widths: Sequence[int], is_number: Sequence[bool]) -> list[list[str]]:
    heads, *body = rows
    rule = _lines(["-" * width for width in widths], widths, is_number)
    return [
        _lines(heads, widths, is_number, at_bottom=True),
        rule,
        *(_lines(row, widths, is_number) for row in body),
    ]


def _lines(
    row: Sequence[str],
    widths: Sequence[int],
    is_number: Sequence[bool],
    *,
    at_bottom: bool = False,
) -> list[str]:
    """One row, on as many lines as its tallest cell."""
    cells = [_broken(text, width) for text, width in zip(row, widths, strict=True)]
    n_lines = max(map(len, cells), default=1)
    filled = [
        [""] * (n_lines - len(cell)) + cell if at_bottom else cell + [""] * (n_lines - len(cell))
        for cell in cells
    ]
    return [
        (" " * GAP)
        .join(
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, is_number, strict=True)
        )
        .rstrip()
        for line in zip(*filled, strict=True)
    ]


def _broken(text: str, width: int, *, is_head: bool = False) -> list[str]:
    if len(text) <= width:
        return [text]
    return wrap(text, width, break_on_hyphens=False, break_long_words=not is_head)
