"""Channels of energy in a table: what one column contains of another is never added to it."""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.records import Cost, Resource, Scope

WHOLE = "all"
"""Channel of a column that is called energy alone."""

_SCOPES = {
    **dict.fromkeys(("wall", "plug", "mains", "server", "machine", "node"), Scope.WALL),
    **dict.fromkeys(("psu", "supply", "power_supply"), Scope.SUPPLY),
}


def energies_once(costs: Sequence[Cost]) -> tuple[Cost, ...]:
    """Say of each energy which other one contains it: the plug the total, the total its parts.

    Args:
        costs: Of one row; other resources pass as they are.
    """
    scoped = [
        replace(c, scope=_SCOPES.get(c.channel, Scope.PART))
        if c.resource is Resource.ENERGY_J
        else c
        for c in costs
    ]
    energies = [c for c in scoped if c.resource is Resource.ENERGY_J]
    widest = max(energies, key=_width, default=None)
    if widest is None or _width(widest) == (0, False):
        return tuple(scoped)
    return tuple(
        replace(c, part_of=widest.channel) if c in energies and _width(c) < _width(widest) else c
        for c in scoped
    )


def _width(cost: Cost) -> tuple[int, bool]:
    return cost.scope.width, cost.channel == WHOLE
