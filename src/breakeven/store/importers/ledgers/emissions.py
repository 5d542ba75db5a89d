"""CodeCarbon's emissions.csv: seconds, kWh of CPU, GPU and RAM, kg of CO2e.

What CodeCarbon reads from a sensor and what it models stands in its log, not in this file
(methodology page of its documentation): GPU energy of NVIDIA cards comes from the driver's counter;
CPU energy from RAPL where it may read it, else from a share of the thermal design power; RAM energy
from its size alone. Each part is multiplied by the PUE that was set, which is taken out here.
Rows of one run_id are running totals (`flush`), of which the last holds the others.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, timedelta, tzinfo
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import (
    Kind,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.store.importers.content import read_content
from breakeven.store.importers.ledgers.emissions_parts import (
    PARTS,
    Energies,
    carbon_of,
    has_part,
    needed,
    notes_of,
)
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    amount,
    few,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.lines import Line, read_lines
from breakeven.store.importers.ledgers.moments import NO_ZONE, moment, stamp
from breakeven.store.importers.ledgers.overlaps import with_overlaps

WHAT = "CodeCarbon's emissions.csv"
_NEEDED = ("timestamp", "duration", "emissions", "energy_consumed")
_KEPT = (
    *("project_name", "codecarbon_version", "tracking_mode", "on_cloud", "cloud_provider"),
    *("cloud_region", "country_iso_code", "region", "pue", "os", "python_version"),
    *("cpu_model", "cpu_count", "gpu_model", "gpu_count", "ram_total_size"),
)
_LEFT_OUT = {
    "emissions_rate": "emissions over duration, both of which are taken",
    **dict.fromkeys(
        ("cpu_power", "gpu_power", "ram_power"), "power, the mean or at the end; energy is taken"
    ),
    **dict.fromkeys(
        (
            *("cpu_utilization_percent", "gpu_utilization_percent", "ram_utilization_percent"),
            "ram_used_gb",
        ),
        "a share of the machine, not what the run used",
    ),
    **dict.fromkeys(("water_consumed", "wue"), "litres of water are no cost that is kept here"),
    **dict.fromkeys(("longitude", "latitude"), "says where somebody is"),
    "country_name": "its code is kept",
    "energy_consumed": "the sum of the parts, each of which is taken",
}
_IDENTITY = ("run_id", "experiment_id")
_KNOWN = frozenset(
    {*_NEEDED, *_KEPT, *_LEFT_OUT, *_IDENTITY, "task_name", *(f"{part}_energy" for part in PARTS)}
)


def read_emissions(
    path: Path,
    asked: Asked,
    *,
    measured: Collection[str] = (),
    zone: tzinfo = UTC,
) -> Imported:
    """Read every run of an emissions.csv.

    Args:
        path: The file.
        asked: What the user says of the runs.
        measured: Parts ("cpu") whose energy came from a sensor, as CodeCarbon's log said.
        zone: Of the times, which CodeCarbon writes without one.

    Raises:
        DataFileError: If it is no such file, a cell is no amount, or rows of one run fall.
    """
    content = read_content(path, what=WHAT)
    lines = read_lines(content, delimiter=",", known=_KNOWN, needed=_NEEDED, what=WHAT)
    if "task_name" in lines[0].cells:
        raise DataFileError(
            f"{path}:1: column 'task_name' says that each row is a part of a run; import the "
            "emissions.csv that lies beside it, which holds the whole runs."
        )
    last, earlier = _last_of_each(lines)
    _refuse_same(last)
    named = _rows(last, asked)
    runs = [
        _run(line, row, asked=asked, measured=measured, zone=zone)
        for line, row in zip(last, named, strict=True)
    ]
    return Imported(
        tool="CodeCarbon",
        runs=with_overlaps(runs),
        left_out=(*_left_out(last), *earlier),
        remarks=_remarks(last, zone),
    )


def _last_of_each(lines: Sequence[Line]) -> tuple[list[Line], list[LeftOut]]:
    """Of rows with one run_id, which are running totals, the one that lasted longest."""
    last: dict[str, Line] = {}
    earlier: dict[str, list[str]] = {}
    for line in lines:
        name = line.text(*_IDENTITY) or line.place
        if name in last:
            for column in ("duration", "energy_consumed"):
                before, now = needed(last[name], column), needed(line, column)
                if now.value < before.value:
                    raise DataFileError(
                        f"{line.place}: {column} {now.value:g} of run {name} is less than "
                        f"{before.value:g} at {last[name].place}, although rows of one run are "
                        "running totals; give the runs ids of their own, or delete one row."
                    )
            earlier.setdefault(name, []).append(last[name].place)
        last[name] = line
    return list(last.values()), [
        LeftOut(
            what=few(places),
            why=f"running totals of run {name[:8]}, which {last[name].place} continues",
        )
        for name, places in earlier.items()
    ]


def _identity(line: Line) -> str:
    """What tells a run from others: its id, or all that its row says."""
    return line.text(*_IDENTITY) or json.dumps(sorted(line.cells.items()))


def _refuse_same(lines: Sequence[Line]) -> None:
    seen: dict[str, Line] = {}
    for line in lines:
        first = seen.setdefault(_identity(line), line)
        if first is not line:
            raise DataFileError(
                f"{line.place}: the same row stands at {first.place}; delete one of the two, or "
                "give each a run_id if they are two runs."
            )


def _rows(lines: Sequence[Line], asked: Asked) -> list[str]:
    """Name each run's row; runs of one project are no repeats unless the user says so."""
    names = [line.text("project_name") or "codecarbon" for line in lines]
    if asked.row:
        return [asked.row] * len(lines)
    count = Counter(names)
    return [
        name if count[name] == 1 else f"{name}-{(line.text(*_IDENTITY) or line.place)[:8]}"
        for name, line in zip(names, lines, strict=True)
    ]


