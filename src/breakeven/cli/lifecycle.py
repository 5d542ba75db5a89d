"""`breakeven lifecycle`: who is cheapest at which volume, and what a store cost, paid once."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.cost_names import additive_costs, cost_named
from breakeven.cli.export import FORMATS, write_as
from breakeven.cli.fleet_option import read_fleet
from breakeven.cli.lifecycle_answers import StudyLife, answer_lines, results, study_life
from breakeven.cli.lifecycle_matrix import matrix_options
from breakeven.cli.lifecycle_options import LifeAsked, life_asked, lifetime_options
from breakeven.cli.lifecycle_output import as_data, life_tables
from breakeven.cli.lifecycle_paid import equal_tables, of_study, price_tag_of, rolled_up
from breakeven.cli.screen import on_screen, wrapped
from breakeven.errors import NoStudyError

if TYPE_CHECKING:
    from breakeven.analysis.costs.equivalents import Fleet
    from breakeven.records import Run, StudyDefinition
    from breakeven.report.tables import Table

_FOR_MACHINES = frozenset({"csv", "json"})
"""Formats whose rows stand alone, without the caption that names the study."""

_BY_COST = frozenset({"price_tag", "equivalents", "fleet"})
"""Tables that --resource narrows."""


def _resource(context: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """Know the name of a cost, or its short name."""
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - `--help` stays light

    known = additive_costs()
    if text is None or cost_named(text) in known:
        return None if text is None else cost_named(text)
    error = UnknownNameError("cost", text, known)
    raise click.BadParameter(str(error), ctx=context, param=option)


@click.command()
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--study", default=None, help="Only this study.")
@click.option(
    "--equivalents", is_flag=True, help="Pre-training in fine-tunings, fine-tuning in answers."
)
@click.option(
    "--fleet",
    callback=read_fleet,
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
    help="Answer in this cost alone: cpu, time, energy, carbon, eur, usd, or a name such as flops.",
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
@click.option("--json", "as_json", is_flag=True, help="Print all as one JSON object.")
@matrix_options
@lifetime_options
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
    as_json: bool,
    **options: Any,  # noqa: ANN401 - questions of volume; `life_asked` knows each
) -> None:
    """Say who is cheapest at which volume, and what the runs of STORE cost, each paid once.

    With a question of volume (--break-even, --cheapest, --map, --at-lifetime, --profile, --ratio,
    --equations) its tables are printed. Without one: what was paid, by row, stage and pathway. A
    row that several pathways rest on, such as a common teacher, is paid once and its share of each
    stated. Failed, pruned and killed runs are named and counted; trials are tuning. Equivalents
    reach across the studies of STORE: a pre-training in one, fine-tunings in another.
    """
    _refuse_mixed(name, form, as_json=as_json)
    asked = _measurable(life_asked(options), measured_only=measured_only)
    definitions, runs = _read(store, study, measured_only=measured_only)
    if not runs:
        raise NoStudyError(f"{store} holds no runs{f' of {study}' if study else ''}")
    lives = [
        study_life(d, runs, asked, resource=resource, measured_only=measured_only)
        for d in definitions
    ]
    found = [results(life) for life in lives]
    is_other = price_tag or equivalents or fleet is not None
    has_column = form in _FOR_MACHINES and len({run.study for run in runs}) > 1
    tables: list[Table] = []
    if not asked.is_any or name is not None:
        tables += rolled_up(definitions, runs, has_column=has_column)
    if asked.is_any:
        for life, answers in zip(lives, found, strict=True):
            of_life = life_tables(life, answers, is_text=form == "text")
            own = life.found.definition.name
            tables += [of_study(table, own, has_column=has_column) for table in of_life]
    if equivalents or fleet is not None:
        tables += equal_tables(
            definitions, runs, is_equivalent=equivalents, fleet=fleet, resource=resource
        )
    if price_tag:
        tags = [(d.name, price_tag_of(d, runs, resource)) for d in definitions]
        tables += [of_study(tag, of, has_column=has_column) for of, tag in tags]
    if as_json:
        others = [t for t in tables if t.name in _BY_COST or t.name.startswith("paid_")]
        click.echo(_json(lives, found, others))
        return
    if form == "text" and name is None and (asked.is_any or not is_other):
        _say(lives)
    elif asked.is_any:
        _say_assumed(lives)
    _print_tables(_chosen(tables, name), form, resource=resource, runs=runs)


def _measurable(asked: LifeAsked, *, measured_only: bool) -> LifeAsked:
    if measured_only and asked.assumption:
        raise click.UsageError(
            f"{asked.assumption} is assumed, which --measured-only leaves out; drop one of them"
        )
    return asked


def _chosen(tables: "list[Table]", name: str | None) -> "list[Table]":
    """All tables, or those of one name."""
    chosen = [table for table in tables if name in (None, table.name)]
    if not chosen:
        names = ", ".join(dict.fromkeys(table.name for table in tables))
        raise click.UsageError(f"there is no table {name} here; there are {names}")
    return chosen


def _print_tables(
    tables: "list[Table]", form: str, *, resource: str | None, runs: "tuple[Run, ...]"
) -> None:
    for table in tables:
        _print(table, form)
        if table.name in _BY_COST and not table.rows:
            of = f" in {resource}" if resource else ""
            click.echo(f"table {table.name} is empty{of}; the runs have {_costs(runs)}", err=True)


def _say(lives: list[StudyLife]) -> None:
    """The short answer, before any table."""
    for life in lives:
        lines = answer_lines(life)
        if lines:
            told = (wrapped(line, indent="  ") for line in lines)
            click.echo("\n".join((f"{life.found.definition.name}:", *told)) + "\n")


def _say_assumed(lives: list[StudyLife]) -> None:
    """What was assumed, beside tables that stand alone."""
    for life in lives:
        for line in answer_lines(life):
            if line.startswith("Assumed: "):
                click.echo(f"{life.found.definition.name}: {line}", err=True)


def _json(lives: list[StudyLife], found: list[dict[str, Any]], tables: "list[Table]") -> str:
    """One object: the answers of each study, and other tables by name."""
    told = {
        "command": "lifecycle",
        "studies": [as_data(life, own) for life, own in zip(lives, found, strict=True)],
        "tables": [table.to_data() for table in tables],
    }
    return json.dumps(told, indent=1, allow_nan=False)


def _costs(runs: "tuple[Run, ...]") -> str:
    """Names of the costs that some run has."""
    from breakeven.analysis.runs.select import observe  # noqa: PLC0415 - as above
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    seen = [r for r in Resource if r.is_additive and any(observe(run, r) for run in runs)]
    return ", ".join(seen) or "no costs"


def _refuse_mixed(name: str | None, form: str, *, as_json: bool) -> None:
    if as_json and (name is not None or form not in ("text", "json")):
        raise click.UsageError(
            "--json prints every table; drop it, or take --format json of one --table"
        )


def _read(
    store: Path, study: str | None, *, measured_only: bool
) -> "tuple[tuple[StudyDefinition, ...], tuple[Run, ...]]":
    from breakeven.analysis.runs.measured import only_measured  # noqa: PLC0415 - as above
    from breakeven.store import Store  # noqa: PLC0415 - as above

    with Store(store, create=False) as opened:
        definitions = opened.studies() if study is None else (opened.study(study),)
        runs = opened.runs(study=study)
    return tuple(definitions), only_measured(runs) if measured_only else runs


def _print(table: "Table", form: str) -> None:
    if form == "text":
        click.echo(on_screen(table))
    else:
        write_as(table, form=form, out=None)
