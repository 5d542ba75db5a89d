"""Columns of costs in tables that people write: what they hold, by the unit in their name."""

import re
from typing import TYPE_CHECKING

from breakeven.units import J_PER_KWH, J_PER_WH, S_PER_DAY, S_PER_H, S_PER_MIN

if TYPE_CHECKING:
    from breakeven.records import Resource

_TIMES = {"ms": 1e-3, "s": 1.0, "min": S_PER_MIN, "h": S_PER_H, "hours": S_PER_H, "d": S_PER_DAY}
_ENERGIES = {"mJ": 1e-3, "J": 1.0, "kJ": 1e3, "MJ": 1e6, "Wh": J_PER_WH, "kWh": J_PER_KWH}
_ENERGIES_BY_WORD = {name.lower(): v for name, v in _ENERGIES.items() if name not in {"mJ", "MJ"}}
_MONEY = {"usd": "price_usd", "$": "price_usd", "eur": "price_eur", "€": "price_eur"}
_UNIT = re.compile(r"^(?P<name>.*?)[\s_]*[\[(]?(?P<unit>[A-Za-z$€]+)[\])]?$")


def cost_column(name: str) -> "tuple[Resource, float] | None":
    """What a column of costs holds and the factor to SI; None for any other column.

    Seconds of a name with `cpu` in it are CPU time, others are wall-clock time.
    """
    from breakeven.records import Resource  # noqa: PLC0415 - `--help` stays light

    found = _UNIT.match(name.strip())
    if found is None:
        return None
    unit, own = found["unit"], found["name"].lower()
    if unit.lower() in _MONEY:
        return Resource(_MONEY[unit.lower()]), 1.0
    factor = _ENERGIES.get(unit, _ENERGIES_BY_WORD.get(unit.lower()))
    if factor is not None:
        return Resource.ENERGY_J, factor
    if unit.lower() in _TIMES and (own or unit == "hours"):
        resource = Resource.CPU_S if "cpu" in own else Resource.DURATION_S
        return resource, _TIMES[unit.lower()]
    return None
