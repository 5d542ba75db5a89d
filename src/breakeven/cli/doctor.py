"""`breakeven doctor`: what this machine can measure, how well, and what would allow the rest."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.calibrate import calibrate_options, run_calibration
from breakeven.cli.exits import Exit

if TYPE_CHECKING:
    from breakeven.records import Examination


@click.command("doctor")
@click.option(
    "--full",
    is_flag=True,
    help="Take about a minute: idle draw, and the smallest difference that shows here.",
)
@click.option("--explain", is_flag=True, help="Only say what each measure depends on.")
@click.option(
    "--meter",
    "meters",
    multiple=True,
    metavar="NAME[:KEY=VALUE,...]",
    help="Only this sensor; may be repeated.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A recorded power trace to check besides.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Keep what is found in this store; runs measured into it then name it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@calibrate_options
@click.pass_context
def command(  # noqa: PLR0913 - one parameter per option
    ctx: click.Context,
    *,
    full: bool,
    explain: bool,
    meters: tuple[str, ...],
    replay: Path | None,
    store: Path | None,
    as_json: bool,
) -> None:
    """Say what this machine can measure, how well, and what would allow the rest.

    Takes a few seconds: looks at every sensor, watches it update, and tries the meters on work
    whose cost is known. Ends with exit code 1 when a meter that is there fails such a test, or one
    named with --meter cannot be had.
    """
    if run_calibration(ctx, as_json=as_json):
        return
    if explain:
        click.echo(_explanation())
        return
    from breakeven.session.doctor import FULL, QUICK, examine  # noqa: PLC0415 - as in the others

    found = examine(meters, replay=replay, effort=FULL if full else QUICK, say=_say)
    click.echo(_as_json(found) if as_json else _as_text(found))
    if store is not None:
        click.echo(f"Kept in {_keep(found, store)}; runs measured into it name it.", err=True)
    is_refused = bool(meters and found.missing)
    ctx.exit(Exit.FAILED if found.failed or is_refused else Exit.DONE)


def _say(doing: str) -> None:
    """Tell whoever waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(f"{doing} ...", err=True)


def _keep(found: "Examination", store: Path) -> Path:
    from breakeven.store import Store  # noqa: PLC0415 - `--help` must not load it

    with Store(store) as opened:
        return opened.save_examination(found)


def _as_json(found: "Examination") -> str:
    from breakeven.store.codec import encode_indented  # noqa: PLC0415 - the same

    return encode_indented(found).decode().rstrip()


def _as_text(found: "Examination") -> str:
    from breakeven.cli.doctor_text import examination_text  # noqa: PLC0415 - the same

    return examination_text(found, width=_width())


def _explanation() -> str:
    from breakeven.cli.doctor_text import measures_text  # noqa: PLC0415 - the same
    from breakeven.session.doctor.measures import explained, legend  # noqa: PLC0415 - the same

    return measures_text(explained(), legend(), width=_width())


def _width() -> int:
    return shutil.get_terminal_size().columns
