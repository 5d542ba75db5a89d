"""Configurations of a store for the compact model: length, precision, depth and cost of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from breakeven.analysis.certificates.loss import is_shown, loss_of
from breakeven.analysis.curves.curve_axes import field_named
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.runs.sources import Line, Source
from breakeven.analysis.sweeps.cells import REFERENCE, Cell, cells_of, with_role
from breakeven.analysis.sweeps.compact_depth import Configuration
from breakeven.analysis.sweeps.findings import PADDING, SETTINGS, Axis
from breakeven.records import Resource, StudyDefinition

_LENGTH, _PRECISION, _DEPTH = (SETTINGS[a] for a in (Axis.LENGTH, Axis.PRECISION, Axis.DEPTH))
_MOVED = {_LENGTH, _PRECISION, _DEPTH, PADDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Configurations of one checkpoint.

    Attributes:
        name: Of the pathway.
        resource: What the costs are of, per item.
        item: What they are per.
        configurations: Every measurement.
        n_left_out: Configurations with layers left out where the whole model's depth is not known.
    """

    name: str
    resource: Resource
    item: str
    configurations: tuple[Configuration, ...]
    n_left_out: int = 0


def sweeps(source: Source, *, study: str | None = None) -> tuple[Sweep, ...]:
    """Configurations of every pathway that was swept, in the headline cost of its study.

    Args:
        source: A store.
        study: Only this study.

    Examples:
        >>> from breakeven.analysis.runs.sources import source as held
        >>> from breakeven.testing.factorial import factorial_runs
        >>> definition, runs = factorial_runs(n_blocks=1)
        >>> found = sweeps(held("store", runs, [definition]))
        >>> [sweep.name for sweep in found]
        ['FT', 'TS', 'TA']
        >>> len(found[0].configurations), found[0].n_left_out
        (32, 8)
    """
    definitions = [d for name, d in source.studies.items() if study in {None, name}]
    return tuple(
        sweep
        for definition in definitions
        for pathway in definition.pathways
        if (sweep := _sweep(source, definition, pathway.name)) is not None
    )


def _sweep(source: Source, definition: StudyDefinition, pathway: str) -> Sweep | None:
    found = study_runs(definition, [r for r in source.runs if r.study == definition.name])
    cells = cells_of(found, pathway, order=str)
    reference = with_role(cells, REFERENCE)
    if reference is None:
        return None
    made = [
        _configuration(source, cell, reference, definition.headline)
        for cell in sorted(cells, key=lambda cell: cell is not reference)
        if {_LENGTH, _PRECISION} <= cell.settings.keys()
        and cell.differences(reference) <= _MOVED
        and definition.headline in cell.blocks
    ]
    depths = {c.n_layers for c in made}
    kept = made
    if None in depths:  # a cut model says how many layers it has, the whole one may not
        kept = [c for c in made if c.n_layers is None]
    return Sweep(
        name=pathway,
        resource=definition.headline,
        item=definition.item.value,
        configurations=tuple(kept),
        n_left_out=len(made) - len(kept),
    )


def _configuration(
    source: Source, cell: Cell, reference: Cell, resource: Resource
) -> Configuration:
    line = Line(source=source, run=cell.runs[0])
    n_layers = field_named("n_layers").read(line)
    loses = False if cell is reference else is_shown(loss_of(reference, cell))
    return Configuration(
        label=cell.label,
        tokens=float(cell.n_tokens or cell.settings[_LENGTH]),
        precision=str(cell.settings[_PRECISION]),
        n_layers=float(n_layers) if isinstance(n_layers, int | float) else None,
        cost=_mean_cost(cell, resource),
        loses=loses,
    )


def _mean_cost(cell: Cell, resource: Resource) -> float:
    return fmean(seen.value for seen in cell.blocks[resource].values())


def of_named(name: str, resource: Resource, found: Sequence[Configuration]) -> Sweep:
    """Configurations that a table states.

    Examples:
        >>> of_named("table", Resource.ENERGY_J, []).item
        'example'
    """
    return Sweep(name=name, resource=resource, item="example", configurations=tuple(found))
