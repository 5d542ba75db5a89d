"""Totals: what a run consumed of each resource, over all phases and in its work phase alone.

The arithmetic is that of `Run.costs` and `Measurement.total`, in the same order so that the last
bit agrees, on a line that was decoded without building the records; a test compares the two.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from breakeven.records import Kind, Origin, PhaseName, Resource
from breakeven.records.cost import Scope

RESOURCES = tuple(Resource)
KINDS = tuple(Kind)
ORIGINS = tuple(Origin)

_RESOURCE = {resource: i * len(KINDS) for i, resource in enumerate(RESOURCES)}
_KIND = {kind: i for i, kind in enumerate(KINDS)}
_ORIGIN = {origin: i for i, origin in enumerate(ORIGINS)}
_IS_ADDITIVE = tuple(resource.is_additive for resource in RESOURCES)
_WIDTH = {scope: scope.width for scope in Scope}
_REPLAYED, _DERIVED = _ORIGIN[Origin.REPLAYED], _ORIGIN[Origin.DERIVED]

Amount = tuple[float, float, float, int]
"""Value, low and high with an origin, or with the bits of all kinds and origins that entered."""

Sums = dict[int, Amount]
"""Amount by resource and kind, or by resource."""


class ImpossibleCostError(ValueError):
    """A cost that no record can hold: not 0 <= low <= value <= high."""


def totals(phases: Sequence[Any], counts: Sequence[Any]) -> tuple[Sums, Sums]:
    """Sum one run's costs by resource: over everything, and over its work.

    Args:
        phases: As decoded by `codec.strict_run_decoder`.
        counts: The same.

    Returns:
        By place of the resource in `RESOURCES`; what was not observed is absent. The last part of
        an amount has bit i for kind i and bit `len(KINDS) + i` for origin i.

    Raises:
        ImpossibleCostError: If a cost is not 0 <= low <= value <= high.
    """
    whole: Sums = {}
    work: Sums = {}
    for phase in phases:
        is_work = phase.name is PhaseName.WORK
        for key, group in _grouped(phase.measurement.costs or ()).items():
            total = _total(group, key // len(KINDS))
            if total is not None:
                _add(whole, key, total)
                if is_work:
                    _add(work, key, total)
    for count in counts:
        amount = _amount(count)
        if not (count.part_of or count.check_of):
            key = _RESOURCE[count.resource] + _KIND[count.kind]
            _add(whole, key, amount)
            _add(work, key, amount)
    return _by_resource(whole), _by_resource(work)


def _grouped(costs: Iterable[Any]) -> Mapping[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for cost in costs:
        key = _RESOURCE[cost.resource] + _KIND[cost.kind]
        if key in groups:
            groups[key].append(cost)
        else:
            groups[key] = [cost]
    return groups


def _total(group: list[Any], resource: int) -> Amount | None:
    """As `Measurement.total`: channels that neither contain nor check each other, widest only."""
    if len(group) == 1 and group[0].part_of is None and group[0].check_of is None:
        return _amount(group[0])
    present = {cost.channel for cost in group}
    amounts = {id(cost): _amount(cost) for cost in group}
    outermost = [c for c in group if not {c.part_of, c.check_of} & present]
    if not outermost:
        return None
    needed = max(_coverage(c) for c in outermost) / 2
    blind = {_scope(c) for c in outermost if _coverage(c) < needed}
    whole = [_scope(c) for c in outermost if _scope(c) not in blind]
    widest = max(whole or [_scope(c) for c in outermost], key=_WIDTH.__getitem__)
    sums: Sums = {}
    for cost in outermost:
        if _scope(cost) is widest:
            _add(sums, resource * len(KINDS), amounts[id(cost)])
    return sums[resource * len(KINDS)]


def _amount(cost: Any) -> Amount:  # noqa: ANN401 - a class made at run time
    value, low, high = cost.value, cost.low, cost.high
    if not 0 <= low <= value <= high:
        raise ImpossibleCostError(f"{low}, {value}, {high}")
    return value, low, high, 0 if cost.origin is None else _ORIGIN[cost.origin]


def _coverage(cost: Any) -> float:  # noqa: ANN401 - the same
    return 1.0 if cost.coverage_frac is None else float(cost.coverage_frac)


def _scope(cost: Any) -> Scope:  # noqa: ANN401 - the same
    return Scope.PART if cost.scope is None else Scope(cost.scope)


def _add(sums: Sums, key: int, more: Amount) -> None:
    known = sums.get(key)
    if known is None:
        sums[key] = more
        return
    origin = known[3] if known[3] == more[3] else _mixed(known[3], more[3])
    if _IS_ADDITIVE[key // len(KINDS)]:
        sums[key] = known[0] + more[0], known[1] + more[1], known[2] + more[2], origin
    else:
        pairs = zip(known[:3], more[:3], strict=True)
        value, low, high = (max(pair) for pair in pairs)
        sums[key] = value, low, high, origin


def _mixed(left: int, right: int) -> int:
    """As the origin of a sum of costs."""
    return _REPLAYED if _REPLAYED in (left, right) else _DERIVED


def _by_resource(sums: Sums) -> Sums:
    """Put kinds together as `analysis` does, and turn kind and origin into bits."""
    grouped: dict[int, list[Amount]] = {}
    for key in sorted(sums):
        resource, kind = divmod(key, len(KINDS))
        value, low, high, origin = sums[key]
        bits = 1 << kind | 1 << (len(KINDS) + origin)
        grouped.setdefault(resource, []).append((value, low, high, bits))
    return {resource: _together(resource, each) for resource, each in grouped.items()}


def _together(resource: int, each: list[Amount]) -> Amount:
    if len(each) == 1:
        return each[0]
    combine = math.fsum if _IS_ADDITIVE[resource] else max
    values, lows, highs, bits = zip(*each, strict=True)
    return combine(values), combine(lows), combine(highs), reduce(or_, bits)
