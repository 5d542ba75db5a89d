"""The command line: parse, call, print. Each command is a file of its own, loaded when asked."""

import sys
from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from breakeven import __version__
from breakeven.cli.completion import SHELLS, script, with_names
from breakeven.cli.exits import MEANINGS, PASSED_ON, Exit
from breakeven.errors import BreakevenError

_COMMANDS = {
    "check": "Fail where a store breaks its budget, or is dearer or worse than another.",
    "compare": "Compare configurations over repeated runs, two stores, or a table.",
    "curves": "Fit cost or quality against work, size, time or money; the best of n trials.",
    "demo": "Run a whole life-cycle in miniature and write its report.",
    "doctor": "Say what this machine can measure, and what to do about the rest.",
    "export": "Write runs as one tidy table, documents and papers of a study, or a model.",
    "flops": "Count the work of a model by closed form, convention printed.",
    "impact": "Say what energy, carbon and money a store or a stated amount took.",
    "import": "Bring what others wrote down (a table of costs, a log) into a store.",
    "lifecycle": "Say who is cheapest at which volume, and what a store cost, paid once.",
    "measure": "Run a command under the meters and keep its cost.",
    "optimize": "Find the cheapest inference that loses nothing, and certify it.",
    "pareto": "Say which points are worth having, how surely, and what beats the rest.",
    "plan": "Show the run table of a study and forecast its cost; run nothing.",
    "report": "Analyse a store and write report.html and its tables.",
    "run": "Run a study, or what is left of it.",
    "store": "Merge, clean, redact or recover a store.",
}


_MODULES = {"import": "importing"}
"""Files that cannot be called as their command."""


class _LazyGroup(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"breakeven.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        if ctx.resilient_parsing:  # a shell asks what may follow
            return with_names(command, called=cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of an unknown one say which is nearest."""
        if args[0] not in _COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer commands without importing them."""
        flags = click.Command.shell_complete(self, ctx, incomplete)
        names = [name for name in sorted(_COMMANDS) if name.startswith(incomplete)]
        return [*(CompletionItem(name, help=_COMMANDS[name]) for name in names), *flags]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Print the exit codes, each with its meaning beside it."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(f"{c.value}", said) for c, said in MEANINGS.items()])
            formatter.write_text(PASSED_ON)


def _print_script(ctx: click.Context, option: click.Parameter, shell: str | None) -> None:
    del option
    if shell is None or ctx.resilient_parsing:
        return
    click.echo(script(shell, group))
    ctx.exit(Exit.DONE)


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="breakeven")
@click.option(
    "--completion",
    type=click.Choice(SHELLS),
    expose_value=False,
    is_eager=True,
    callback=_print_script,
    help="Print the script that lets this shell complete commands, flags and names.",
)
def group() -> None:
    """What an NLP model costs over its whole life, and from which volume it pays."""


def main(argv: list[str] | None = None) -> None:
    """Run the command line; errors raised on purpose become one line and exit code 1."""
    try:
        ended = group.main(args=argv, prog_name="breakeven", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:  # Ctrl-C
        click.echo("Aborted!", err=True)
        sys.exit(Exit.INTERRUPTED)
    except BreakevenError as error:
        click.echo(f"breakeven: error: {error}", err=True)
        sys.exit(Exit.FAILED)
    sys.exit(ended if isinstance(ended, int) else Exit.DONE)
