"""Units of a cost table's columns, and what one of each is in the unit that records keep.

Case matters where letters mean two things: mJ and MJ, and a `_mj` in small letters is neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from breakeven.units import (
    BYTES_PER_GIB,
    BYTES_PER_MIB,
    J_PER_KWH,
    J_PER_WH,
    S_PER_DAY,
    S_PER_H,
    S_PER_MIN,
)


class Dimension(StrEnum):
    """What a unit measures."""

    TIME = "time"
    ENERGY = "energy"
    POWER = "power"
    WORK = "work"
    CARBON = "carbon"
    USD = "US dollars"
    EUR = "euros"
    BYTES = "bytes"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit.

    Attributes:
        dimension: What it measures.
        factor: One of it in the unit that records keep.
        is_macs: Whether it counts multiply-accumulates, of which each is two FLOPs.
    """

    dimension: Dimension
    factor: float
    is_macs: bool = False


KG_PER_LB = 0.45359237
"""International pound, exact."""

_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18, "z": 1e21}
"""Of counted work, in small letters: nobody counts thousandths of an operation."""


def _units() -> dict[str, Unit]:
    """Unit by how it is written; those in small letters are found in any case."""
    plain = {
        Dimension.TIME: {
            **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
            **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1e-3),
            **dict.fromkeys(("us", "\N{MICRO SIGN}s", "microseconds"), 1e-6),
            **dict.fromkeys(("min", "mins", "minute", "minutes"), S_PER_MIN),
            **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), S_PER_H),
            **dict.fromkeys(("day", "days"), S_PER_DAY),
        },
        Dimension.ENERGY: {
            **dict.fromkeys(("j", "joule", "joules"), 1.0),
            "kj": 1e3,
            "gj": 1e9,
            "wh": J_PER_WH,
            "kwh": J_PER_KWH,
            "gwh": 1e6 * J_PER_KWH,
        },
        Dimension.POWER: {"w": 1.0, "watt": 1.0, "watts": 1.0, "kw": 1e3},
        Dimension.CARBON: {
            "kgco2e": 1.0,
            "kgco2": 1.0,
            "kg": 1.0,
            "gco2e": 1e-3,
            "gco2": 1e-3,
            "tco2e": 1e3,
            "tco2": 1e3,
            "lbs": KG_PER_LB,
            "lb": KG_PER_LB,
        },
        Dimension.USD: {"usd": 1.0, "$": 1.0},
        Dimension.EUR: {"eur": 1.0, "\N{EURO SIGN}": 1.0},
        Dimension.BYTES: {
            "bytes": 1.0,
            "kb": 1e3,
            "mb": 1e6,
            "gb": 1e9,
            "kib": 1024.0,
            "mib": float(BYTES_PER_MIB),
            "gib": float(BYTES_PER_GIB),
        },
        Dimension.COUNT: {
            "thousand": 1e3,
            "million": 1e6,
            "millions": 1e6,
            "billion": 1e9,
            "billions": 1e9,
        },
    }
    found = {
        name: Unit(dimension=dimension, factor=factor)
        for dimension, names in plain.items()
        for name, factor in names.items()
    }
    for prefix, factor in _PREFIXES.items():
        for name in ("flop", "flops"):
            found[prefix + name] = Unit(dimension=Dimension.WORK, factor=factor)
        for name in ("mac", "macs"):
            found[prefix + name] = Unit(dimension=Dimension.WORK, factor=2 * factor, is_macs=True)
    return found


UNITS: Mapping[str, Unit] = MappingProxyType(_units())
"""By name in small letters."""

AS_WRITTEN: Mapping[str, Unit] = MappingProxyType(
    {
        "mJ": Unit(dimension=Dimension.ENERGY, factor=1e-3),
        "MJ": Unit(dimension=Dimension.ENERGY, factor=1e6),
        "mWh": Unit(dimension=Dimension.ENERGY, factor=1e-3 * J_PER_WH),
        "MWh": Unit(dimension=Dimension.ENERGY, factor=1e3 * J_PER_KWH),
        "mW": Unit(dimension=Dimension.POWER, factor=1e-3),
        "MW": Unit(dimension=Dimension.POWER, factor=1e6),
        "B": Unit(dimension=Dimension.COUNT, factor=1e9),
        "M": Unit(dimension=Dimension.COUNT, factor=1e6),
        "k": Unit(dimension=Dimension.COUNT, factor=1e3),
        "K": Unit(dimension=Dimension.COUNT, factor=1e3),
    }
)
"""Units in which the case of a letter is a factor."""

AMBIGUOUS: Mapping[str, str] = MappingProxyType(
    {
        "mj": "mJ (thousandths) or MJ (millions)",
        "mwh": "mWh (thousandths) or MWh (millions)",
        "mw": "mW (thousandths) or MW (millions)",
    }
)
"""What cannot be told in small letters."""


def unit_named(text: str) -> Unit | None:
    """Find a unit; None where there is none so called, or case would have to say which.

    Examples:
        >>> unit_named("kWh").factor, unit_named("MJ").factor, unit_named("GMACs").factor
        (3600000.0, 1000000.0, 2000000000.0)
        >>> unit_named("mj") is None
        True
    """
    return AS_WRITTEN.get(text) or UNITS.get(text.lower())
