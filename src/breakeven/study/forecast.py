"""Forecast: what planned runs will take, from equal runs in the store.

A development row that was never run is modelled where the engine knows its work: operations by
closed form over a speed that was tried here. An inference row that was never run has a lower
bound, the windows it was told to keep open. Finished runs of other settings correct both, see
`learning`. What no formula models, exporting and adapting, is told by finished runs of its kind,
whatever their model and data. Anything else is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from breakeven.analysis.words import counted
from breakeven.records import Resource, Run, Scalar, Settings, Stage, Status
from breakeven.records.engine import Speed, Work
from breakeven.study.table import PlannedRun

_VARYING = ("seed", "stage_version", "role", "start_repeat", "teacher_repeat")
"""Settings in which repeats of one row, and a reference and its twin, differ."""

_KIND = {Stage.EXPORT: ("backend", "precision"), Stage.ADAPT: ("method",)}
"""What decides how long a stage takes that no formula models, after the model and the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of one run or of several; None is unknown.

    Attributes:
        duration_s: Time.
        start_s: Of it, what a model says of starting up, however much is to be done then.
        energy_j: Energy, where runs in the store have it measured.
        cpu_s: CPU time, where equal runs in the store tell.
        disk_bytes: Artefacts.
        basis: What it rests on, in words.
        is_lower_bound: Whether the truth is at least this.
        is_upper_bound: Whether the truth is at most this, as far as the model goes.
        is_modelled: Whether a formula gave the time.
        is_energy_partial: Whether energy leaves out what is unknown.
        is_disk_partial: Whether disk does.
        interval_s: Ends between which the time is expected, where finished runs tell.
        energy_interval_j: The same of energy.
    """

    duration_s: float | None = None
    start_s: float = 0.0
    energy_j: float | None = None
    cpu_s: float | None = None
    disk_bytes: float | None = None
    basis: str = "unknown"
    is_lower_bound: bool = False
    is_upper_bound: bool = False
    is_modelled: bool = False
    is_energy_partial: bool = False
    is_disk_partial: bool = False
    interval_s: tuple[float, float] | None = None
    energy_interval_j: tuple[float, float] | None = None


NOTHING = Forecast(duration_s=0.0, energy_j=0.0, disk_bytes=0.0, basis="done")


def forecast_run(
    planned: PlannedRun, earlier: Sequence[Run], *, size_bytes: Callable[[str], float]
) -> Forecast:
    """Forecast one run from finished runs with the same stage and settings, seed aside.

    Args:
        planned: What is to be run.
        earlier: Runs of the store, of any study.
        size_bytes: Size of the artefact with a content hash.
    """
    wanted = _comparable(planned, planned.settings)
    equal = [
        run
        for run in earlier
        if run.stage is planned.stage
        and run.status is Status.OK
        and _comparable(planned, run.settings) == wanted
    ]
    if equal:
        return _mean_of(equal, size_bytes)
    if planned.stage is Stage.INFER:
        return windows_of(planned.engine_settings)
    if planned.stage in _KIND:
        return _of_its_kind(planned, earlier, size_bytes)
    return Forecast()


def _of_its_kind(
    planned: PlannedRun, earlier: Sequence[Run], size_bytes: Callable[[str], float]
) -> Forecast:
    kind = {name: planned.settings.resolved.get(name) for name in _KIND[planned.stage]}
    alike = [
        run
        for run in earlier
        if run.stage is planned.stage
        and run.status is Status.OK
        and kind.items() <= planned.filled(run.settings.resolved).items()
    ]
    told = f"of {planned.stage} with {', '.join(f'{name}={value}' for name, value in kind.items())}"
    if not alike:
        return Forecast(basis=f"unknown: no finished run {told}")
    found = _mean_of(alike, size_bytes)
    return replace(found, basis=f"{found.basis} {told}, whatever the model and data")


def _mean_of(runs: Sequence[Run], size_bytes: Callable[[str], float]) -> Forecast:
    return Forecast(
        duration_s=_mean(runs, Resource.DURATION_S),
        energy_j=_mean(runs, Resource.ENERGY_J),
        cpu_s=_mean(runs, Resource.CPU_S),
        disk_bytes=fmean(sum(map(size_bytes, run.artifacts.values())) for run in runs),
        basis=f"mean of {counted(len(runs), 'earlier run')}",
    )


_BYTES_PER_PARAMETER = 4
"""Weights are kept in fp32."""


def model_run(work: Work, speed: Speed) -> Forecast:
    """Forecast a run that was never made from its work and a speed tried here."""
    return Forecast(
        duration_s=speed.start_s + work.flops / speed.flops_per_s,
        start_s=speed.start_s,
        disk_bytes=float(_BYTES_PER_PARAMETER * work.n_parameters),
        basis="modelled: 6N or 2N per token over a speed tried here",
        is_upper_bound=work.is_upper_bound,
        is_modelled=True,
    )


def model_use(work: Work, speed: Speed, windows: Forecast) -> Forecast:
    """Forecast an inference run from one pass's work; its windows are kept open in any case."""
    return Forecast(
        duration_s=max(windows.duration_s or 0.0, work.flops / speed.flops_per_s),
        basis="modelled: 2N per token over a speed tried here, warm-up and loading not counted",
        is_modelled=True,
    )


