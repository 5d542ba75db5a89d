"""`breakeven import emissions, trainer-state, optuna, sacct, model-card`: runs of other tools."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.overrides import store_option

if TYPE_CHECKING:
    from datetime import tzinfo

    from breakeven.records import Run
    from breakeven.store import Store
    from breakeven.store.importers.ledgers.imported import Asked, Imported

_STAGES = ("pretrain", "finetune", "distil", "tune", "evaluate", "infer", "command")

Decorated = Callable[..., None]

_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
_ZONE = click.option("--zone", default="", help="Zone of local times: UTC, +02:00, Europe/Berlin.")
_N_EXAMPLES = click.option(
    "--n-examples",
    type=click.IntRange(min=1),
    help="How many examples each run processed; the file does not say.",
)


def _placing(function: Decorated) -> Decorated:
    """Options that say where runs belong, and how they are shown."""
    for decorate in reversed(
        (
            store_option,
            click.option("--study", default="", help="Study of the store that they belong to."),
            click.option("--pathway", default="", help="Pathway of it that they are part of."),
            click.option(
                "--parent",
                "parents",
                multiple=True,
                metavar="RUN|ROW",
                help="Whose result they used; may be repeated.",
            ),
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
@_N_EXAMPLES
@_ZONE
def emissions(file: Path, **options: Any) -> None:  # noqa: ANN401 - one per option
    """Take the runs of FILE, CodeCarbon's emissions.csv.

    Seconds are measured, and so are joules of NVIDIA GPUs; joules of CPU and RAM are modelled
    unless --measured says what its log said. Carbon is assumed: the file names no grid factor.
    """
    from breakeven.store.importers.ledgers.emissions import (  # noqa: PLC0415 - as above
        read_emissions,
    )

    found = read_emissions(
        file, _asked(options), measured=options["measured"], zone=_zone(options["zone"])
    )
    _finish(found, file.name, options)


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
def trainer_state(file: Path, **options: Any) -> None:  # noqa: ANN401 - the same
    """Take the training of FILE, transformers' trainer_state.json.

    Seconds are measured; FLOPs are counted by the closed form 6 x tokens x parameters. A checkpoint
    is an interrupted training, and of a resumed one only the last session says how long it took.
    """
    from breakeven.store.importers.ledgers.trainer_state import (  # noqa: PLC0415 - the same
        Scoring,
        read_trainer_state,
    )

    scoring = Scoring(
        split=options["split"],
        higher=options["higher"],
        lower=options["lower"],
        tokens=options["tokens"] or "",
    )
    found = read_trainer_state(
        file, _asked(options), scoring=scoring, started_at=_moment(options["starts_at"])
    )
    _finish(found, file.name, options)


@click.command("optuna")
@click.argument("storage", metavar="FILE")
@_placing
@click.option("--optuna-study", default="", metavar="NAME", help="Which study of the file.")
@click.option("--objective", type=click.IntRange(min=0), help="Which of several, from 0.")
@click.option("--metric", default="", metavar="NAME", help="Name of the score.")
@_ZONE
def optuna(storage: str, **options: Any) -> None:  # noqa: ANN401 - the same
    """Take every trial of an optuna study in FILE, a file of SQLite or a journal.

    Complete, pruned and failed trials all count; seconds are measured. FILE is copied and only
    read; a server is not asked. Needs the extra `tune`.
    """
    from breakeven.store.importers.ledgers.optuna_study import (  # noqa: PLC0415 - the same
        Chosen,
        read_optuna,
    )

    chosen = Chosen(
        study=options["optuna_study"], objective=options["objective"], metric=options["metric"]
    )
    found = read_optuna(storage, _asked(options), chosen=chosen, zone=_zone(options["zone"]))
    _finish(found, Path(storage).name, options)


@click.command("sacct")
@_FILE
@_placing
@_N_EXAMPLES
@_ZONE
def sacct(file: Path, **options: Any) -> None:  # noqa: ANN401 - the same
    """Take the jobs of FILE, what Slurm's `sacct --parsable2` printed.

    Failed, cancelled and timed-out jobs count too. A job is counted once, never with its steps
    again; no energy, or 0, is no measurement. Joules are of whole nodes.
    """
    from breakeven.store.importers.ledgers.sacct import read_sacct  # noqa: PLC0415 - the same

    found = read_sacct(file, _asked(options), zone=_zone(options["zone"]))
    _finish(found, file.name, options)


@click.command("model-card")
@_FILE
@_placing
def model_card(file: Path, **options: Any) -> None:  # noqa: ANN401 - the same
    """Take co2_eq_emissions of FILE, a README.md with front matter: grams, as the hub defines it.

    The stage follows from training_type. Carbon is assumed, energy modelled; both are as published.
    """
    from breakeven.store.importers.ledgers.model_card import (  # noqa: PLC0415 - the same
        read_model_card,
    )

    _finish(read_model_card(file, _asked(options)), file.name, options)


COMMANDS: tuple[click.Command, ...] = (emissions, trainer_state, optuna, sacct, model_card)


def _asked(options: dict[str, Any]) -> "Asked":
    from breakeven.records import Stage  # noqa: PLC0415 - the same
    from breakeven.store.importers.ledgers.imported import Asked  # noqa: PLC0415 - the same

    stage = options["stage"]
    return Asked(
        study=options["study"],
        row=options["row"],
        stage=None if stage is None else Stage(stage),
        n_examples=options.get("n_examples") or 0,
    )


def _zone(text: str) -> "tzinfo":
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


def _finish(found: "Imported", source: str, options: dict[str, Any]) -> None:
    """Write the runs and say what became of them."""
    from breakeven.cli.import_text import as_text, to_json  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same
    from breakeven.store.importers.ledgers.adding import (  # noqa: PLC0415 - the same
        add_runs,
        repeated_rows,
    )

    added = None
    if not options["dry_run"]:
        with Store(options["store"]) as store:
            found = replace(found, runs=_placed(found.runs, options, store))
            repeated = repeated_rows(store, found.runs)
            added = add_runs(store, found.runs)
        if not options["row"]:
            found = replace(found, remarks=(*found.remarks, *map(_repeated, repeated)))
    show = to_json if options["as_json"] else as_text
    click.echo(show(found, added, source=source, folder=options["store"]))


def _repeated(row: str) -> str:
    return (
        f"row {row!r} held runs before, and those of this file count as its repeats; if they are "
        "of another training, import them into a new store under a name of their own (--row)"
    )


def _placed(runs: "tuple[Run, ...]", options: dict[str, Any], store: "Store") -> "tuple[Run, ...]":
    """The runs as part of a pathway, where one was named."""
    from breakeven.cli.import_placing import placed  # noqa: PLC0415 - the same
    from breakeven.session.joining import joining_of  # noqa: PLC0415 - the same

    if not (options["pathway"] or options["parents"]):
        return runs
    joining = joining_of(options["study"], options["pathway"], options["parents"])
    return runs if joining is None else placed(runs, joining, store)
