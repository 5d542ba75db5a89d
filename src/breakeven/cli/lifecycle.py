"""`breakeven lifecycle`: what a store cost, each run paid once, and what that is equivalent to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.export import FORMATS, write_as

if TYPE_CHECKING:
    from breakeven.analysis.equivalents import Fleet
    from breakeven.analysis.pathways import PathwayCost
    from breakeven.records import Run, StudyDefinition
    from breakeven.report.tables import Table

_FOR_MACHINES = frozenset({"csv", "json"})
"""Formats whose rows stand alone, without the caption that names the study."""

_BY_COST = frozenset({"price_tag", "equivalents", "fleet"})
"""Tables that --resource narrows."""


def _fleet(context: click.Context, option: click.Parameter, text: str | None) -> "Fleet | None":
    """Read RUNS,ACTORS."""
    if text is None:
        return None
    from breakeven.analysis.equivalents import Fleet  # noqa: PLC0415 - `--help` stays light

    try:
        runs, actors = (float(part) for part in text.split(","))
        return Fleet(n_runs=runs, n_actors=actors)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no number of runs and of actors ({error}); write 100,5000",
            ctx=context,
            param=option,
        ) from error


def _resource(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Know the name of a cost."""
    from breakeven.records import Resource  # noqa: PLC0415 - `--help` stays light

    known = [resource.value for resource in Resource if resource.is_additive]
    if text is None or text in known:
        return text
    raise click.BadParameter(f"{text!r} is none of {', '.join(known)}", ctx=context, param=option)


@click.command()
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--study", default=None, help="Only this study.")
@click.option(
    "--equivalents", is_flag=True, help="Pre-training in fine-tunings, fine-tuning in answers."
)
@click.option(
    "--fleet",
    callback=_fleet,
    metavar="RUNS,ACTORS",
    help="What it takes when ACTORS each run every training RUNS times; both assumed.",
)
@click.option(
    "--price-tag", is_flag=True, help="E, D and H of each row and pathway, and what they took."
)
@click.option(
    "--resource",
    callback=_resource,
    metavar="NAME",
    help="Price tag, equivalents and fleet in this cost alone, such as cpu_s.",
)
@click.option("--table", "name", default=None, help="Print this table alone, such as paid_rows.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *FORMATS)),
    default="text",
    show_default=True,
    help="Of the tables.",
)
@click.option("--measured-only", is_flag=True, help="Leave out modelled, assumed and replayed.")
def command(  # noqa: PLR0913 - one per option
    store: Path,
    *,
    study: str | None,
    name: str | None,
    form: str,
    fleet: "Fleet | None",
    resource: str | None,
    equivalents: bool,
    price_tag: bool,
    measured_only: bool,
) -> None:
    """Say what the runs of STORE cost, each paid once, by row, stage and pathway.

    A row that several pathways rest on, such as a common teacher, is paid once and its share of
    each stated. Failed, pruned and killed runs are named and counted; trials are tuning.
    Equivalents reach across the studies of STORE: a pre-training in one, fine-tunings in another.
    """
    if resource is not None and not (price_tag or equivalents or fleet):
        raise click.UsageError(
            f"--resource {resource} chooses the cost of --price-tag, --equivalents or --fleet; "
            "add one of them"
        )
    definitions, runs = _read(store, study, measured_only=measured_only)
    has_column = form in _FOR_MACHINES and len({run.study for run in runs}) > 1
    tables = list(_rolled_up(definitions, runs, has_column=has_column))
    if equivalents or fleet is not None:
        tables += _life(
            definitions, runs, is_equivalent=equivalents, fleet=fleet, resource=resource
        )
    if price_tag:
        tags = [(d.name, _price_tag(d, runs, resource)) for d in definitions]
        tables += [_of_study(tag, name, has_column=has_column) for name, tag in tags]
    if not tables:
        raise click.UsageError(f"{store} holds no runs{f' of {study}' if study else ''}")
    chosen = [table for table in tables if name in (None, table.name)]
    if not chosen:
        names = ", ".join(dict.fromkeys(table.name for table in tables))
        raise click.UsageError(f"there is no table {name} here; there are {names}")
    for table in chosen:
        _print(table, form)
        if table.name in _BY_COST and not table.rows:
            of = f" in {resource}" if resource else ""
            click.echo(f"table {table.name} is empty{of}; the runs have {_costs(runs)}", err=True)


def _costs(runs: "tuple[Run, ...]") -> str:
    """Names of the costs that some run has."""
    from breakeven.analysis.select import observe  # noqa: PLC0415 - as above
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    seen = [r for r in Resource if r.is_additive and any(observe(run, r) for run in runs)]
    return ", ".join(seen) or "no costs"


def _read(
    store: Path, study: str | None, *, measured_only: bool
) -> "tuple[tuple[StudyDefinition, ...], tuple[Run, ...]]":
    from breakeven.analysis.measured import only_measured  # noqa: PLC0415 - as above
    from breakeven.store import Store  # noqa: PLC0415 - as above

    with Store(store, create=False) as opened:
        definitions = opened.studies() if study is None else (opened.study(study),)
        runs = opened.runs(study=study)
    return tuple(definitions), only_measured(runs) if measured_only else runs


def _rolled_up(
    definitions: "tuple[StudyDefinition, ...]", runs: "tuple[Run, ...]", *, has_column: bool
) -> "Iterator[Table]":
    from breakeven.analysis.rollup import roll_ups  # noqa: PLC0415 - as above
    from breakeven.report.tables.rollup import rollup_tables  # noqa: PLC0415 - as above

    for found in roll_ups(definitions, runs):
        for table in rollup_tables(found):
            yield _of_study(table, found.study, has_column=has_column)


def _of_study(table: "Table", study: str, *, has_column: bool) -> "Table":
    """The same with a column that names the study, where several are written one after another."""
    from breakeven.report.tables import Column  # noqa: PLC0415 - as above

    return table.led_by(Column(name="study", title="Study"), study) if has_column else table


def _life(
    definitions: "tuple[StudyDefinition, ...]",
    runs: "tuple[Run, ...]",
    *,
    is_equivalent: bool,
    fleet: "Fleet | None",
    resource: str | None,
) -> "Iterator[Table]":
    from breakeven.analysis.equivalents import equivalents, fleet_costs  # noqa: PLC0415 - as above
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


def _price_tag(
    definition: "StudyDefinition", runs: "tuple[Run, ...]", resource: str | None
) -> "Table":
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
    from breakeven.analysis.equivalents import named_by_study  # noqa: PLC0415 - as above
    from breakeven.analysis.pathways import pathway_cost  # noqa: PLC0415 - as above
    from breakeven.analysis.select import study_runs  # noqa: PLC0415 - as above

    for definition in definitions:
        found = study_runs(definition, runs)
        for pathway in found.definition.pathways:
            cost = pathway_cost(found, pathway)
            yield named_by_study(cost, definition.name) if len(definitions) > 1 else cost


def _print(table: "Table", form: str) -> None:
    if form == "text":
        click.echo(f"{table.caption}\n\n{table.to_text()}")
    else:
        write_as(table, form=form, out=None)
