"""Screen: tables as wide as the terminal that they are printed on."""

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breakeven.report.tables import Table

PIPED = 100
"""Columns where the output is no terminal and COLUMNS says nothing."""

LEAST = 60
"""No terminal is taken for narrower."""

MOST_OF_TEXT = 98
"""Sentences are no longer than this on any terminal."""


def columns() -> int:
    """Characters of a line: of the terminal, or what COLUMNS says, also where output is piped."""
    return told_columns() or PIPED


def told_columns() -> int | None:
    """The same; None where output is piped and COLUMNS says nothing: a row stays one line there."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        return None
    return max(LEAST, shutil.get_terminal_size((PIPED, 24)).columns)


def narrowed(width: int) -> int:
    """A width that a page is made for, or that of a narrower terminal."""
    return min(width, columns())


def wrapped(text: str, *, indent: str = "") -> str:
    """A sentence broken to the terminal; further lines begin with the indent."""
    return click.wrap_text(text, min(columns() - 2, MOST_OF_TEXT), subsequent_indent=indent)


def on_screen(table: "Table") -> str:
    """Caption and table, both no wider than the terminal."""
    return f"{wrapped(table.caption)}\n\n{table.to_text(columns())}"
