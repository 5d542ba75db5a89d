"""`breakeven run`: carry out a study, or what is left of it."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.exits import Exit
from breakeven.cli.overrides import (
    override_option,
    parse_overrides,
    parse_variables,
    profile_option,
    store_option,
    task_option,
    variable_option,
)

if TYPE_CHECKING:
    from breakeven.study.events import Outcome
    from breakeven.study.spec import Study


@click.command("run")
@click.argument("study", type=click.Path(path_type=Path))
@store_option
@override_option
@variable_option
@profile_option
@task_option
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Replay this recorded power trace (CSV); its joules are marked replayed.",
)
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
def command(  # noqa: PLR0913 - one argument per option
    study: Path,
    *,
    store: Path,
    settings: tuple[str, ...],
    variables: tuple[str, ...],
    profile: str | None,
    tasks: tuple[str, ...],
    replay: Path | None,
    dry_run: bool,
) -> None:
    """Run STUDY, or what is left of it; finished rows are never repeated.

    A file of several `tasks` is run task by task. Prints the rows that ended on stdout, progress
    on stderr. Exit code 1 when a row failed or a budget ended the study early, 130 after Ctrl-C
    and 143 after SIGTERM; the same command goes on from there. A script that starts it with `&` has
    SIGINT ignored, as POSIX has it for all such commands; end it with SIGTERM.
    """
    from breakeven.study.load import load_studies  # noqa: PLC0415 - pydantic only when needed

    overrides = parse_overrides(settings)
    if replay is not None:
        overrides["replay"] = str(replay.resolve())
    loaded = load_studies(
        study, overrides, profile=profile, variables=parse_variables(variables), tasks=tasks
    )
    if dry_run:
        from breakeven.cli.plan import plans_text  # noqa: PLC0415 - the same

        click.echo(plans_text(loaded, store))
        return
    ends = [_is_run(each, store, is_one=len(loaded) == 1) for each in loaded]
    if not all(ends):
        sys.exit(Exit.FAILED)


def _is_run(study: "Study", store: Path, *, is_one: bool) -> bool:
    """Run one study of a file, say how it ended, and return whether it is complete."""
    outcome = run_watched(study, store)
    title = "" if is_one else f"study {study.name}: "
    click.echo(f"{title}{outcome_text(outcome, store)}")
    return outcome.is_complete


def run_watched(study: "Study", store: Path) -> "Outcome":
    """Run a study with its progress drawn on stderr; leave in order on SIGINT and SIGTERM."""
    from breakeven.cli.progress import watcher  # noqa: PLC0415 - lazy
    from breakeven.session import leave_on  # noqa: PLC0415 - lazy
    from breakeven.study.runner import execute  # noqa: PLC0415 - lazy

    try:
        with leave_on(signal.SIGINT, signal.SIGTERM), watcher(store) as watch:
            return execute(study, store, on_event=watch)
    except KeyboardInterrupt:
        click.echo(
            "interrupted; what was running is stored as such. Run the same command to go on.",
            err=True,
        )
        sys.exit(Exit.INTERRUPTED)


def outcome_text(outcome: "Outcome", store: Path) -> str:
    """Say in a few lines how a study ended."""
    counts: dict[str, int] = {}
    for run in outcome.runs:
        counts[str(run.status)] = counts.get(str(run.status), 0) + 1
    held = ", ".join(f"{n} {status}" for status, n in sorted(counts.items())) or "none"
    lines = [f"runs in {store}: {held}"]
    lines += [f"failed: {row}" for row in outcome.failed]
    lines += [f"skipped: {text}" for text in outcome.skipped]
    if outcome.stopped:
        lines.append(f"stopped: {outcome.stopped}")
    return "\n".join(lines)
