"""Cells of a comparison: numbers with the digits that packages print, and what fits a terminal."""

import math

from breakeven.analysis.samples.effects import Effect as Size
from breakeven.analysis.samples.stats import Interval
from breakeven.report.kinds import Badge
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.curves import between
from breakeven.report.tables.table import Cell, Table, missing

SHOWN_DIGITS = 7
"""Of F and what goes with it: what packages print, so that a reader can hold the two together."""

SMALLEST_P = 1e-12
"""Below it nothing is known of a p but that it is small: no model holds so far out."""

SPARED = (
    *(
        "why",
        "tests.effect",
        "huynh_feldt",
        "p_huynh_feldt",
        "cv",
        "shapiro_w",
        "over",
        "rank_test",
    ),
    *("left_out", "low", "high", "median", "df_error", "n_then", "n_now", "over_time.p"),
)
"""Columns that a narrow terminal does without, the first first, some of one table only; other
formats hold all."""

LEAST_DIGITS, MOST_DIGITS = 4, 9
"""Of an interval: as many as tell it from its ends."""


def under_sign(cell: Cell, badges: tuple[Badge, ...]) -> Cell:
    """The same number under the signs of how it came about."""
    if cell.value is None:
        return cell
    return Cell(text=cell.text, value=cell.value, low=cell.low, high=cell.high, badges=badges)


def interval(
    value: Interval | None, *, n_digits: int = LEAST_DIGITS, why: str = "nothing to compare"
) -> Cell:
    """A number in the digits that tell it from its ends, or in so many, its ends in two fewer."""
    if value is None:
        return between(value, why=why)
    n_end_digits = n_digits - 2
    if n_digits == LEAST_DIGITS:
        enough = (n for n in range(LEAST_DIGITS, MOST_DIGITS) if _are_apart(value, n))
        n_digits = n_end_digits = next(enough, MOST_DIGITS)
        if n_digits == LEAST_DIGITS:
            return between(value, why=why)
    ends = [f"{x:.{n_end_digits}g}" for x in (value.low, value.high)]
    reach = f"({ends[0]} to {ends[1]})" if math.isfinite(value.low) else "(one value)"
    return Cell(
        text=f"{value.value:.{n_digits}g} {reach}",
        value=value.value,
        low=value.low,
        high=value.high,
    )


def _are_apart(value: Interval, n_digits: int) -> bool:
    """Whether so many digits tell a number from its ends, where they differ at all."""
    ends = [end for end in (value.low, value.high) if end != value.value]
    return all(f"{end:.{n_digits}g}" != f"{value.value:.{n_digits}g}" for end in ends)


def short(value: Interval | None, *, why: str = "") -> Cell:
    """An effect in three digits, which is more than is known of it."""
    if value is None:
        return missing(EM_DASH, hint=why)
    text = f"{value.value:.3g} ({value.low:.3g} to {value.high:.3g})"
    return Cell(text=text, value=value.value, low=value.low, high=value.high)


def effect_size(effect: Size | None, *, why: str) -> Cell:
    """With the letter by which the effect goes: dz of pairs, g of groups."""
    cell = short(effect.size if effect is not None else None, why=why)
    if effect is None:
        return cell
    letter = effect.name.rpartition(" ")[2]
    return Cell(text=f"{letter} {cell.text}", value=cell.value, low=cell.low, high=cell.high)


def digits(value: float | None) -> Cell:
    """A number in the digits that packages print."""
    if value is None:
        return missing(EM_DASH, hint="cannot be computed from these values")
    return Cell(text=f"{value:.{SHOWN_DIGITS}g}", value=value)


def p_value(value: float | None) -> Cell:
    """A p in two digits."""
    if value is None:
        return missing(EM_DASH, hint="nothing varies, or too little to test")
    is_tiny = value < SMALLEST_P
    return Cell(text=f"<{SMALLEST_P:g}" if is_tiny else f"{value:.2g}", value=value)


def percent(value: float | None) -> Cell:
    """A share in percent."""
    if value is None:
        return missing(EM_DASH, hint="an interval takes two common blocks")
    return Cell(text=f"{100 * value:.3g} %", value=value)


def narrow(table: Table, *, width: int, spare_over: bool) -> Table:
    """The same without some columns, so that its lines fit a terminal as far as they can.

    Args:
        table: As made here.
        width: Characters.
        spare_over: Whether the caption says what is compared with.
    """
    for spared in SPARED:
        only_of, _, name = spared.rpartition(".")
        is_there = any(column.name == name for column in table.columns)
        if max(map(len, table.to_text().splitlines())) <= width:
            return table
        if is_there and only_of in {"", table.name} and (name != "over" or spare_over):
            table = table.without([name])
    return table
