"""Pairs: an original against its distilled version, in each number that a study of use measures.

Energy and time per example, CPU and memory utilisation of the work (R. Cain 2024, "energy
consumption, CPU utilization, memory utilization, and inference time"), per task and modality of
energy, over the runs at the reference configuration.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from breakeven.analysis.curves.curve_axes import field_named
from breakeven.analysis.runs.sources import Line
from breakeven.analysis.samples.describe import Description, describe
from breakeven.analysis.samples.two_samples import Sample, TwoSamples, compare_samples, holm
from breakeven.analysis.tables.tidy_fields import share, task_of
from breakeven.analysis.uncertain import once
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, Origin, Stage, Status

REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number that each run gives once.

    Attributes:
        name: Key, unit included.
        title: For people.
        read: Of one line; None where it was not measured.
        is_energy: Whether each modality is a sample of its own.
    """

    name: str
    title: str
    read: Callable[[Line], float | None]
    is_energy: bool = False


def _column(name: str) -> Callable[[Line], float | None]:
    field = field_named(name)

    def read(line: Line) -> float | None:
        value = field.read(line)
        return float(value) if isinstance(value, int | float) else None

    return read


def _per_example(name: str) -> Callable[[Line], float | None]:
    read = _column(name)
    return lambda line: share(read(line), float(line.run.output.n_examples))


METRICS = (
    Metric(
        name="energy_j_per_example",
        title="Energy per example, J",
        read=_per_example("window_energy_j"),
        is_energy=True,
    ),
    Metric(
        name="duration_s_per_example",
        title="Time per example, s",
        read=_per_example("window_duration_s"),
    ),
    Metric(name="cpu_percent", title="CPU utilisation, %", read=_column("cpu_percent")),
    Metric(name="memory_percent", title="Memory utilisation, %", read=_column("memory_percent")),
    Metric(
        name="cpu_s_per_example",
        title="CPU time per example, s",
        read=_per_example("window_cpu_s"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One metric of one pathway on one task.

    Attributes:
        store: That holds the runs; nothing is pooled over machines.
        study: Of the runs.
        task: What was answered.
        pathway: Whose use.
        metric: What was measured.
        modality: Of the energy; empty for other metrics.
        kinds: How the numbers came about.
        origins: Where they were obtained.
        sample: Value by block, the mean where a block holds several runs; runs outside blocks have
            negative keys.
    """

    store: str
    study: str
    task: str
    pathway: str
    metric: Metric
    modality: str
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...]
    sample: Sample

    @property
    def described(self) -> Description:
        """The sample in numbers."""
        return describe(list(self.sample.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two pathways in one metric.

    Attributes:
        left: The original.
        right: The other.
        found: What was concluded; ratios are right over left.
        p_holm: p adjusted for all pairs of that metric.
    """

    left: Cell
    right: Cell
    found: TwoSamples
    p_holm: float | None = None


def cells(found: Sequence[Line]) -> tuple[Cell, ...]:
    """Samples of each metric by store, study, task, pathway and modality: finished reference runs.

    Args:
        found: Lines of one or several stores.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> made = cells(lines([source("s", runs, [definition])]))
        >>> [(c.pathway, c.modality, len(c.sample)) for c in made if c.metric.is_energy][0]
        ('FT', 'CPU and DRAM', 6)
    """
    grouped: defaultdict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in found:
        if _is_reference(line):
            modality = line.seen.modality.value if line.seen is not None else ""
            kind = line.seen.kind.value if line.seen is not None else ""
            where = (line.source.name, line.run.study, task_of(line), _pathway(line))
            grouped[*where, modality, kind].append(line)
    return tuple(_cells(grouped))


def pairs(found: Sequence[Cell], asked: Sequence[tuple[str, str]] = ()) -> tuple[Pair, ...]:
    """Compare pathways of one store on the same task, metric and modality.

    p is adjusted within each metric.

    Args:
        found: As `cells` gives them.
        asked: Names of the original and of the other; every two pathways by default.

    Raises:
        UnknownNameError: If no pathway has such a name.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> made = pairs(cells(lines([source("s", runs, [definition])])), [("FT", "TS")])
        >>> energy = made[0]
        >>> energy.found.is_paired, round(energy.found.ratio.value, 2), energy.found.effect.name
        (True, 0.52, "Cohen's dz")
    """
    known = tuple(dict.fromkeys(cell.pathway for cell in found))
    for name in (name for pair in asked for name in pair):
        if name not in known:
            raise UnknownNameError("pathway", name, known)
    alike: defaultdict[tuple[str, ...], dict[str, Cell]] = defaultdict(dict)
    for cell in found:
        where = (cell.store, cell.study, cell.task)
        alike[cell.metric.name, *where, cell.modality, *cell.kinds][cell.pathway] = cell
    made = [
        _pair(own[left], own[right])
        for own in alike.values()
        for left, right in (asked or combinations(own, 2))
        if left in own and right in own
    ]
    return _adjusted(made)


def _cells(grouped: Mapping[tuple[str, ...], Sequence[Line]]) -> Iterator[Cell]:
    seen: set[tuple[str, ...]] = set()
    for (store, study, task, pathway, modality, kind), own in grouped.items():
        for metric in METRICS:
            where = (store, study, task, pathway, metric.name)
            if not metric.is_energy and where in seen:
                continue
            sample = _sample(own, metric)
            if sample:
                seen.add(where)
                yield Cell(
                    store=store,
                    study=study,
                    task=task,
                    pathway=pathway,
                    metric=metric,
                    modality=modality if metric.is_energy else "",
                    kinds=(Kind(kind),) if metric.is_energy else (Kind.MEASURED,),
                    origins=_origins(own) if metric.is_energy else (Origin.LIVE,),
                    sample=sample,
                )


def _origins(own: Sequence[Line]) -> tuple[Origin, ...]:
    return once(cost.origin for line in own if line.seen for cost in line.seen.whole)


def _sample(own: Sequence[Line], metric: Metric) -> Sample:
    by_block: defaultdict[int, list[float]] = defaultdict(list)
    outside = 0
    for line in own:
        value = metric.read(line)
        if value is not None:
            outside -= line.run.block is None
            by_block[outside if line.run.block is None else line.run.block].append(value)
    return {block: fmean(values) for block, values in by_block.items()}


def _is_reference(line: Line) -> bool:
    run = line.run
    is_use = run.stage is Stage.INFER and run.status is Status.OK
    return is_use and line.setting("role") == REFERENCE and run.output.n_examples > 0


def _pathway(line: Line) -> str:
    """Pathway by its setting, or by what the row begins with in records that lack it."""
    return str(line.setting("pathway") or line.run.row.partition("/")[0])


def _pair(left: Cell, right: Cell) -> Pair:
    """Ratios and effects are of the other against the original: below 1 it takes less."""
    return Pair(left=left, right=right, found=compare_samples(right.sample, left.sample))


def _adjusted(made: Sequence[Pair]) -> tuple[Pair, ...]:
    by_metric: defaultdict[str, list[int]] = defaultdict(list)
    for index, pair in enumerate(made):
        by_metric[pair.left.metric.name].append(index)
    adjusted: dict[int, float | None] = {}
    for indices in by_metric.values():
        ps = holm([made[i].found.p for i in indices])
        adjusted |= dict(zip(indices, ps, strict=True))
    return tuple(
        Pair(left=pair.left, right=pair.right, found=pair.found, p_holm=adjusted[i])
        for i, pair in enumerate(made)
    )
