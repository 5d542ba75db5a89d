"""The plan: the run table against a store, with what is done and what the rest will take."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import fmean

from breakeven.records import Machine, Origin, Resource, Run, Scalar, Stage, Status, Until
from breakeven.records.engine import Engine
from breakeven.records.note import DISTURBANCES
from breakeven.session import find_machine
from breakeven.store import Store
from breakeven.study.admission import admit, read_task
from breakeven.study.engine import find_engine
from breakeven.study.forecast import NOTHING, Forecast, add_up, forecast_run
from breakeven.study.foresight import Foresight
from breakeven.study.ledger import Ledger
from breakeven.study.services import count_loads
from breakeven.study.spec import Study
from breakeven.study.stated import stated_runs
from breakeven.study.table import PlannedRun, loading, run_table

_STATED = replace(NOTHING, basis="stated, not run")
_FREE = (NOTHING, _STATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One row of the plan, all its repeats or blocks together.

    Attributes:
        name: Of the row.
        stage: What is run.
        parents: Rows it begins from, "row (role)", and which repeat of them unless the first.
        n_runs: Repeats, or blocks.
        n_done: Of these, how many the store holds.
        forecast: For those left.
    """

    name: str
    stage: Stage
    parents: tuple[str, ...]
    n_runs: int
    n_done: int
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `breakeven run` would do.

    Attributes:
        study: Its study.
        table: Every run in order.
        rows: By row: development, inference pathway by pathway, what is stated, and the loading of
            each checkpoint.
        facts: What is known of the task's data.
        n_blocks: Randomized blocks.
        total: Forecast of everything left.
        measures_energy: Whether a sensor here, or a trace, would give joules.
        disturbed: Codes of what disturbed finished runs, other load or throttling, by row.
        replayed: What is replayed instead of measured, in words; empty without a trace.
    """

    study: Study
    table: tuple[PlannedRun, ...]
    rows: tuple[PlanRow, ...]
    n_blocks: int
    total: Forecast
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    measures_energy: bool = False
    disturbed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replayed: str = ""

    @property
    def n_left(self) -> int:
        """Runs still to be made; with those that are done, what the store will hold."""
        return sum(row.n_runs - row.n_done for row in self.rows)

    @property
    def n_loads(self) -> int:
        """Of these, how many load a checkpoint."""
        return sum(row.n_runs - row.n_done for row in self.rows if row.stage is Stage.SERVE)


def plan_study(study: Study, store_path: Path | str | None = None) -> Plan:
    """Lay out a study's runs and forecast what is left; runs no row, writes nothing.

    Args:
        study: From `load_study`.
        store_path: Store whose runs count as done and serve as experience; may not exist yet.

    Raises:
        DataFileError: If the task's data cannot be read.
        RecordFormatError: If the store cannot be read.
        IncomparableRunsError: If `run` would refuse what the store holds; see `admit`.
        MeterUnavailableError: As `admit`.
    """
    engine = find_engine(study.engine)
    facts = read_task(study, engine)
    study = study.asking(facts)
    table = run_table(study, facts, engine)
    ledger = Ledger(study=study, data_hash=facts.content_hash)
    store, machine = _existing(store_path), find_machine()
    runs = store.runs() if store else ()
    ledger.update(runs)
    channels = admit(
        study,
        table,
        ledger,
        fingerprint=machine.fingerprint,
        clock_s=engine.clock_s,
    )
    here = made_on(runs, machine)
    foresight = Foresight(
        engine=engine,
        facts=facts.facts,
        table=table,
        earlier=here,
        study=study.name,
        facts_of=partial(facts_of, store),
        size_bytes=partial(_size_bytes, store),
    )
    rows = (
        *_rows(table, ledger, here, foresight),
        *_stated(study, ledger),
        *_loads(table, ledger, here, engine),
    )
    return Plan(
        study=study,
        table=table,
        rows=rows,
        n_blocks=study.n_blocks,
        facts=facts.facts,
        total=add_up([f for row in rows if (f := row.forecast) not in _FREE] or [NOTHING]),
        measures_energy=any(c.resource is Resource.ENERGY_J for c in channels),
        disturbed=_disturbed(run for run in runs if run.study == study.name),
        replayed=next((c.sensor for c in channels if c.origin is Origin.REPLAYED), ""),
    )


def _disturbed(runs: Iterable[Run]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        noted = (run.notes, *(phase.measurement.notes for phase in run.phases))
        for note in chain.from_iterable(noted):
            if run.status is Status.OK and note.code in DISTURBANCES:
                found.setdefault(run.row, {})[str(note.code)] = None
    return {row: tuple(codes) for row, codes in found.items()}


def _rests(left: Sequence[PlannedRun], study: Study, runs: Sequence[Run]) -> list[Forecast]:
    """What the rests before inference rows take, in time alone."""
    n_rests = sum(run.block is not None for run in left) if study.cooldown.limit_s else 0
    rest = Forecast(
        duration_s=study.cooldown.limit_s, energy_j=0.0, disk_bytes=0.0, basis="cool-down"
    )
    if study.cooldown.until is Until.IDLE:
        took_s = [r.rest.duration_s for r in runs if r.rest and r.rest.until is Until.IDLE]
        rest = (
            replace(rest, duration_s=fmean(took_s), basis="cool-down until idle, as before")
            if took_s
            else replace(rest, is_upper_bound=True, basis="cool-down until idle, at its limit")
        )
    return [rest] * n_rests


def _existing(path: Path | str | None) -> Store | None:
    is_there = path is not None and (Path(path) / "store.json").is_file()
    return Store(Path(path), create=False) if path is not None and is_there else None


def _size_bytes(store: Store | None, content_hash: str) -> float:
    folder = store.path / "artifacts" / content_hash if store else Path()
    return float(sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()))


def made_on(runs: Sequence[Run], machine: Machine) -> list[Run]:
    """Runs that tell how long things take on a machine."""
    here = machine.fingerprint
    return [run for run in runs if run.machine is None or run.machine.fingerprint == here]


def facts_of(store: Store | None, study: str) -> Mapping[str, Scalar]:
    """Facts of the data of a study in a store; empty where it is not there."""
    known = store.studies() if store else ()
    return next((definition.facts for definition in known if definition.name == study), {})


def _rows(
    table: Sequence[PlannedRun],
    ledger: Ledger,
    runs: Sequence[Run],
    foresight: Foresight,
) -> Iterator[PlanRow]:
    study = ledger.study
    for name in [row.name for row in study.rows] + [c.row for c in study.configurations]:
        planned = [run for run in table if run.result_of == name]
        left = [run for run in planned if ledger.done(run) is None]
        forecasts = [foresight.forecast(run) for run in left]
        forecasts += _rests(left, study, runs)
        yield PlanRow(
            name=name,
            stage=planned[0].stage,
            parents=tuple(_parents(planned[0])),
            n_runs=len(planned),
            n_done=len(planned) - len(left),
            forecast=add_up(forecasts) if left else NOTHING,
        )


def _stated(study: Study, ledger: Ledger) -> Iterator[PlanRow]:
    for pathway in study.pathways:
        for run in stated_runs(study, pathway) if pathway.stated else ():
            yield PlanRow(
                name=run.row,
                stage=run.stage,
                parents=(),
                n_runs=1,
                n_done=int(ledger.result(run.row) is not None),
                forecast=_STATED,
            )


def _loads(
    table: Sequence[PlannedRun], ledger: Ledger, runs: Sequence[Run], engine: Engine
) -> Iterator[PlanRow]:
    study = ledger.study
    inference = [run for run in table if run.block is not None]
    left = [run.checkpoint for run in inference if ledger.done(run) is None]
    loads = count_loads(left, limit=study.max_workers)
    by_checkpoint = {run.checkpoint: run for run in inference}
    names = [pathway.name for pathway in study.pathways]
    for run in sorted(
        by_checkpoint.values(), key=lambda r: (names.index(r.pathway), r.start_repeat)
    ):
        planned = loading(run, study, engine, n_before=0)
        n_done = sum(
            r.row == planned.row and r.study == study.name and r.status is Status.OK for r in runs
        )
        forecast = forecast_run(planned, runs, size_bytes=lambda _: 0.0)
        yield PlanRow(
            name=planned.row,
            stage=planned.stage,
            parents=tuple(_parents(planned)),
            n_runs=n_done + loads[run.checkpoint],
            n_done=n_done,
            forecast=add_up([forecast] * loads[run.checkpoint])
            if loads[run.checkpoint]
            else NOTHING,
        )


def _parents(planned: PlannedRun) -> Iterator[str]:
    for role in planned.parents:
        row, repeat = planned.parent(role)
        yield f"{row} ({role}, repeat {repeat})" if repeat else f"{row} ({role})"
