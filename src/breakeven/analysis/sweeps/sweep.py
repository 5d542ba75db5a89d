"""Sweep: what each inference setting costs against the reference, and which are worth having.

Ratios are taken within blocks against the reference of the same pathway. The A/A twin of the
reference stands among the configurations with its own ratio, which ought to be 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.caveats import failed_rows
from breakeven.analysis.certificates.loss import PairedLoss
from breakeven.analysis.checks import aa_pairs
from breakeven.analysis.costs.per_correct import cost_per_correct
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.fronts.pareto import nondominated
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.scoring.scores import REPEAT
from breakeven.analysis.sweeps.axes import axis_results, costs_read
from breakeven.analysis.sweeps.cells import (
    REFERENCE,
    TWIN,
    Cell,
    cells_of,
    distinct,
    padded_full,
    with_role,
)
from breakeven.analysis.sweeps.combined import (
    combined_cells,
    cut_sentences,
    product_sentences,
    safest_cut,
)
from breakeven.analysis.sweeps.compact import compact_fit
from breakeven.analysis.sweeps.findings import SweepFindings
from breakeven.analysis.sweeps.relative import ratios_between
from breakeven.analysis.sweeps.tokenizing import tokenizing_costs
from breakeven.analysis.uncertain import Uncertain, as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Item, Note, Resource, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The sweep of one pathway.

    Attributes:
        configurations: Reference first, then its twin, then the rest by name.
        notes: Rows that failed, and a twin that differs.
        findings: What the sweep says of each axis; None without a reference and a second
            configuration.
    """

    configurations: tuple[ConfigurationResult, ...]
    notes: tuple[Note, ...]
    findings: SweepFindings | None = None


def sweep_of(found: StudyRuns, pathway: str, *, paired: PairedLoss | None = None) -> SweepResult:
    """Compare every configuration of one pathway with its reference.

    Args:
        found: The study's runs.
        pathway: Name.
        paired: Compares the answers of two runs example by example, where they are kept.

    Examples:
        >>> from breakeven.analysis.runs import select
        >>> from breakeven.testing.runs import example_runs
        >>> sweep = sweep_of(select.study_runs(*example_runs()), "FT")
        >>> [c.label for c in sweep.configurations]
        ['reference', 'aa', 'batch_size=1', 'length=16', 'n_layers=2']
        >>> [note.code.value for note in sweep.notes]
        ['precision-refused']
        >>> [axis.axis.value for axis in sweep.findings.axes]
        ['length']
    """
    gathered = cells_of(found, pathway, order=_label_order)
    cells = [cell for cell in gathered if cell.role != REPEAT]  # other seeds, not other settings
    reference, twin = with_role(cells, REFERENCE), with_role(cells, TWIN)
    padded = padded_full(cells, reference) if reference is not None else None
    headline = found.definition.headline
    results = [
        _configuration(pathway, cell, found.definition.item, reference=reference, padded=padded)
        for cell in cells
    ]
    pair = [{} if cell is None else cell.blocks for cell in (reference, twin)]
    return SweepResult(
        configurations=_with_front(results, cells, headline),
        notes=(*failed_rows(found.inference(pathway)), *aa_pairs(pathway, *pair)),
        findings=None
        if reference is None
        else _findings(
            found.definition, pathway, distinct(cells), origins=(reference, padded), paired=paired
        ),
    )


def _findings(
    definition: StudyDefinition,
    pathway: str,
    cells: Sequence[Cell],
    *,
    origins: tuple[Cell, Cell | None],
    paired: PairedLoss | None,
) -> SweepFindings | None:
    if len(cells) < 2:
        return None
    kept = [origin for origin in origins if origin is not None]
    combined = [
        cell
        for origin in kept
        for cell in combined_cells(
            pathway, cells, origin=origin, resources=costs_read(definition), paired=paired
        )
    ]
    cuts = [
        cut
        for origin in kept
        if (
            cut := safest_cut(
                pathway, cells, origin=origin, resource=definition.headline, paired=paired
            )
        )
        is not None
    ]
    return SweepFindings(
        pathway=pathway,
        axes=axis_results(definition, pathway, cells, reference=origins[0], paired=paired),
        combined=tuple(combined),
        cuts=tuple(cuts),
        cut_sentences=tuple(cut_sentences(cuts, definition.metric)),
        product_sentences=tuple(product_sentences(combined, definition.headline)),
        compact=compact_fit(definition, pathway, cells, reference=kept[0], paired=paired),
    )


def _configuration(
    pathway: str, cell: Cell, item: Item, *, reference: Cell | None, padded: Cell | None
) -> ConfigurationResult:
    means = {resource: mean_of(list(own.values())) for resource, own in cell.blocks.items()}
    score = score_estimate(cell.scored)
    share = score if item is Item.EXAMPLE and _counts_correct(cell) else None
    return ConfigurationResult(
        pathway=pathway,
        label=cell.label,
        settings=cell.runs[0].settings.resolved,
        marginal={
            r: as_estimate(
                mean, f"{r.value} per {item.value}" if r.is_additive else r.value, what=_what(mean)
            )
            for r, mean in means.items()
        },
        ratio={} if reference is None else ratios_between(cell, reference, against="the reference"),
        ratio_to_padded={}
        if padded is None
        else ratios_between(cell, padded, against=padded.label),
        padded="" if padded is None else padded.label,
        per_correct=_per_correct(means, share) if share else {},
        tokenizing=tokenizing_costs(cell.runs),
        score=score,
        is_on_front=False,
    )


def _per_correct(means: Mapping[Resource, Uncertain], share: Estimate) -> dict[Resource, Estimate]:
    found = {
        r: cost_per_correct(mean, share, name=f"{r.value} per correct example", what=_what(mean))
        for r, mean in means.items()
        if r.is_additive
    }
    return {resource: estimate for resource, estimate in found.items() if estimate is not None}


def _what(mean: Uncertain) -> str:
    return f"mean of {counted(mean.n, 'block')}, work phase only"


def _counts_correct(cell: Cell) -> bool:
    """Whether the score is a share of examples that are right or wrong."""
    return cell.scored is not None and cell.scored.score.n_correct is not None


def _with_front(
    results: Sequence[ConfigurationResult], cells: Sequence[Cell], headline: Resource
) -> tuple[ConfigurationResult, ...]:
    """Mark the front of headline cost against score; twins are the reference over again."""
    by_label = {result.label: result for result in results}
    points: dict[str, tuple[float, float]] = {}
    for cell in distinct(cells):
        cost = by_label[cell.label].marginal.get(headline)
        if cost is not None and cost.value is not None and cell.scored is not None:
            points[cell.label] = (cost.value, cell.scored.score.product)
    if not points:
        return tuple(results)
    flags = nondominated([c for c, _ in points.values()], [s for _, s in points.values()])
    on_front = {label for label, is_on_front in zip(points, flags, strict=True) if is_on_front}
    return tuple(replace(r, is_on_front=r.label in on_front) for r in results)


def _label_order(label: str) -> tuple[int, list[tuple[int, float, str]]]:
    """Reference, twin, then by name with numbers in numeric order."""
    first = {REFERENCE: 0, TWIN: 1}.get(label, 2)
    parts = [p for p in re.split(r"(\d+)", label) if p]
    return first, [(0, float(p), "") if p.isdigit() else (1, 0.0, p) for p in parts]
