"""`breakeven measure -- COMMAND`: run it, keep its cost, pass on its exit code."""

from pathlib import Path

import click

from breakeven.cli.exits import Exit
from breakeven.cli.overrides import store_option

_STAGES = ("pretrain", "finetune", "distil", "tune", "infer")
"""`JOINING_STAGES`, written out so that `--help` need not load it; a test compares them."""


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
@click.option(
    "--idle",
    "idle_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Look at the idle draw for so long before COMMAND starts, 0 by default; energy is then "
    "shown above it.",
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
    idle_s: float,
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
    from breakeven.cli.cost_screen import cost_screen  # noqa: PLC0415 - `--help` must not load it
    from breakeven.records import Resource, Stage  # noqa: PLC0415 - the same
    from breakeven.session.command import (  # noqa: PLC0415 - the same
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
            idle_s=idle_s,
            stage=Stage(stage or Stage.COMMAND),
            joining=joining_of(study, pathway, parents),
            result=result,
            tell=lambda text: click.echo(f"breakeven: {text}", err=True),
        )
    except FileNotFoundError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(Exit.NOT_FOUND)
    except PermissionError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        ctx.exit(Exit.NOT_EXECUTABLE)
    asked = outcome.resources if meters else frozenset(Resource)
    screen = cost_screen(outcome.run, exit_code=outcome.exit_code, store=store, asked=asked)
    click.echo(screen, err=True)
    if outcome.refused:
        click.echo(f"breakeven: error: {outcome.refused} (the cost is kept)", err=True)
        ctx.exit(Exit.FAILED)  # the command went well, what it wrote of itself did not
    ctx.exit(outcome.exit_code)
