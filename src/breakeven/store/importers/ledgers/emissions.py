"""CodeCarbon's emissions.csv: seconds, kWh of CPU, GPU and RAM, kg of CO2e.

What CodeCarbon reads from a sensor and what it models stands in its log, not in this file
(methodology page of its documentation): GPU energy of NVIDIA cards comes from the driver's counter;
CPU energy from RAPL where it may read it, else from a share of the thermal design power; RAM energy
from its size alone. Each part is multiplied by the PUE that was set, which is taken out here.
Rows of one run_id are running totals (`flush`), of which the last holds the others.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Kind,
    Note,
    NoteCode,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
)
from breakeven.store.importers.ledgers.content import read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    amount,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.lines import Line, read_lines
from breakeven.store.importers.ledgers.moments import NO_ZONE, moment, stamp
from breakeven.store.importers.tables.printed import Printed
from breakeven.units import J_PER_KWH

PARTS = ("cpu", "gpu", "ram")
"""Parts whose energy has a column of its own."""

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
        ("cpu_power", "gpu_power", "ram_power"), "power at the end; the energy is taken"
    ),
    **dict.fromkeys(
        ("cpu_utilization_percent", "ram_utilization_percent", "ram_used_gb"),
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
_SUM_DIFFERS_FRAC = 0.005
"""A total further from its parts than this was not their sum."""

_CONSTANT_FRAC = 0.02
"""Energy this close to power at the end x duration was power that never changed."""


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
    named = _rows(last, asked)
    runs = [
        _run(line, row, asked=asked, measured=measured, zone=zone)
        for line, row in zip(last, named, strict=True)
    ]
    return Imported(
        tool="CodeCarbon",
        runs=_with_overlaps(runs),
        left_out=(*_left_out(last), *earlier),
        remarks=_remarks(last, zone),
    )


def _last_of_each(lines: Sequence[Line]) -> tuple[list[Line], list[LeftOut]]:
    """Of rows with one run_id, which are running totals, the one that lasted longest."""
    last: dict[str, Line] = {}
    earlier: list[LeftOut] = []
    for line in lines:
        name = line.text(*_IDENTITY) or line.place
        if name in last:
            for column in ("duration", "energy_consumed"):
                before, now = _needed(last[name], column), _needed(line, column)
                if now.value < before.value:
                    raise DataFileError(
                        f"{line.place}: {column} {now.value:g} of run {name} is less than "
                        f"{before.value:g} at {last[name].place}, although rows of one run are "
                        "running totals; give the runs ids of their own, or delete one row."
                    )
            why = f"a running total of run {name[:8]}, which {line.place} continues"
            earlier.append(LeftOut(what=last[name].place, why=why))
        last[name] = line
    return list(last.values()), earlier


def _needed(line: Line, column: str) -> Printed:
    found = line.amount(column)
    if found is None:
        raise line.refused(column, "expected a number; delete the row if its run was lost")
    return found


def _rows(lines: Sequence[Line], asked: Asked) -> list[str]:
    """Name each run's row; runs of one project are no repeats unless the user says so."""
    names = [line.text("project_name") or "codecarbon" for line in lines]
    if asked.row:
        return [asked.row] * len(lines)
    return [
        name if names.count(name) == 1 else f"{name}-{(line.text(*_IDENTITY) or line.place)[:8]}"
        for name, line in zip(names, lines, strict=True)
    ]


