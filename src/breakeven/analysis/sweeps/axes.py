"""Axes: how far length, depth and precision can be cut one at a time, everything else held fixed.

Along each axis the uncut configuration is the base. Cuts are taken as free while the data show no
loss: the region ends before the first one whose interval of the loss lies above 0. Each
comparison is made at 95 % by itself, so of many harmless cuts about one in forty looks like a loss.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from breakeven.analysis.certificates.loss import PairedLoss, is_shown, loss_of
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.sweeps.axis_words import axis_sentences, fit_sentence
from breakeven.analysis.sweeps.cells import Cell
from breakeven.analysis.sweeps.findings import (
    PADDING,
    SETTINGS,
    Axis,
    AxisPoint,
    AxisResult,
    LineFit,
)
from breakeven.analysis.sweeps.relative import ratios_between
from breakeven.analysis.sweeps.slope import Placed, line_fit
from breakeven.analysis.uncertain import as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource, Scalar, StudyDefinition

READ_BY = (
    Resource.CPU_S,
    Resource.DURATION_S,
    Resource.ENERGY_J,
    Resource.LATENCY_P50_S,
    Resource.LATENCY_P99_S,
)
"""Costs that a reduction is meant to lower; what else is observed stands in the sweep's table."""

_EXACT = "fp32"
_WHOLE = 1e-6


def axis_results(
    definition: StudyDefinition,
    pathway: str,
    cells: Sequence[Cell],
    *,
    reference: Cell,
    paired: PairedLoss | None = None,
) -> tuple[AxisResult, ...]:
    """Every axis along which this pathway's sweep holds at least two values.

    Args:
        definition: Headline cost and item.
        pathway: Name.
        cells: Its configurations, each once: without twins and repeats of the reference.
        reference: The one among them that everything else is held at.
        paired: Compares the answers of two runs example by example, where they are kept.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of, with_role
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> definition, runs = factorial_runs()
        >>> cells = cells_of(study_runs(definition, runs), "FT", order=str)
        >>> found = axis_results(
        ...     definition, "FT", cells, reference=with_role(cells, "reference"))
        >>> [f"{axis.axis} {axis.fixed} {len(axis.points)}" for axis in found]
        ['length padding=longest 8', 'length padding=max_length 8', 'depth  5', 'precision  2']
        >>> [found[1].point(label).value for label in found[1].flat]
        [128, 96, 64, 48, 40, 32]
    """
    study = _Study(definition=definition, pathway=pathway, paired=paired)
    series = _series(cells, reference)
    results = (study.result(axis, fixed, found) for axis, fixed, found in series)
    return tuple(
        replace(
            found,
            sentences=axis_sentences(found, definition),
            fit_sentence=fit_sentence(found, definition),
        )
        for found in results
    )


