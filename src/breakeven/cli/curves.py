"""`breakeven curves`: fit cost or quality against work, size or time, over several stores."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export import FORMATS, only_where, sources_of, write_as, write_text

if TYPE_CHECKING:
    from breakeven.analysis.curve_set import CurveSet
    from breakeven.analysis.points import Points
    from breakeven.analysis.sources import Line
    from breakeven.report.tables import Table

_QUALITY = frozenset({"score", "loss", "training-loss"})
"""Drawn on a plain axis: a share has no decades."""

LOGS = {"xy": (True, True), "x": (True, False), "y": (False, True), "none": (False, False)}


@click.command()
@click.argument("stores", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--x",
    "x",
    default="tokens",
    show_default=True,
    help="tokens, real-tokens, examples, data, time, parameters, steps, trials, energy, cpu, "
    "flops, or a column of `breakeven export`.",
)
@click.option(
    "--y", "y", default="energy", show_default=True, help="The same, or score, loss, training-loss."
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
@click.option("--target", type=float, help="Say what it takes until y reaches this.")
@click.option(
    "--trend",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="Instead: growth and doubling time of a file with date and amount.",
)
@click.option(
    "--table",
    "name",
    type=click.Choice(("lines", "tightness", "targets", "points", "trend")),
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
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw into this .html or .svg; needs the extra `report`.",
)
def command(stores: tuple[Path, ...], **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Fit y against x over the runs of STORES, group by group.

    Prints exponent or slope, R2, spread, prediction for the next run and correlation, each with its
    interval; which group is more predictable; and where a single point carries the result.
    """
    if asked["trend"] is not None:
        tables: Sequence[Table] = [_trend(asked["trend"])]
    elif not stores:
        raise click.UsageError("name at least one store, or a file with --trend")
    else:
        found = _curves(stores, asked)
        tables = _tables(found)
        if asked["out"] is not None:
            _draw(found, asked["out"])
    _print(tables, asked["name"], asked["form"])
    if asked["trend"] is not None:
        return
    if asked["name"] is None:
        _say(found)
    if not found.points.points:
        click.echo(_nothing(found), err=True)


def _curves(stores: Sequence[Path], asked: dict[str, Any]) -> "CurveSet":
    from breakeven.analysis.curve_set import curve_set  # noqa: PLC0415 - `--help` stays light
    from breakeven.analysis.fits import Axes  # noqa: PLC0415 - the same

    chosen = asked["log"] or ("x" if asked["y"] in _QUALITY else "xy")
    is_x_log, is_y_log = LOGS[chosen]
    return curve_set(
        _points(stores, asked),
        axes=Axes(is_x_log=is_x_log, is_y_log=is_y_log),
        target=asked["target"],
    )


def _points(stores: Sequence[Path], asked: dict[str, Any]) -> "Points":
    from breakeven.analysis.curve_axes import axis  # noqa: PLC0415 - as above
    from breakeven.analysis.moments import moments  # noqa: PLC0415 - as above
    from breakeven.analysis.points import run_points  # noqa: PLC0415 - as above
    from breakeven.analysis.sources import lines  # noqa: PLC0415 - as above

    kept = only_where(lines(sources_of(stores), study=asked["study"]), asked["wheres"])
    x, y, by = axis(asked["x"]), axis(asked["y"]), _listed(asked["by"])
    if not (asked["inside"] or asked["until_s"]):
        return run_points(kept, x, y, by=by)
    progress = _progress(stores)
    return moments(kept, x, y, progress=progress, by=by, until_s=asked["until_s"])


def _progress(stores: Sequence[Path]) -> "Callable[[Line], Any]":
    from breakeven.store import Store  # noqa: PLC0415 - as above
    from breakeven.store.kept import PROGRESS, read_progress  # noqa: PLC0415 - as above

    opened = {str(path): Store(path, create=False) for path in stores}

    def progress(line: "Line") -> Any:  # noqa: ANN401 - rows of numbers
        content_hash = line.run.artifacts.get(PROGRESS)
        return read_progress(opened[line.source.name], content_hash) if content_hash else ()

    return progress


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _tables(found: "CurveSet") -> "list[Table]":
    from breakeven.report.tables.curves import curve_tables  # noqa: PLC0415 - as above

    return list(curve_tables(found))


def _trend(path: Path) -> "Table":
    from breakeven.analysis.trend import trend  # noqa: PLC0415 - as above
    from breakeven.cli.trend_file import read_trend  # noqa: PLC0415 - as above
    from breakeven.report.tables.curves import trend_table  # noqa: PLC0415 - as above

    years, amounts = read_trend(path)
    try:
        return trend_table(trend(years, amounts))
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _print(tables: "Sequence[Table]", name: str | None, form: str) -> None:
    """Print one table in a format, or all but the points as text."""
    by_name = {table.name: table for table in tables}
    if name is None:
        shown = [table for table in tables if table.name != "points"]
        click.echo("\n".join(f"{t.caption}\n\n{t.to_text()}" for t in shown), nl=False)
        return
    if name not in by_name:
        raise click.UsageError(f"there is no table {name} here; there are {', '.join(by_name)}")
    if form == "text":
        click.echo(by_name[name].to_text(), nl=False)
    else:
        write_as(by_name[name], form=form, out=None)


def _say(found: "CurveSet") -> None:
    sentences = [f"{g.name}: {s}" for g in found.groups for s in g.sentences]
    for sentence in (*sentences, *found.sentences):
        click.echo(sentence)


def _nothing(found: "CurveSet") -> str:
    """Why there is nothing to fit, and what may be asked instead."""
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    x, y = found.points.x, found.points.y
    if y.resource is Resource.ENERGY_J:
        return f"no joules here beside {x.name}: try --y cpu"
    return f"no run here has both {x.name} and {y.name}: try another --x or --y"


def _draw(found: "CurveSet", out: Path) -> None:
    from breakeven.report import build_curves  # noqa: PLC0415 - as above

    if out.suffix not in {".html", ".svg"}:
        raise click.UsageError(f"--out {out} is neither .html nor .svg")
    if not found.points.points:
        raise click.UsageError("there is nothing to draw: no run has both x and y")
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    write_text(out, build_curves(found, generated_at=stamp, is_page=out.suffix == ".html"))
    click.echo(f"Drawn: {out}", err=True)
