"""`breakeven import emissions, trainer-state, optuna, sacct, model-card`: runs of other tools."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.overrides import store_option

if TYPE_CHECKING:
    from datetime import tzinfo

    from breakeven.store.importers.ledgers.imported import Asked, Imported

_STAGES = ("pretrain", "finetune", "distil", "tune", "evaluate", "infer", "command")

Decorated = Callable[..., None]

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_ZONE = click.option("--zone", default="", help="Zone of local times: UTC, +02:00, Europe/Berlin.")


def _placing(function: Decorated) -> Decorated:
    """Options that say where runs belong, and how they are shown."""
    for decorate in reversed(
        (
            store_option,
            click.option("--study", default="", help="Study of the store that they belong to."),
            click.option(
                "--row", default="", help="One row for all, as repeats; else named by the file."
            ),
            click.option("--stage", type=click.Choice(_STAGES), help="What was paid for."),
            click.option("--dry-run", is_flag=True, help="Only say what would be added."),
            click.option("--json", "as_json", is_flag=True, help="Print everything as JSON."),
        )
    ):
        function = decorate(function)
    return function


@click.command("emissions")
@_FILE
@_placing
@click.option(
    "--measured",
    multiple=True,
    type=click.Choice(("cpu", "gpu", "ram")),
    help="Part that a sensor read, as CodeCarbon's log says; may be repeated.",
)
@_ZONE
def emissions(  # noqa: PLR0913 - one per option
    file: Path,
    *,
    store: Path,
    study: str,
    row: str,
    stage: str | None,
    dry_run: bool,
    as_json: bool,
    measured: tuple[str, ...],
    zone: str,
) -> None:
    """Take the runs of FILE, CodeCarbon's emissions.csv.

    Seconds are measured, and so are joules of NVIDIA GPUs; joules of CPU and RAM are modelled
    unless --measured says what its log said. Carbon is assumed: the file names no grid factor.
    """
    from breakeven.store.importers.ledgers.emissions import (  # noqa: PLC0415 - as above
        read_emissions,
    )

    found = read_emissions(
        file, _asked(study, row, stage), measured=measured, zone=_parsed_zone(zone)
    )
    _finish(found, file.name, store, is_dry=dry_run, as_json=as_json)


@click.command("trainer-state")
@_FILE
@_placing
@click.option("--split", default="validation", show_default=True, help="What was evaluated on.")
@click.option("--higher", multiple=True, metavar="METRIC", help="Metric of which more is better.")
@click.option("--lower", multiple=True, metavar="METRIC", help="Metric of which less is better.")
@click.option(
    "--tokens",
    type=click.Choice(("padded", "real")),
    help="What num_input_tokens_seen counts: with padding, or without.",
)
@click.option("--starts-at", default="", metavar="TIME", help="When it began, ISO 8601.")
def trainer_state(  # noqa: PLR0913 - one per option
    file: Path,
    *,
    store: Path,
    study: str,
    row: str,
    stage: str | None,
    dry_run: bool,
    as_json: bool,
    split: str,
    higher: tuple[str, ...],
    lower: tuple[str, ...],
    tokens: str | None,
    starts_at: str,
) -> None:
    """Take the training of FILE, transformers' trainer_state.json.

    Seconds are measured; FLOPs are counted by the closed form 6 x tokens x parameters. A checkpoint
    is an interrupted training, and of a resumed one only the last session says how long it took.
    """
    from breakeven.store.importers.ledgers.trainer_state import (  # noqa: PLC0415 - the same
        Scoring,
        read_trainer_state,
    )

    scoring = Scoring(split=split, higher=higher, lower=lower, tokens=tokens or "")
    found = read_trainer_state(
        file, _asked(study, row, stage), scoring=scoring, started_at=_moment(starts_at)
    )
    _finish(found, file.name, store, is_dry=dry_run, as_json=as_json)


@click.command("optuna")
@click.argument("storage", metavar="FILE")
@_placing
@click.option("--optuna-study", default="", metavar="NAME", help="Which study of the file.")
@click.option("--objective", type=click.IntRange(min=0), help="Which of several, from 0.")
@click.option("--metric", default="", metavar="NAME", help="Name of the score.")
@_ZONE
def optuna(  # noqa: PLR0913 - one per option
    storage: str,
    *,
    store: Path,
    study: str,
    row: str,
    stage: str | None,
    dry_run: bool,
    as_json: bool,
    optuna_study: str,
    objective: int | None,
    metric: str,
    zone: str,
) -> None:
    """Take every trial of an optuna study in FILE, a file of SQLite or a journal.

    Complete, pruned and failed trials all count; seconds are measured. FILE is copied and only
    read; a server is not asked. Needs the extra `tune`.
    """
    from breakeven.store.importers.ledgers.optuna_study import (  # noqa: PLC0415 - the same
        Chosen,
        read_optuna,
    )

    chosen = Chosen(study=optuna_study, objective=objective, metric=metric)
    found = read_optuna(storage, _asked(study, row, stage), chosen=chosen, zone=_parsed_zone(zone))
    _finish(found, Path(storage).name, store, is_dry=dry_run, as_json=as_json)


@click.command("sacct")
@_FILE
@_placing
@_ZONE
def sacct(  # noqa: PLR0913 - one per option
    file: Path,
    *,
    store: Path,
    study: str,
    row: str,
    stage: str | None,
    dry_run: bool,
    as_json: bool,
    zone: str,
) -> None:
    """Take the jobs of FILE, what Slurm's `sacct --parsable2` printed.

    Failed, cancelled and timed-out jobs count too. A job is counted once, never with its steps
    again; no energy, or 0, is no measurement. Joules are of whole nodes.
    """
    from breakeven.store.importers.ledgers.sacct import read_sacct  # noqa: PLC0415 - the same

    found = read_sacct(file, _asked(study, row, stage), zone=_parsed_zone(zone))
    _finish(found, file.name, store, is_dry=dry_run, as_json=as_json)


@click.command("model-card")
@_FILE
@_placing
def model_card(  # noqa: PLR0913 - one per option
    file: Path,
    *,
    store: Path,
    study: str,
    row: str,
    stage: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take co2_eq_emissions of FILE, a README.md with front matter: grams, as the hub defines it.

    The stage follows from training_type. Carbon is assumed, energy modelled; both are as published.
    """
    from breakeven.store.importers.ledgers.model_card import (  # noqa: PLC0415 - the same
        read_model_card,
    )

    found = read_model_card(file, _asked(study, row, stage))
    _finish(found, file.name, store, is_dry=dry_run, as_json=as_json)