def _run(line: Line, row: str, *, asked: Asked, measured: Collection[str], zone: tzinfo) -> Run:
    source = line.place.rpartition(":")[0].rpartition("/")[2]
    duration = _needed(line, "duration")
    ended = moment(line, "timestamp", zone=zone)
    started_at = stamp(ended - timedelta(seconds=duration.value))
    found = _Energies.of(line, measured=measured)
    tool = f"CodeCarbon {line.text('codecarbon_version')}".strip()
    wall = amount(
        Resource.DURATION_S, duration, kind=Kind.MEASURED, sensor="codecarbon", channel="wall"
    )
    return Run(
        run_id=run_id_of("codecarbon", line.text(*_IDENTITY) or line.text("timestamp")),
        study=asked.study,
        row=row,
        stage=asked.stage or Stage.COMMAND,
        status=Status.OK,
        started_at=started_at,
        settings=Settings(resolved=_kept(line)),
        phases=work_phase(started_at, [wall, *found.costs]),
        counts=tuple(_carbon(line, tool)),
        notes=(imported_note(tool, source, found.said), *_notes(line, found)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Energies:
    """Energy of one row: its parts, and what is to be said of them."""

    costs: tuple[Cost, ...]
    said: str
    unseen: tuple[str, ...] = ()

    @classmethod
    def of(cls, line: Line, *, measured: Collection[str]) -> "_Energies":
        pue = _pue(line)
        total = _needed(line, "energy_consumed")
        parts = {p: a for p in PARTS if (a := line.amount(f"{p}_energy")) is not None}
        if not parts:
            said = "The file has one total and no parts, so how it was obtained is not known."
            cost = _energy("all", total, Kind.MODELLED, pue=pue)
            return cls(costs=(cost,) if total.value else (), said=said)
        _refuse_other_sum(line, parts, total)
        seen = {part: found for part, found in parts.items() if found.value > 0}
        unseen = tuple(part for part in parts if part not in seen and _has(part, line))
        costs = [
            _energy(part, found, _kind(part, line, measured), pue=pue, unseen=unseen)
            for part, found in seen.items()
        ]
        modelled = [c.channel for c in costs if c.kind is Kind.MODELLED]
        said = (
            f"Energy of {' and '.join(modelled)} is a model as far as the file tells."
            if modelled
            else "Energy is measured, as was said with the import."
        )
        return cls(costs=tuple(costs), said=said, unseen=unseen)


def _energy(
    part: str, found: Printed, kind: Kind, *, pue: float, unseen: Sequence[str] = ()
) -> Cost:
    missed = [f"{part}, which nothing read" for part in unseen]
    return amount(
        Resource.ENERGY_J,
        found,
        kind=kind,
        sensor=f"codecarbon {_SENSORS[part, kind]}" if part != "all" else "codecarbon total",
        channel=part,
        factor=J_PER_KWH / pue,
        not_covered="; ".join([*missed, "board, disks, network, fans, losses of the supply"]),
    )


_SENSORS = {
    ("cpu", Kind.MEASURED): "RAPL",
    ("cpu", Kind.MODELLED): "TDP or load model",
    ("gpu", Kind.MEASURED): "driver's counter",
    ("gpu", Kind.MODELLED): "system's estimate",
    ("ram", Kind.MEASURED): "RAPL DRAM",
    ("ram", Kind.MODELLED): "size model",
}


def _kind(part: str, line: Line, measured: Collection[str]) -> Kind:
    is_counted = part == "gpu" and any(w in line.text("gpu_model").lower() for w in _COUNTING)
    return Kind.MEASURED if part in measured or is_counted else Kind.MODELLED


_COUNTING = ("nvidia", "tesla", "geforce", "quadro")
"""In names of cards whose driver counts joules, and which CodeCarbon reads."""


def _has(part: str, line: Line) -> bool:
    """Whether the machine has that part, so that no energy of it means that none was read."""
    return part != "gpu" or bool(line.text("gpu_model"))


def _pue(line: Line) -> float:
    found = line.amount("pue")
    if found is None:
        return 1.0
    if found.value < 1:
        raise line.refused("pue", "which is no PUE; expected 1 or more")
    return found.value


def _refuse_other_sum(line: Line, parts: Mapping[str, Printed], total: Printed) -> None:
    whole = math.fsum(part.value for part in parts.values())
    if abs(whole - total.value) > _SUM_DIFFERS_FRAC * max(whole, total.value):
        named = " + ".join(f"{part}_energy" for part in parts)
        raise line.refused(
            "energy_consumed",
            f"but {named} is {whole:.6g} kWh; the cells of the row may have shifted. Mend the row, "
            "or delete it.",
        )


def _carbon(line: Line, tool: str) -> Iterator[Cost]:
    found = _needed(line, "emissions")
    if found.value > 0:
        place = line.text("country_iso_code", "cloud_region") or "place unknown"
        yield amount(
            Resource.CARBON_KGCO2E,
            found,
            kind=Kind.ASSUMED,
            sensor=f"{tool}, grid of {place}",
        )


def _notes(line: Line, found: _Energies) -> Iterator[Note]:
    modelled = [c.channel for c in found.costs if c.kind is Kind.MODELLED]
    if modelled:
        yield Note(
            code=NoteCode.MODELLED,
            message=f"joules of {', '.join(modelled)} are CodeCarbon's model"
            f"{_constant(line)}: a saving in them is a saving in time.",
            advice="Say --measured cpu if its log names RAPL as the source; else compare seconds.",
        )
    for part in found.unseen:
        yield Note(
            code=NoteCode.METER_UNAVAILABLE,
            message=f"{part}_energy is 0 although the machine has a {part}: nothing read it, so it "
            "is absent and not 0.",
            advice="Treat the energy of this run as a lower bound.",
        )
    pue = _pue(line)
    carbon = next(_carbon(line, ""), None)
    if carbon is not None:
        yield Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"{carbon.value:.4g} kg of CO2e rest on a grid factor of CodeCarbon that the "
            f"file gives no year or source of (PUE {pue:g} in it).",
            advice="Compute carbon anew from the joules, with a factor whose year and source are "
            "known.",
        )
    if pue > 1:
        yield Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"CodeCarbon multiplied the energy by a PUE of {pue:g}, which was taken out.",
            advice="Name a PUE with year and source where carbon and money are computed.",
        )