def _run(line: Line, row: str, *, asked: Asked, measured: Collection[str], zone: tzinfo) -> Run:
    source = line.place.rpartition(":")[0].rpartition("/")[2]
    duration = needed(line, "duration")
    ended = moment(line, "timestamp", zone=zone)
    try:
        started_at = stamp(ended - timedelta(seconds=duration.value))
    except OverflowError as error:
        raise line.refused("duration", "which began before the calendar") from error
    found = Energies.of(line, measured=measured)
    tool = f"CodeCarbon {line.text('codecarbon_version')}".strip()
    wall = amount(
        Resource.DURATION_S, duration, kind=Kind.MEASURED, sensor="codecarbon", channel="wall"
    )
    return Run(
        run_id=run_id_of("codecarbon", _identity(line)),
        study=asked.study,
        row=row,
        stage=asked.stage or Stage.COMMAND,
        status=Status.OK,
        started_at=started_at,
        settings=Settings(resolved=_kept(line)),
        phases=work_phase(started_at, [wall, *found.costs]),
        counts=tuple(carbon_of(line, tool)),
        output=Volume(n_examples=asked.n_examples),
        notes=(imported_note(tool, source, found.said), *notes_of(line, found)),
    )


def _kept(line: Line) -> dict[str, str | int | float | bool]:
    return {f"codecarbon.{name}": line.text(name) for name in _KEPT if line.text(name)}


def _left_out(lines: Sequence[Line]) -> Iterator[LeftOut]:
    by_reason: dict[str, list[str]] = {}
    has_parts = any(f"{part}_energy" in lines[0].cells for part in PARTS)
    for name, why in _LEFT_OUT.items():
        if name in lines[0].cells and (has_parts or name != "energy_consumed"):
            by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        yield LeftOut(what=", ".join(names), why=why)
    for part in PARTS:
        rows = [line for line in lines if (a := line.amount(f"{part}_energy")) and not a.value]
        if rows and not any(has_part(part, line) for line in rows):
            yield LeftOut(what=f"{part}_energy", why=f"0 where no {part} is named")
    if no_carbon := [line.place for line in lines if not needed(line, "emissions").value]:
        yield LeftOut(
            what=f"emissions of {few(no_carbon)}", why="0: nothing was read, or no grid was known"
        )


def _remarks(lines: Sequence[Line], zone: tzinfo) -> tuple[str, ...]:
    if zone is not UTC or all(_ZONED.search(line.text("timestamp")) for line in lines):
        return ()
    return (NO_ZONE,)


_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
