"""Stored: readings of every number that the runs of stores measured.

Pathways in use are compared at their reference configuration, as `analysis/samples/pairs.py` does;
other configurations by naming the columns of `breakeven export` that tell them apart. A store
without reference runs (measured commands, imported tables) is compared row by row.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from breakeven.analysis.curves.curve_axes import field_named
from breakeven.analysis.runs.select import observe
from breakeven.analysis.runs.sources import Line
from breakeven.analysis.samples.pairs import METRICS, REFERENCE, Metric
from breakeven.analysis.statistics.readings import Reading, Readings
from breakeven.analysis.tables.tidy_fields import task_of
from breakeven.analysis.uncertain import once
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, Origin, PhaseName, Resource, Stage, Status

PATHWAY, ROW = "pathway", "row"

BLOCK = "block"

PER_EXAMPLE = "_per_example"


def _read(column: str, line: Line) -> float | None:
    value = field_named(column).read(line)
    return float(value) if isinstance(value, int | float) else None


_WHOLE = tuple(
    Metric(name=name, title=title, read=partial(_read, column), is_energy=column.endswith("_j"))
    for name, title, column in (
        ("energy_j", "Energy, J", "window_energy_j"),
        ("duration_s", "Time, s", "window_duration_s"),
        ("cpu_s", "CPU time, s", "window_cpu_s"),
    )
)
"""Of runs that answer nothing: trainings, measured commands."""

_RESOURCES = {
    "duration_s_per_example": Resource.DURATION_S,
    "cpu_s_per_example": Resource.CPU_S,
    "cpu_percent": Resource.CPU_S,
    "memory_percent": Resource.MEMORY_BYTE_S,
    "duration_s": Resource.DURATION_S,
    "cpu_s": Resource.CPU_S,
}
"""What each number is made of, which tells how it came about."""

_BY_NAME = {metric.name: metric for metric in (*METRICS, *_WHOLE)}


def readings_of(
    found: Sequence[Line], *, factors: Sequence[str] = (), values: Sequence[str] = ()
) -> tuple[Readings, ...]:
    """Give every number of finished runs, by store, study and task.

    Args:
        found: Lines of one or several stores.
        factors: Columns whose values tell configurations apart; by default pathways in use, else
            rows.
        values: Names of the numbers, or columns; all that were measured by default.

    Raises:
        UnknownNameError: If there is no such column or number.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> made = readings_of(lines([source("s", runs, [definition])]))
        >>> made[0].factors, [own.name for own in made][:2]
        (('pathway',), ['energy_j_per_example', 'duration_s_per_example'])
    """
    finished = [line for line in found if line.run.status is Status.OK]
    used = [line for line in finished if _is_use(line)]
    reference = [line for line in used if line.setting("role") == REFERENCE]
    named = tuple(factors) or ((PATHWAY,) if reference else (ROW,))
    chosen = reference if named == (PATHWAY,) and reference else (used or finished)
    asked = [_metric(name) for name in values] or [*METRICS, *_WHOLE]
    grouped: defaultdict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in chosen:
        grouped[line.source.name, line.run.study, task_of(line)].append(line)
    return tuple(
        made
        for (_, study, task), own in grouped.items()
        for metric in asked
        for made in _readings(own, metric, named, where=", ".join(x for x in (study, task) if x))
    )


def _is_use(line: Line) -> bool:
    return line.run.stage is Stage.INFER and line.run.output.n_examples > 0


def _metric(name: str) -> Metric:
    if name in _BY_NAME:
        return _BY_NAME[name]
    try:
        field = field_named(name)
    except UnknownNameError as error:
        raise UnknownNameError("number", name, (*_BY_NAME, "a column of export")) from error
    return Metric(
        name=name,
        title=field.title,
        read=partial(_read, name),
        is_energy=field.resource is Resource.ENERGY_J,
    )


def _readings(
    own: Sequence[Line], metric: Metric, factors: Sequence[str], *, where: str
) -> Iterator[Readings]:
    """One for each modality and way of knowing; no two kinds of number are pooled."""
    by_kind: defaultdict[_Known, list[Line]] = defaultdict(list)
    read: set[str] = set()
    for line in own:
        if metric.is_energy or line.run.run_id not in read:
            read.add(line.run.run_id)
            known = _known(line, metric)
            if known is not None:
                by_kind[known].append(line)
    for (modality, kinds, origins), lines in by_kind.items():
        rows = tuple(_rows(lines, metric, factors))
        if rows:
            yield Readings(
                name=metric.name,
                title=f"{metric.title} ({modality})" if modality else metric.title,
                factors=tuple(factors),
                readings=rows,
                subject=BLOCK,
                where=where,
                kinds=kinds,
                origins=origins,
            )


_Known = tuple[str, tuple[Kind, ...], tuple[Origin, ...]]
"""Modality of energy, kinds and origins."""


def _known(line: Line, metric: Metric) -> _Known | None:
    """How a number came about; None for energy that nobody saw."""
    if metric.is_energy:
        if line.seen is None:
            return None
        origins = once(cost.origin for cost in line.seen.whole)
        return line.seen.modality.value, (line.seen.kind,), origins
    resource = _RESOURCES.get(metric.name)
    if resource is None:
        resource = field_named(metric.name).resource
    if resource is None:
        return "", (), ()
    found = observe(line.run, resource, phases=frozenset({PhaseName.WORK}))
    return ("", (), ()) if found is None else ("", found.kinds, found.origins)


def _rows(lines: Sequence[Line], metric: Metric, factors: Sequence[str]) -> Iterator[Reading]:
    for line in lines:
        value = _per_run(line, metric)
        levels = tuple(_level(line, factor) for factor in factors)
        if value is not None and all(levels):
            block = line.run.block
            yield Reading(
                value=value,
                levels=levels,
                subject="" if block is None else str(block),
                position=_position(line),
            )


def _per_run(line: Line, metric: Metric) -> float | None:
    """A number per example of runs that answer, whole of those that train or do anything else."""
    is_per_example = metric.name.endswith(PER_EXAMPLE)
    is_wanted = _is_use(line) if is_per_example else not (metric in _WHOLE and _is_use(line))
    return metric.read(line) if is_wanted else None


def _level(line: Line, factor: str) -> str:
    if factor == PATHWAY:
        return str(line.setting(PATHWAY) or line.run.row.partition("/")[0])
    value = field_named(factor).read(line)
    return "" if value is None else str(value)


def _position(line: Line) -> float | None:
    """Place in the plan's order, or the moment of the start where there was no plan."""
    if line.run.position is not None:
        return float(line.run.position)
    try:
        return datetime.fromisoformat(line.run.started_at).timestamp()
    except ValueError:
        return None
