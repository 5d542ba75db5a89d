"""Space: the cells of a search: every route with every combination of settings of inference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from breakeven.analysis.search.cell import Cell, cell_of
from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.records.engine import Engine
from breakeven.study.inference import known_depth
from breakeven.study.spec import Pathway, StageRow, Study

REDUCTIONS = ("length", "batch")
"""Registered reductions whose values are tried unless a study says what to try."""

_NOT_OF_GRAPHS = frozenset({"attention", "n_layers", "precision"})
"""Settings that a graph has built in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What is searched.

    Attributes:
        reference: The baseline with the settings of the study's reference.
        cells: Everything else.
    """

    reference: Cell
    cells: tuple[Cell, ...]


def suggested_settings(
    reference: Mapping[str, Scalar], engine: Engine
) -> dict[str, Sequence[Scalar]]:
    """What the reductions of length and batch suggest, beside what the reference has.

    Args:
        reference: Resolved settings.
        engine: Knows the reductions.
    """
    found: dict[str, Sequence[Scalar]] = {}
    for name in REDUCTIONS:
        try:
            reduced = engine.reduce(name, reference, ())
        except SettingsError:  # nothing to reduce: the reference is as short as any
            continue
        for setting, values in reduced.items():
            found[setting] = tuple(dict.fromkeys((reference[setting], *values)))
    return found


def space_of(study: Study, *, baseline: str, settings: Mapping[str, Sequence[Scalar]]) -> Space:
    """Lay out the cells of a study.

    Args:
        study: With every route as a pathway.
        baseline: Pathway of the reference.
        settings: What to try, every combination.
    """
    reference = {name: study.reference[name] for name in settings}
    runnable = [pathway for pathway in study.pathways if pathway.stated is None]
    first = _cell(study, study.pathway(baseline), reference, study.reference)
    found = {first.name: first}
    for pathway in runnable:
        fixed = _built_in(study, pathway.name)
        usable = {k: v for k, v in settings.items() if k not in fixed}
        for values in product(*usable.values()):
            tried = dict(zip(usable, values, strict=True))
            cell = _cell(study, pathway, {**reference, **tried}, study.reference)
            found.setdefault(cell.name, cell)
    return Space(reference=first, cells=tuple(found.values()))


def passed_to(study: Study, cell: Cell) -> dict[str, Scalar]:
    """Settings of a cell: its own, and those of the reference that its route can take.

    Args:
        study: With its route.
        cell: Which.
    """
    fixed = _built_in(study, cell.route)
    return {**{k: v for k, v in study.reference.items() if k not in fixed}, **cell.settings}


def _built_in(study: Study, pathway: str) -> frozenset[str]:
    """Settings that a route has built in, so that rows must leave them at their default."""
    stage = study.row(study.pathway(pathway).row).stage
    return _NOT_OF_GRAPHS if stage in (Stage.EXPORT, Stage.ADAPT) else frozenset()


def _cell(
    study: Study,
    pathway: Pathway,
    tried: Mapping[str, Scalar],
    reference: Mapping[str, Scalar],
) -> Cell:
    """A cell named by what differs from the reference, its features those of all that is tried."""
    row = study.row(pathway.row)
    graph = row if row.stage is Stage.EXPORT else None
    whole = cell_of(
        pathway.name,
        tried,
        backend=str(graph.settings.resolved["backend"]) if graph else "torch",
        precision=str(graph.settings.resolved["precision"]) if graph else "",
        depth=float(_depth(row, study.rows)),
    )
    differing = {name: value for name, value in tried.items() if value != reference[name]}
    return replace(whole, settings=differing)


def _depth(row: StageRow, rows: Sequence[StageRow]) -> int:
    """Layers of a route; 1 where nothing tells, and routes are then told apart by name alone."""
    return known_depth(row.name, rows) or 1
