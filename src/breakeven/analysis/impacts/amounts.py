"""Amounts: numbers with units as people type them ("141.1Wh", "gpu=250x8"), read strictly.

A number without its unit is none: 0.4 may be kilograms or pounds, and a guess would be off in
silence.
"""

import math
import re
from collections.abc import Mapping

from breakeven.analysis.impacts.interval import stated
from breakeven.analysis.impacts.strubell import ALL_PARTS, Draw
from breakeven.records import Estimate
from breakeven.units import J_PER_KWH, J_PER_WH, S_PER_DAY, S_PER_H

KG_PER_LB = 0.45359237
"""Exact: the international pound of 1959."""

NUMBER = r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
AMOUNT = re.compile(rf"^\s*(?P<number>{NUMBER})\s*(?P<more>\+?)\s*(?P<unit>[^\d\s+].*?)?\s*$")
_DRAW = re.compile(
    rf"^\s*(?:(?P<part>[A-Za-z][\w-]*)\s*=\s*)?(?P<power>{NUMBER})\s*"
    rf"(?:,\s*(?P<low>{NUMBER})\s*-\s*(?P<high>{NUMBER})\s*)?[Ww]?(?:\s*x\s*(?P<n>\d+))?\s*$"
)
_BARE_RANGE = re.compile(rf"^\s*(?:[A-Za-z][\w-]*\s*=\s*)?(?:{NUMBER})\s*-\s*(?:{NUMBER})")

ENERGY_UNITS = {
    "J": 1.0,
    "kJ": 1e3,
    "MJ": 1e6,
    "Wh": J_PER_WH,
    "kWh": J_PER_KWH,
    "MWh": 1e3 * J_PER_KWH,
}
KWH = {"": J_PER_KWH, "kWh": J_PER_KWH}
HOURS = {"": S_PER_H, "h": S_PER_H}
DAYS = {"": S_PER_DAY, "d": S_PER_DAY}
DOLLARS = {"": 1.0, "USD": 1.0}


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
    found = AMOUNT.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no number of at least 0; write {example_of(units)}")
    unit = unit_of(found["unit"] or "", units, text)
    typed = text.strip() if found["unit"] else f"{text.strip()} {next(filter(None, units), '')}"
    value = float(found["number"])
    if found["more"]:
        return stated(
            name, value * units[unit], low=value * units[unit], high=math.inf, typed=typed
        )
    if not is_rounded:
        return stated(name, value * units[unit], typed=typed)
    half = 0.5 * _last_digit(found["number"])
    low, high = max(0.0, value - half) * units[unit], (value + half) * units[unit]
    return stated(name, value * units[unit], low=low, high=high, typed=typed)


def read_draw(text: str, *, is_rounded: bool = False) -> Draw:
    """Read the draw of a part, such as `gpu=250x8`, `1415.78` or, with a range, `all=20,10-30`.

    Args:
        text: PART=WATTS[,LOW-HIGH][xDEVICES], or watts of everything together.
        is_rounded: As in `read_amount`.

    Raises:
        ValueError: If it cannot be read.

    Examples:
        >>> read_draw("gpu=250x8").total_w, read_draw("1415.78").part
        (2000.0, 'all')
        >>> read_draw("gpu=250,200-300x8").ends_w
        (1600.0, 2400.0)
    """
    found = _DRAW.match(text)
    if found is None and _BARE_RANGE.match(text):
        raise ValueError(
            f"{text!r} is a range without the value in it; write VALUE,LOW-HIGH, such as "
            "all=20,10-30"
        )
    if found is None:
        raise ValueError(
            f"{text!r} is no draw in watts; write gpu=250x8, cpu=95 or 1415.78, with a range "
            "gpu=250,200-300x8"
        )
    power_w = float(found["power"])
    if found["low"]:
        return _ranged_draw(found, power_w)
    half_w = 0.5 * _last_digit(found["power"]) if is_rounded else None
    return Draw(
        part=found["part"] or ALL_PARTS,
        power_w=power_w,
        n_devices=int(found["n"] or 1),
        low_w=None if half_w is None else max(0.0, power_w - half_w),
        high_w=None if half_w is None else power_w + half_w,
    )


def _ranged_draw(found: re.Match[str], power_w: float) -> Draw:
    low_w, high_w = float(found["low"]), float(found["high"])
    if not low_w <= power_w <= high_w:
        raise ValueError(
            f"{found[0].strip()!r} lies outside its own range; write VALUE,LOW-HIGH with the value "
            "between both, such as all=20,10-30"
        )
    return Draw(
        part=found["part"] or ALL_PARTS,
        power_w=power_w,
        n_devices=int(found["n"] or 1),
        low_w=low_w,
        high_w=high_w,
    )


def unit_of(text: str, units: Mapping[str, float], whole: str) -> str:
    """The unit as written here; `kg CO2e/kWh` is `kg/kWh`, and case is not minded.

    Args:
        text: As typed, without the number.
        units: Those that are known.
        whole: As typed, for the message.

    Raises:
        ValueError: If it is none of them.

    Examples:
        >>> unit_of("WH", ENERGY_UNITS, "3 WH"), unit_of("kg CO2e/kWh", {"kg/kWh": 1.0}, "")
        ('Wh', 'kg/kWh')
    """
    bare = re.sub(r"\s*co2(?:eq?)?", "", text.strip(), flags=re.IGNORECASE).replace(" ", "")
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


def example_of(units: Mapping[str, float]) -> str:
    """An amount in the first of some units, for messages.

    Examples:
        >>> example_of(ENERGY_UNITS)
        '1.5 J'
    """
    unit = next(iter(units))
    return f"1.5 {unit}".strip()


def _last_digit(number: str) -> float:
    """Size of one in the last digit typed: 12.30 says 0.01."""
    mantissa, _, exponent = number.lower().partition("e")
    return float(10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))
