"""Foresight: models the rows that nobody ran yet, and learns from those that were."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from breakeven.records import Kind, PhaseName, Resource, Run, Scalar, Stage, Status
from breakeven.records.engine import Engine, Speed, Work
from breakeven.study.forecast import Forecast, forecast_run, model_run, model_use, windows_of
from breakeven.study.learning import Example, corrected, mean_amount, mean_ratio
from breakeven.study.table import PlannedRun

N_EXAMPLES = 20
"""Latest finished runs of a stage that are looked at."""

N_SHAPES = 2
"""Shapes tried beyond those that are asked for: each takes seconds."""

_ALL = frozenset(PhaseName)
_STARTING = frozenset({PhaseName.IMPORT, PhaseName.LOAD})
_WORKING = _ALL - _STARTING
_DEVELOPMENT = tuple(stage for stage in Stage if stage not in (Stage.INFER, Stage.SERVE))

_Shape = frozenset[tuple[str, Scalar]]


@dataclass(slots=True, kw_only=True)
class Foresight:
    """Forecasts planned runs; a speed is tried once per shape, when needed.

    Attributes:
        engine: Knows the work of rows and tries speeds.
        facts: Of the study's data.
        table: Every planned run of the study.
        earlier: Finished runs of this machine, of any study, oldest first.
        study: Name of the study.
        facts_of: Facts of the data of another study by its name.
        size_bytes: Size of the artefact with a content hash.
        tries: Whether the engine tries speeds; else finished development tells them.
    """

    engine: Engine
    facts: Mapping[str, Scalar]
    table: Sequence[PlannedRun]
    earlier: Sequence[Run]
    study: str
    facts_of: Callable[[str], Mapping[str, Scalar]]
    size_bytes: Callable[[str], float]
    tries: bool = True
    _speeds: dict[_Shape, Speed | None] = field(default_factory=dict)
    _paces: list[tuple[_Shape, float]] | None = None
    _learned: dict[Stage, list[Example]] = field(default_factory=dict)

    def forecast(self, run: PlannedRun) -> Forecast:
        """Forecast one run: as equal ones, else by a model that finished ones correct."""
        known = forecast_run(run, self.earlier, size_bytes=self.size_bytes)
        if known.duration_s is not None and not known.is_lower_bound:
            return known
        work = self._work(run)
        speed = self._speed(work.shape) if work else None
        modelled = self._modelled(run.stage, work, speed, known)
        if modelled is None:
            return known
        return corrected(modelled, self._examples(run.stage), run.stage)

    def loading_s(self) -> float:
        """Seconds of loading a checkpoint, or else of starting development; 0 if none tell."""
        return self._start_s([Stage.SERVE]) or self._start_s(_DEVELOPMENT)

    def _modelled(
        self, stage: Stage, work: Work | None, speed: Speed | None, windows: Forecast
    ) -> Forecast | None:
        """By work and speed; without them an inference row by the windows it keeps open."""
        if work is not None and speed is not None:
            is_use = stage is Stage.INFER
            return model_use(work, speed, windows) if is_use else model_run(work, speed)
        return windows if windows.duration_s is not None else None

    def _examples(self, stage: Stage) -> list[Example]:
        if stage not in self._learned:
            self._learned[stage] = list(self._beside_models(stage))
        return self._learned[stage]

    def _beside_models(self, stage: Stage) -> list[Example]:
        works = [(run, self._work_of(run)) for run in self._latest(stage)]
        n_new, found = 0, []
        for run, work in works:
            is_tried = work is None or frozenset(work.shape.items()) in self._speeds
            n_new += self.tries and not is_tried
            speed = self._speed(work.shape) if work and n_new <= N_SHAPES else None
            modelled = self._modelled(stage, work, speed, windows_of(run.settings.resolved))
            if modelled is not None and _total(run, Resource.DURATION_S):
                found.append(_beside(run, modelled))
        return found

    def _latest(self, stage: Stage) -> list[Run]:
        runs = [r for r in self.earlier if r.stage is stage and r.status is Status.OK]
        return runs[-N_EXAMPLES:]

    def _work(self, run: PlannedRun) -> Work | None:
        first = {planned.result_of: planned for planned in reversed(self.table)}
        parents = {role: self._work(first[row]) for role, row in run.parents.items()}
        return self._ask(run.stage, run.engine_settings, self.facts, parents)

    def _work_of(self, run: Run) -> Work | None:
        """Work of a finished run: what it turned out to be where operations were counted."""
        planned = next(
            (p for p in self.table if run.study == self.study and p.result_of == run.result_of),
            None,
        )
        work = self._work(planned) if planned else self._work_recorded(run)
        flops = _total(run, Resource.FLOPS, kind=Kind.COUNTED)
        if work is None or run.stage is Stage.INFER or flops is None:
            return work
        return replace(work, flops=flops)

    def _work_recorded(self, run: Run) -> Work | None:
        by_id = {other.run_id: other for other in self.earlier}
        rows = {by_id[p].result_of: by_id[p] for p in run.parents if p in by_id}
        recorded = run.settings.resolved
        told = {**self.engine.stage_defaults(run.stage, recorded), **recorded}
        parents = {
            role: self._work_recorded(rows[str(told[role])])
            for role in ("start", "teacher", "fallback")
            if told.get(role) in rows
        }
        return self._ask(run.stage, told, self.facts_of(run.study), parents)

    def _ask(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work | None],
    ) -> Work | None:
        found = {role: work for role, work in parents.items() if work is not None}
        return self.engine.forecast_work(stage, settings, facts, found)

    def _speed(self, shape: Mapping[str, Scalar]) -> Speed | None:
        key = frozenset(shape.items())
        if key not in self._speeds:
            self._speeds[key] = self.engine.calibrate(shape) if self.tries else self._seen(key)
        return self._speeds[key]

    def _seen(self, shape: _Shape) -> Speed | None:
        """As fast as finished development of that shape worked, or of any where none has it."""
        if self._paces is None:
            runs = [run for stage in _DEVELOPMENT for run in self._latest(stage)]
            self._paces = [pace for run in runs for pace in self._pace(run)]
        own = [pace for key, pace in self._paces if key == shape]
        mean = mean_ratio(own or [pace for _, pace in self._paces])
        start_s = self._start_s(_DEVELOPMENT)
        return None if mean is None else Speed(flops_per_s=mean.value, start_s=start_s)

    def _start_s(self, stages: Sequence[Stage]) -> float:
        runs = [run for stage in stages for run in self._latest(stage)]
        mean = mean_amount([_total(r, Resource.DURATION_S, phases=_STARTING) or 0.0 for r in runs])
        return mean.value if mean else 0.0

    def _pace(self, run: Run) -> Iterator[tuple[_Shape, float]]:
        """Operations per second of a run's work; none where one of the two is unknown."""
        work, work_s = self._work_of(run), _total(run, Resource.DURATION_S, phases=_WORKING)
        if work is not None and work_s:
            yield frozenset(work.shape.items()), work.flops / work_s


def _beside(run: Run, modelled: Forecast) -> Example:
    """Hold a run against its model; all of one without work, as of fetching, is its start-up."""
    modelled_s = (modelled.duration_s or 0.0) - modelled.start_s
    starting = _STARTING if modelled_s else _ALL
    halves = [
        (_total(run, Resource.DURATION_S, phases=half), _total(run, Resource.ENERGY_J, phases=half))
        for half in (_ALL - starting, starting)
    ]
    # Of a half that took time and was not metered the energy is unknown, not 0.
    is_metered = all(joules is not None or not seconds for seconds, joules in halves)
    (work_s, work_j), (start_s, start_j) = halves
    return Example(
        modelled_s=modelled_s,
        duration_s=work_s or 0.0,
        energy_j=(work_j or 0.0) if is_metered else None,
        start_s=start_s or 0.0,
        start_energy_j=start_j or 0.0,
    )


def _total(
    run: Run,
    resource: Resource,
    *,
    kind: Kind = Kind.MEASURED,
    phases: Collection[PhaseName] = _ALL,
) -> float | None:
    costs = run.costs(resource, phases=phases)
    amounts = [cost.value for cost in costs if cost.kind is kind]
    return sum(amounts) if amounts else None
