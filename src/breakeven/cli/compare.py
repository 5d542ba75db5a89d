"""`breakeven compare`: configurations of one store, two stores over time, or anybody's table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from breakeven.cli.export import FORMATS, only_where, sources_of, write_as
from breakeven.cli.named_study import check_study
from breakeven.cli.screen import told_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from breakeven.analysis.statistics import Asked, Compared, Readings, Related
    from breakeven.cli.compare_file import Pair
    from breakeven.cli.compare_text import Section
    from breakeven.records import Kind
    from breakeven.report.tables import Table

_TABLES = ("ratios", "samples", "tests", "variance", "checks", "order", "qq")
_OTHERS = ("over_time", "shares", "differences", "correlation")

_FLAGS = {
    "baseline": "--baseline",
    "values": "--value",
    "factors": "--factor",
    "subject": "--subject",
    "order": "--order",
    "wheres": "--where",
    "is_signed": "--signed",
    "kind": "--kind",
    "study": "--study",
    "target": "--target",
    "margin": "--same-within",
    "times": "--times",
    "label": "--label",
    "by": "--by",
}
"""Options that not every question has a use for, by parameter."""

_COMPARING = frozenset({"baseline", "values", "factors", "wheres", "target", "margin"})

_USED = {
    "a store": _COMPARING | {"study"},
    "two stores": frozenset({"values", "factors", "wheres", "study"}),
    "a CSV file": _COMPARING | {"subject", "order", "is_signed", "kind"},
    "--correlate": frozenset({"wheres", "times", "kind"}),
    "--survey": frozenset({"label", "by"}),
}
"""Which of them each question uses."""


@click.command()
@click.argument("sources", type=click.Path(exists=True, path_type=Path), nargs=-1)
@click.option("--baseline", default="", help="Compare every other configuration with this one.")
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="COLUMN",
    help="Number to compare, such as energy_j_per_example, or a column of FILE; repeatable.",
)
@click.option(
    "--factor",
    "factors",
    multiple=True,
    metavar="COLUMN",
    help="What tells configurations apart; one or two. A store has pathways.",
)
@click.option("--subject", default="", metavar="COLUMN", help="Of FILE: block, repeat or subject.")
@click.option("--order", default="", metavar="COLUMN", help="Of FILE: place in the order executed.")
@click.option(
    "--where",
    "wheres",
    multiple=True,
    metavar="A=B",
    help="Only rows or runs with this; repeatable. Of one column of FILE any of its values.",
)
@click.option("--signed", "is_signed", is_flag=True, help="Of FILE: values may be 0 or below.")
@click.option(
    "--kind",
    type=click.Choice(("measured", "counted", "modelled", "assumed")),
    help="Of FILE: how its numbers came about.",
)
@click.option("--study", default=None, help="Only the runs of this study.")
@click.option(
    "--level",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Confidence level.",
)
@click.option(
    "--target",
    type=click.FloatRange(min=0, min_open=True),
    default=0.02,
    show_default=True,
    help="Half-width of a ratio that is wanted, as a share; says how many blocks that takes.",
)
@click.option(
    "--same-within",
    "margin",
    type=click.FloatRange(min=0, min_open=True),
    help="Test whether costs are the same within this share, such as 0.02.",
)
@click.option(
    "--correlate",
    metavar="X,Y",
    help="Instead: correlation of two columns of FILE, with the value that carries it.",
)
@click.option("--times", default="", metavar="COLUMN", help="Runs that a row of FILE stands for.")
@click.option(
    "--survey",
    "labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CSV",
    help="Instead: shares of labels in a file with a row per thing labelled.",
)
@click.option("--label", default="", metavar="COLUMN", help="Of --survey.  [default: the last]")
@click.option(
    "--by", default="", metavar="COLUMN", help="Groups of --survey.  [default: the first]"
)
@click.option(
    "--table", "name", type=click.Choice((*_TABLES, *_OTHERS)), help="Print this table alone."
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
def command(sources: tuple[Path, ...], **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Compare configurations over repeated runs: ratio and interval first, then tests and checks.

    SOURCES is a store (its pathways in use, block by block), two stores (the same configurations
    then and now), or a CSV file with a row per run and columns named by --value, --factor and
    --subject.
    """
    from breakeven.cli.compare_text import as_object, printed  # noqa: PLC0415 - `--help` stays light

    _refuse_ignored(sources, asked)
    check_study(sources, asked["study"])
    if asked["labels"] is not None:
        sections = [_surveyed(asked)]
    elif asked["correlate"] is not None:
        sections = [_related(sources[0], asked)]
    elif len(sources) == 2:
        sections = [_over_time(sources, asked)]
    else:
        sections = _compared(sources[0], asked)
    if asked["as_json"]:
        click.echo(as_object(sections))
    elif asked["name"] is not None:
        _print_table([t for s in sections for t in s.tables], asked["name"], asked["form"])
    else:
        click.echo(printed(sections), nl=False)