def costs_read(definition: StudyDefinition) -> tuple[Resource, ...]:
    """Costs that a sweep is read by: the headline, CPU seconds, time, energy and latency.

    Examples:
        >>> [r.value for r in costs_read(StudyDefinition(name="s", pathways=()))][:3]
        ['cpu_s', 'duration_s', 'energy_j']
    """
    return tuple(dict.fromkeys((definition.headline, *READ_BY)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Study:
    """What all axes of one pathway share."""

    definition: StudyDefinition
    pathway: str
    paired: PairedLoss | None

    def result(self, axis: Axis, fixed: str, cells: Sequence[Cell]) -> AxisResult:
        points = tuple(self._point(axis, cell, cells[0]) for cell in cells)
        flat = _flat(axis, points) if cells[0].scored is not None else ()
        by_label = {point.label: point for point in points}
        cheapest = self._cheapest([by_label[label] for label in flat])
        return AxisResult(
            pathway=self.pathway,
            axis=axis,
            fixed=fixed,
            points=points,
            flat=flat,
            cheapest=cheapest,
            saving={
                resource: by_label[label].ratio[resource]
                for resource, label in cheapest.items()
                if resource in by_label[label].ratio
            },
            fits=_fits(axis, cells, costs_read(self.definition)),
        )

    def _point(self, axis: Axis, cell: Cell, base: Cell) -> AxisPoint:
        loss = None if cell is base else loss_of(base, cell, paired=self.paired)
        return AxisPoint(
            label=cell.label,
            value=cell.settings[SETTINGS[axis]],
            n_tokens=cell.n_tokens,
            cost={r: self._cost(cell, r) for r in costs_read(self.definition) if r in cell.blocks},
            ratio=ratios_between(cell, base, against=base.label),
            score=score_estimate(cell.scored),
            loss=loss,
            is_loss_shown=is_shown(loss),
        )

    def _cost(self, cell: Cell, resource: Resource) -> Estimate:
        blocks = cell.blocks[resource]
        return as_estimate(
            mean_of(list(blocks.values())),
            f"{resource.value} per {self.definition.item.value}",
            what=f"mean of {counted(len(blocks), 'block')}, work phase only",
        )

    def _cheapest(self, points: Sequence[AxisPoint]) -> Mapping[Resource, str]:
        found: dict[Resource, str] = {}
        for resource in costs_read(self.definition):
            values = {p.label: p.cost[resource].value for p in points if resource in p.cost}
            costs = {label: value for label, value in values.items() if value is not None}
            if costs:
                found[resource] = min(costs, key=costs.__getitem__)
        return found


def _series(cells: Sequence[Cell], reference: Cell) -> Iterator[tuple[Axis, str, list[Cell]]]:
    """Configurations that differ in one setting, uncut first; length once per way of padding."""
    paddings = dict.fromkeys(str(c.settings[PADDING]) for c in cells if PADDING in c.settings)
    for padding in paddings or ("",):
        chosen = [c for c in cells if str(c.settings.get(PADDING, "")) == padding]
        found = _along(chosen, reference, Axis.LENGTH, besides={PADDING})
        if len(found) > 1:
            yield Axis.LENGTH, f"{PADDING}={padding}" if padding else "", found
    for axis in (Axis.DEPTH, Axis.PRECISION):
        found = _along(cells, reference, axis)
        if len(found) > 1:
            yield axis, "", found


def _along(
    cells: Sequence[Cell], reference: Cell, axis: Axis, *, besides: set[str] | None = None
) -> list[Cell]:
    setting = SETTINGS[axis]
    allowed = {setting, *(besides or ())}
    found = [c for c in cells if setting in c.settings and c.differences(reference) <= allowed]
    return sorted(found, key=lambda c: _cut(axis, c.settings[setting]))


def _cut(axis: Axis, value: Scalar) -> tuple[float, str]:
    """How deep a value cuts, for sorting; full depth is written 0."""
    if axis is Axis.PRECISION:
        return float(value != _EXACT), str(value)
    size = float(value)
    return (float("-inf"), "") if axis is Axis.DEPTH and size == 0 else (-size, "")


def _flat(axis: Axis, points: Sequence[AxisPoint]) -> tuple[str, ...]:
    """The base and what follows it up to the first shown loss; precisions stand side by side."""
    choose = filter if axis is Axis.PRECISION else takewhile
    kept = choose(lambda p: p.is_loss_shown is False, points[1:])
    return (points[0].label, *(point.label for point in kept))


def _fits(
    axis: Axis, cells: Sequence[Cell], resources: Sequence[Resource]
) -> Mapping[Resource, LineFit]:
    if axis is Axis.PRECISION:
        return {}
    x, places = _places(axis, cells)
    fits = {}
    for resource in resources:
        placed = [
            Placed(x=place, blocks=cell.blocks[resource])
            for cell, place in zip(cells, places, strict=True)
            if place is not None and resource in cell.blocks
        ]
        if placed and (fit := line_fit(placed, x=x, resource=resource)) is not None:
            fits[resource] = fit
    return fits


def _places(axis: Axis, cells: Sequence[Cell]) -> tuple[str, list[float | None]]:
    """Where each configuration stands on its axis: tokens computed, or layers computed."""
    if axis is Axis.DEPTH:
        depths = [int(cell.settings[SETTINGS[axis]]) for cell in cells]
        full = full_depth(cells)
        return "layers computed", [float(d) if d else full for d in depths]
    if all(cell.n_tokens is not None for cell in cells):
        return "tokens computed per example", [cell.n_tokens for cell in cells]
    return "tokens allowed", [float(cell.settings[SETTINGS[axis]]) for cell in cells]


def full_depth(cells: Sequence[Cell]) -> float | None:
    """Layers of the whole model, which settings write as 0, from the parameters counted.

    Every layer of an encoder has the same number of parameters, so two known depths give the size
    of one and the whole model's parameters give the number of them.

    Returns:
        None when the parameters of two known depths and of the whole were not counted, or do not
        give a whole number.

    Examples:
        >>> full_depth([])
    """
    setting = SETTINGS[Axis.DEPTH]
    counts = {int(c.settings[setting]): n for c in cells if (n := _n_parameters(c)) is not None}
    known = sorted(depth for depth in counts if depth)
    if 0 not in counts or len(known) < 2:
        return None
    per_layer = (counts[known[-1]] - counts[known[0]]) / (known[-1] - known[0])
    if per_layer <= 0:
        return None
    depth = known[0] + (counts[0] - counts[known[0]]) / per_layer
    return float(round(depth)) if abs(depth - round(depth)) < _WHOLE else None


def _n_parameters(cell: Cell) -> float | None:
    blocks = cell.blocks.get(Resource.N_PARAMETERS, {})
    return next((o.value for o in blocks.values()), None)
