"""What `breakeven impact` was asked, and what does not go together: nothing is ignored."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from breakeven.analysis.impacts.footprint import Assumptions

_OF_STORES = {
    "study": "--study",
    "volume": "--volume",
    "fleet": "--fleet",
    "by_run": "--runs",
    "measured_only": "--measured-only",
}
_AMOUNTS = {
    "energy": "--energy",
    "kwh": "--kwh",
    "hours": "--hours",
    "days": "--days",
    "usd": "--usd",
}
_OF_ENERGY = {
    "pue": "--pue",
    "grids": "--grid",
    "factors": "--factor",
    "market": "--market-factor",
    "renewable": "--renewable-share",
    "electricity": "--price",
}
_OF_MACHINES = {
    "watts": "--watts",
    "utilisation": "--utilisation",
    "chips": "--chips",
    "chip_hour": "--usd-per-chip-hour",
}
_MODELS = {"watts": "--watts", "fleet": "--fleet"}


def refuse_beside_grids(store: Path | None, options: Mapping[str, Any]) -> None:
    """Refuse what --list-grids would ignore.

    Raises:
        click.UsageError: With what to drop.
    """
    flags = {**_OF_STORES, **_AMOUNTS, **_OF_ENERGY, **_OF_MACHINES, "name": "--table"}
    given = _given(options, flags) or ("" if store is None else str(store))
    if given:
        raise click.UsageError(f"{given} says nothing of the table of grids; drop it")


def refuse_contradictions(store: Path | None, options: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other or would say nothing.

    Raises:
        click.UsageError: With what to drop or to add.
    """
    if options["as_json"] and options["name"] is not None:
        raise click.UsageError("--json prints both tables; drop it, or take --format json")
    if options["utilisation"] is not None and not options["watts"]:
        raise click.UsageError("--utilisation is a share of --watts; give the rated power there")
    if options["chip_hour"] is not None and options["chips"] is None:
        raise click.UsageError("--usd-per-chip-hour needs the number of devices; give --chips")
    if options["renewable"] is not None and not (options["grids"] or options["factors"]):
        raise click.UsageError(
            "--renewable-share stands beside a gross amount; give --grid or --factor too"
        )
    if options["chips"] is not None and options["chip_hour"] is None and options["usd"] is None:
        raise click.UsageError("--chips cost something only with --usd-per-chip-hour or --usd")
    (_of_stated if store is None else _of_store)(store, options)


def assumptions_of(options: Mapping[str, Any]) -> "Assumptions":
    """Gather what was assumed.

    Raises:
        click.UsageError: If a draw cannot be read.
    """
    from breakeven.analysis.impacts.amounts import read_draw  # noqa: PLC0415 - `--help` stays light
    from breakeven.analysis.impacts.footprint import Assumptions  # noqa: PLC0415 - the same

    try:
        draws = tuple(read_draw(text, is_rounded=options["rounded"]) for text in options["watts"])
    except ValueError as error:
        raise click.UsageError(f"--watts: {error}") from error
    return Assumptions(
        overhead=options["pue"],
        grids=(*options["grids"], *options["factors"]),
        market=options["market"],
        renewable=options["renewable"],
        electricity=options["electricity"],
        chip_hour=options["chip_hour"],
        n_chips=options["chips"],
        draws=draws,
        utilisation=options["utilisation"],
    )


def _of_store(store: Path | None, options: Mapping[str, Any]) -> None:
    if given := _given(options, _AMOUNTS):
        raise click.UsageError(f"{given} would state amounts that {store} holds itself; drop one")
    if options["measured_only"] and (given := _given(options, _MODELS)):
        raise click.UsageError(f"{given} models what --measured-only leaves out; drop one of them")
    if options["by_run"] and (given := _given(options, {"fleet": "--fleet", "volume": "--volume"})):
        raise click.UsageError(f"{given} is of pathways, and --runs shows runs; drop one of them")


def _of_stated(_: Path | None, options: Mapping[str, Any]) -> None:
    if given := _given(options, _OF_STORES):
        raise click.UsageError(f"{given} asks about a store; name one")
    if options["usd"] is not None and options["chips"] is None:
        raise click.UsageError(
            f"--usd {options['usd']} alone implies no price per chip-hour; give --chips and --days "
            "or --hours"
        )
    has_energy = options["energy"] is not None or options["kwh"] is not None
    has_time = options["hours"] is not None or options["days"] is not None
    if not (has_energy or has_time):
        raise click.UsageError(
            "name a STORE, or state an amount: --energy 141.1Wh, --hours 12 --watts 1416, or "
            "--chips 64 --days 4 --usd 7000"
        )
    if has_energy and options["watts"]:
        raise click.UsageError("energy is stated; --watts would model it a second time: drop one")
    if options["chips"] is not None and not has_time:
        raise click.UsageError("--chips are paid by the hour; give --days or --hours")
    if has_energy or options["watts"]:
        return
    if given := _given(options, _OF_ENERGY):
        raise click.UsageError(f"{given} needs energy, and a time is none; give --watts")
    if options["chips"] is None:
        raise click.UsageError(
            "a time alone is no energy and no money; give --watts for energy or --chips for money"
        )


def _given(options: Mapping[str, Any], flags: Mapping[str, str]) -> str:
    """Flags that were used, in words; empty for none."""
    used = [flag for name, flag in flags.items() if options[name] not in {None, (), False}]
    return " and ".join(used)
