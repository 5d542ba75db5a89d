"""`breakeven measure -- COMMAND`: run it, keep its cost, pass on its exit code."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.overrides import store_option
from breakeven.units import format_bytes, format_si

if TYPE_CHECKING:
    from breakeven.records import Cost, Resource, Run


@click.command(
    "measure",
    context_settings={"allow_interspersed_args": False},
)
@store_option
@click.option("--name", default="", help="Name of the run; the command's own by default.")
@click.option("--meter", "meters", multiple=True, help="Only this sensor; may be repeated.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Recorded power to replay: CSV with t_s, channel, power_w.",
)
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
@click.pass_context
def command(  # noqa: PLR0913 - one parameter per option
    ctx: click.Context,
    argv: tuple[str, ...],
    *,
    store: Path,
    name: str,
    meters: tuple[str, ...],
    replay: Path | None,
) -> None:
    """Run COMMAND under the meters and keep its cost; its exit code is passed on.

    Its whole process tree counts. The summary goes to stderr.
    """
    from breakeven.session.command import (  # noqa: PLC0415 - `--help` must not load it
        NOT_EXECUTABLE_EXIT_CODE,
        NOT_FOUND_EXIT_CODE,
        run_command,
    )

    try:
        outcome = run_command(argv, store=store, meters=meters, name=name, replay=replay)
    except FileNotFoundError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(NOT_FOUND_EXIT_CODE)
    except PermissionError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(NOT_EXECUTABLE_EXIT_CODE)
    click.echo(summary(outcome.run, exit_code=outcome.exit_code, store=store), err=True)
    ctx.exit(outcome.exit_code)


def summary(run: "Run", *, exit_code: int, store: Path) -> str:
    """Tell what a command cost, on one screen."""
    from breakeven.records import Resource  # noqa: PLC0415 - the same

    lines = [
        f"{run.row}: {run.status}, exit code {exit_code}",
        f"  duration     {_amounts(run, Resource.DURATION_S)}",
        f"  CPU time     {_amounts(run, Resource.CPU_S)}",
        f"  peak memory  {_amounts(run, Resource.PEAK_MEMORY_BYTES)}",
        f"  energy       {_amounts(run, Resource.ENERGY_J)}",
    ]
    notes = dict.fromkeys([*run.notes, *(n for p in run.phases for n in p.measurement.notes)])
    lines += [f"  note: {note.message} {note.advice}" for note in notes]
    return "\n".join([*lines, f"  stored as {run.run_id} in {store}"])


def _amounts(run: "Run", resource: "Resource") -> str:
    """One amount per channel, parts named as parts; said plainly when nothing saw it."""
    costs = [c for p in run.phases for c in p.measurement.costs if c.resource is resource]
    return ", ".join(_amount(cost) for cost in costs) or "not measured: no sensor saw it"


def _amount(cost: "Cost") -> str:
    from breakeven.records import Origin, Resource  # noqa: PLC0415 - the same

    if cost.resource is Resource.PEAK_MEMORY_BYTES:
        amount = format_bytes(cost.value)
    else:
        amount = format_si(cost.value, "J" if cost.resource is Resource.ENERGY_J else "s")
    inside = f", in {cost.part_of}" if cost.part_of else ""
    replayed = ", replayed" if cost.origin is Origin.REPLAYED else ""
    return f"{amount} ({cost.channel}{inside}{replayed})"
