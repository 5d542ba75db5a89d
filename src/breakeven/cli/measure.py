"""`breakeven measure -- COMMAND`: run it, keep its cost, pass on its exit code."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.overrides import store_option
from breakeven.units import format_bytes, format_si

if TYPE_CHECKING:
    from breakeven.records import Cost, Resource, Run, Score


_STAGES = ("pretrain", "finetune", "distil", "tune", "infer")
"""`JOINING_STAGES`, written out so that `--help` need not load it; a test compares them."""

_REFUSED_EXIT_CODE = 1
"""The command went well, what it wrote of itself did not."""


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
@click.option("--study", default="", help="Study in the store that the run joins.")
@click.option(
    "--pathway", default="", help="Pathway that the run brings into it; a name of its own."
)
@click.option(
    "--stage",
    type=click.Choice(_STAGES),
    default=None,
    help="What was measured: a stage of development, or infer for use.",
)
@click.option(
    "--parent",
    "--from",
    "parents",
    multiple=True,
    metavar="RUN|ROW",
    help="Run, or row with a finished run, whose result COMMAND uses; may be repeated.",
)
@click.option(
    "--result",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="JSON that COMMAND writes: scores, output, n_parameters, n_labelled_examples.",
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
    study: str,
    pathway: str,
    stage: str | None,
    parents: tuple[str, ...],
    result: Path | None,
) -> None:
    """Run COMMAND under the meters and keep its cost; its exit code is passed on.

    Its whole process tree counts. The summary goes to stderr. With --study, --pathway and --stage
    the run joins the report of that study beside the pathways of its file.
    """
    from breakeven.records import Stage  # noqa: PLC0415 - `--help` must not load it
    from breakeven.session.command import (  # noqa: PLC0415 - the same
        NOT_EXECUTABLE_EXIT_CODE,
        NOT_FOUND_EXIT_CODE,
        run_command,
    )
    from breakeven.session.joining import joining_of  # noqa: PLC0415 - the same

    try:
        outcome = run_command(
            argv,
            store=store,
            meters=meters,
            name=name,
            replay=replay,
            stage=Stage(stage or Stage.COMMAND),
            joining=joining_of(study, pathway, parents),
            result=result,
            tell=lambda text: click.echo(f"breakeven: {text}", err=True),
        )
    except FileNotFoundError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(NOT_FOUND_EXIT_CODE)
    except PermissionError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(NOT_EXECUTABLE_EXIT_CODE)
    click.echo(summary(outcome.run, exit_code=outcome.exit_code, store=store), err=True)
    if outcome.refused:
        click.echo(f"breakeven: error: {outcome.refused} (the cost is kept)", err=True)
        ctx.exit(_REFUSED_EXIT_CODE)
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
    lines += [f"  score        {_score(score)}" for score in run.scores]
    if run.output.n_examples:
        lines.append(f"  volume       {run.output.n_examples:,} examples")
    notes = dict.fromkeys([*run.notes, *(n for p in run.phases for n in p.measurement.notes)])
    lines += [f"  note: {note.message} {note.advice}" for note in notes]
    joined = f", row {run.row} of study {run.study}" if run.joined else ""
    return "\n".join([*lines, f"  stored as {run.run_id} in {store}{joined}"])


def _score(score: "Score") -> str:
    counts = "" if score.n_correct is None else f"{score.n_correct:,} of "
    return (
        f"{score.metric} {score.value:.4g} ({score.split}, {counts}{score.n_examples:,} examples)"
    )


def _amounts(run: "Run", resource: "Resource") -> str:
    """One amount per channel, parts named as parts; said plainly when nothing saw it."""
    costs = [c for p in run.phases for c in p.measurement.costs if c.resource is resource]
    told = ", ".join(_amount(cost) for cost in costs)
    if any(cost.kind == "measured" for cost in costs):
        return told
    return f"not measured: no sensor saw it{f' ({told})' if told else ''}"


def _amount(cost: "Cost") -> str:
    from breakeven.records import Origin, Resource  # noqa: PLC0415 - the same

    if cost.resource is Resource.PEAK_MEMORY_BYTES:
        amount = format_bytes(cost.value)
    else:
        amount = format_si(cost.value, "J" if cost.resource is Resource.ENERGY_J else "s")
    inside = f", in {cost.part_of}" if cost.part_of else ""
    inside += ", a check" if cost.check_of else ""
    kind = "" if cost.kind == "measured" else f", {cost.kind}"
    replayed = ", replayed" if cost.origin is Origin.REPLAYED else ""
    return f"{amount} ({cost.channel}{inside}{kind}{replayed})"
