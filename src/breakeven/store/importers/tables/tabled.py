"""From life-cycles to records: one run for each row of a table, and the study they belong to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Item,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Settings,
    Stage,
    StudyDefinition,
)
from breakeven.store import codec
from breakeven.store.importers.tables.channels import energies_once
from breakeven.store.importers.tables.columns import Column, Said, read_columns
from breakeven.store.importers.tables.entries import Defaults, Entry
from breakeven.store.importers.tables.grid import Grid
from breakeven.store.importers.tables.items import common_item
from breakeven.store.importers.tables.life import Life, Placed, as_lives
from breakeven.store.importers.tables.qualities import CORRELATIONS, FRACTIONS, scale_of
from breakeven.store.importers.tables.reader import read_entries
from breakeven.store.importers.tables.study import TABLE_HASH, Asked, study_of
from breakeven.store.importers.tables.traces import read_traces, with_traces
from breakeven.store.importers.tables.vocabulary import Use

N_REPEATS = "n_repeats"
"""Setting: of how many runs the numbers are the mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """A table as records.

    Attributes:
        grid: As it lies in the file.
        definition: The study.
        runs: One for each row, parents first.
        life: What builds upon what.
        percent: Headers of scores that were taken for percent without being said, and whether
            records hold them as fractions.
        item: What is counted; None for nothing.
    """

    grid: Grid
    definition: StudyDefinition
    runs: tuple[Run, ...]
    life: Life
    percent: Mapping[str, bool] = field(default_factory=dict)
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a table is read.

    Attributes:
        said: Of columns.
        defaults: Of rows.
        asked: Of the whole.
        traces: Power log that holds a trace of every row; None for none.
        traces_by: Column of that log that names the traces.
    """

    said: Said = field(default_factory=Said)
    defaults: Defaults = field(default_factory=Defaults)
    asked: Asked = field(default_factory=Asked)
    traces: Path | None = None
    traces_by: str = ""


def as_records(grid: Grid, reading: Reading) -> Tabled:
    """Turn a table into a study and its runs.

    Raises:
        DataFileError: If it says something impossible; names row and column, and what to do.
    """
    asked = reading.asked
    columns = read_columns(grid, reading.said)
    entries = read_entries(grid, columns, said=reading.said, defaults=reading.defaults)
    entries = tuple(_with_volume(entry, asked) for entry in entries)
    if reading.traces is not None:
        found = read_traces(reading.traces, by=reading.traces_by)
        entries = with_traces(entries, found, log=reading.traces)
    life = as_lives(entries, is_apart=asked.is_apart, reference=asked.reference)
    item = common_item(life.placed, asked.item)
    study = asked.study or "-".join(filter(None, (grid.path.stem, grid.part)))
    return Tabled(
        grid=grid,
        definition=study_of(grid, life, asked, study=study, item=item),
        runs=_runs(grid, life.placed, study=study),
        life=life,
        percent=_percent(grid, columns),
        item=item,
    )


def _with_volume(entry: Entry, asked: Asked) -> Entry:
    is_silent = not any(entry.volume.count(item) for item in Item)
    if asked.n_items is None or not is_silent or entry.stage not in (Stage.INFER, Stage.EVALUATE):
        return entry
    name = f"n_{(asked.item or Item.EXAMPLE).value}s"
    return replace(entry, volume=replace(entry.volume, **{name: asked.n_items}))


def _percent(grid: Grid, columns: Sequence[Column]) -> Mapping[str, bool]:
    """Headers of scores that were taken for percent unsaid, and whether they became fractions."""
    return {
        column.header: column.meaning.name in FRACTIONS | CORRELATIONS
        for column in columns
        if column.meaning.use is Use.SCORE and column.meaning.is_percent is None
        if scale_of(grid, column).is_percent
    }


def _runs(grid: Grid, placed: Sequence[Placed], *, study: str) -> tuple[Run, ...]:
    ids: dict[str, str] = {}
    found = []
    for each in placed:
        run = _run(grid, each, study=study, parents=tuple(ids[p.place] for p in each.parents))
        ids[each.entry.place] = run.run_id
        found.append(run)
    return tuple(found)


def _run(grid: Grid, placed: Placed, *, study: str, parents: tuple[str, ...]) -> Run:
    entry = placed.entry
    costs = _costs(entry)
    duration = next((c for c in costs if c.resource is Resource.DURATION_S), None)
    sensed = [c for c in costs if duration is not None and c.kind in (Kind.MEASURED, Kind.MODELLED)]
    run = Run(
        run_id="",
        study=study,
        row=placed.row,
        stage=entry.stage,
        status=entry.status,
        started_at=entry.started_at,
        settings=Settings(passed=entry.settings, resolved=_settings(grid, placed)),
        phases=()
        if duration is None
        else (
            Phase(
                name=PhaseName.WORK,
                measurement=Measurement(
                    started_at=entry.started_at, duration_s=duration.value, costs=tuple(sensed)
                ),
            ),
        ),
        counts=tuple(cost for cost in costs if cost not in sensed),
        output=entry.volume,
        scores=entry.scores,
        parents=parents,
        repeat=(entry.repeat or 0) if entry.stage is not Stage.INFER else 0,
        block=entry.block,
        position=entry.number,
        notes=tuple(_notes(entry)),
    )
    content = hashlib.sha256(codec.encode_run(run)).hexdigest()
    return replace(run, run_id=f"{entry.number:05}-{content[:26]}")  # sorts as the table does


def _settings(grid: Grid, placed: Placed) -> dict[str, Scalar]:
    entry = placed.entry
    return {
        "pathway": entry.pathway,
        **entry.settings,
        **({"role": placed.role} if placed.role else {}),
        **({N_REPEATS: entry.n_repeats} if entry.n_repeats > 1 else {}),
        TABLE_HASH: grid.content_hash,
    }


def _costs(entry: Entry) -> tuple[Cost, ...]:
    found = [
        amount.cost(sensor="table", n_items=_n_items(entry, amount.item, amount.column))
        for amount in entry.amounts
    ]
    return (*energies_once(found), *entry.traced)


def _n_items(entry: Entry, item: Item | None, column: Column) -> float:
    if item is None:
        return 1.0
    if n_items := entry.volume.count(item):
        return float(n_items)
    raise DataFileError(
        f"{entry.place}: column {column.header!r} is an average per {item.value}, and the row "
        f"does not say of how many, or says 0; add a column n_{item.value}s, or say it of "
        f"all rows with --item {item.value} --n-items COUNT."
    )


def _notes(entry: Entry) -> list[Note]:
    notes = [*entry.trace_notes]
    notes += [
        Note(
            code=NoteCode.CELL_LEFT_OUT,
            message=f"{header} is printed as {text}, which no cost can be; it is taken as not "
            "known.",
            advice="Find the number that the meter would have shown, or leave the run out.",
        )
        for header, text in entry.left_out.items()
    ]
    if any(a.column.meaning.unit and a.column.meaning.unit.is_macs for a in entry.amounts):
        notes.append(
            Note(
                code=NoteCode.FLOPS_CONVENTION,
                message="work is printed as multiply-accumulates; each is counted as two FLOPs.",
                advice="Compare with counts of one addition and one multiplication each.",
            )
        )
    return notes
