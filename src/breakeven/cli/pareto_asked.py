"""Options of `breakeven pareto`, how their texts are read, and which of them go together."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from breakeven.cli.counts import read_count
from breakeven.cli.export import FORMATS

TABLES = ("points", "reasons", "flat", "against", "pairs")


def read_percent(context: click.Context, option: click.Parameter, text: str) -> float:
    """Read 1% or 0.01."""
    number = text.strip()
    share = _number(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    if not 0 <= share < 1:
        raise click.BadParameter(
            f"{text!r} is no share; write 1% or 0.01", ctx=context, param=option
        )
    return share


def _volumes(context: click.Context, option: click.Parameter, text: str) -> tuple[float, ...]:
    """Read N,N."""
    try:
        return tuple(read_count(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no list of volumes above 0; write 1e6,1e9 or 100k,2M",
            ctx=context,
            param=option,
        ) from error


def _number(text: str) -> float:
    """Read a number; NaN, which no range holds, for anything else."""
    try:
        return float(text)
    except ValueError:
        return math.nan


OPTIONS = (
    click.option("--study", default=None, help="Only this study of a store."),
    click.option(
        "--score", default="", metavar="NAME", help="Metric or column; none compares costs alone."
    ),
    click.option(
        "--cost",
        "costs",
        multiple=True,
        metavar="NAME",
        help="Cost such as energy_j; two of them with the score make three axes.  [default: every "
        "cost of a store by itself]",
    ),
    click.option(
        "--phase",
        "phases",
        multiple=True,
        type=click.Choice(("development", "deployment", "lifetime")),
        help="Only this phase; repeatable.",
    ),
    click.option(
        "--at-lifetime",
        "lifetimes",
        default="",
        callback=_volumes,
        metavar="N,N",
        help="Fronts of average cost, development included, after so many items, such as 100k,2M.",
    ),
    click.option(
        "--points",
        type=click.Choice(("pathways", "configurations")),
        default="pathways",
        show_default=True,
        help="Of a store: pathways, or every inference configuration in use.",
    ),
    click.option("--only", multiple=True, metavar="GLOB", help="Only points so named; repeatable."),
    click.option(
        "--tolerance",
        default="1%",
        show_default=True,
        callback=read_percent,
        metavar="SHARE",
        help="How much better a point may have to be and still count as good as the front.",
    ),
    click.option("--flat", is_flag=True, help="Say which points are as good as the best score."),
    click.option(
        "--tol",
        type=click.FloatRange(min=0),
        help="Of --flat: loss of score that does not count, in its own unit; 0 by default.",
    ),
    click.option(
        "--against",
        type=click.Path(exists=True, path_type=Path),
        help="Reference set, a store or a table: improvement on it, state of the art or not.",
    ),
    click.option(
        "--reference",
        "reference",
        multiple=True,
        metavar="AXIS=VALUE",
        help="Reference point of the hypervolume, one for each axis, in SI units.",
    ),
    click.option(
        "--pair",
        "pairs",
        multiple=True,
        metavar="A:B",
        help="Ratio of costs of two points; repeatable.",
    ),
    click.option(
        "--traces",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Of a table: CSV of name, timestamp_s, power_w; makes energy_j per example.",
    ),
    click.option("--part", default="", metavar="KEY", help="Of a JSON file: the table inside it."),
    click.option(
        "--kind",
        type=click.Choice(("measured", "counted", "modelled", "assumed")),
        help="Of a table: how its costs were had, where no column says.",
    ),
    click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Draw one front of a score and a cost into this .svg; needs the extra `report`.",
    ),
    click.option("--table", "name", type=click.Choice(TABLES), help="Print this table alone."),
    click.option(
        "--format",
        "form",
        type=click.Choice(("text", *FORMATS)),
        default="text",
        show_default=True,
        help="Of the tables.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object."),
)


def pareto_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, in the order above."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def refuse_ignored(source: Path, asked: dict[str, Any]) -> None:
    """Refuse options that say nothing of what is asked.

    Raises:
        click.UsageError: If one was given.
    """
    is_store = source.is_dir()
    of_stores = {"study": "--study", "phases": "--phase", "lifetimes": "--at-lifetime"}
    of_tables = {"traces": "--traces", "part": "--part", "kind": "--kind"}
    for key, flag in (of_tables if is_store else of_stores).items():
        if asked[key]:
            what = "a table" if is_store else "a store"
            raise click.UsageError(f"{flag} is of {what}, and {source} is not one; drop it")
    if asked["points"] == "configurations" and (asked["phases"] or asked["lifetimes"]):
        raise click.UsageError(
            "--points configurations is of use alone; drop --phase and --at-lifetime"
        )
    if "lifetime" in asked["phases"] and not asked["lifetimes"]:
        raise click.UsageError("--phase lifetime needs a volume; add --at-lifetime 1e6")
    if asked["tol"] is not None and not asked["flat"]:
        raise click.UsageError("--tol is of the flat region; add --flat")
    if asked["as_json"] and (asked["name"] or asked["form"] != "text"):
        raise click.UsageError("--json prints everything; drop --table and --format")


def reference_point(names: Sequence[str], texts: Sequence[str]) -> tuple[float, ...] | None:
    """Read AXIS=VALUE, one for each axis; None where nothing was said.

    Raises:
        click.UsageError: If a text is none, or names and axes differ.
    """
    if not texts:
        return None
    said = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            said[name] = float(number)
        except ValueError:
            raise click.UsageError(
                f"--reference {text} was not understood; write AXIS=VALUE, e.g. energy_j=100"
            ) from None
    if set(said) != set(names):
        raise click.UsageError(
            f"--reference names {', '.join(said)}; the axes here are {', '.join(names)}: give one "
            "value for each (with several costs of a store, choose one by --cost)"
        )
    return tuple(said[name] for name in names)
