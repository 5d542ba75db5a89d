"""Texts: stated numbers as people type them, read strictly; a number without its unit is none.

`VALUE[,LOW-HIGH],YEAR,SOURCE` for what is assumed ("1.58,2018,Uptime Institute"), where VALUE may
be a range itself; a number with a unit for what is asked about ("141.1Wh", "4 d").
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.analysis.impacts.dated import (
    MARKET,
    RENEWABLE,
    UTILISATION,
    Dated,
    grid_intensity,
    overhead,
)
from breakeven.analysis.impacts.grids import grid
from breakeven.analysis.impacts.interval import stated
from breakeven.analysis.impacts.money import chip_hour_price, electricity_price
from breakeven.analysis.impacts.strubell import Draw
from breakeven.records import Estimate
from breakeven.units import J_PER_KWH, J_PER_WH, S_PER_DAY, S_PER_H, S_PER_MIN

KG_PER_LB = 0.45359237
"""Exact: the international pound of 1959."""

_NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
_AMOUNT = re.compile(rf"^\s*(?P<number>{_NUMBER})\s*(?P<more>\+?)\s*(?P<unit>[^\d\s+].*?)?\s*$")
_RANGE = re.compile(
    rf"^\s*(?P<low>{_NUMBER})\s*-\s*(?P<high>{_NUMBER})\s*(?P<unit>[^\d\s].*?)?\s*$"
)
_DRAW = re.compile(
    rf"^\s*(?:(?P<part>[A-Za-z][\w-]*)\s*=\s*)?(?P<power>{_NUMBER})\s*(?:[Ww])?"
    r"(?:\s*x\s*(?P<n>\d+))?\s*$"
)

ENERGY_UNITS = {
    "J": 1.0,
    "kJ": 1e3,
    "MJ": 1e6,
    "Wh": J_PER_WH,
    "kWh": J_PER_KWH,
    "MWh": 1e3 * J_PER_KWH,
}
TIME_UNITS = {"s": 1.0, "min": S_PER_MIN, "h": S_PER_H, "d": S_PER_DAY}
INTENSITY_UNITS = {"kg/kWh": 1.0, "g/kWh": 1e-3, "lb/kWh": KG_PER_LB, "t/MWh": 1.0}
FRACTION_UNITS = {"": 1.0, "%": 0.01}
PRICE_UNITS = {"EUR/kWh": 1.0, "USD/kWh": 1.0, "EUR/MWh": 1e-3, "USD/MWh": 1e-3}
NO_UNIT = {"": 1.0}
KWH = {"": J_PER_KWH, "kWh": J_PER_KWH}
HOURS = {"": S_PER_H, "h": S_PER_H}
DAYS = {"": S_PER_DAY, "d": S_PER_DAY}
DOLLARS = {"": 1.0, "USD": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    value: float
    low: float | None
    high: float | None
    unit: str
    year: int
    source: str


def read_amount(
    text: str, name: str, units: Mapping[str, float], *, is_rounded: bool = False
) -> Estimate:
    """Read a number with its unit, such as `141.1Wh`; `60000+` says at least.

    Args:
        text: As typed.
        name: Of the estimate, in SI.
        units: Size of each known unit in that.
        is_rounded: Whether the last digit typed was rounded, so that the number is known to half of
            it to either side.

    Raises:
        ValueError: If it is no number or the unit is not known.

    Examples:
        >>> found = read_amount("141.1Wh", "energy_j", ENERGY_UNITS, is_rounded=True)
        >>> round(found.value), round(found.low), round(found.high)
        (507960, 507780, 508140)
    """
    found = _AMOUNT.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no number of at least 0; write {_example(units)}")
    unit = _unit(found["unit"] or "", units, text)
    value = float(found["number"])
    if found["more"]:
        return stated(
            name, value * units[unit], low=value * units[unit], high=math.inf, typed=text.strip()
        )
    if not is_rounded:
        return stated(name, value * units[unit], typed=text.strip())
    half = 0.5 * _last_digit(found["number"])
    ends = {"low": max(0.0, value - half) * units[unit], "high": (value + half) * units[unit]}
    return stated(name, value * units[unit], typed=text.strip(), **ends)


def read_draw(text: str, *, is_rounded: bool = False) -> Draw:
    """Read the draw of a part, such as `gpu=250x8` or `1415.78`.

    Args:
        text: PART=WATTS[xDEVICES], or watts of everything together.
        is_rounded: As in `read_amount`.

    Raises:
        ValueError: If it cannot be read.

    Examples:
        >>> read_draw("gpu=250x8").total_w, read_draw("1415.78").part
        (2000.0, 'all')
    """
    found = _DRAW.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no draw in watts; write gpu=250x8, cpu=95 or 1415.78")
    power_w = float(found["power"])
    half_w = 0.5 * _last_digit(found["power"]) if is_rounded else None
    return Draw(
        part=found["part"] or "all",
        power_w=power_w,
        n_devices=int(found["n"] or 1),
        low_w=None if half_w is None else max(0.0, power_w - half_w),
        high_w=None if half_w is None else power_w + half_w,
    )


def read_overhead(text: str) -> Dated:
    """Read a PUE.

    Raises:
        ValueError: If it cannot be read, or has no year or source.

    Examples:
        >>> read_overhead("1.58,1.4-1.7,2018,Uptime Institute").number
        '1.58 (1.4 to 1.7)'
    """
    parts = _parts(text, "PUE", NO_UNIT)
    return overhead(
        parts.value, year=parts.year, source=parts.source, low=parts.low, high=parts.high
    )


def read_intensity(text: str, *, is_market: bool = False) -> Dated:
    """Read carbon per kWh: `[PLACE=]VALUE UNIT,YEAR,SOURCE`.

    Args:
        text: As typed.
        is_market: Whether it is of a contract, not of the place.

    Raises:
        ValueError: If it cannot be read, or has no unit, year or source.

    Examples:
        >>> read_intensity("US=0.954 lb/kWh,2018,US EPA").words
        '0.432727 kg CO2e/kWh (US, 2018, US EPA)'
    """
    place, equals, rest = text.partition("=")
    if not equals or "," in place:
        place, rest = "", text
    title = "market-based factor" if is_market else "grid intensity"
    parts = _parts(rest, title, INTENSITY_UNITS)
    scale = INTENSITY_UNITS[parts.unit]
    found = grid_intensity(
        parts.value * scale,
        place=place.strip(),
        year=parts.year,
        source=parts.source,
        low=None if parts.low is None else parts.low * scale,
        high=None if parts.high is None else parts.high * scale,
    )
    return _as_market(found) if is_market else found


def read_location(text: str) -> Dated:
    """Read a grid factor of one's own; see `read_intensity`.

    Examples:
        >>> read_location("381 g/kWh,2023,an agency").value
        0.381
    """
    return read_intensity(text)


def read_market(text: str) -> Dated:
    """Read the factor of a contract; see `read_intensity`.

    Examples:
        >>> read_market("0 kg/kWh,2024,a supplier").title
        'market-based factor'
    """
    return read_intensity(text, is_market=True)


def read_grid(text: str) -> Dated:
    """Find a grid of the table.

    Raises:
        UnknownNameError: If it has none of that code or name.

    Examples:
        >>> read_grid("DE").place
        'Germany'
    """
    return grid(text)


def read_fraction(text: str, *, name: str, title: str) -> Dated:
    """Read a share of 1, as `0.5` or `50%`.

    Args:
        text: `VALUE,YEAR,SOURCE`.
        name: For machines.
        title: For people.

    Raises:
        ValueError: If it cannot be read, lies above 1, or has no year or source.

    Examples:
        >>> read_fraction("50%,2019,a provider", name="renewable_frac", title="share").value
        0.5
    """
    parts = _parts(text, title, FRACTION_UNITS)
    scale = FRACTION_UNITS[parts.unit]
    ends = [None if end is None else end * scale for end in (parts.low, parts.high)]
    if max(parts.value * scale, ends[1] or 0.0) > 1:
        raise ValueError(f"{title} must be at most 1 (100%), got {parts.value:g}{parts.unit}")
    return Dated(
        name=name,
        title=title,
        value=parts.value * scale,
        year=parts.year,
        source=parts.source,
        low=ends[0],
        high=ends[1],
    )


def read_utilisation(text: str) -> Dated:
    """Read the share of their rated power that parts draw.

    Examples:
        >>> read_utilisation("0.7,2024,our logs").words
        'utilisation 0.7 (2024, our logs)'
    """
    return read_fraction(text, name=UTILISATION, title="utilisation")


def read_renewable(text: str) -> Dated:
    """Read the share of the power that a provider states as renewable or offset.

    Examples:
        >>> read_renewable("50%,2019,Schwartz et al. 2020 on AWS").value
        0.5
    """
    return read_fraction(text, name=RENEWABLE, title="renewable or offset share")


def read_electricity_price(text: str) -> Dated:
    """Read a price of electricity, such as `0.30 EUR/kWh,2024,a bill`.

    Raises:
        ValueError: If it cannot be read, or has no unit, year or source.

    Examples:
        >>> read_electricity_price("90 USD/MWh,2024,a bill").words
        '0.09 USD/kWh (2024, a bill)'
    """
    parts = _parts(text, "price of electricity", PRICE_UNITS)
    scale = PRICE_UNITS[parts.unit]
    return electricity_price(
        parts.value * scale,
        currency=parts.unit.partition("/")[0],
        year=parts.year,
        source=parts.source,
        low=None if parts.low is None else parts.low * scale,
        high=None if parts.high is None else parts.high * scale,
    )


def read_chip_hour_price(text: str) -> Dated:
    """Read a price per chip-hour in dollars, such as `1.14,2019,a list`.

    Raises:
        ValueError: If it cannot be read, or has no year or source.

    Examples:
        >>> read_chip_hour_price("1.14,2019,a list").value
        1.14
    """
    parts = _parts(text, "price per chip-hour", DOLLARS)
    return chip_hour_price(
        parts.value, year=parts.year, source=parts.source, low=parts.low, high=parts.high
    )


def _parts(text: str, title: str, units: Mapping[str, float]) -> _Parts:
    """Take `VALUE[,LOW-HIGH],YEAR,SOURCE` apart."""
    example = f'"{_example(units)},2024,who published it"'
    first, *rest = text.split(",")
    between = _RANGE.match(rest[0]) if rest else None
    rest = rest[1:] if between else rest
    if not "".join(rest).strip():
        raise ValueError(f"{title} {first.strip()} has no year and no source; write {example}")
    year, source = rest[0].strip(), ",".join(rest[1:]).strip()
    if not re.fullmatch(r"\d{4}", year):
        raise ValueError(f"{title} {first.strip()} has the year {year!r}; write {example}")
    if not source:
        raise ValueError(f"{title} {first.strip()} has no source; write {example}")
    whole = _RANGE.match(first)
    if whole is not None and between is None:
        low, high = float(whole["low"]), float(whole["high"])
        unit = _unit(whole["unit"] or "", units, first)
        middle = (low + high) / 2
        return _Parts(
            value=middle,
            low=low,
            high=high,
            unit=unit,
            year=int(year),
            source=f"{source}; middle of its range",
        )
    found = _AMOUNT.match(first)
    if found is None or found["more"]:
        raise ValueError(f"{title} {first.strip()!r} is no number of at least 0; write {example}")
    return _Parts(
        value=float(found["number"]),
        low=float(between["low"]) if between else None,
        high=float(between["high"]) if between else None,
        unit=_unit(found["unit"] or "", units, first),
        year=int(year),
        source=source,
    )


def _unit(text: str, units: Mapping[str, float], whole: str) -> str:
    """The unit as written here; `kg CO2e/kWh` is `kg/kWh`, and case is not minded."""
    bare = re.sub(r"\s*co2(?:e|eq)?", "", text.strip(), flags=re.IGNORECASE).replace(" ", "")
    bare = re.sub(r"^lbs/", "lb/", bare, flags=re.IGNORECASE)
    if bare in units:
        return bare
    same = [unit for unit in units if unit.casefold() == bare.casefold()]
    if len(same) == 1 and bare[:1] not in {"m", "M"}:
        return same[0]
    known = " or ".join(unit or "no unit" for unit in units)
    if not bare:
        raise ValueError(f"{whole.strip()!r} has no unit; give {known}")
    raise ValueError(f"unit {text.strip()!r} of {whole.strip()!r} is not known; give {known}")


def _example(units: Mapping[str, float]) -> str:
    unit = next(iter(units))
    return f"1.5 {unit}".strip()


def _last_digit(number: str) -> float:
    """Size of one in the last digit typed: 12.30 says 0.01."""
    mantissa, _, exponent = number.lower().partition("e")
    return float(10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))


def _as_market(found: Dated) -> Dated:
    return Dated(
        name=MARKET,
        title="market-based factor",
        value=found.value,
        unit=found.unit,
        place=found.place,
        year=found.year,
        source=found.source,
        low=found.low,
        high=found.high,
    )
