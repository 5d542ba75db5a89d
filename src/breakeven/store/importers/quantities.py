"""What a column of a power log holds: its name and its unit, read strictly from the header.

A number without a unit is no energy: "CPU Power" may be watts or milliwatts, and a guess would be
off by a thousand in silence.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from breakeven.units import J_PER_KWH, J_PER_WH

TO_SI = {"mW": 1e-3, "W": 1.0, "kW": 1e3, "J": 1.0, "Wh": J_PER_WH, "kWh": J_PER_KWH}
"""Watts of a power unit, joules of an energy unit."""

POWER_UNITS = ("mW", "W", "kW")
ENERGY_UNITS = ("J", "Wh", "kWh")
_BY_WORD = {unit.lower(): unit for unit in TO_SI if unit != "mW"} | {
    "mw": "mW",
    "watt": "W",
    "watts": "W",
    "kilowatts": "kW",
    "milliwatts": "mW",
    "joules": "J",
    "watt-hours": "Wh",
    "kilowatt-hours": "kWh",
}
_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]+)[\])]$")
_SUFFIXED = re.compile(r"^(?P<name>.*?)(?:[_ ./-]|^)(?P<unit>[A-Za-z]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What one column holds.

    Attributes:
        name: The column's name without its unit.
        unit: "mW", "W", "kW" for power; "J", "Wh", "kWh" for a running total of energy.
    """

    name: str
    unit: str

    @property
    def is_power(self) -> bool:
        """Whether samples are power; otherwise they are readings of a running total."""
        return self.unit in POWER_UNITS


def parse_unit(text: str) -> str:
    """Return the unit as written here.

    Raises:
        ValueError: If it is none of power or energy; names the closest.

    Examples:
        >>> parse_unit("watts"), parse_unit("KWH"), parse_unit("mW")
        ('W', 'kWh', 'mW')
    """
    if text in TO_SI:
        return text
    if text == "MW":
        raise ValueError("unit 'MW' would be megawatts; write mW for milliwatts")
    if text.lower() in _BY_WORD:
        return _BY_WORD[text.lower()]
    close = get_close_matches(text.lower(), _BY_WORD, n=1)
    hint = f" Did you mean {_BY_WORD[close[0]]}?" if close else ""
    raise ValueError(f"unit {text!r} is not known.{hint} Known: {', '.join(TO_SI)}")


def parse_header(text: str) -> Quantity | None:
    """Read name and unit of a column: "PSU1 (W)", "total_kWh", "power [mW]"; None without a unit.

    Examples:
        >>> parse_header("PSU1 (W)"), parse_header("CPU Power")
        (Quantity(name='PSU1', unit='W'), None)
    """
    for pattern in (_BRACKETED, _SUFFIXED):
        if (found := pattern.match(text.strip())) is None:
            continue
        try:
            unit = parse_unit(found["unit"])
        except ValueError:
            continue
        return Quantity(name=found["name"].strip() or unit, unit=unit)
    return None


def resolution_of(texts: Collection[str]) -> float:
    """Smallest step that printed numbers show, in their own unit: 12.30 says 0.01.

    The finest of all counts, for a meter that drops trailing zeros shows 12.3 after 12.29.

    Examples:
        >>> resolution_of(["12.3", "12.29"]), resolution_of(["1e-3", "4"])
        (0.01, 0.001)
    """
    return 10.0 ** -max((_n_decimals(text) for text in texts), default=0)


def _n_decimals(text: str) -> int:
    mantissa, _, exponent = text.strip().lower().replace(",", ".").partition("e")
    n_decimals = len(mantissa.partition(".")[2])
    return n_decimals - int(exponent or 0)
