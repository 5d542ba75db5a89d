"""`breakeven curves`: fit cost or quality against work, size or time, over several stores."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.curves_asked import BEST, refuse_mixed
from breakeven.cli.curves_lines import ENERGY, LOGS
from breakeven.cli.export import FORMATS, write_as
from breakeven.cli.named_study import check_study
from breakeven.cli.screen import columns, on_screen, wrapped

if TYPE_CHECKING:
    from breakeven.report.tables import Table

_LONG = frozenset({"points"})
"""Tables that are printed only when asked for."""


@click.command()
@click.argument("stores", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--x",
    "x",
    default=None,
    help="tokens, real-tokens, examples, data, time, parameters, steps, trials, energy, cpu, "
    "flops, usd, eur, money, or a column of `breakeven export`; with --y best trials, hours, "
    "joules, cpu or money.  [default: tokens; trials with --y best]",
)
@click.option(
    "--y",
    "y",
    default=None,
    help="The same, or score, loss, training-loss; or best: the expected best score of a search.  "
    "[default: energy; the study's headline cost where no joules were observed]",
)
@click.option("--by", default="", metavar="A,B", help="Group by: machine,model,stage,task ...")
@click.option(
    "--where", "wheres", multiple=True, metavar="A=B", help="Only runs with this; repeatable."
)
@click.option("--study", default=None, help="Only the runs of this study.")
@click.option("--inside", is_flag=True, help="Follow each run while it worked.")
@click.option(
    "--until",
    "until_s",
    type=click.FloatRange(min=0, min_open=True),
    help="Only the first so many seconds of each run; means --inside.",
)
@click.option(
    "--log",
    type=click.Choice(tuple(LOGS)),
    default=None,
    help="Logarithmic axes; both by default, x alone for scores and losses.",
)
@click.option(
    "--target", type=float, help="Say what it takes until y reaches this, in its own unit."
)
@click.option(
    "--saturation",
    "is_saturating",
    is_flag=True,
    help="With --y score or loss: one point from which on more x brings nothing, if shown.",
)
@click.option(
    "--gain",
    type=click.FloatRange(min=0, min_open=True),
    help="Where a tenfold x brings less than this, in the unit of y; means --saturation.",
)
@click.option(
    "--compact",
    "is_compact",
    is_flag=True,
    help="Instead: one formula for length, precision and depth of a sweep, and its errors. STORES "
    "may be CSV tables (max_length, precision, n_layers, energy_j ...).",
)
@click.option(
    "--trials",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="With --y best: scores of trials (group, score, status, costs with unit).",
)
@click.option(
    "--range",
    "range_",
    default="",
    metavar="LOW,HIGH",
    help="With --y best: bottom and top of a metric that is not known here.",
)
@click.option(
    "--trend",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="Instead: growth and doubling time of a file with date and amount.",
)
@click.option(
    "--table",
    "name",
    type=click.Choice(
        (
            "lines",
            "tightness",
            "targets",
            "points",
            "saturation",
            "trend",
            "searches",
            "best",
            "places",
            "compact",
            "foretold",
        )
    ),
    help="Print this table alone.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *FORMATS)),
    default="text",
    show_default=True,
    help="Of --table.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw into this .html or .svg; needs the extra `report`.",
)
def command(stores: tuple[Path, ...], **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Fit y against x over the runs of STORES, group by group.

    Prints exponent or slope, R2, spread, prediction for the next run and correlation, each with its
    interval; which group is more predictable; and where a single point carries the result.

    STORES may be one CSV table instead; --x, --y and --by are then columns of it.

    With --y best: the expected best score of a search against trials, hours, joules or money, with
    a band over all budgets at once, and where two searches change places.
    """
    asked |= {"y": asked["y"] or ENERGY, "is_y_open": asked["y"] is None}
    refuse_mixed(stores, asked)
    tables, sentences = _found(stores, asked)
    if asked["as_json"]:
        click.echo(_as_json(tables, sentences))
        return
    _print(tables, asked["name"], asked["form"])
    if asked["name"] is None:
        for sentence in sentences:
            click.echo(wrapped(sentence, indent="  "))


def _found(
    stores: Sequence[Path], asked: dict[str, Any]
) -> "tuple[Sequence[Table], Sequence[str]]":
    """Tables of what was asked for, and what is to be said beside them."""
    if asked["trend"] is not None:
        return [_trend(asked["trend"])], ()
    check_study(stores, asked["study"])
    if asked["is_compact"]:
        from breakeven.cli.curves_compact import compact  # noqa: PLC0415 - `--help` stays light

        return compact(stores, study=asked["study"])
    asked["x"] = asked["x"] or ("trials" if asked["y"] == BEST else "tokens")
    if asked["y"] == BEST:
        from breakeven.cli.curves_best import best_of  # noqa: PLC0415 - `--help` stays light

        every = asked["as_json"] or asked["form"] != "text"
        return best_of(stores, asked, every=every)
    from breakeven.cli.curves_lines import draw, fitted, nothing  # noqa: PLC0415 - the same
    from breakeven.report.tables.curves import curve_tables  # noqa: PLC0415 - the same

    found, said = fitted(stores, asked)
    if said:
        click.echo(wrapped(said), err=True)
    if asked["out"] is not None:
        draw(found, asked["out"])
    if not found.points.points:
        click.echo(nothing(found), err=True)
    own = [f"{group.name}: {said}" for group in found.groups for said in group.sentences]
    tables = list(curve_tables(found))
    if asked["is_saturating"] or asked["gain"]:
        from breakeven.report.tables.curves_saturation import (  # noqa: PLC0415 - the same
            saturation_table,
        )

        tables.append(saturation_table(found, gain=asked["gain"]))
    return tables, [*own, *found.sentences]


def _trend(path: Path) -> "Table":
    from breakeven.analysis.curves.trend import trend  # noqa: PLC0415 - as above
    from breakeven.cli.trend_file import read_trend  # noqa: PLC0415 - as above
    from breakeven.report.tables.curves import trend_table  # noqa: PLC0415 - as above

    years, amounts = read_trend(path)
    try:
        return trend_table(trend(years, amounts))
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _print(tables: "Sequence[Table]", name: str | None, form: str) -> None:
    """Print one table in a format, or all but the long ones as text."""
    by_name = {table.name: table for table in tables}
    if name is None:
        click.echo("\n".join(_texts(tables)), nl=False)
        return
    if name not in by_name:
        raise click.UsageError(f"there is no table {name} here; there are {', '.join(by_name)}")
    if form == "text":
        click.echo(by_name[name].to_text(columns()), nl=False)
    else:
        write_as(by_name[name], form=form, out=None)


def _texts(tables: "Sequence[Table]") -> Iterator[str]:
    for table in tables:
        if table.name not in _LONG:
            yield on_screen(table)


def _as_json(tables: "Sequence[Table]", sentences: Sequence[str]) -> str:
    """Every table and sentence as one JSON object; intervals are of level 0.95."""
    from breakeven.analysis.uncertain import LEVEL  # noqa: PLC0415 - as above

    held = {table.name: json.loads(table.to_json()) for table in tables}
    found = {
        "command": "curves",
        "level": LEVEL,
        "tables": {name: {key: t[key] for key in ("caption", "rows")} for name, t in held.items()},
        "sentences": list(sentences),
    }
    return json.dumps(found, indent=1)
