"""Cells: text of known width on a terminal, harmless, with or without colour."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

GAP = 2
"""Blanks between two columns."""


class Style(StrEnum):
    """How a cell looks; the codes of ECMA-48, 8.3.117."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of a line.

    Attributes:
        text: What it says.
        style: How it looks where colour is allowed.
        is_right: Whether it stands at the right of its column.
    """

    text: str
    style: Style = Style.PLAIN
    is_right: bool = False


def harmless(text: str) -> str:
    r"""Text of a name without what a terminal would obey, such as an escape sequence.

    Examples:
        >>> harmless("row\x1b[2J\u202e")
        'row?[2J?'
    """
    return "".join(char if char.isprintable() else "?" for char in text)


def width_of(text: str) -> int:
    r"""Columns that printable text takes: two for wide characters, none for combining ones.

    Examples:
        >>> width_of("abc"), width_of("模型"), width_of("e\u0301")
        (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def cut(text: str, width: int) -> str:
    """Text of no more columns than asked for; what is cut off is told by dots.

    Examples:
        >>> cut("reference", 6), cut("ft", 6), cut("ft", 1)
        ('ref...', 'ft', 'f')
    """
    if width_of(text) <= width:
        return text
    dots = "..." if width > 3 else ""
    kept = ""
    for char in text:
        if width_of(kept + char) > width - len(dots):
            break
        kept += char
    return kept + dots


def line_of(cells: Sequence[Cell], *, width: int, widths: Sequence[int] = ()) -> list[Cell]:
    """Cut cells so that together they take no more than a line.

    Args:
        cells: From the left.
        width: Columns of the line.
        widths: Of each cell; by default its own.

    Returns:
        Cells with the blanks between them, none at the end.
    """
    found, left = list[Cell](), width
    for cell, own in zip(cells, widths or [width_of(cell.text) for cell in cells], strict=True):
        gap = GAP if found else 0
        text = cut(harmless(cell.text), min(own, left - gap))
        blanks = " " * (min(own, left - gap) - width_of(text))
        padded = blanks + text if cell.is_right else text + blanks
        found.append(Cell(" " * gap + padded, cell.style))
        left -= gap + min(own, left - gap)
    return found


def painted(cells: Sequence[Cell], *, has_colour: bool) -> str:
    """One line of text; styles only where colour is allowed."""
    line = "".join(
        f"\x1b[{cell.style}m{cell.text}\x1b[0m" if has_colour and cell.style else cell.text
        for cell in cells
    )
    return line.rstrip()


def bar(done_frac: float | None, width: int, *, has_blocks: bool) -> str:
    """Draw how far something is; of what does not tell, nothing.

    Examples:
        >>> bar(0.5, 8, has_blocks=False)
        '####....'
    """
    if done_frac is None or width < 1:
        return ""
    full, empty = ("\u2588", "\u2591") if has_blocks else ("#", ".")
    n_full = int(min(1.0, max(0.0, done_frac)) * width)
    return full * n_full + empty * (width - n_full)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
