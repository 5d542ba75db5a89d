"""Derived: pathways in a cost that follows from another, such as the rent that time comes to.

Rows, blocks, seeds, start-up and their splits are all scaled, so that whatever is asked of a
pathway (pairs by block, doubt of seeds) is answered as for the cost that it follows from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.startup import Split
from breakeven.analysis.deciding.measures import Measure, takes_part
from breakeven.analysis.deciding.settings import Settings
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.uncertain import Observation, Uncertain, once
from breakeven.records import Kind, Resource

Doubtful = TypeVar("Doubtful", Uncertain, Observation)
T = TypeVar("T")


def in_measure(
    measure: Measure, pathways: Sequence[PathwayCost], settings: Settings
) -> tuple[PathwayCost, ...]:
    """Pathways with the numbers of a measure under its resource; whole where that is observed.

    Args:
        measure: The cost asked for.
        pathways: Gathered costs.
        settings: Prices, factors and overhead.

    Raises:
        ValueError: If the measure needs a number that nobody gave.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.deciding.measures import DERIVED
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> asked = Settings(measure="rent", volume=1e5, price_per_hour=3600.0)
        >>> rented, = in_measure(DERIVED[0], [ft], asked)
        >>> rented.development(Resource.PRICE_EUR).value == ft.development(
        ...     Resource.DURATION_S).value
        True
    """
    into, factor = measure.resource(settings), measure.factor(settings)
    if into is measure.base and factor == 1:
        return tuple(pathways)
    members = {p.name for p in takes_part(measure, pathways)}
    return tuple(
        _scaled(p, measure.base, into, factor=factor) if p.name in members else _without(p, into)
        for p in pathways
    )


def _scaled(pathway: PathwayCost, base: Resource, into: Resource, *, factor: float) -> PathwayCost:
    def turned(values: Mapping[Resource, Uncertain]) -> dict[Resource, Uncertain]:
        found = _less(values, into)
        return found | {into: _times(values[base], factor)} if base in values else found

    def blocks(
        by_resource: Mapping[Resource, Mapping[int, Observation]],
    ) -> dict[Resource, Mapping[int, Observation]]:
        found = _less(by_resource, into)
        if base not in by_resource:
            return found
        return found | {into: {b: _times(o, factor) for b, o in by_resource[base].items()}}

    splits = _less(pathway.splits, into)
    if base in pathway.splits:
        splits |= {into: _split(pathway.splits[base], factor)}
    return replace(
        pathway,
        rows=tuple(_row(row, turned(row.amounts), turned(row.per_run)) for row in pathway.rows),
        blocks=blocks(pathway.blocks),
        startup=turned(pathway.startup),
        splits=splits,
        seeds={seed: blocks(by_resource) for seed, by_resource in pathway.seeds.items()},
    )


def _row(
    row: RowCost, amounts: dict[Resource, Uncertain], per_run: dict[Resource, Uncertain]
) -> RowCost:
    return replace(row, amounts=amounts, per_run=per_run)


def _split(split: Split, factor: float) -> Split:
    return replace(
        split, per_item=_times(split.per_item, factor), startup=_times(split.startup, factor)
    )


def _times(amount: Doubtful, factor: float) -> Doubtful:
    return replace(amount.scaled(factor), kinds=once((*amount.kinds, Kind.ASSUMED)))


def _less(values: Mapping[Resource, T], into: Resource) -> dict[Resource, T]:
    return {resource: value for resource, value in values.items() if resource is not into}


def _without(pathway: PathwayCost, into: Resource) -> PathwayCost:
    return replace(pathway, blocks=_less(pathway.blocks, into))
