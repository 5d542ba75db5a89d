"""Space: the cells of a search: every route with every combination of settings of inference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from breakeven.analysis.search.cell import FP32, Cell, Runtime, cell_on
from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.records.engine import Engine
from breakeven.study.inference import known_depth
from breakeven.study.spec import Pathway, StageRow, Study

REDUCTIONS = ("length", "batch", "tokens", "padding", "sorting")
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
    """What the reductions of inference suggest, beside the reference's own values.

    Args:
        reference: Resolved settings.
        engine: Knows the reductions.
    """
    found: dict[str, Sequence[Scalar]] = {}
    for name in REDUCTIONS:
        try:
            reduced = engine.reduce(name, reference, ())
        except SettingsError:  # nothing to reduce, or an engine without such a setting
            continue
        for setting, values in reduced.items():
            found[setting] = tuple(dict.fromkeys((reference[setting], *values)))
    return found


def space_of(study: Study, *, baseline: str, settings: Mapping[str, Sequence[Scalar]]) -> Space:
    """Lay out the cells of a study.

    Args:
        study: With every route as a pathway.
        baseline: Pathway of the reference.
        settings: What to try, every combination; batch sizes only where no budget of tokens
            decides.
    """
    reference = {name: study.reference[name] for name in settings}
    runnable = [pathway for pathway in study.pathways if pathway.stated is None]
    runtimes = _Runtimes(rows=study.rows, baseline=study.pathway(baseline).row)
    first = _cell(study, study.pathway(baseline), reference, runtimes)
    found = {first.name: first}
    for pathway in runnable:
        fixed = _built_in(study, pathway.name)
        usable = {k: v for k, v in settings.items() if k not in fixed}
        for values in product(*usable.values()):
            tried = _effective(dict(zip(usable, values, strict=True)), reference)
            cell = _cell(study, pathway, {**reference, **tried}, runtimes)
            found.setdefault(cell.name, cell)
    return Space(reference=first, cells=tuple(found.values()))


def _effective(tried: Mapping[str, Scalar], reference: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Leave as they are the settings that decide nothing beside the others.

    A budget of tokens decides instead of the batch size, and where all texts are padded to one
    length their order costs nothing.
    """
    told, idle = {**reference, **tried}, set[str]()
    if told.get("batch_tokens"):
        idle.add("batch_size")
    if told.get("padding") == "max_length":
        idle.add("sorted")
    return {name: reference[name] if name in idle else value for name, value in tried.items()}


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
    study: Study, pathway: Pathway, tried: Mapping[str, Scalar], runtimes: "_Runtimes"
) -> Cell:
    """A cell named by what differs from the reference, its features those of all that is tried."""
    whole = cell_on(pathway.name, tried, runtimes.of(study.row(pathway.row)))
    differing = {name: value for name, value in tried.items() if value != study.reference[name]}
    return replace(whole, settings=differing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runtimes:
    """What runs each route, as far as the rows of a study tell.

    Attributes:
        rows: All of them.
        baseline: That of the baseline.
    """

    rows: Sequence[StageRow]
    baseline: str

    def of(self, row: StageRow) -> Runtime:
        """What runs the model of a row."""
        settings, root = row.settings.resolved, self._root(row.name)
        own = Runtime(
            depth=known_depth(row.name, self.rows) or 0,
            family="" if root == self._root(self.baseline) else root,
            answers_as=row.name,
        )
        if row.stage is Stage.ADAPT:  # like nothing but itself
            return replace(own, backend=str(settings["method"]), precision=row.name)
        if row.stage is not Stage.EXPORT:
            return own
        precision = str(settings["precision"])
        return replace(
            own,
            backend=str(settings["backend"]),
            precision=precision,
            answers_as=row.parents["start"] if precision == FP32 else row.name,
        )

    def _root(self, name: str) -> str:
        """First row of which this one is a cut, a further training or a graph."""
        by_name = {row.name: row for row in self.rows}
        row = by_name[name]
        while row.stage is not Stage.DISTIL and "start" in row.parents:
            row = by_name[row.parents["start"]]
        return row.name
