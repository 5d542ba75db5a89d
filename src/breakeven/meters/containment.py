"""Containment: what a cost is in, or checks, when the channel that its sensor names was not read.

`Measurement.total` leaves out what is part of a channel that is there, and what checks one. Without
the package, its cores would be added to the platform that holds both; without a GPU's counter, two
sensors that check it would be added to each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.records import Cost, Resource
from breakeven.records.protocols import Channel

_Key = tuple[Resource, str]


def rehung(costs: Sequence[Cost], channels: Iterable[Channel]) -> list[Cost]:
    """Hang what names an absent channel on the nearest one that is there.

    A channel that is absent is replaced by the first sensor that checks it, else by what contains
    it. Where there is neither, the cost stands on its own and still names what is missing.

    Args:
        costs: Of one window.
        channels: Every channel there is, read or not.
    """
    present = {(cost.resource, cost.channel) for cost in costs}
    named = {(c.resource, name) for c in costs for name in (c.part_of, c.check_of) if name}
    if named <= present:
        return list(costs)
    checks = [c for c in reversed(costs) if (c.resource, c.check_of or "") in named - present]
    tree = _Tree(
        present=present,
        known={(channel.resource, channel.name): channel for channel in channels},
        instead={(c.resource, c.check_of or ""): c for c in checks},
    )
    return [tree.hung(cost) for cost in costs]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """What contains what.

    Attributes:
        present: Channels that were read.
        known: Every channel.
        instead: Of an absent channel that is checked, the first check.
    """

    present: set[_Key]
    known: Mapping[_Key, Channel]
    instead: Mapping[_Key, Cost]

    def hung(self, cost: Cost) -> Cost:
        main = cost.resource, cost.check_of or ""
        stands_in = self.instead.get(main)
        if stands_in is not None and stands_in.sensor != cost.sensor:
            return replace(cost, check_of=stands_in.channel)
        inner = cost.part_of or (self._outside(main) if stands_in is not None else None)
        outer = self._nearest((cost.resource, inner or ""))
        return cost if outer in (None, cost.part_of) else replace(cost, part_of=outer)

    def _nearest(self, key: _Key) -> str | None:
        """Name of the innermost channel that was read, from one on outwards."""
        passed: set[_Key] = set()
        while key not in passed:
            if key in self.present:
                return key[1]
            if key in self.instead:
                return self.instead[key].channel
            passed.add(key)
            key = key[0], self._outside(key) or ""
        return None

    def _outside(self, key: _Key) -> str | None:
        channel = self.known.get(key)
        return None if channel is None else channel.part_of or channel.check_of
