"""Tables of `breakeven lifecycle` on what was paid, what it equals, and its price tag."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breakeven.analysis.costs.equivalents import Fleet
    from breakeven.analysis.costs.pathways import PathwayCost
    from breakeven.records import Run, StudyDefinition
    from breakeven.report.tables import Table


def rolled_up(
    definitions: "tuple[StudyDefinition, ...]", runs: "tuple[Run, ...]", *, has_column: bool
) -> "Iterator[Table]":
    """What was paid, by row, stage and pathway, one study after another."""
    from breakeven.analysis.runs.rollup import roll_ups  # noqa: PLC0415 - `--help` stays light
    from breakeven.report.tables.rollup import rollup_tables  # noqa: PLC0415 - as above

    for found in roll_ups(definitions, runs):
        for table in rollup_tables(found):
            yield of_study(table, found.study, has_column=has_column)


def of_study(table: "Table", study: str, *, has_column: bool) -> "Table":
    """The same with a column that names the study, where several are written one after another."""
    from breakeven.report.tables import Column  # noqa: PLC0415 - as above

    return table.led_by(Column(name="study", title="Study"), study) if has_column else table


def equal_tables(
    definitions: "tuple[StudyDefinition, ...]",
    runs: "tuple[Run, ...]",
    *,
    is_equivalent: bool,
    fleet: "Fleet | None",
    resource: str | None,
) -> "Iterator[Table]":
    """Equivalents and a fleet, across studies."""
    from breakeven.analysis.costs.equivalents import equivalents, fleet_costs  # noqa: PLC0415 - as above
    from breakeven.analysis.words import one_item  # noqa: PLC0415 - as above
    from breakeven.report.tables.rollup import (  # noqa: PLC0415 - as above
        equivalents_table,
        fleet_table,
    )

    pathways = list(_pathways(definitions, runs))
    items = {one_item(definition.item) for definition in definitions}
    if is_equivalent:
        found = equivalents(pathways, item=items.pop() if len(items) == 1 else "item")
        yield equivalents_table([e for e in found if resource in (None, e.resource)])
    if fleet is not None:
        costs = fleet_costs(pathways, fleet)
        yield fleet_table([c for c in costs if resource in (None, c.resource)], fleet)


def price_tag_of(
    definition: "StudyDefinition", runs: "tuple[Run, ...]", resource: str | None
) -> "Table":
    """E, D and H of one study, and what they took."""
    from breakeven.analysis.overview import analyse  # noqa: PLC0415 - as above
    from breakeven.report.tables.pricetag import price_tag_table  # noqa: PLC0415 - as above

    own = [run for run in runs if run.study == definition.name]
    analysis = analyse(definition, own)
    tags = tuple(tag for tag in analysis.price_tags if resource in (None, tag.resource))
    table = price_tag_table(replace(analysis, price_tags=tags))
    return replace(table, caption=f"{definition.name}: {table.caption}")


def _pathways(
    definitions: "tuple[StudyDefinition, ...]", runs: "tuple[Run, ...]"
) -> "Iterator[PathwayCost]":
    """Costs of every pathway; with several studies each goes by its study's name too."""
    from breakeven.analysis.costs.equivalents import named_by_study  # noqa: PLC0415 - as above
    from breakeven.analysis.costs.pathways import pathway_cost  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.select import study_runs  # noqa: PLC0415 - as above

    for definition in definitions:
        found = study_runs(definition, runs)
        for pathway in found.definition.pathways:
            cost = pathway_cost(found, pathway)
            yield named_by_study(cost, definition.name) if len(definitions) > 1 else cost
