"""`breakeven store`: show, merge, clean, redact or recover the folder in which runs are kept."""

from collections.abc import Sequence
from pathlib import Path

import click

from breakeven.cli.named_study import check_study
from breakeven.cli.store_index import index
from breakeven.records import Cost, Kind, Origin, Resource, Run
from breakeven.units import format_bytes, format_resolved, format_si

_STORE = click.Path(path_type=Path)
_HEADER = (
    "started",
    "run",
    "study",
    "row",
    "block",
    "stage",
    "status",
    "duration",
    "CPU",
    "energy",
    "score",
)
_NARROW = (
    *("run", "row", "block", "stage", "status", "duration", "CPU", "energy", "score"),
    *("started", "study"),
)
"""The order in blocks: what tells runs apart leads each."""


@click.group("store")
def command() -> None:
    """Merge, clean, redact or recover a store."""


command.add_command(index)


@command.command()
@click.argument("store", type=_STORE)
@click.option("--study", default=None, help="Only the runs of this study.")
@click.option(
    "--modalities",
    type=click.Choice(("text", "csv", "markdown")),
    help="Instead: energy by GPU, CPU, power supplies and wall, with factors between them.",
)
@click.option("--ranks", is_flag=True, help="List every rank of a stage of several processes.")
@click.option(
    "--measured-only", is_flag=True, help="Leave out every modelled, assumed and replayed number."
)
def show(
    store: Path, study: str | None, *, modalities: str | None, ranks: bool, measured_only: bool
) -> None:
    """List the runs of STORE, one line each, oldest first."""
    from breakeven.analysis.runs.ranks import rolled_up  # noqa: PLC0415 - `--help` must not load it
    from breakeven.store import Store  # noqa: PLC0415 - the same

    check_study([store], study)
    opened = Store(store, create=False)
    found = opened.runs(study=study)
    listed = found if ranks else rolled_up(found)
    if modalities is not None:
        _show_modalities(listed, modalities)
        return
    rows = [_HEADER, *(_row(run) for run in (_only_measured(listed) if measured_only else listed))]
    _echo_rows(rows)
    if n_journals := len(opened.journals()):
        click.echo(_pending(n_journals, store), err=True)