def _refuse_ignored(sources: "Sequence[Path]", asked: dict[str, Any]) -> None:
    """Refuse what would say nothing.

    Raises:
        click.UsageError: If sources or options do not fit one another.
    """
    if (asked["labels"] is None) == (not sources):
        raise click.UsageError("name a store, two stores, a CSV file, or a file with --survey")
    if len(sources) > 2 or (len(sources) == 2 and any(path.is_file() for path in sources)):
        raise click.UsageError(
            f"{len(sources)} sources; give one store, two stores, or one CSV file"
        )
    if asked["form"] != "text" and asked["name"] is None:
        raise click.UsageError("--format is of one table; name it with --table, or use --json")
    if asked["as_json"] and asked["name"] is not None:
        raise click.UsageError(
            "--json prints every table; drop it, or take --format json of that table"
        )
    is_file = len(sources) == 1 and sources[0].is_file()
    if asked["correlate"] is not None and not is_file:
        raise click.UsageError(
            "--correlate is of a CSV file; for a store see `breakeven curves --x flops --y energy`"
        )
    if is_file and asked["correlate"] is None and not (asked["values"] and asked["factors"]):
        raise click.UsageError(
            f"{sources[0]} is a table: name its columns with --value and --factor, and with "
            "--subject what was measured under every level"
        )
    _refuse_unused(_question(sources, asked))


def _question(sources: "Sequence[Path]", asked: dict[str, Any]) -> str:
    if asked["labels"] is not None:
        return "--survey"
    if asked["correlate"] is not None:
        return "--correlate"
    if len(sources) == 2:
        return "two stores"
    return "a CSV file" if sources[0].is_file() else "a store"


def _refuse_unused(question: str) -> None:
    context = click.get_current_context()
    for name, flag in _FLAGS.items():
        is_given = context.get_parameter_source(name) is not ParameterSource.DEFAULT
        if is_given and name not in _USED[question]:
            uses = [other for other, used in _USED.items() if name in used]
            raise click.UsageError(
                f"{flag} says nothing of {question}; it is for {' or '.join(uses)}"
            )


def _asked(asked: dict[str, Any]) -> "Asked":
    from breakeven.analysis.statistics import Asked  # noqa: PLC0415 - as above

    return Asked(
        baseline=asked["baseline"],
        level=asked["level"],
        target=asked["target"],
        margin=asked["margin"],
    )


def _compared(source: Path, asked: dict[str, Any]) -> "list[Section]":
    from breakeven.analysis.statistics import compare  # noqa: PLC0415 - as above
    from breakeven.cli.compare_text import section  # noqa: PLC0415 - as above

    found = _readings(source, asked)
    wanted = _asked(asked)
    told = [compare(one, wanted) for one in found if len(one.readings) > 1]
    if not told:
        raise click.UsageError(_nothing(source, found))
    return [section(one, said=_of_unit(one) if source.is_file() else "") for one in told]


def _of_unit(found: "Compared") -> str:
    from breakeven.cli.compare_file import unit_of  # noqa: PLC0415 - as above

    if unit_of(found.readings.name) is not None:
        return ""
    return "The column's name ends in no unit (such as _j or [J]): means are in the file's own."


def _readings(source: Path, asked: dict[str, Any]) -> "tuple[Readings, ...]":
    return _of_file(source, asked) if source.is_file() else _of_store(source, asked)[0]


def _of_store(source: Path, asked: dict[str, Any]) -> "tuple[tuple[Readings, ...], set[str]]":
    """Readings, and the machines they were taken on."""
    from breakeven.analysis.runs.sources import lines  # noqa: PLC0415 - as above
    from breakeven.analysis.statistics import readings_of  # noqa: PLC0415 - as above

    kept = only_where(lines(sources_of([source]), study=asked["study"]), asked["wheres"])
    machines = {line.run.machine.fingerprint for line in kept if line.run.machine is not None}
    return readings_of(kept, factors=asked["factors"], values=asked["values"]), machines


