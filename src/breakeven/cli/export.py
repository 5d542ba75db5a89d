"""`breakeven export`: tables over several stores, documents and papers of a study, or a model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.deliverable import export_model
from breakeven.cli.export_options import DOCUMENTS, document_options, refuse_mixed
from breakeven.cli.named_study import check_study

if TYPE_CHECKING:
    from breakeven.analysis.runs.sources import Line, Source
    from breakeven.report.tables import Table

FORMATS = {"csv": "to_csv", "md": "to_markdown", "tex": "to_tex", "json": "to_json"}
"""Method of a table by the ending of its file; a table in LaTeX that can be read is set apart."""

PARQUET = "parquet"
_FORMS = tuple(dict.fromkeys((*FORMATS, *(form for own in DOCUMENTS.values() for form in own))))

N_VALUES = 10
"""Values of a column that are named where none is the one asked for."""


@click.command()
@click.argument("stores", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    default=None,
    help="By default what the ending of --out says, else csv, or a document's own.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="File to write (standard output by default); with --pathway the folder.",
)
@click.option("--study", default=None, help="Only the runs of this study.")
@click.option(
    "--where", "wheres", multiple=True, metavar="A=B", help="Only runs with this; repeatable."
)
@click.option("--columns", default="", metavar="A,B", help="Only these columns, in this order.")
@click.option(
    "--table",
    "name",
    type=click.Choice(("runs", "spread", "pairs")),
    default="runs",
    show_default=True,
    help="Runs; statistics of use by pathway; or two pathways compared.",
)
@click.option(
    "--pair",
    "asked",
    multiple=True,
    metavar="ORIGINAL:OTHER",
    help="Pathways of --table pairs, such as BERT:DistilBERT; repeatable, else every two.",
)
@click.option(
    "--pathway",
    default=None,
    help="Write the model of this pathway, and no table; with --document or --paper the model "
    "that these are about.  [default there: the recommended one]",
)
@click.option(
    "--row",
    default="reference",
    show_default=True,
    help="Row of that pathway whose settings the model runs with, such as max_length=32.",
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Certificate to put beside that model, of exactly this row.  [default: what a search of "
    "its study found of it]",
)
@document_options
def command(stores: tuple[Path, ...], **options: Any) -> None:  # noqa: ANN401 - one per option
    """Write the runs of STORES as one table, a row per run and modality of energy.

    CSV, Parquet and JSON hold SI values under names that end in their unit; an empty field was not
    measured. Markdown and LaTeX are for reading: choose a few columns for them.

    With --document or --paper, write what a paper asks for instead. Nobody guesses: what neither
    records nor options say is named as unknown.

    With --pathway alone, write a measured model of one store as a folder: the model or graph,
    tokenizer and settings, with hashes. `breakeven.load(FOLDER)` opens it.
    """
    refuse_mixed(options)
    if options["paper"]:
        from breakeven.cli.export_paper import export_paper  # noqa: PLC0415 - `--help` stays light

        export_paper(stores, Path(options["paper"]), options)
    elif options["document"]:
        _write_document(stores, options)
    elif options["pathway"] is not None:
        row = f"{options['pathway']}/{options['row']}"
        kept = {name: options[name] for name in ("study", "out", "certificate")}
        export_model(stores, row, **kept)
    else:
        _write_table(stores, options)


def _write_document(stores: Sequence[Path], options: Mapping[str, Any]) -> None:
    from breakeven.cli.export_documents import document  # noqa: PLC0415 - `--help` stays light
    from breakeven.cli.export_paper import write_bytes  # noqa: PLC0415 - the same

    made, out = document(stores, options), options["out"]
    if out is None:
        click.echo(made, nl=False)
        return
    write_bytes(out, made if isinstance(made, bytes) else made.encode(), flag="--out")
    click.echo(f"{options['document']} written to {out}", err=True)


def _write_table(stores: Sequence[Path], options: Mapping[str, Any]) -> None:
    """Write runs, or what compares them."""
    from breakeven.analysis.runs.sources import lines  # noqa: PLC0415 - `--help` stays light

    form, out = options["form"], options["out"]
    is_parquet = form == PARQUET or (form is None and out is not None and out.suffix == ".parquet")
    if form is not None and form not in (*FORMATS, PARQUET):
        raise click.UsageError(f"--format {form} is of a document; name it by --document")
    if is_parquet and out is None:
        raise click.UsageError("Parquet is no text; name its file by --out")
    pairs = [_pair(text) for text in options["asked"]]
    check_study(stores, options["study"])
    kept = only_where(lines(sources_of(stores), study=options["study"]), options["wheres"])
    table = _table(kept, options["name"], pairs)
    if names := [name.strip() for name in options["columns"].split(",") if name.strip()]:
        table = table.only(names)
    if is_parquet:
        from breakeven.cli.export_paper import write_bytes  # noqa: PLC0415 - as above
        from breakeven.report.documents.parquet import to_parquet  # noqa: PLC0415 - as above

        write_bytes(out, to_parquet(table), flag="--out")
        click.echo(f"{len(table.rows)} rows written to {out}", err=True)
        return
    write_as(table, form=form, out=out)


def _table(kept: "Sequence[Line]", name: str, asked: Sequence[tuple[str, str]]) -> "Table":
    from breakeven.analysis.samples.pairs import cells, pairs  # noqa: PLC0415 - `--help` stays light
    from breakeven.report.tables.pairs import pairs_table, spread_table  # noqa: PLC0415 - the same
    from breakeven.report.tables.tidy import tidy_table  # noqa: PLC0415 - the same

    if name == "runs":
        return tidy_table(kept)
    found = cells(kept)
    return spread_table(found) if name == "spread" else pairs_table(pairs(found, asked))


def _pair(text: str) -> tuple[str, str]:
    original, colon, other = text.partition(":")
    if not (original and colon and other):
        raise click.UsageError(f"--pair {text} names no two pathways; write ORIGINAL:OTHER")
    return original, other


def only_where(found: "Sequence[Line]", wheres: Sequence[str]) -> "list[Line]":
    """Keep the runs whose columns hold what was asked for; say on stderr when that leaves none.

    Args:
        found: Runs.
        wheres: COLUMN=VALUE, as the table writes the value.

    Raises:
        UnknownNameError: If there is no such column.
        click.UsageError: If one names no value.
    """
    from breakeven.analysis.curves.curve_axes import field_named  # noqa: PLC0415 - as above

    kept = list(found)
    for where in wheres:
        name, equals, wanted = where.partition("=")
        if not equals:
            raise click.UsageError(f"--where {where} names no value; write COLUMN=VALUE")
        read = field_named(name).read
        values = [str(read(line)) for line in kept]
        kept = [line for line, value in zip(kept, values, strict=True) if value == wanted]
        if values and not kept:
            click.echo(f"no run matches {where}; {_there_are(name, values)}", err=True)
    return kept


def _there_are(name: str, values: Sequence[str]) -> str:
    """The values of a column, each once, those beyond the first few as a number."""
    known = sorted(set(values))
    more = f" and {len(known) - N_VALUES} more" if len(known) > N_VALUES else ""
    return f"{name} is {', '.join(known[:N_VALUES])}{more} here"


def sources_of(stores: Sequence[Path]) -> "list[Source]":
    """Open stores side by side for analysis.

    Raises:
        RecordFormatError: If one is no store, or cannot be read.
    """
    from breakeven.analysis.runs.sources import source  # noqa: PLC0415 - `--help` stays light
    from breakeven.store import Store  # noqa: PLC0415 - the same
    from breakeven.store.kept import StoredShapes  # noqa: PLC0415 - the same

    opened = [Store(path, create=False) for path in stores]
    return [source(str(s.path), s.runs(), s.studies(), shapes=StoredShapes(s)) for s in opened]


def write_as(table: "Table", *, form: str | None, out: Path | None) -> None:
    """Write a table in a format, or print it.

    Args:
        table: What to write.
        form: A key of `FORMATS`; None for what the file's ending says, else CSV.
        out: The file; None prints.

    Raises:
        StoreWriteError: If the file cannot be written.
    """
    from breakeven.report.documents.alone import alone  # noqa: PLC0415 - `--help` stays light

    ending = out.suffix.removeprefix(".") if out is not None else ""
    chosen = form or (ending if ending in FORMATS else "csv")
    text = alone(table) if chosen == "tex" else str(getattr(table, FORMATS[chosen])())
    if out is None:
        click.echo(text, nl=False)
        return
    write_text(out, text)
    click.echo(f"{len(table.rows)} rows written to {out}", err=True)


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    from breakeven.errors import StoreWriteError  # noqa: PLC0415 - `--help` stays light

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreWriteError(
            f"{path} cannot be written ({error.strerror}); choose another file with --out"
        ) from error