def _constant(line: Line) -> str:
    """Words for a CPU whose power never changed; empty where it did, or nobody knows."""
    power, energy, duration = (line.amount(c) for c in ("cpu_power", "cpu_energy", "duration"))
    if power is None or energy is None or duration is None or not power.value:
        return ""
    expected_kwh = power.value * duration.value / J_PER_KWH
    is_constant = abs(energy.value / _pue(line) - expected_kwh) <= _CONSTANT_FRAC * expected_kwh
    return f" (of the CPU a constant {power.value:g} W)" if is_constant else ""


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
        if rows and not any(_has(part, line) for line in rows):
            yield LeftOut(what=f"{part}_energy", why=f"0 where no {part} is named")


def _remarks(lines: Sequence[Line], zone: tzinfo) -> tuple[str, ...]:
    if zone is not UTC or all(_ZONED.search(line.text("timestamp")) for line in lines):
        return ()
    return (NO_ZONE,)


_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


def _with_overlaps(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Mark trackers that saw one machine at the same time: each has the whole of it."""
    groups: dict[object, list[Run]] = {}
    for run in runs:
        groups.setdefault(_machine(run), []).append(run)
    starts = {m: sorted(_span(run)[0] for run in own) for m, own in groups.items()}
    ends = {m: sorted(_span(run)[1] for run in own) for m, own in groups.items()}
    found = []
    for run in runs:
        start, end = _span(run)
        machine = _machine(run)
        n = bisect_left(starts[machine], end) - bisect_right(ends[machine], start) - 1
        is_whole = run.settings.resolved.get("codecarbon.tracking_mode", "machine") == "machine"
        is_marked = n > 0 and is_whole
        found.append(replace(run, notes=(*run.notes, _overlap(n))) if is_marked else run)
    return tuple(found)


def _machine(run: Run) -> object:
    names = ("cpu_model", "cpu_count", "gpu_model", "gpu_count", "ram_total_size")
    return tuple(run.settings.resolved.get(f"codecarbon.{name}") for name in names)


def _span(run: Run) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(run.started_at)
    return start, start + timedelta(seconds=run.phases[0].measurement.duration_s)


def _overlap(n: int) -> Note:
    others = "another run" if n == 1 else f"{n} other runs"
    return Note(
        code=NoteCode.RUNS_OVERLAPPED,
        message=f"ran at the same time as {others} of the file on the same kind of machine; "
        "CodeCarbon counts the whole machine in each, so ranks of one training all hold the same.",
        advice="If they were one machine, keep one row of the file and delete the others.",
    )