def _of_file(source: Path, asked: dict[str, Any]) -> "tuple[Readings, ...]":
    from breakeven.cli.compare_file import Columns, read_table  # noqa: PLC0415 - as above

    return read_table(
        source,
        Columns(
            values=asked["values"],
            factors=asked["factors"],
            subject=asked["subject"],
            order=asked["order"],
            wheres=asked["wheres"],
            is_signed=asked["is_signed"],
            kind=_kind(asked["kind"]),
        ),
    )


def _kind(name: str | None) -> "Kind | None":
    from breakeven.records import Kind  # noqa: PLC0415 - as above

    return None if name is None else Kind(name)


def _nothing(source: Path, found: "Sequence[Readings]") -> str:
    known = ", ".join(dict.fromkeys(name for one in found for name in one.configurations))
    if not known:
        return f"{source} holds no finished run with such a number; see `breakeven export {source}`"
    return f"{source} holds one run only (of {known}); a comparison takes two or more"


def _over_time(sources: "Sequence[Path]", asked: dict[str, Any]) -> "Section":
    from breakeven.analysis.statistics import over_time  # noqa: PLC0415 - as above
    from breakeven.cli.compare_text import time_section  # noqa: PLC0415 - as above

    (then, old), (now, new) = (_of_store(source, asked) for source in sources)
    found = over_time(then, now, level=asked["level"])
    if not found.changes:
        raise click.UsageError(
            f"{sources[0]} and {sources[1]} hold no number of the same configuration; "
            f"then: {', '.join(found.only_then[:5]) or 'nothing'}; "
            f"now: {', '.join(found.only_now[:5]) or 'nothing'}"
        )
    return time_section(found, said=_of_machines(old, new))


def _of_machines(then: "set[str]", now: "set[str]") -> str:
    if then == now:
        return ""
    return (
        f"Machines differ: {', '.join(sorted(then)) or 'unknown'} then, "
        f"{', '.join(sorted(now)) or 'unknown'} now; a ratio may be theirs."
    )


def _surveyed(asked: dict[str, Any]) -> "Section":
    from breakeven.analysis.statistics import survey  # noqa: PLC0415 - as above
    from breakeven.cli.compare_file import read_labels  # noqa: PLC0415 - as above
    from breakeven.cli.compare_text import survey_section  # noqa: PLC0415 - as above

    labelled = read_labels(asked["labels"], label=asked["label"], by=asked["by"])
    return survey_section(survey(labelled, level=asked["level"]))


def _related(source: Path, asked: dict[str, Any]) -> "Section":
    from breakeven.analysis.statistics import relate  # noqa: PLC0415 - as above
    from breakeven.cli.compare_file import lines_alike, read_pairs  # noqa: PLC0415 - as above
    from breakeven.cli.compare_text import related_section  # noqa: PLC0415 - as above

    names = tuple(name.strip() for name in asked["correlate"].split(","))
    if len(names) != 2:
        raise click.UsageError(f"--correlate {asked['correlate']} names no two columns; write X,Y")
    pairs = read_pairs(source, (names[0], names[1]), times=asked["times"], wheres=asked["wheres"])

    def told_of(chosen: "Sequence[Pair]") -> "Related":
        xs = [pair.x for pair in chosen for _ in range(pair.n_runs)]
        ys = [pair.y for pair in chosen for _ in range(pair.n_runs)]
        return relate(xs, ys, names=(names[0], names[1]), level=asked["level"])

    alike = lines_alike(pairs) if asked["times"] else ()
    repeated = {line for lines in alike for line in lines[1:]}
    kind = _kind(asked["kind"])
    return related_section(
        told_of(pairs),
        n_rows=len(pairs),
        kinds=() if kind is None else (kind,),
        alike=alike,
        once=told_of([pair for pair in pairs if pair.line not in repeated]) if alike else None,
    )


def _print_table(tables: "Sequence[Table]", name: str, form: str) -> None:
    chosen = [table for table in tables if table.name == name]
    if not chosen:
        names = ", ".join(dict.fromkeys(table.name for table in tables))
        raise click.UsageError(f"there is no table {name} here; there are {names}")
    for table in chosen:
        if form == "text":
            click.echo(f"{table.caption}\n\n{table.to_text(told_columns())}")
        else:
            write_as(table, form=form, out=None)
