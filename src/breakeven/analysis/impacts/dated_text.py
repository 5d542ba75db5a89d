"""Dated texts: `VALUE[,LOW-HIGH],YEAR,SOURCE` taken apart, and refused without year or source.

VALUE may be a range itself ("1.4-1.7,2018,a survey"); its middle is then the value, and says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.analysis.impacts.amounts import AMOUNT, NUMBER, example_of, unit_of

_RANGE = re.compile(rf"^\s*(?P<low>{NUMBER})\s*-\s*(?P<high>{NUMBER})\s*(?P<unit>[^\d\s].*?)?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedText:
    """What was typed of an assumption.

    Attributes:
        value: Times the size of its unit.
        low: Lower end of its range, likewise; None where none was typed.
        high: Upper end.
        unit: As `units` writes it.
        year: It holds for.
        source: Who published it.
    """

    value: float
    low: float | None
    high: float | None
    unit: str
    year: int
    source: str


def dated_text(text: str, title: str, units: Mapping[str, float]) -> DatedText:
    """Take an assumption apart.

    Args:
        text: As typed.
        title: Of the number, for messages.
        units: Size of each known unit.

    Raises:
        ValueError: If number, unit, year or source cannot be read, or the range has another unit.

    Examples:
        >>> found = dated_text("50 %,40-60,2024,a log", "share", {"%": 0.01})
        >>> found.value, found.low, found.high, found.year, found.source
        (0.5, 0.4, 0.6, 2024, 'a log')
    """
    example = f'"{example_of(units)},2024,who published it"'
    first, *rest = text.split(",")
    shown = first.strip() or "''"
    between = _RANGE.match(rest[0]) if rest else None
    year, source = _year_and_source(rest[1:] if between else rest, f"{title} {shown}", example)
    whole, found = _RANGE.match(first), AMOUNT.match(first)
    ends = whole if between is None else between
    low, high = (None, None) if ends is None else (float(ends["low"]), float(ends["high"]))
    if whole is not None and between is None:
        unit = unit_of(whole["unit"] or "", units, first)
        value = (float(whole["low"]) + float(whole["high"])) / 2
        source = f"{source}; middle of its range"
    elif found is not None and not found["more"]:
        unit = unit_of(found["unit"] or "", units, first)
        value = float(found["number"])
    else:
        raise ValueError(f"{title} {shown} is no number of at least 0; write {example}")
    for end in (between, whole):
        if end is not None and (end["unit"] or "").strip():
            _refuse_other_unit(end, unit, units)
    size = units[unit]
    return DatedText(
        value=value * size,
        low=None if low is None else low * size,
        high=None if high is None else high * size,
        unit=unit,
        year=year,
        source=source,
    )


def _refuse_other_unit(ends: re.Match[str], unit: str, units: Mapping[str, float]) -> None:
    """A range is in the unit of its value, whether or not it repeats it."""
    if unit_of(ends["unit"], units, ends.group()) != unit:
        raise ValueError(
            f"range {ends.group().strip()!r} is in another unit than its value, which is in "
            f"{unit or 'none'}; write both in one"
        )


def _year_and_source(parts: list[str], shown: str, example: str) -> tuple[int, str]:
    if not "".join(parts).strip():
        raise ValueError(f"{shown} has no year and no source; write {example}")
    year, source = parts[0].strip(), ",".join(parts[1:]).strip()
    if not re.fullmatch(r"\d{4}", year):
        raise ValueError(f"{shown} has the year {year!r}; write {example}")
    if not source:
        raise ValueError(f"{shown} has no source; write {example}")
    return int(year), source
