"""`breakeven store index`: build the columnar index of a store, or bring it up to date."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from breakeven.units import format_bytes


@click.command("index")
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--anew", is_flag=True, help="Read every run again, whatever the index holds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def index(store: Path, *, anew: bool, as_json: bool) -> None:
    """Build the columnar index of STORE, so that many runs are analysed in seconds.

    What earlier builds read is kept; only new runs are read. The index is derived from the runs
    and never needed: deleting the folder `index` loses nothing.
    """
    from breakeven.store import Store  # noqa: PLC0415 - `--help` must not load it
    from breakeven.store.index import update_index  # noqa: PLC0415 - the same

    with Store(store, create=False) as opened:
        report = update_index(opened, is_anew=anew)
    if as_json:
        click.echo(json.dumps(asdict(report)))
        return
    if report.damage:
        click.echo(f"the index was built anew: {report.damage}", err=True)
    click.echo(
        f"index of {store}: {_some(report.n_runs, 'run')} in {_some(report.n_files, 'file')}, "
        f"{format_bytes(report.size_bytes)}; {_some(report.n_read, 'run')} read now"
    )


def _some(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
