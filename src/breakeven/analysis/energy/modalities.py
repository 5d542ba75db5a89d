"""Modalities: the same runs by GPU counters, by RAPL, at the power supplies and at the wall.

A paper that reports GPU energy and one that reports wall energy differ by what the rest of the
server draws (71.7 % of four power supplies was the GPU in one of them). Side by side on the same
phases, each pair of modalities gives a factor with its interval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import combinations
from operator import add

from breakeven.analysis.energy.calibration_windows import OBSERVED_FRAC
from breakeven.analysis.samples.stats import log_ratio
from breakeven.records import (
    Cost,
    Estimate,
    Kind,
    Measurement,
    Origin,
    PhaseName,
    Resource,
    Run,
    Scope,
)

LEVEL = 0.95


class Modality(StrEnum):
    """How much of a machine a group of energy channels sees, from narrow to wide."""

    GPU = "GPU"
    CPU = "CPU and DRAM"
    OTHER = "other parts"
    SUPPLY = "power supplies"
    WALL = "wall"


_GPU_SENSORS = ("nvml", "amdsmi", "amd-smi", "rocm")
_CPU_CHANNELS = ("package", "dram", "core", "uncore", "psys", "cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one modality saw of one run.

    Attributes:
        run_id: Of the run.
        row: Its row, or the name of a measured command.
        stage: Part of the life-cycle.
        task: Task or data set, as its settings say; empty if they do not.
        machine: CPU and accelerators.
        modality: The group of channels.
        channels: Their names.
        energy: Their sum over the phases that they saw; parts are never added to their whole.
    """

    run_id: str
    row: str
    stage: str
    task: str
    machine: str
    modality: Modality
    channels: tuple[str, ...]
    energy: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """How two modalities relate.

    Attributes:
        wide: The one that sees more.
        narrow: The one that sees less.
        factor: Energy of `wide` over energy of `narrow`, geometric mean over runs.
    """

    wide: Modality
    narrow: Modality
    factor: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Modalities:
    """Runs by modality, and factors between the modalities."""

    seen: tuple[Seen, ...]
    scalings: tuple[Scaling, ...]


def modality_of(cost: Cost) -> Modality:
    """Modality of an energy channel, by its scope, sensor and name."""
    if cost.scope is Scope.WALL:
        return Modality.WALL
    if cost.scope is Scope.SUPPLY:
        return Modality.SUPPLY
    sensor, channel = cost.sensor.lower(), cost.channel.lower()
    if sensor.startswith(_GPU_SENSORS) or "gpu" in channel:
        return Modality.GPU
    if "rapl" in sensor or channel.startswith(_CPU_CHANNELS):
        return Modality.CPU
    return Modality.OTHER


def compare_modalities(runs: Sequence[Run], *, level: float = LEVEL) -> Modalities:
    """Put measured energy side by side by modality, run by run.

    Only measured energy: a model of one modality by another would be compared with itself. The
    factor of a pair rests on the phases that both saw whole; a run is the unit.

    Args:
        runs: As read from a store.
        level: Confidence level of the factors.
    """
    seen = tuple(s for run in runs for s in _seen(run))
    present = [m for m in Modality if any(s.modality is m for s in seen)]
    scalings = (
        _scaling(runs, narrow=narrow, wide=wide, level=level)
        for narrow, wide in combinations(present, 2)
    )
    return Modalities(seen=seen, scalings=tuple(s for s in scalings if s is not None))


def _seen(run: Run) -> Sequence[Seen]:
    phases = [energy_by_modality(seen) for _, seen in stretches(run)]
    machine = run.machine
    hardware = [] if machine is None else [machine.cpu_model, *machine.accelerators]
    found = []
    for modality in Modality:
        costs = [cost for phase in phases for cost in phase.get(modality, ())]
        if costs:
            found.append(
                Seen(
                    run_id=run.run_id,
                    row=run.row,
                    stage=run.stage.value,
                    task=str(run.settings.resolved.get("task", "")),
                    machine=", ".join(part for part in hardware if part),
                    modality=modality,
                    channels=tuple(dict.fromkeys(cost.channel for cost in costs)),
                    energy=reduce(add, costs),
                )
            )
    return found


def stretches(run: Run) -> Sequence[tuple[PhaseName, Measurement]]:
    """Phases of a run and last, as of the work, what is known of it without a time.

    A table that prints joules and no seconds gives such a run.

    Examples:
        >>> from breakeven.records import Stage, Status
        >>> stretches(Run(run_id="a", stage=Stage.INFER, status=Status.OK, started_at=""))
        []
    """
    found = [(phase.name, phase.measurement) for phase in run.phases]
    if run.counts:
        untimed = Measurement(started_at=run.started_at, duration_s=0.0, costs=run.counts)
        found.append((PhaseName.WORK, untimed))
    return found


def energy_by_modality(
    seen: Measurement, kind: Kind = Kind.MEASURED
) -> Mapping[Modality, Sequence[Cost]]:
    """Energy channels by modality, each without what lies in or checks another of them.

    Args:
        seen: Of one phase.
        kind: How the numbers came about; kinds are never put together.

    Examples:
        >>> energy_by_modality(Measurement(started_at="", duration_s=1.0))
        {}
    """
    energies = [c for c in seen.costs if c.resource is Resource.ENERGY_J and c.kind is kind]
    found: dict[Modality, list[Cost]] = {}
    for modality in Modality:
        group = [c for c in energies if modality_of(c) is modality]
        present = {c.channel for c in group}
        kept = [c for c in group if not {c.part_of, c.check_of} & present]
        if kept:
            found[modality] = kept
    return found


def _scaling(
    runs: Sequence[Run], *, narrow: Modality, wide: Modality, level: float
) -> Scaling | None:
    pairs = {run.run_id: _common(run, narrow, wide) for run in runs}
    pairs = {run_id: (w, n) for run_id, (w, n) in pairs.items() if w > 0 and n > 0}
    if not pairs:
        return None
    found = log_ratio(
        [wide_j for wide_j, _ in pairs.values()],
        [narrow_j for _, narrow_j in pairs.values()],
        level=level,
    )
    has_interval = len(pairs) > 1
    return Scaling(
        wide=wide,
        narrow=narrow,
        factor=Estimate(
            name=f"{wide} over {narrow}",
            value=found.value,
            low=found.low if has_interval else None,
            high=found.high if has_interval else None,
            level=level if has_interval else None,
            method="t interval on the mean log ratio, one run one ratio",
            n=len(pairs),
            kinds=(Kind.MEASURED,),
            origins=_origins(runs, pairs),
            run_ids=tuple(pairs),
        ),
    )


def _common(run: Run, narrow: Modality, wide: Modality) -> tuple[float, float]:
    """Joules of both over the phases that both saw from end to end."""
    wide_j = narrow_j = 0.0
    for _, stretch in stretches(run):
        seen = energy_by_modality(stretch)
        both = (*seen.get(wide, ()), *seen.get(narrow, ()))
        saw_all = all(cost.coverage_frac >= OBSERVED_FRAC for cost in both)
        if narrow in seen and wide in seen and saw_all:
            wide_j += sum(cost.value for cost in seen[wide])
            narrow_j += sum(cost.value for cost in seen[narrow])
    return wide_j, narrow_j


def _origins(runs: Sequence[Run], chosen: Mapping[str, object]) -> tuple[Origin, ...]:
    found = (
        cost.origin
        for run in runs
        if run.run_id in chosen
        for _, stretch in stretches(run)
        for costs in energy_by_modality(stretch).values()
        for cost in costs
    )
    return tuple(dict.fromkeys(found))
