"""`breakeven check`: fail a build where a store breaks its budget or got dearer than another."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.cost_names import cost_named
from breakeven.cli.pareto_asked import read_percent
from breakeven.errors import BreakevenError

if TYPE_CHECKING:
    from breakeven.analysis.limits import Checked, Side
    from breakeven.records import Item


@click.command()
@click.argument("store", type=click.Path(path_type=Path))
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="An earlier store: is STORE dearer, or does it score less?",
)
@click.option(
    "--budget",
    type=click.Path(dir_okay=False, path_type=Path),
    help="YAML or JSON file of limits: does STORE keep them?",
)
@click.option("--study", default=None, help="Only this study of the stores.")
@click.option(
    "--max-rise",
    default="5%",
    show_default=True,
    callback=read_percent,
    metavar="SHARE",
    help="Of --against: by how much a cost may be higher.",
)
@click.option(
    "--max-drop",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Of --against: by how much a score may be lower, in its own unit.",
)
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="NAME",
    help="Of --against: costs to look at, such as cpu or peak_memory_bytes.  [default: headline, "
    "energy, latency p99, peak memory, FLOPs]",
)
@click.option("--strict", "is_strict", is_flag=True, help="Fail as well on what is not shown.")
@click.option("--all", "is_all", is_flag=True, help="Print what is within its limit too.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def command(store: Path, **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Check STORE against an earlier store or a budget; made for continuous integration.

    Exit code 0: no breach is shown. 1: a breach is shown, one line each (with --strict also where
    nothing is shown). 2: something cannot be told, or the question cannot be read. A breach is
    shown when its interval lies beyond the limit, adjusted for the number of lines (Holm).
    """
    if (asked["against"] is None) == (asked["budget"] is None):
        raise click.UsageError("say one of --against OLD and --budget FILE")
    if asked["budget"] is not None and asked["costs"]:
        raise click.UsageError("--cost is of --against; a budget names its costs")
    try:
        checked, item = _checked(store, asked)
    except BreakevenError as error:
        raise click.UsageError(str(error)) from error
    _print(checked, item, asked)
    sys.exit(checked.exit_code(is_strict=asked["is_strict"]))


def _checked(store: Path, asked: dict[str, Any]) -> "tuple[Checked, Item]":
    from breakeven.analysis.limits import (  # noqa: PLC0415 - `--help` stays light
        UNPAIRED,
        Allowed,
        budget_lines,
        change_lines,
        is_same_data,
        judge,
    )
    from breakeven.cli.check_budget import read_budget  # noqa: PLC0415 - the same

    if asked["budget"] is not None:
        budget = read_budget(asked["budget"])
        side = _side(store, asked["study"] or budget.study or None)
        definition = side.found.definition
        lines = budget_lines(
            side.pathways, budget.limits, metric=definition.metric, item=definition.item
        )
        return judge(lines), definition.item
    side = _side(store, asked["study"])
    old = _side(asked["against"], asked["study"])
    definition = side.found.definition
    allowed = Allowed(
        max_rise=asked["max_rise"],
        max_drop=asked["max_drop"],
        resources=_resources(asked["costs"]),
    )
    if absent := [r.value for r in allowed.resources if not old.has(r)]:
        raise click.UsageError(
            f"{asked['against']} has no {' and no '.join(absent)} of any pathway, so nothing can "
            "be held against it; ask for a cost that it has, or measure it there"
        )
    known = {pathway.name for pathway in old.pathways}
    added = [pathway.name for pathway in side.pathways if pathway.name not in known]
    notes = [f"{name} is new and held against nothing." for name in added]
    if is_same_data(side, old) is False:
        notes.append(
            "the data of the two studies differ, so scores are compared as of other examples, and "
            "what changed may be the data."
        )
    if definition.item is not old.found.definition.item:
        raise click.UsageError(
            f"{store} counts costs per {definition.item} and {asked['against']} per "
            f"{old.found.definition.item}; they are not comparable"
        )
    lines = change_lines(side, old, allowed)
    if any(line.estimate is not None and line.estimate.method == UNPAIRED for line in lines):
        notes.append(
            "nothing pairs the runs of two stores, so ratios have Welch's t interval (95 %)."
        )
    return judge(lines, notes=notes), definition.item


def _resources(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - `--help` stays light
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - as above
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    known = {resource.value: resource for resource in Resource}
    names = tuple(map(cost_named, names))
    for name in names:
        if name not in known:
            raise UnknownNameError("cost", name, known)
    return tuple(known[name] for name in dict.fromkeys(names))


def _side(path: Path, study: str | None) -> "Side":
    from breakeven.analysis.costs.pathways import pathway_cost  # noqa: PLC0415 - as above
    from breakeven.analysis.limits import Side  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.select import study_runs  # noqa: PLC0415 - as above
    from breakeven.cli.pareto_source import only_study  # noqa: PLC0415 - as above
    from breakeven.store import Store  # noqa: PLC0415 - as above
    from breakeven.store.answers import StoredAnswers  # noqa: PLC0415 - as above

    with Store(path, create=False) as store:
        definition = only_study(store, study)
        answers = StoredAnswers(store, study=definition.name)
        found = study_runs(definition, store.runs(study=definition.name))
        pathways = tuple(pathway_cost(found, p, answers=answers) for p in found.definition.pathways)
    return Side(found=found, pathways=pathways)


def _print(checked: "Checked", item: "Item", asked: dict[str, Any]) -> None:
    from breakeven.cli.check_text import check_json, check_lines, summary  # noqa: PLC0415 - as above

    is_strict = asked["is_strict"]
    if asked["as_json"]:
        found = check_json(checked, is_strict=is_strict)
        click.echo(json.dumps(found, indent=1, allow_nan=False))
        return
    for line in check_lines(checked, item=item, is_all=asked["is_all"]):
        click.echo(line)
    for note in checked.notes:
        click.echo(f"Note: {note}")
    click.echo(summary(checked, is_strict=is_strict))
