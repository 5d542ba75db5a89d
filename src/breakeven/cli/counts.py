"""Counts: how many items somebody types, 100k or 1e5 or 100,000, in every command alike."""

import math
import re
from typing import Any

import click
from click.types import FloatParamType

_COUNT = re.compile(
    r"(?P<digits>\d{1,3}(?:(?P<mark>[,_ '])\d{3})(?:(?P=mark)\d{3})*|\d+|(?=\.\d))"
    r"(?P<rest>(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(?P<size>[kKmMbB]?)"
)
_SIZES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}

HOW = "write 100000, 1e5, 100k, 2.5M, 1B or 100,000"
"""How a count may be typed, for messages."""


def read_count(text: str) -> float:
    """Read a number above 0: digits, a power of ten, k, M or B, separators of thousands.

    Where counts stand in a list, its commas part them: `_` alone can separate thousands there.

    Raises:
        ValueError: If it is none.

    Examples:
        >>> read_count("100k"), read_count("1e5"), read_count("100,000"), read_count("2.5M")
        (100000.0, 100000.0, 100000.0, 2500000.0)
    """
    found = _COUNT.fullmatch(text.strip())
    if found is not None:
        digits = found["digits"].replace(found["mark"] or ",", "")
        value = float(f"{digits}{found['rest']}") * _SIZES[found["size"].lower()]
        if 0 < value < math.inf:
            return value
    raise ValueError(f"{text!r} is no number above 0; {HOW}")


class Count(FloatParamType):
    """Number of items above 0, as `read_count` reads it."""

    name = "count"

    def __init__(self, *, is_whole: bool = False) -> None:
        """Say whether parts of an item are refused; the value is an `int` then."""
        self._is_whole = is_whole

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature; a default comes as the number it is
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Read what was typed."""
        try:
            found = read_count(value) if isinstance(value, str) else float(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not self._is_whole:
            return found
        if not found.is_integer():
            self.fail(f"{value!r} is no whole number of items; {HOW}", param, ctx)
        return int(found)
