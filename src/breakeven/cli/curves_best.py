"""`breakeven curves --y best`: the expected best score of a search against its budget."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.curves_lines import refuse_ending, write_drawing
from breakeven.cli.export import only_where, sources_of
from breakeven.errors import UnknownNameError

if TYPE_CHECKING:
    from breakeven.analysis.best_of import BestCurve, Scale, TrialSet
    from breakeven.records import Resource
    from breakeven.report.tables import Table

TRIALS = "trials"
_MONEY = ("price_usd", "price_eur")
_BUDGETS = {
    "hours": "duration_s",
    "time": "duration_s",
    "joules": "energy_j",
    "energy": "energy_j",
    "cpu": "cpu_s",
    "flops": "flops",
    "carbon": "carbon_kgco2e",
    "usd": "price_usd",
    "eur": "price_eur",
}


def best_of(
    stores: Sequence[Path], asked: dict[str, Any], *, every: bool
) -> "tuple[Sequence[Table], Sequence[str]]":
    """Tables and sentences of the expected best score.

    Args:
        stores: To read trials from.
        asked: Options of the command.
        every: Whether every number of trials gets a row, for machines.

    Raises:
        click.UsageError: If there are no trials, or no such budget.
    """
    from breakeven.analysis.best_of import best_curve, places  # noqa: PLC0415 - light `--help`
    from breakeven.report.tables.curves_best import best_tables  # noqa: PLC0415 - the same

    found = _ranged(_trials(stores, asked), asked["range_"])
    if not found:
        raise click.UsageError(
            "no run here is a trial of a search; tune a row in the study file, or give scores with "
            "--trials FILE.csv"
        )
    resource = _budget(asked["x"], found)
    curves = [best_curve(own, resource=resource) for own in found]
    tables = best_tables(curves, places(found, resource=resource), every=every)
    said: dict[str, list[str]] = {}
    for curve in curves:
        for sentence in curve.sentences:
            said.setdefault(sentence, []).append(curve.name)
    sentences = [f"{', '.join(names)}: {sentence}" for sentence, names in said.items()]
    if not any(curve.points for curve in curves):
        click.echo(sentences[0], err=True)
    if asked["trials"] is None:
        sentences.append(
            "Trials are taken as drawn independently; a sampler that learns from earlier ones "
            "(tpe) draws better later, and its own curve lies elsewhere."
        )
    if asked["out"] is not None:
        _draw(curves, tables, sentences, asked["out"])
    return tables, sentences


def _draw(
    curves: "Sequence[BestCurve]", tables: "Sequence[Table]", sentences: Sequence[str], out: Path
) -> None:
    from breakeven.report import build_best  # noqa: PLC0415 - as above

    refuse_ending(out)
    if not any(curve.points for curve in curves):
        raise click.UsageError(f"there is nothing to draw: {sentences[0]}")
    write_drawing(out, partial(build_best, curves, tables, sentences=sentences))


def _trials(stores: Sequence[Path], asked: dict[str, Any]) -> "tuple[TrialSet, ...]":
    from breakeven.analysis.best_of import trial_sets  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.sources import lines  # noqa: PLC0415 - as above
    from breakeven.cli.trials_file import read_trials  # noqa: PLC0415 - as above

    stated = read_trials(asked["trials"]) if asked["trials"] is not None else ()
    if not stores:
        return stated
    kept = only_where(lines(sources_of(stores), study=asked["study"]), asked["wheres"])
    by = [part.strip() for part in asked["by"].split(",") if part.strip()]
    return (*trial_sets(kept, by=by), *stated)


def _ranged(found: "Sequence[TrialSet]", text: str) -> "list[TrialSet]":
    """The same with the bottom and top of the metric that were said."""
    if not text:
        return list(found)
    scale = _range(text)
    for own in found:
        for score in own.scores:
            if not scale.low <= score <= scale.high:
                raise click.UsageError(
                    f"--range {text}: {own.group} has a {own.metric} of {score:g} outside it"
                )
    return [replace(own, scale=scale) for own in found]


def _range(text: str) -> "Scale":
    from breakeven.analysis.best_of import Scale  # noqa: PLC0415 - as above

    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise click.UsageError(f"--range {text} is no LOW,HIGH; write 0,1") from error
    if not low < high:
        raise click.UsageError(f"--range {text}: the bottom must be below the top; write 0,1")
    return Scale(low=low, high=high)


def _budget(name: str, found: "Sequence[TrialSet]") -> "Resource | None":
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    if name in {TRIALS, "tokens"}:  # tokens is the default of other curves
        return None
    if name == "money":
        seen = {r.value for own in found for trial in own.trials for r in trial.costs}
        held = [currency for currency in _MONEY if currency in seen]
        if len(held) != 1:
            why = (
                "prices in two currencies; ask for --x usd or --x eur"
                if held
                else "no price; state one in the study file, or in a column such as cost_eur"
            )
            raise click.UsageError(f"--x money: the trials have {why}")
        return Resource(held[0])
    if name not in _BUDGETS:
        raise UnknownNameError("budget of a search", name, (TRIALS, "money", *_BUDGETS))
    return Resource(_BUDGETS[name])
