"""`breakeven pareto`: what is worth having, how surely, and what beats the rest by how much."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export import write_as, write_text
from breakeven.cli.pareto_asked import pareto_options, reference_point, refuse_ignored
from breakeven.cli.screen import columns, narrowed

if TYPE_CHECKING:
    from breakeven.analysis.dominance import Gap, Space, SpaceResult, Wishes
    from breakeven.cli.pareto_source import Placed
    from breakeven.report.tables import Table

WIDTH = 100
"""Columns of a line of text."""


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@pareto_options
def command(source: Path, **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Say which points of SOURCE are Pareto-efficient, and why the others are not.

    SOURCE is a store, or a CSV or JSON table with units in its header. Of every point: whether it
    is on the front, in how many draws, what beats it and by how much. Of the front: its knee, what
    stands for all of it, and its hypervolume.
    """
    refuse_ignored(source, asked)
    found = _concluded(source, asked)
    if asked["out"] is not None:
        _draw(found, asked["out"])
    if asked["as_json"]:
        _print_json(source, found)
        return
    tables = _tables(found)
    if asked["name"] is not None:
        if asked["name"] not in tables:
            raise click.UsageError(_no_table(asked["name"], tables))
        _print(tables[asked["name"]], asked["form"])
    elif asked["form"] != "text":
        for table in tables.values():
            write_as(table, form=asked["form"], out=None)
    else:
        _print_text(found, tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Everything that was concluded.

    Attributes:
        results: One per space that has points.
        empty: Spaces without any.
        pairs: Phase, both names and the gaps of each pair that was asked for.
    """

    results: "tuple[SpaceResult, ...]"
    empty: "tuple[Space, ...]"
    pairs: tuple[tuple[str, str, str, "tuple[Gap, ...]"], ...]


def _concluded(source: Path, asked: dict[str, Any]) -> _Found:
    from breakeven.analysis.dominance import conclude  # noqa: PLC0415 - `--help` stays light
    from breakeven.cli.pareto_source import places  # noqa: PLC0415 - the same

    placed = [_only(one, asked["only"]) for one in places(source, asked)]
    results = []
    for one in placed:
        if not one.space.spots:
            continue
        try:
            found = conclude(one.space, one.compare, _wishes(one, asked), notes=one.notes)
            if asked["against"] is not None:
                found = _held_against(found, one, asked)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        results.append(found)
    if not results:
        raise click.UsageError(_nothing(source, placed, asked["only"]))
    return _Found(
        results=tuple(results),
        empty=tuple(one.space for one in placed if not one.space.spots),
        pairs=_pairs(placed, asked["pairs"]),
    )


def _nothing(source: Path, placed: "Sequence[Placed]", only: Sequence[str]) -> str:
    left = sorted({name for one in placed for name in one.space.left_out})
    if only:
        return f"no point of {source} is named {' or '.join(only)}"
    why = f"; {', '.join(left)} lack a value on an axis" if left else ""
    return f"{source} has no point with a value on every axis{why}; try another --cost or --score"


def _only(placed: "Placed", globs: Sequence[str]) -> "Placed":
    if not globs:
        return placed
    kept = tuple(s for s in placed.space.spots if any(fnmatchcase(s.name, g) for g in globs))
    return replace(placed, space=replace(placed.space, spots=kept, left_out=()))


def _wishes(placed: "Placed", asked: dict[str, Any]) -> "Wishes":
    from breakeven.analysis.dominance import Wishes  # noqa: PLC0415 - as above

    names = [axis.name for axis in placed.space.axes]
    return Wishes(
        tolerance=asked["tolerance"],
        flat=(asked["tol"] or 0.0) if asked["flat"] else None,
        reference=reference_point(names, asked["reference"]),
    )


def _held_against(found: "SpaceResult", placed: "Placed", asked: dict[str, Any]) -> "SpaceResult":
    """The same with what its points add to the reference set."""
    from breakeven.analysis.dominance import improvement  # noqa: PLC0415 - as above
    from breakeven.cli.pareto_source import machine_notes, same_space  # noqa: PLC0415 - as above

    known = same_space(asked["against"], placed, asked)
    joined = improvement(placed.space, known.space, label=asked["against"].stem)
    notes = (*found.notes, *machine_notes(placed, known))
    return replace(found, against=joined, notes=notes)


def _pairs(
    placed: "Sequence[Placed]", texts: Sequence[str]
) -> tuple[tuple[str, str, str, "tuple[Gap, ...]"], ...]:
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - as above

    found = []
    for text in texts:
        left, colon, right = text.partition(":")
        if not (left and colon and right):
            raise click.UsageError(f"--pair {text} names no two points; write A:B")
        for one in placed:
            for name in (left, right):
                if name not in one.space.names and one.space.spots:
                    raise UnknownNameError("point", name, one.space.names)
            if one.space.spots:
                gaps = tuple(one.compare(left, right, axis) for axis in one.space.axes)
                found.append((one.space.phase, left, right, gaps))
    return tuple(found)


def _tables(found: _Found) -> "dict[str, Table]":
    """Tables by name; several sets of axes come as several tables, numbered from the second."""
    from breakeven.report.tables import dominance  # noqa: PLC0415 - as above

    by_axes: dict[tuple[str, ...], list[SpaceResult]] = {}
    for one in found.results:
        by_axes.setdefault(tuple(a.name for a in one.space.axes), []).append(one)
    made: list[Table] = []
    for results in by_axes.values():
        made.append(dominance.points_table(results))
        if any(one.reasons for one in results):
            made.append(dominance.reasons_table(results))
        flats = [(r.space.phase, r.flat, r.space.axes) for r in results if r.flat is not None]
        if flats:
            made.append(dominance.flat_table(flats))
        if any(one.against is not None for one in results):
            made.append(dominance.against_table(results))
    pairs: dict[tuple[str, ...], list[Any]] = {}
    for pair in found.pairs:
        pairs.setdefault(tuple(gap.axis.name for gap in pair[3]), []).append(pair)
    made += [dominance.pairs_table(same) for same in pairs.values()]
    return _by_name(made)


def _by_name(made: "Sequence[Table]") -> "dict[str, Table]":
    named: dict[str, Table] = {}
    for table in made:
        n = sum(name.rstrip("0123456789_") == table.name for name in named)
        named[table.name if not n else f"{table.name}_{n + 1}"] = table
    return named


def _no_table(name: str, tables: "dict[str, Table]") -> str:
    hints = {"flat": "--flat", "against": "--against", "pairs": "--pair"}
    hint = f"; add {hints[name]}" if name in hints else ""
    return f"there is no table {name} here{hint}; there are {', '.join(tables)}"


def _print(table: "Table", form: str) -> None:
    if form == "text":
        _say(f"{table.caption}\n")
        click.echo(table.to_text(columns()), nl=False)
    else:
        write_as(table, form=form, out=None)


def _print_text(found: _Found, tables: "dict[str, Table]") -> None:
    from breakeven.cli.pareto_text import (  # noqa: PLC0415 - as above
        disagreement_sentences,
        missing_sentences,
        note_lines,
        sentences,
    )
    from breakeven.report.tables.known import with_kinds  # noqa: PLC0415 - as above

    for one in found.results:
        for line in sentences(one):
            _say(line)
        click.echo()
    for line in disagreement_sentences(found.results):
        _say(f"{line}\n")
    for line in missing_sentences(found.empty):
        _say(f"{line}\n")
    for table in tables.values():
        has_reasons = any(name.startswith("reasons") for name in tables)
        told = {"dominated_by"} if table.name == "points" and has_reasons else set[str]()
        if len({one.space.phase for one in found.results}) == 1:
            told.add("phase")
        shown = with_kinds(table.without(told))
        _say(shown.caption)
        click.echo(f"\n{shown.to_text(columns())}")
    for line in note_lines([note for one in found.results for note in one.notes]):
        _say(line)


def _say(line: str) -> None:
    from breakeven.report.tables.table import in_ascii  # noqa: PLC0415 - as above

    told = fill(
        in_ascii(line).rstrip(),
        width=narrowed(WIDTH),
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.echo(told + ("\n" if line.endswith("\n") else ""))


def _draw(found: _Found, out: Path) -> None:
    from breakeven.report.front_drawing import draw_front  # noqa: PLC0415 - as above

    if out.suffix != ".svg":
        raise click.UsageError(f"--out {out} is no .svg")
    if len(found.results) != 1:
        raise click.UsageError(
            f"--out draws one front, and here are {len(found.results)}; choose one with --cost and "
            "--phase"
        )
    try:
        text = draw_front(found.results[0])
    except ValueError as error:
        raise click.UsageError(f"--out: {error}") from error
    write_text(out, text)
    click.echo(f"Drawn: {out}", err=True)


def _print_json(source: Path, found: _Found) -> None:
    from breakeven.analysis.dominance import disagreements  # noqa: PLC0415 - as above
    from breakeven.cli.pareto_json import gaps_json, space_json  # noqa: PLC0415 - as above

    spaces = [space_json(one) for one in found.results]
    pairs = [
        {"phase": phase, "first": first, "second": second, **gaps_json(gaps)}
        for phase, first, second, gaps in found.pairs
    ]
    empty = [
        {
            "phase": space.phase,
            "axes": [axis.name for axis in space.axes],
            "left_out": list(space.left_out),
        }
        for space in found.empty
    ]
    whole = {
        "source": str(source),
        "spaces": spaces,
        "costs_disagree_on": [asdict(one) for one in disagreements(found.results)],
        "without_points": empty,
        "pairs": pairs,
    }
    click.echo(json.dumps(whole, indent=1, allow_nan=False))
