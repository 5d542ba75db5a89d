"""Printed numbers: the value, and the interval that its last digit leaves open.

141.1 in a table may have been anything from 141.05 to 141.15, and 2.48e16 from 2.475e16 to
2.485e16; zeros at the end are digits too (JCGM 100:2008, 4.3.7 and F.2.2.1).
"""

import math
import re
from dataclasses import dataclass

from breakeven.store.importers.quantities import resolution_of

_CLOCK = re.compile(r"(?P<hours>\d+):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A number as printed.

    Attributes:
        value: In the unit asked for.
        low: Lower end of what would be printed so.
        high: Upper end.
        step: One of its last digit; 0 where it is exact.
    """

    value: float
    low: float
    high: float
    step: float


def read_printed(text: str, *, factor: float = 1.0, is_exact: bool = False) -> Printed:
    """Read a number that stands in a table.

    Args:
        text: With a decimal point.
        factor: One of its unit in the unit asked for.
        is_exact: Whether it was not rounded, such as a count.

    Raises:
        ValueError: If it is no finite number; the text says what was expected.

    Examples:
        >>> found = read_printed("141.1")
        >>> round(found.low, 9), found.value, round(found.high, 9)
        (141.05, 141.1, 141.15)
        >>> read_printed("2.50e3").step, read_printed("2500", is_exact=True).step
        (10.0, 0.0)
    """
    try:
        value = float(text)
    except ValueError:
        raise ValueError("expected one number, with a point before its decimals") from None
    if not math.isfinite(value) or "_" in text:
        raise ValueError("expected a finite number, or an empty cell where it is not known")
    try:
        step = 0.0 if is_exact else resolution_of([text])
    except OverflowError:  # 0e999
        raise ValueError("expected a finite number, its last digit too") from None
    low = max(0.0, value - step / 2) if value >= 0 else value - step / 2
    return Printed(
        value=value * factor,
        low=low * factor,
        high=(value + step / 2) * factor,
        step=step * factor,
    )


def is_clock(text: str) -> bool:
    """Whether a text is a duration written hh:mm:ss.

    Examples:
        >>> is_clock("13:06:59"), is_clock("06:59"), is_clock("47219")
        (True, False, False)
    """
    return _CLOCK.fullmatch(text) is not None


def read_clock(text: str) -> Printed:
    """Read hh:mm:ss as seconds.

    Raises:
        ValueError: If it is not written so.

    Examples:
        >>> found = read_clock("13:06:59")
        >>> found.low, found.value, found.high
        (47218.5, 47219.0, 47219.5)
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("expected hh:mm:ss, such as 00:35:17")
    seconds = read_printed(found["seconds"])
    before_s = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
    return Printed(
        value=before_s + seconds.value,
        low=max(0.0, before_s + float(found["seconds"]) - seconds.step / 2),
        high=before_s + seconds.high,
        step=seconds.step,
    )
