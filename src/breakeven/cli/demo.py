"""`breakeven demo`: a whole life-cycle in miniature, from nothing to report.html."""

import os
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.exits import Exit

if TYPE_CHECKING:
    from breakeven.study.spec import Study

PROFILES = ("quick", "full", "replay")


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for the store, the tables and report.html.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default=PROFILES[0],
    show_default=True,
    help="quick: minutes. full: more epochs and blocks. replay: small, its joules replayed "
    "from a made-up example trace and marked so.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Power trace (CSV: t_s, channel, power_w) to replay instead of the made-up one.",
)
def command(out: Path, profile: str, replay: Path | None) -> None:
    """Pre-train, fine-tune, distil and deploy small models on docstrings; say which pays when.

    Needs no network, account or GPU. Run again, it only writes the report again.
    """
    from breakeven.study.load import load_study  # noqa: PLC0415 - lazy

    # Everything is made here, so a hub is never asked, not even whether there is something newer.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    overrides = {"replay": str(replay.resolve())} if replay else {}
    with as_file(files("breakeven.study") / "builtin") as folder:
        run_demo(load_study(folder / "pydoc.yaml", overrides, profile=profile), out)


def run_demo(study: "Study", out: Path) -> None:
    """Run a study in `out/store`, print what it says, write tables and page into `out`."""
    from breakeven.analysis.overview import analyse  # noqa: PLC0415 - lazy
    from breakeven.cli.report import say_replayed, write_page, write_tables  # noqa: PLC0415 - lazy
    from breakeven.cli.run import outcome_text, run_watched  # noqa: PLC0415 - lazy
    from breakeven.cli.screen import told_columns  # noqa: PLC0415 - lazy
    from breakeven.report import summary  # noqa: PLC0415 - lazy
    from breakeven.store import Store, StoredAnswers  # noqa: PLC0415 - lazy

    store = out / "store"
    outcome = run_watched(study, store)
    if not outcome.is_complete:
        click.echo(outcome_text(outcome, store))
        sys.exit(Exit.FAILED)
    with Store(store, create=False) as opened:
        answers = StoredAnswers(opened, study=study.name)
        analysis = analyse(opened.study(study.name), outcome.runs, answers=answers)
    click.echo(summary(analysis, width=told_columns()))
    say_replayed(analysis)
    click.echo(f"Tables: {write_tables(analysis, out)}")
    click.echo(f"Report: {write_page(analysis, out)}")
