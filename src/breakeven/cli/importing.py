"""`breakeven import`: bring what others wrote down into a store."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli import import_runs, import_table
from breakeven.cli.overrides import store_option
from breakeven.units import J_PER_WH, format_si

if TYPE_CHECKING:
    from breakeven.records import Note, Run, Scope
    from breakeven.store.importers.joining import Joined
    from breakeven.store.importers.keeping import Kept
    from breakeven.store.importers.log import PowerLog
    from breakeven.store.importers.power_log import LogFormat

_ABOVE_ZERO = click.FloatRange(min=0, min_open=True)


@click.group("import")
def command() -> None:
    """Bring what others wrote down (a table of costs, a log) into a store."""


command.add_command(import_table.command)
for _of_a_tool in import_runs.COMMANDS:
    command.add_command(_of_a_tool)


@command.command("power")
@click.argument("log", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@click.option("--whole", is_flag=True, help="Integrate LOG from end to end; no store is needed.")
@click.option("--time", default="", metavar="COLUMN", help="Column that holds the time.")
@click.option(
    "--column", "columns", multiple=True, metavar="COLUMN", help="Read only this; may be repeated."
)
@click.option("--unit", default="", help="Unit of columns whose header names none: W, kWh ...")
@click.option("--by", default="", metavar="COLUMN", help="Column that names each row's channel.")
@click.option("--name", default="", help="Name of the channel; with --by, what goes before it.")
@click.option("--zone", default="", help="Zone of local times: UTC, +02:00, Europe/Berlin.")
@click.option("--starts-at", default="", metavar="TIME", help="Zero of an elapsed clock, ISO 8601.")
@click.option(
    "--scope",
    type=click.Choice(("part", "supply", "wall")),
    help="What the meter sees: a part, the power supplies, or all behind a plug.",
)
@click.option("--offset-s", type=float, help="What the log's clock shows more; else estimated.")
@click.option("--offset-error-s", type=_ABOVE_ZERO, help="Doubt about it; one sample by default.")
@click.option("--search-s", type=_ABOVE_ZERO, help="Largest offset to try; 300 by default.")
@click.option(
    "--error-frac",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="The meter's error, as a share of its value; 0 by default.",
)
@click.option("--max-gap-s", type=_ABOVE_ZERO, help="Longest gap that is bridged; 3 samples.")
@click.option("--max-w", type=_ABOVE_ZERO, help="Power that cannot be exceeded.")
@click.option("--range-j", type=_ABOVE_ZERO, help="Range of the counter behind it, for wraps.")
@click.option("--study", default="", help="Only the runs of this study.")
@click.option("--host", default="", help="Only the runs of this machine.")
@click.option("--check-of", default="", metavar="CHANNEL", help="Channel it counts over again.")
@click.option("--adds", is_flag=True, help="It adds up with channels of the same scope.")
@click.option("--replace", "replaces", is_flag=True, help="Other logs' channels so named give way.")
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def power(log: Path, store: Path, **options: Any) -> None:  # noqa: ANN401 - one per option
    """Join LOG, a CSV of watts or running totals with time, to the runs of a store.

    Each column becomes an energy channel of every phase that it observed. The offset between the
    meter's clock and the runs' is estimated from the data, or said with --offset-s.
    """
    from breakeven.store.importers.power_log import read_power_log  # noqa: PLC0415 - numpy

    form = _format(options)
    read = _renamed(read_power_log(log, form=form), options["name"])
    if options["whole"]:
        click.echo(_whole(read, as_json=options["as_json"]))
        return
    if read.is_elapsed:
        raise click.UsageError(
            f"{log} counts seconds from a zero of its own; say when that was with --starts-at "
            "2026-05-04T10:30:00Z (the offset is then searched around it)"
        )
    _join(read, store, options)


def _join(log: "PowerLog", folder: Path, options: dict[str, Any]) -> None:
    from breakeven.store import Store  # noqa: PLC0415 - `--help` must not load it
    from breakeven.store.importers.joining import SEARCH_S, Joining, join_log  # noqa: PLC0415
    from breakeven.store.importers.keeping import choose_runs, keep  # noqa: PLC0415

    how = Joining(
        scope=_scope(log, options["scope"]),
        imported_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        offset=_offset(log, options),
        check_of=options["check_of"],
        relative_error=options["error_frac"],
        search_s=options["search_s"] or SEARCH_S,
    )
    with Store(folder, create=False) as store:
        runs = choose_runs(store, study=options["study"], host=options["host"])
        _refuse_unknown(options["check_of"], log, store.runs(), {run.run_id for run in runs})
        joined = join_log(log, runs, how)
        kept = None
        if not options["dry_run"]:
            kept = keep(store, joined, is_adding=options["adds"], is_replacing=options["replaces"])
    if options["as_json"]:
        from breakeven.store.codec import encode_indented  # noqa: PLC0415 - the same

        click.echo(encode_indented(joined.attachment).decode().rstrip())
        return
    click.echo(_summary(joined, kept, folder))


def _refuse_unknown(
    check_of: str, log: "PowerLog", runs: "Sequence[Run]", chosen: Collection[str]
) -> None:
    """Refuse to check a channel that no run has: the log would then count in the total."""
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - the same
    from breakeven.records import Resource  # noqa: PLC0415 - the same

    phases = [phase for run in runs if run.run_id in chosen for phase in run.phases]
    costs = [cost for phase in phases for cost in phase.measurement.costs]
    known = {c.channel for c in costs if c.resource is Resource.ENERGY_J}
    known -= {channel.name for channel in log.channels}
    if check_of and check_of not in known:
        raise UnknownNameError("energy channel of these runs", check_of, known)


def _format(options: dict[str, Any]) -> "LogFormat":
    from breakeven.formulas.hygiene import Limits  # noqa: PLC0415 - `--help` must not load it
    from breakeven.store.importers.power_log import LogFormat  # noqa: PLC0415 - the same
    from breakeven.store.importers.times import parse_zone  # noqa: PLC0415 - the same

    return LogFormat(
        time=options["time"],
        columns=options["columns"],
        unit=options["unit"],
        by=options["by"],
        zone=parse_zone(options["zone"]) if options["zone"] else None,
        zero_s=_zero_s(options["starts_at"]),
        limits=Limits(
            range_j=options["range_j"], max_w=options["max_w"], max_gap_s=options["max_gap_s"]
        ),
    )


def _zero_s(starts_at: str) -> float | None:
    from breakeven.store.importers.times import parse_times  # noqa: PLC0415 - the same

    if not starts_at:
        return None
    try:
        (zero_s,) = parse_times([starts_at], header="--starts-at").times_s
    except ValueError as error:
        raise click.UsageError(f"--starts-at: {str(error).partition(': ')[2]}") from error
    return zero_s


def _renamed(log: "PowerLog", name: str) -> "PowerLog":
    if not name:
        return log
    if log.has_groups:
        return replace(log, channels=tuple(replace(c, name=name + c.name) for c in log.channels))
    if len(log.channels) > 1:
        raise click.UsageError(
            f"--name is for one channel, but {log.path} has {len(log.channels)}; choose one with "
            "--column"
        )
    return replace(log, channels=(replace(log.channels[0], name=name),))


def _scope(log: "PowerLog", said: str | None) -> "Scope":
    from breakeven.records import Scope  # noqa: PLC0415 - the same

    if said is not None:
        return Scope(said)
    by_column = [channel.name.lower() for channel in log.channels]
    for names in (by_column, [log.path.stem.lower()]):
        for scope, words in _SCOPE_WORDS.items():
            if all(name.startswith(words) for name in names):
                return Scope(scope)
    raise click.UsageError(
        f"what {', '.join(c.name for c in log.channels)} of {log.path} sees is not clear from the "
        "name; say --scope wall (all behind a plug), supply (power supplies) or part (a device)"
    )


_SCOPE_WORDS = {
    "wall": ("wall", "plug", "mains", "kill"),
    "supply": ("psu", "supply"),
    "part": ("gpu", "cpu", "package", "dram"),
}


def _offset(log: "PowerLog", options: dict[str, Any]) -> Any:  # noqa: ANN401 - needs numpy to name
    from breakeven.formulas.alignment import Offset  # noqa: PLC0415 - the same

    value_s, error_s = options["offset_s"], options["offset_error_s"]
    if value_s is None:
        if error_s is not None:
            raise click.UsageError("--offset-error-s is the doubt about --offset-s; give both")
        return None
    error_s = log.clock_doubt_s if error_s is None else error_s
    return Offset(value_s=value_s, low_s=value_s - error_s, high_s=value_s + error_s)


def _summary(joined: "Joined", kept: "Kept | None", folder: Path) -> str:
    added, offset = joined.attachment, joined.offset
    known = (
        f"found in the data, explaining {offset.explained_frac:.0%} of its variance"
        if offset.is_estimated
        else "as stated"
    )
    value_s, low_s, high_s = (
        f"{round(time_s, 2) + 0.0:.2f}" for time_s in (offset.value_s, offset.low_s, offset.high_s)
    )
    lines = [
        f"{added.source}: clock ahead by {value_s} s ({low_s} to {high_s} s, {known})",
        *_rows(joined),
        "  in brackets: the least and the most that the samples and the clocks allow",
    ]
    if joined.n_unseen:
        lines.append(
            f"  {joined.n_unseen} phases lie outside the log, or half outside, and stay as they are"
        )
    lines += _notes([n for p in added.phases for n in p.notes if n.code != "log-joined"])
    return "\n".join([*lines, _fate(joined, kept, folder)])


_ALIKE = ("short-window", "partial-coverage", "runs-overlapped")
"""Notes that many phases have, each in numbers of its own."""


def _notes(notes: "Sequence[Note]") -> Sequence[str]:
    """Each doubt once; of those that only differ in numbers the first, with their count."""
    alike: dict[object, list[Note]] = {}
    for note in notes:
        alike.setdefault((note.code, note.advice) if note.code in _ALIKE else note, []).append(note)
    return [
        f"  note: {same[0].message} "
        + (f"({len(same)} notes like this.) " if key != same[0] and len(same) > 1 else "")
        + same[0].advice
        for key, same in alike.items()
    ]


def _rows(joined: "Joined") -> Sequence[str]:
    return [
        f"  {phase.run_id[:12]} phase {phase.index}: {cost.channel} {format_si(cost.value, 'J')} "
        f"({format_si(cost.low, 'J')} to {format_si(cost.high, 'J')}, "
        f"{cost.coverage_frac:.0%} observed)"
        for phase in joined.attachment.phases
        for cost in phase.costs
    ]


def _fate(joined: "Joined", kept: "Kept | None", folder: Path) -> str:
    n_runs = len(joined.attachment.run_ids)
    runs = f"{n_runs} run{'' if n_runs == 1 else 's'} in {folder}"
    if kept is None:
        return f"would be added to {runs}"
    earlier = "; the earlier import of this log was replaced" if kept.is_again else ""
    taken = f"; taken from {', '.join(kept.replaced)}" if kept.replaced else ""
    return f"added to {runs}{earlier}{taken}"


def _whole(log: "PowerLog", *, as_json: bool) -> str:
    from breakeven.store.importers.whole import integrate_log  # noqa: PLC0415 - the same

    found = integrate_log(log)
    if as_json:
        return json.dumps([asdict(whole) for whole in found], indent=2)
    lines = []
    for whole in found:
        energy = whole.energy
        lines.append(
            f"{whole.name}: {format_si(energy.energy_j, 'J')} ({format_si(energy.low_j, 'J')} to "
            f"{format_si(energy.high_j, 'J')}; {energy.energy_j / J_PER_WH:.4g} Wh), "
            f"{whole.n_samples} samples in {format_si(whole.duration_s, 's')}"
        )
        lines += [f"  note: {note.message} {note.advice}" for note in whole.notes]
    return "\n".join(lines)