def add_up(forecasts: Sequence[Forecast]) -> Forecast:
    """Sum of several; unknown parts make the sum a lower bound, all unknown makes it unknown."""
    durations = [f.duration_s for f in forecasts]
    energies = [f.energy_j for f in forecasts]
    sizes = [f.disk_bytes for f in forecasts]
    is_partial = None in durations or any(f.is_lower_bound for f in forecasts)
    return Forecast(
        duration_s=_sum(durations),
        start_s=sum(f.start_s for f in forecasts),
        energy_j=_sum(energies),
        disk_bytes=_sum(sizes),
        basis="; ".join(sorted({f.basis for f in forecasts})),
        is_lower_bound=is_partial,
        is_upper_bound=any(f.is_upper_bound for f in forecasts),
        is_modelled=any(f.is_modelled for f in forecasts),
        is_energy_partial=None in energies or any(f.is_energy_partial for f in forecasts),
        is_disk_partial=None in sizes or any(f.is_disk_partial for f in forecasts),
        interval_s=_sum_of_ends([(f.duration_s, f.interval_s) for f in forecasts]),
        energy_interval_j=_sum_of_ends([(f.energy_j, f.energy_interval_j) for f in forecasts]),
    )


_Ends = tuple[float, float]


def _sum_of_ends(parts: Sequence[tuple[float | None, _Ends | None]]) -> _Ends | None:
    """Sum of both ends, for what is learned errs alike; parts without ends count as they are."""
    if all(ends is None for _, ends in parts):
        return None
    known = [ends or (value or 0.0, value or 0.0) for value, ends in parts]
    return sum(low for low, _ in known), sum(high for _, high in known)


def windows_of(settings: Mapping[str, Scalar]) -> Forecast:
    """Forecast an inference run by the windows that its settings keep open; unknown without."""
    kept_open_s = [
        float(value)
        for name in ("idle_s", "min_window_s")
        if isinstance(value := settings.get(name), int | float)
    ]
    if not sum(kept_open_s):
        return Forecast()
    return Forecast(
        duration_s=sum(kept_open_s),
        basis="its windows, warm-up and loading not counted",
        is_lower_bound=True,
    )


def _comparable(planned: PlannedRun, settings: Settings) -> dict[str, Scalar]:
    filled = planned.filled(settings.resolved)
    return {k: v for k, v in filled.items() if k not in _VARYING}


def _mean(runs: Sequence[Run], resource: Resource) -> float | None:
    totals = [sum(c.value for c in costs) for run in runs if (costs := run.costs(resource))]
    return fmean(totals) if len(totals) == len(runs) else None


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
