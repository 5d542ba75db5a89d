"""`breakeven curves`: the line of each group, what is compared, and the drawing."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export import only_where, sources_of, write_text
from breakeven.cli.points_file import is_table, read_points

if TYPE_CHECKING:
    from breakeven.analysis.curves.curve_set import CurveSet
    from breakeven.analysis.curves.points import Points
    from breakeven.analysis.runs.sources import Line

QUALITY = frozenset({"score", "loss", "training-loss"})
"""Drawn on a plain axis: a share has no decades."""

ENERGY = "energy"
"""Axis that is drawn where none is asked for."""

MONEY = "money"
"""Axis of whichever currency the runs have."""


def is_quality(name: str) -> bool:
    """Whether an axis shows how good something is: a score, a loss, or a metric by its name."""
    from breakeven.cli.trials_file import is_score  # noqa: PLC0415 - `--help` stays light

    return name in QUALITY or is_score(name)


LOGS = {"xy": (True, True), "x": (True, False), "y": (False, True), "none": (False, False)}


def fitted(stores: Sequence[Path], asked: dict[str, Any]) -> "tuple[CurveSet, str]":
    """Fit every group of points of some stores, and say which cost was taken in place of joules."""
    from breakeven.analysis.curves.curve_set import curve_set  # noqa: PLC0415 - `--help` stays light
    from breakeven.analysis.curves.fits import Axes  # noqa: PLC0415 - the same

    chosen = asked["log"] or ("x" if is_quality(asked["y"]) else "xy")
    is_x_log, is_y_log = LOGS[chosen]
    points, said = _points(stores, asked)
    axes = Axes(is_x_log=is_x_log, is_y_log=is_y_log)
    return curve_set(points, axes=axes, target=asked["target"]), said


def _points(stores: Sequence[Path], asked: dict[str, Any]) -> "tuple[Points, str]":
    if is_table(stores):
        if asked["inside"] or asked["until_s"] or asked["study"]:
            raise click.UsageError("--inside, --until and --study are of stores, not of a table")
        by, wheres = _listed(asked["by"]), asked["wheres"]
        return read_points(stores[0], x=asked["x"], y=asked["y"], by=by, wheres=wheres), ""
    from breakeven.analysis.runs.sources import lines  # noqa: PLC0415 - as above

    kept = only_where(lines(sources_of(stores), study=asked["study"]), asked["wheres"])
    points = _points_of(kept, stores, asked)
    for name in _headlines(kept) if asked["is_y_open"] and not points.points else ():
        others = _points_of(kept, stores, {**asked, "y": name})
        if others.points:
            return others, (
                f"no joules were observed here, so --y is {name}, the headline cost of the study; "
                "say --y to choose another"
            )
    return points, ""


def _headlines(kept: "Sequence[Line]") -> list[str]:
    """Axes of the costs in which the runs' studies give their first answer, joules left out."""
    from breakeven.analysis.curves.curve_axes import AXES  # noqa: PLC0415 - as above

    names = {axis.resource: axis.name for axis in AXES.values() if axis.resource is not None}
    studies = [line.source.studies.get(line.run.study) for line in kept]
    found = [names.get(study.headline) for study in studies if study is not None]
    return [name for name in dict.fromkeys(found) if name not in {None, ENERGY}]


def _points_of(kept: "Sequence[Line]", stores: Sequence[Path], asked: dict[str, Any]) -> "Points":
    from breakeven.analysis.curves.curve_axes import axis  # noqa: PLC0415 - as above
    from breakeven.analysis.curves.moments import moments  # noqa: PLC0415 - as above
    from breakeven.analysis.curves.points import run_points  # noqa: PLC0415 - as above

    x, y = (axis(_currency(kept) if asked[a] == MONEY else asked[a]) for a in ("x", "y"))
    by = _listed(asked["by"])
    if not (asked["inside"] or asked["until_s"]):
        return run_points(kept, x, y, by=by)
    progress = _progress(stores)
    return moments(kept, x, y, progress=progress, by=by, until_s=asked["until_s"])


def _currency(kept: "Sequence[Line]") -> str:
    """Name of the one axis of money that the runs have.

    Raises:
        click.UsageError: If they have none, or both.
    """
    from breakeven.analysis.curves.curve_axes import (  # noqa: PLC0415 - as above
        AXES,
        CURRENCIES,
        field_named,
    )

    reads = {name: field_named(AXES[name].column).read for name in CURRENCIES}
    held = [name for name in CURRENCIES if any(reads[name](line) is not None for line in kept)]
    if len(held) == 1:
        return held[0]
    why = "prices in two currencies; ask for usd or eur" if held else "no price; state one"
    raise click.UsageError(f"money: the runs have {why}")


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


def nothing(found: "CurveSet") -> str:
    """Why there is nothing to fit, and what may be asked instead."""
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    x, y = found.points.x, found.points.y
    if y.resource is Resource.ENERGY_J:
        return f"no joules here beside {x.name}: try --y cpu"
    return f"no run here has both {x.name} and {y.name}: try another --x or --y"


def draw(found: "CurveSet", out: Path) -> None:
    """Write the chart of lines into a file."""
    from breakeven.report import build_curves  # noqa: PLC0415 - as above

    refuse_ending(out)
    if not found.points.points:
        raise click.UsageError("there is nothing to draw: no run has both x and y")
    write_drawing(out, partial(build_curves, found))


def refuse_ending(out: Path) -> None:
    """Refuse a file that is neither a page nor a chart.

    Raises:
        click.UsageError: If its ending is another.
    """
    if out.suffix not in {".html", ".svg"}:
        raise click.UsageError(f"--out {out} is neither .html nor .svg")


def write_drawing(out: Path, build: "Callable[..., str]") -> None:
    """Write a page or a chart.

    Args:
        out: Ends in .html or .svg.
        build: Takes `generated_at` and `is_page`.
    """
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    write_text(out, build(generated_at=stamp, is_page=out.suffix == ".html"))
    click.echo(f"Drawn: {out}", err=True)