COMMANDS: tuple[click.Command, ...] = (emissions, trainer_state, optuna, sacct, model_card)


def _asked(study: str, row: str, stage: str | None) -> "Asked":
    from breakeven.records import Stage  # noqa: PLC0415 - the same
    from breakeven.store.importers.ledgers.imported import Asked  # noqa: PLC0415 - the same

    return Asked(study=study, row=row, stage=None if stage is None else Stage(stage))


def _parsed_zone(text: str) -> "tzinfo":
    from breakeven.store.importers.times import parse_zone  # noqa: PLC0415 - the same

    return parse_zone(text or "UTC")


def _moment(text: str) -> str:
    """An ISO 8601 time in UTC; empty for none."""
    from datetime import UTC, datetime  # noqa: PLC0415 - the same

    from breakeven.store.importers.times import parse_times  # noqa: PLC0415 - the same

    if not text:
        return ""
    try:
        (time_s,) = parse_times([text], header="--starts-at").times_s
    except ValueError as error:
        raise click.UsageError(f"--starts-at: {str(error).partition(': ')[2]}") from error
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")


def _finish(found: "Imported", source: str, folder: Path, *, is_dry: bool, as_json: bool) -> None:
    """Write the runs and say what became of them."""
    from breakeven.cli.import_text import as_text, to_json  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same
    from breakeven.store.importers.ledgers.adding import add_runs  # noqa: PLC0415 - the same

    added = None
    if not is_dry:
        with Store(folder) as store:
            added = add_runs(store, found.runs)
    show = to_json if as_json else as_text
    click.echo(show(found, added, source=source, folder=folder))