def _echo_rows(rows: Sequence[Sequence[str]]) -> None:
    """One line each; on a terminal too narrow for that, columns one below the other."""
    from breakeven.cli.screen import told_columns  # noqa: PLC0415 - as above
    from breakeven.report.tables.blocks import block_lines  # noqa: PLC0415 - as above

    width = told_columns()
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is None or sum(widths) + 2 * (len(widths) - 1) <= width:
        for row in rows:
            click.echo("  ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)).rstrip())
        return
    placed = [[row[_HEADER.index(name)] for name in _NARROW] for row in rows]
    blocks = block_lines(placed, is_number=[False] * len(_NARROW), width=width)
    click.echo("\n\n".join("\n".join(line for row in b for line in row) for b in blocks))


def _show_modalities(runs: Sequence[Run], form: str) -> None:
    from breakeven.report.tables import modality_tables  # noqa: PLC0415 - as above

    tables = list(modality_tables(runs, at_least=1))
    if not tables:
        click.echo("no run holds measured energy; see: breakeven doctor", err=True)
    for table in tables:
        text = {"csv": table.to_csv, "markdown": table.to_markdown, "text": table.to_text}
        click.echo(text[form]())


@command.command()
@click.argument("sources", type=_STORE, nargs=-1, required=True)
@click.option("--into", required=True, type=click.Path(path_type=Path), help="Store to add to.")
def merge(sources: tuple[Path, ...], into: Path) -> None:
    """Add the runs of SOURCES to another store; doing it twice adds nothing."""
    from breakeven.store import Store, merge  # noqa: PLC0415 - the same

    with Store(into) as target:
        for path in sources:
            report = merge(Store(path, create=False), target)
            click.echo(
                f"{path}: {_some(report.n_runs, 'run')}, {_some(report.n_studies, 'definition')} "
                f"and {_some(report.n_artifacts, 'artefact')} added to {into}"
            )
            if report.n_examinations:
                click.echo(f"{path}: {_some(report.n_examinations, 'examination')} added")
            if report.n_attachments:
                click.echo(f"{path}: {_some(report.n_attachments, 'imported log')} added")
            if report.n_missing_artifacts:
                click.echo(
                    f"{path}: {_some(report.n_missing_artifacts, 'artefact')} missing", err=True
                )
            if report.n_journals:
                click.echo(_pending(report.n_journals, path), err=True)


@command.command()
@click.argument("store", type=_STORE)
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
def gc(store: Path, *, dry_run: bool) -> None:
    """Remove from STORE what no run names and no live process is making."""
    from breakeven.store import Store, gc  # noqa: PLC0415 - the same

    with Store(store, create=False) as opened:
        report = gc(opened, dry_run=dry_run)
    for path in report.removed:
        click.echo(path)
    found = f"{_some(len(report.removed), 'leftover')}, {format_bytes(report.freed_bytes)}"
    click.echo(f"{found}, {'would be removed' if dry_run else 'removed'}")
    if report.unrecovered:
        click.echo(_pending(len(report.unrecovered), store), err=True)


@command.command()
@click.argument("store", type=_STORE)
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--word", "words", multiple=True, help="Another name to replace; may be repeated.")
@click.option("--answers", is_flag=True, help="Keep which test examples each run got right.")
def redact(store: Path, output: Path, words: tuple[str, ...], *, answers: bool) -> None:
    """Write a copy of STORE to OUTPUT to publish: no names, no absolute paths.

    Hosts, users and folders get stand-ins. Of the artefacts, the progress of runs and the shapes
    of models stay; checkpoints and predictions are left out. With --answers, scores can still be
    compared example by example.
    """
    from breakeven.store import Store, redact  # noqa: PLC0415 - the same

    source = Store(store, create=False)
    redact(source, output, words=words, with_answers=answers)
    click.echo(
        f"{_some(len(source.runs()), 'run')} written to {output}; read them before you share them"
    )


@command.command()
@click.argument("store", type=_STORE)
def recover(store: Path) -> None:
    """Turn the journals of killed runs into interrupted runs, so that their cost counts."""
    from breakeven.session import recover  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same

    with Store(store, create=False) as opened:
        recovered = recover(opened)
        for run in recovered:
            click.echo("  ".join(_row(run)))
        click.echo(f"{_some(len(recovered), 'run')} recovered")


def _only_measured(runs: Sequence[Run]) -> Sequence[Run]:
    """Take modelled, assumed and replayed numbers out, and say so beside the list."""
    from breakeven.analysis.runs.measured import (  # noqa: PLC0415 - numpy, only when asked
        measured_only_note,
        only_measured,
    )

    click.echo(measured_only_note(runs).message, err=True)
    return only_measured(runs)


def _row(run: Run) -> tuple[str, ...]:
    return (
        run.started_at[:19],
        run.run_id[:8],
        run.study or "-",
        f"{run.row or '-'} #{run.repeat}{_place(run)}",
        "-" if run.block is None else str(run.block),
        run.stage,
        run.status,
        _total(run, Resource.DURATION_S, "s"),
        _total(run, Resource.CPU_S, "s"),
        _total(run, Resource.ENERGY_J, "J"),
        "; ".join(f"{s.metric} {s.value:.3f} ({s.split})" for s in run.scores) or "-",
    )


def _place(run: Run) -> str:
    """Which rank it was, and which run's cost holds its own."""
    rank = "" if run.rank is None else f" rank {run.rank.rank} of {run.rank.n_ranks}"
    outer = run.settings.resolved.get("inside")
    return rank if outer is None else f"{rank} inside {str(outer)[:8]}"


def _total(run: Run, resource: Resource, unit: str) -> str:
    """Totals over every phase, one per kind; a dash where nothing was observed."""
    return ", ".join(_amount(cost, unit) for cost in run.costs(resource)) or "-"


def _amount(cost: Cost, unit: str) -> str:
    """One total; what was not measured here says so, and a model its range."""
    words = [format_resolved(cost.value, unit, high=cost.high)]
    if cost.kind is Kind.MODELLED and cost.low != cost.high:
        words.append(f"({format_si(cost.low, unit)} to {format_si(cost.high, unit)})")
    if cost.kind is not Kind.MEASURED:
        words.append(str(cost.kind))
    if cost.origin is Origin.REPLAYED:
        words.append(str(cost.origin))
    return " ".join(words)


def _pending(n_journals: int, store: Path) -> str:
    return (
        f"{_some(n_journals, 'journal')} in {store} of runs that still run, or were killed. "
        f"Run: breakeven store recover {store}"
    )


def _some(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
