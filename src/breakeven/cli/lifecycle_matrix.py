"""`breakeven lifecycle --matrix`: every pathway against every other, from the index or records."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from breakeven.cli.export import write_as
from breakeven.cli.screen import on_screen, wrapped

if TYPE_CHECKING:
    from breakeven.analysis.costs.pathways import PathwayCost
    from breakeven.analysis.matrix.answers import MatrixAnswers
    from breakeven.records import Resource, StudyDefinition
    from breakeven.report.tables import Table
    from breakeven.store import Store
    from breakeven.store.index import RunIndex

LARGE_BYTES = 1 << 26
"""Runs of a store above this many bytes are better read once, into an index."""

_OPTIONS = (
    click.option(
        "--matrix",
        is_flag=True,
        help="Instead: Pareto sets, envelope and break-even of every pathway against every other.",
    ),
    click.option(
        "--matrix-out",
        type=click.Path(dir_okay=False, path_type=Path),
        default=None,
        metavar="FILE",
        help="With --matrix, also write every pair to this CSV file.",
    ),
    click.option(
        "--index/--no-index",
        "use_index",
        default=None,
        help="With --matrix, answer from the columnar index, or from the records themselves.  "
        "[default: the index, where the store has one]",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixAsked:
    """What was asked beside the store.

    Attributes:
        study: Its name; None for the only one.
        resource: Name of the cost; None for the study's headline.
        name: Table to print alone.
        form: Format of the tables.
        as_json: Whether one JSON object takes their place.
        out: File for every pair.
        use_index: Whether to answer from the index; None where there is one.
        measured_only: Whether to leave out modelled, assumed and replayed numbers.
    """

    study: str | None
    resource: str | None
    name: str | None
    form: str
    as_json: bool
    out: Path | None
    use_index: bool | None
    measured_only: bool


def matrix_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which then runs only when none of them was asked for."""

    @wraps(command)
    def answered(store: Path, **options: Any) -> None:  # noqa: ANN401 - those of the command
        is_asked, out, use_index = (options.pop(name) for name in _NAMES)
        if not is_asked:
            for value, flag in ((out, "--matrix-out"), (use_index, "--index/--no-index")):
                if value is not None:
                    raise click.UsageError(f"{flag} says something of --matrix; add it")
            command(store, **options)
            return
        known = {field.name for field in fields(MatrixAsked)}
        asked = {name: value for name, value in options.items() if name in known}
        context = click.get_current_context()
        for param in context.command.params:
            is_given = context.get_parameter_source(param.name) is not ParameterSource.DEFAULT
            if is_given and param.name in options.keys() - known:
                raise click.UsageError(
                    f"{param.opts[0]} says nothing of --matrix; drop one of them"
                )
        print_matrix(store, MatrixAsked(**asked, out=out, use_index=use_index))

    for option in reversed(_OPTIONS):
        answered = option(answered)
    return answered


_NAMES = ("matrix", "matrix_out", "use_index")


def print_matrix(path: Path, asked: MatrixAsked) -> None:
    """Answer for one study and print it.

    Args:
        path: Of the store.
        asked: What was asked.

    Raises:
        BreakevenError: If the store or a file cannot be read or written.
        click.UsageError: If what was asked for is not there.
    """
    answers, source = _answers(path, asked)
    from breakeven.report.tables.matrix import matrix_tables  # noqa: PLC0415 - `--help` stays light

    tables = matrix_tables(answers)
    chosen = [table for table in tables if asked.name in (None, table.name)]
    if not chosen:
        names = ", ".join(table.name for table in tables)
        raise click.UsageError(f"there is no table {asked.name} here; there are {names}")
    if asked.out is not None:
        _write_pairs(answers, asked.out)
    if asked.as_json or asked.form == "json":
        click.echo(json.dumps(_data(answers, chosen, source), indent=1, allow_nan=False))
        return
    click.echo(wrapped(_head(answers, source)), err=asked.form != "text")
    for table in chosen:
        if asked.form == "text":
            click.echo(f"\n{on_screen(table)}", nl=False)
        else:
            write_as(table, form=asked.form, out=None)


def _answers(path: Path, asked: MatrixAsked) -> "tuple[MatrixAnswers, str]":
    from breakeven.analysis.matrix.answers import matrix_answers  # noqa: PLC0415 - as above
    from breakeven.records import Resource  # noqa: PLC0415 - as above
    from breakeven.store import Store  # noqa: PLC0415 - as above

    with Store(path, create=False) as store:
        definition = store.study(asked.study)
        resource = Resource(asked.resource) if asked.resource else definition.headline
        if not resource.is_additive:
            raise click.UsageError(
                f"{resource.value} does not add up over a lifetime; choose a cost with --resource"
            )
        index = None if asked.measured_only else _index(store, use_index=asked.use_index)
        costs, why = None, "modelled and assumed numbers are left out"
        if index is not None:
            costs, why = _from_index(store, index, definition, resource)
        if costs is not None and index is not None:
            return matrix_answers(
                definition, costs, resource
            ), f"the index of the store's {index.n_runs:,} runs"
        if asked.use_index:
            click.echo(f"read from the records, not from the index: {why}", err=True)
        found, n_runs = _from_records(store, definition, measured_only=asked.measured_only)
    return matrix_answers(found[0], found[1], resource), f"{n_runs:,} records"


