"""`breakeven import table`: a table of costs becomes runs that every other command can read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.cost_names import cost_named
from breakeven.cli.counts import Count
from breakeven.cli.overrides import store_option

if TYPE_CHECKING:
    from breakeven.store.importers.tables.tabled import Reading

ITEMS = ("example", "real_token", "padded_token")


@click.command("table")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@click.option("--study", default="", help="Name of the study; FILE's name by default.")
@click.option(
    "--column",
    "meanings",
    multiple=True,
    metavar="HEADER=MEANING",
    help="What a column holds, written as a header would be: energy_wh, f1_percent, setting ...",
)
@click.option(
    "--unit", "units", multiple=True, metavar="HEADER=UNIT", help="Unit that a header leaves out."
)
@click.option("--ignore", "ignored", multiple=True, metavar="HEADER", help="Leave a column out.")
@click.option(
    "--exact",
    multiple=True,
    metavar="HEADER",
    help="Numbers of this column were not rounded; else half of the last digit is open.",
)
@click.option(
    "--negative-unknown",
    multiple=True,
    metavar="HEADER",
    help="Numbers below 0 in this column, as from a counter that wrapped, are not known.",
)
@click.option("--part", default="", metavar="KEY", help="Object in a JSON file that is the table.")
@click.option(
    "--traces",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="LOG",
    help="Power log that holds a trace of every row; its integral is the row's energy.",
)
@click.option("--by", default="", metavar="COLUMN", help="Column of LOG that names the trace.")
@click.option("--pathway", default="", metavar="NAME", help="Pathway of rows that name none.")
@click.option("--stage", default="", help="Stage of rows that name none: infer, finetune ...")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="NAME=PATTERN",
    help="Setting that a configuration's name tells: max_length=length_*|128 takes what stands "
    "for * between slashes, else 128.",
)
@click.option(
    "--reference", default="", metavar="CONFIGURATION", help="Of several uses the one to know by."
)
@click.option(
    "--origin",
    type=click.Choice(("published", "derived", "inferred", "stated")),
    default="published",
    show_default=True,
    help="Where numbers are from of which no column says it.",
)
@click.option("--date", default="", help="When the numbers were obtained: 2023, 2023-05-31 ...")
@click.option("--source", default="", metavar="TEXT", help="Paper or page that the table is from.")
@click.option("--item", type=click.Choice(ITEMS), help="Unit of output; what FILE counts if unset.")
@click.option(
    "--n-items",
    type=Count(is_whole=True),
    help="How many items every use processed, such as 872 or 10k, where FILE does not count them.",
)
@click.option(
    "--planned-volume",
    type=Count(),
    default=1e6,
    show_default=True,
    help="Items over the planned lifetime, such as 100k or 2.5M.",
)
@click.option("--metric", default="", help="Score that counts as quality; the first by default.")
@click.option("--headline", default="", metavar="COST", help="Cost of the first answer.")
@click.option("--apart", is_flag=True, help="Equal stages of two pathways are two runs, not one.")
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def command(file: Path, store: Path, **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Read FILE, a CSV or JSON table of costs, into runs of a store.

    Units stand in the headers: duration_s, energy_kwh, "GPU energy (Wh)", flops, n_parameters,
    price_usd. A column energy_kind says published, derived or inferred; parents names the rows
    that a row builds upon; n_examples, n_real_tokens or n_padded_tokens count what a use
    processed. Printed numbers are known to half of their last digit.
    """
    from breakeven.cli.import_table_data import as_data  # noqa: PLC0415 - `--help` stays light
    from breakeven.cli.import_table_text import as_text  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same
    from breakeven.store.importers.tables.grid import read_grid  # noqa: PLC0415 - the same
    from breakeven.store.importers.tables.keeping import keep  # noqa: PLC0415 - the same
    from breakeven.store.importers.tables.tabled import as_records  # noqa: PLC0415 - the same

    tabled = as_records(read_grid(file, part=asked["part"]), _reading(asked))
    kept = None
    if not asked["dry_run"]:
        with Store(store) as opened:
            kept = keep(opened, tabled, is_named=bool(asked["study"]))
    click.echo((as_data if asked["as_json"] else as_text)(tabled, kept, store), nl=False)


def _reading(asked: dict[str, Any]) -> "Reading":
    from breakeven.records import Item, Origin  # noqa: PLC0415 - as above
    from breakeven.store.importers.tables.columns import Said  # noqa: PLC0415 - as above
    from breakeven.store.importers.tables.entries import Defaults  # noqa: PLC0415 - as above
    from breakeven.store.importers.tables.study import Asked  # noqa: PLC0415 - as above
    from breakeven.store.importers.tables.tabled import Reading  # noqa: PLC0415 - as above

    if bool(asked["traces"]) != bool(asked["by"]):
        raise click.UsageError("--traces LOG and --by COLUMN go together; give both or neither")
    return Reading(
        traces=asked["traces"],
        traces_by=asked["by"],
        said=Said(
            meanings=_pairs("--column", asked["meanings"]),
            units=_pairs("--unit", asked["units"]),
            ignored=asked["ignored"],
            exact=asked["exact"],
            negative_unknown=asked["negative_unknown"],
        ),
        defaults=Defaults(
            pathway=asked["pathway"],
            stage=asked["stage"],
            origin=Origin(asked["origin"]),
            date=asked["date"],
            settings=_settings(asked["settings"]),
        ),
        asked=Asked(
            study=asked["study"],
            item=Item(asked["item"]) if asked["item"] else None,
            n_items=asked["n_items"],
            planned_volume=asked["planned_volume"],
            metric=asked["metric"],
            headline=_resource(asked["headline"]),
            reference=asked["reference"],
            is_apart=asked["apart"],
            source=asked["source"],
        ),
    )


def _settings(texts: tuple[str, ...]) -> dict[str, str]:
    found = _pairs("--setting", texts)
    for name, pattern in found.items():
        if pattern.partition("|")[0].count("*") != 1:
            raise click.UsageError(
                f"--setting {name}={pattern}: the pattern needs one * where the value stands, such "
                "as max_length=length_*"
            )
    return found


def _resource(text: str) -> Any:  # noqa: ANN401 - records stay unloaded for `--help`
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    if not text:
        return None
    text = cost_named(text)
    known = [resource.value for resource in Resource]
    if text not in known:
        raise click.UsageError(f"--headline {text} is none of {', '.join(known)}")
    return Resource(text)


def _pairs(flag: str, texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        header, sign, value = text.rpartition("=")
        if not (sign and header and value):
            raise click.UsageError(f"{flag} {text} says nothing; write {flag} 'HEADER=...'")
        found[header] = value
    return found
