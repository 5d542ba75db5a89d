"""Orders: which pathway is cheaper by each measure, and whether the runs can tell.

Deployment is compared within blocks, as a ratio; development as a difference in which shared
rows cancel. A development row that was measured once says nothing of its scatter, so the order
it gives is one draw, whatever its sensor resolves.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.comparison import compare, development_difference, own_rows
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.runs.seeds import seed_doubt
from breakeven.analysis.scoring.score_results import CostOrder
from breakeven.analysis.uncertain import LEVEL, Observation, Uncertain, mean_of, once
from breakeven.records import Estimate, Item, Kind, Resource

DEVELOPMENT, DEPLOYMENT = "development", "deployment"
ONCE = "development ran once"
ONE_BLOCK = "fewer than two common blocks"
STATED = "stated, without an interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whether two costs are told apart.

    Attributes:
        is_apart: None where no interval can be given.
        why: Why none can be given; empty when it can.
    """

    is_apart: bool | None
    why: str = ""


def cost_orders(
    pathways: Sequence[PathwayCost], resources: Sequence[Resource]
) -> tuple[CostOrder, ...]:
    """Every two pathways in every resource, in development and in deployment.

    Args:
        pathways: Gathered costs.
        resources: Cost measures to compare.

    Examples:
        >>> cost_orders([], [])
        ()
    """
    orders = (
        order
        for resource in resources
        for left, right in combinations(pathways, 2)
        for order in (_development(left, right, resource), _deployment(left, right, resource))
    )
    return tuple(order for order in orders if order is not None)


def told_over_life(
    left: PathwayCost, right: PathwayCost, resource: Resource, *, item: Item, volume: float
) -> Told:
    """Whether two pathways are told apart in average cost after `volume` items.

    Args:
        left: One of them.
        right: The other.
        resource: Which cost.
        item: What a volume counts.
        volume: How many.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft, ts = (pathway_cost(found, p) for p in definition.pathways[:2])
        >>> told_over_life(ft, ts, Resource.CPU_S, item=Item.EXAMPLE, volume=1e5).why
        'development ran once'
    """
    pair = compare(left, right, resource, item=item)
    if pair is None:
        return Told(is_apart=None, why=ONE_BLOCK)
    if ran_once(left, right, resource):
        return Told(is_apart=None, why=ONCE)
    if why := _no_blocks(left, right, resource):
        return Told(is_apart=None, why=why)
    return _told(pair.saved.scaled(volume) - pair.extra)


def _development(left: PathwayCost, right: PathwayCost, resource: Resource) -> CostOrder | None:
    one, two = left.development(resource), right.development(resource)
    if one is None or two is None or two.value <= 0:
        return None
    difference = development_difference(left, right, resource)
    is_bare = not difference.has_scatter and Kind.MEASURED in difference.kinds
    told = (
        Told(is_apart=None, why=ONCE)
        if is_bare or ran_once(left, right, resource)
        else _told(difference)
    )
    return CostOrder(
        left=left.name,
        right=right.name,
        resource=resource,
        phase=DEVELOPMENT,
        ratio=_point(one, two, resource, "ratio of development totals; no interval"),
        is_told_apart=told.is_apart,
        why=told.why,
    )


def _deployment(left: PathwayCost, right: PathwayCost, resource: Resource) -> CostOrder | None:
    one, two = left.marginal(resource), right.marginal(resource)
    if one is None or two is None or min(one.value, two.value) <= 0:
        return None
    logs = _log_ratio(left, right, resource)
    why = _no_blocks(left, right, resource)
    difference = left.use_difference(right, resource)
    told = Told(is_apart=None, why=why)
    if not why and difference is not None:
        told = _told(difference if logs is None else logs)
    return CostOrder(
        left=left.name,
        right=right.name,
        resource=resource,
        phase=DEPLOYMENT,
        ratio=_point(one, two, resource, "ratio of averages; no interval")
        if logs is None or why
        else _ratio(logs, resource),
        is_told_apart=told.is_apart,
        why=told.why,
    )


def _told(difference: Uncertain) -> Told:
    low, high = difference.interval()
    return Told(is_apart=low > 0 or high < 0)


def ran_once(left: PathwayCost, right: PathwayCost, resource: Resource) -> bool:
    """Whether development that only one of two has was measured in that resource, and once only.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> ft, ts = (pathway_cost(found, p) for p in definition.pathways[:2])
        >>> ran_once(ft, ts, Resource.CPU_S), ran_once(ft, ts, Resource.FLOPS)
        (True, False)
    """
    own = [row for row in own_rows(left, right) if Kind.MEASURED in _kinds(row.amounts, resource)]
    return bool(rows_measured_once(own))


def _kinds(amounts: Mapping[Resource, Uncertain], resource: Resource) -> tuple[Kind, ...]:
    return amounts[resource].kinds if resource in amounts else ()


def _no_blocks(left: PathwayCost, right: PathwayCost, resource: Resource) -> str:
    """Why there is no interval between two costs per item; empty when there is one."""
    sides = [p.blocks.get(resource, {}) for p in (left, right)]
    kinds = {kind for blocks in sides for o in blocks.values() for kind in o.kinds}
    if Kind.ASSUMED in kinds:
        return STATED
    is_split = resource in left.splits or resource in right.splits
    is_few = min(len(blocks) for blocks in sides) < 2
    return ONE_BLOCK if is_few and not is_split and kinds != {Kind.COUNTED} else ""


def _log_ratio(left: PathwayCost, right: PathwayCost, resource: Resource) -> Uncertain | None:
    """Mean log ratio over common blocks with the seeds' doubt of both; None without pairs."""
    if resource in left.splits or resource in right.splits:
        return None
    one, two = left.blocks[resource], right.blocks[resource]
    common = [b for b in one if b >= 0 and b in two]
    pairs = [(one[b], two[b]) for b in common]
    if len(pairs) < 2 or min(min(a.low, b.low) for a, b in pairs) <= 0:
        return None
    logs = mean_of([_log(a, b) for a, b in pairs])
    for pathway in (left, right):
        doubt, mean = seed_doubt(pathway.independent, resource), pathway.marginal(resource)
        if doubt is not None and mean is not None:
            logs = logs + doubt.scaled(1 / mean.value)  # the delta method: seeds differ by percents
    return logs


def _log(left: Observation, right: Observation) -> Observation:
    return Observation(
        value=math.log(left.value / right.value),
        low=math.log(left.low / right.high),
        high=math.log(left.high / right.low),
        kinds=once((*left.kinds, *right.kinds)),
        origins=once((*left.origins, *right.origins)),
        run_ids=once((*left.run_ids, *right.run_ids)),
    )


def _ratio(logs: Uncertain, resource: Resource) -> Estimate:
    low, high = logs.interval()
    return Estimate(
        name=f"ratio in {resource.value}",
        value=math.exp(logs.value),
        low=math.exp(low),
        high=math.exp(high),
        level=LEVEL if logs.has_scatter else None,
        method="t interval on the mean log ratio per block"
        if logs.has_scatter
        else "mean ratio; bounds from the sensors' resolution",
        n=logs.n,
        kinds=logs.kinds,
        origins=logs.origins,
        run_ids=logs.run_ids,
    )


def _point(one: Uncertain, two: Uncertain, resource: Resource, method: str) -> Estimate:
    return Estimate(
        name=f"ratio in {resource.value}",
        value=one.value / two.value,
        method=method,
        n=min(one.n, two.n),
        kinds=once((*one.kinds, *two.kinds)),
        origins=once((*one.origins, *two.origins)),
        run_ids=once((*one.run_ids, *two.run_ids)),
    )
