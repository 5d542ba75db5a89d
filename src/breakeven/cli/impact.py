"""`breakeven impact`: kWh, kg CO2e and money, of a store or of stated energy, time and chips."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export import FORMATS, write_as
from breakeven.cli.impact_asked import (
    assumptions_of,
    refuse_beside_grids,
    refuse_contradictions,
)
from breakeven.cli.impact_options import impact_options
from breakeven.cli.screen import told_columns
from breakeven.errors import NoStudyError

if TYPE_CHECKING:
    from breakeven.analysis.impacts.footprint import Assumptions, Subject
    from breakeven.cli.impact_text import Told
    from breakeven.records import Estimate, Run


@click.command()
@click.argument("store", type=click.Path(path_type=Path), required=False)
@impact_options
@click.option(
    "--table", "name", type=click.Choice(("impact", "inputs")), help="Print this table alone."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *FORMATS)),
    default="text",
    show_default=True,
    help="Of the tables.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(store: Path | None, **options: Any) -> None:  # noqa: ANN401 - one per option
    """Say what energy, carbon and money a store or a stated amount took.

    Of STORE: all runs, and of each pathway its making, its use and its life. Else of --energy, of
    time and draw (--hours with --watts, after Strubell et al. 2019), or of --chips and --days.
    Every assumption is VALUE,YEAR,SOURCE, with a range as VALUE,LOW-HIGH,YEAR,SOURCE; nothing has a
    default, no country either.
    """
    if options["list_grids"]:
        refuse_beside_grids(store, options)
        _list_grids(options)
        return
    refuse_contradictions(store, options)
    assumed = assumptions_of(options)
    told = _of_store(store, assumed, options) if store else _of_stated(assumed, options)
    if options["as_json"]:
        from breakeven.cli.impact_data import impact_data  # noqa: PLC0415 - `--help` stays light

        click.echo(json.dumps(impact_data(told), indent=1))
        return
    _print(told, options["name"], options["form"])


def _print(told: "Told", name: str | None, form: str) -> None:
    from breakeven.cli.impact_text import impact_text, told_tables  # noqa: PLC0415 - as above

    if form == "text" and name is None:
        click.echo(impact_text(told))
        return
    for table in told_tables(told):
        if name not in {None, table.name}:
            continue
        if form == "text":
            click.echo(f"{table.caption}\n\n{table.to_text(told_columns())}")
        else:
            write_as(table, form=form, out=None)


def _list_grids(options: dict[str, Any]) -> None:
    from breakeven.analysis.impacts.grids import grids  # noqa: PLC0415 - as above
    from breakeven.report.tables.assumed import grids_table  # noqa: PLC0415 - as above

    table = grids_table(grids())
    form = "json" if options["as_json"] else options["form"]
    if form == "text":
        from breakeven.cli.impact_text import wrapped  # noqa: PLC0415 - as above

        narrow = table.without({"unit"}).to_text(told_columns())
        click.echo(f"{wrapped(table.caption)}\n\n{narrow}", nl=False)
    else:
        write_as(table, form=form, out=None)


def _of_store(store: Path, assumed: "Assumptions", options: dict[str, Any]) -> "Told":
    from breakeven.analysis.impacts.footprint import footprints  # noqa: PLC0415 - as above
    from breakeven.analysis.impacts.sentences import sentences, unmetered  # noqa: PLC0415 - as above
    from breakeven.cli.impact_text import Told  # noqa: PLC0415 - as above

    subjects, runs = _stored(store, options)
    if not subjects:
        of = f" of {options['study']}" if options["study"] else ""
        raise NoStudyError(f"{store} holds no runs{of}")
    found = footprints(subjects, assumed)
    return Told(
        title=str(store),
        footprints=found,
        assumed=assumed,
        sentences=(*sentences(found, assumed), *unmetered(runs)),
    )


def _stored(store: Path, options: dict[str, Any]) -> "tuple[tuple[Subject, ...], tuple[Run, ...]]":
    from breakeven.analysis.impacts.subjects import (  # noqa: PLC0415 - as above
        run_subjects,
        store_subjects,
    )
    from breakeven.analysis.runs.measured import only_measured  # noqa: PLC0415 - as above
    from breakeven.store import Store  # noqa: PLC0415 - as above

    study = options["study"]
    with Store(store, create=False) as opened:
        definitions = opened.studies() if study is None else (opened.study(study),)
        runs = tuple(opened.runs(study=study))
    runs = only_measured(runs) if options["measured_only"] else runs
    if options["by_run"]:
        return run_subjects(runs), runs
    if not runs:
        return (), runs
    found = store_subjects(definitions, runs, volume=options["volume"], fleet=options["fleet"])
    return found, runs


def _of_stated(assumed: "Assumptions", options: dict[str, Any]) -> "Told":
    from breakeven.analysis.impacts.footprint import footprint  # noqa: PLC0415 - as above
    from breakeven.analysis.impacts.money import implied_price  # noqa: PLC0415 - as above
    from breakeven.analysis.impacts.sentences import sentences  # noqa: PLC0415 - as above
    from breakeven.cli.impact_text import Told  # noqa: PLC0415 - as above

    subject = _stated_subject(options)
    found = footprint(subject, assumed)
    paid = _amount(options["usd"], "price_usd", "DOLLARS", options)
    implied = None
    if paid is not None and subject.duration is not None:
        try:
            implied = implied_price(paid, options["chips"], subject.duration)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    return Told(
        title=subject.name,
        footprints=(found,),
        assumed=assumed,
        sentences=sentences((found,), assumed),
        paid=paid,
        implied=implied,
    )


def _stated_subject(options: dict[str, Any]) -> "Subject":
    from breakeven.analysis.impacts.footprint import Subject  # noqa: PLC0415 - as above
    from breakeven.analysis.impacts.subjects import STATED  # noqa: PLC0415 - as above

    energy = _one(
        _amount(options["energy"], "energy_j", "ENERGY_UNITS", options),
        _amount(options["kwh"], "energy_j", "KWH", options),
        "--energy and --kwh",
    )
    duration = _one(
        _amount(options["hours"], "duration_s", "HOURS", options),
        _amount(options["days"], "duration_s", "DAYS", options),
        "--hours and --days",
    )
    name = "stated energy" if energy is not None else "stated time"
    return Subject(name=name, phase=STATED, energy=energy, duration=duration)


def _amount(text: str | None, name: str, units: str, options: dict[str, Any]) -> "Estimate | None":
    if text is None:
        return None
    from breakeven.analysis.impacts import amounts  # noqa: PLC0415 - as above

    try:
        return amounts.read_amount(
            text, name, getattr(amounts, units), is_rounded=options["rounded"]
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _one(left: "Estimate | None", right: "Estimate | None", flags: str) -> "Estimate | None":
    if left is not None and right is not None:
        raise click.UsageError(f"{flags} state the same amount; drop one")
    return right if left is None else left