def _index(store: "Store", *, use_index: bool | None) -> "RunIndex | None":
    """The index brought up to date; None where none is wanted, or none can be written."""
    from breakeven.errors import StoreBusyError, StoreWriteError  # noqa: PLC0415 - as above
    from breakeven.store.index import open_index, update_index  # noqa: PLC0415 - as above

    if use_index is None:
        use_index = (store.path / "index" / "manifest.json").exists()
        n_bytes = sum(path.stat().st_size for path in (store.path / "runs").glob("*.jsonl"))
        if not use_index and n_bytes > LARGE_BYTES:
            click.echo(
                f"{n_bytes / 1e6:,.0f} MB of runs are read one by one; "
                f"breakeven store index {store.path} reads them once for all",
                err=True,
            )
    if not use_index:
        return None
    try:
        report = update_index(store)
    except (StoreBusyError, StoreWriteError) as error:
        click.echo(f"the index cannot be brought up to date: {error}", err=True)
        return None
    if report.damage:
        click.echo(f"the index was built anew: {report.damage}", err=True)
    return open_index(store)


def _from_index(
    store: "Store", index: "RunIndex", definition: "StudyDefinition", resource: "Resource"
) -> "tuple[tuple[PathwayCost, ...] | None, str]":
    """Costs of every pathway, or None and why the index cannot tell them."""
    from breakeven.analysis.matrix import (  # noqa: PLC0415 - as above
        StudyColumns,
        column_costs,
    )
    from breakeven.cli.index_columns import run_columns  # noqa: PLC0415 - as above
    from breakeven.errors import RecordFormatError  # noqa: PLC0415 - as above

    if store.attachments():
        return None, "imported logs are laid over its runs"
    try:
        columns = run_columns(index, resource, item=definition.item)
    except RecordFormatError as error:
        anew = _anew(store, error)
        if anew is None:
            return None, "it is damaged"
        columns = run_columns(anew, resource, item=definition.item)
    if why := StudyColumns(columns, definition).why_records:
        return None, why
    return column_costs(columns, definition, resource), ""


def _anew(store: "Store", damage: Exception) -> "RunIndex | None":
    """The index built again; None where it cannot be written."""
    from breakeven.errors import StoreBusyError, StoreWriteError  # noqa: PLC0415 - as above
    from breakeven.store.index import open_index, update_index  # noqa: PLC0415 - as above

    click.echo(f"the index is built anew: {damage}", err=True)
    try:
        update_index(store, is_anew=True)
    except (StoreBusyError, StoreWriteError) as error:
        click.echo(f"the index cannot be built: {error}", err=True)
        return None
    return open_index(store)


def _from_records(
    store: "Store", definition: "StudyDefinition", *, measured_only: bool
) -> "tuple[tuple[StudyDefinition, tuple[PathwayCost, ...]], int]":
    from breakeven.analysis.costs.pathways import pathway_cost  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.measured import only_measured  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.select import study_runs  # noqa: PLC0415 - as above

    runs = store.runs(study=definition.name)
    found = study_runs(definition, only_measured(runs) if measured_only else runs)
    costs = tuple(pathway_cost(found, pathway) for pathway in found.definition.pathways)
    return (found.definition, costs), len(runs)


def _head(answers: "MatrixAnswers", source: str) -> str:
    from breakeven.analysis.words import listed, resource_words  # noqa: PLC0415 - as above

    n, known = answers.n_pathways, len(answers.lines.names)
    left = "" if known == n else f" {n - known:,} without development or use in it are left out."
    name, cost = answers.definition.name, resource_words(answers.matrix.resource)
    found = [*answers.lines.kinds, *answers.lines.origins]
    told = listed(found) if found else "nobody saw it"
    return f"{name}: {known:,} pathways in {cost} ({told}), from {source}.{left}"


def _data(answers: "MatrixAnswers", tables: "list[Table]", source: str) -> dict[str, Any]:
    matrix = answers.matrix
    return {
        "study": answers.definition.name,
        "resource": matrix.resource.value,
        "item": matrix.item.value,
        "planned_volume": matrix.planned_volume,
        "n_pathways": answers.n_pathways,
        "n_compared": len(matrix.names),
        "source": source,
        **_interval(answers),
        "verdicts": {verdict.value: count for verdict, count in matrix.counts().items()},
        "tables": {table.name: table.to_data() for table in tables},
    }


def _interval(answers: "MatrixAnswers") -> dict[str, Any]:
    """Level and method of the break-evens; the level is None where resolution alone bounds them."""
    from breakeven.analysis.uncertain import LEVEL  # noqa: PLC0415 - as above

    of_sample, of_sensors = "Fieller's set", "worst case of the numbers' resolution"
    is_shown, has_level = answers.matrix.verdict >= 0, answers.matrix.has_level
    if not has_level[is_shown].any():
        return {"level": None, "method": of_sensors}
    rest = "" if has_level[is_shown].all() else f"; {of_sensors} where a row's level is null"
    return {"level": LEVEL, "method": of_sample + rest}


def _write_pairs(answers: "MatrixAnswers", path: Path) -> None:
    from breakeven.errors import StoreWriteError  # noqa: PLC0415 - as above
    from breakeven.report.tables.matrix import write_pairs  # noqa: PLC0415 - as above

    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            n_pairs = write_pairs(answers, out)
    except OSError as error:
        raise StoreWriteError(
            f"{path} cannot be written ({error.strerror}); choose another file with --matrix-out"
        ) from error
    click.echo(f"{n_pairs:,} pairs written to {path}", err=True)
