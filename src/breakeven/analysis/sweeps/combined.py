"""Combined: whether reductions multiply when several are applied at once, and how far one can go.

The milestone that this follows expects energy to be linear in length and multiplicative in
precision. Here each cell with several settings changed is held against the product of the cells
with one of them changed, block by block, so that what moves a block falls out.
"""

from collections.abc import Iterator, Sequence

from breakeven.analysis.certificates.loss import PairedLoss, is_shown, loss_of
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.sweeps.axis_words import gain_words, loss_words, ratio_words
from breakeven.analysis.sweeps.cells import Blocks, Cell
from breakeven.analysis.sweeps.findings import PADDING, CombinedCell, SafestCut
from breakeven.analysis.sweeps.relative import ratio_estimate
from breakeven.analysis.uncertain import Observation, once
from breakeven.analysis.words import resource_words
from breakeven.records import Resource

_NAMES = {"max_length": "length", "n_layers": "depth"}


def combined_cells(
    pathway: str,
    cells: Sequence[Cell],
    *,
    origin: Cell,
    resources: Sequence[Resource],
    paired: PairedLoss | None = None,
) -> tuple[CombinedCell, ...]:
    """Cells that differ from an origin in several settings, where each change was also made alone.

    Args:
        pathway: Name.
        cells: Configurations of it, without the A/A twin.
        origin: What ratios are taken against.
        resources: Costs to look at.
        paired: Compares the answers of two runs example by example, where they are kept.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of, padded_full, with_role
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> cells = cells_of(study_runs(*factorial_runs()), "FT", order=str)
        >>> reference = with_role(cells, "reference")
        >>> origin = padded_full(cells, reference)
        >>> found = combined_cells("FT", cells, origin=origin, resources=[Resource.CPU_S])
        >>> cell = next(c for c in found if c.settings == ("max_length", "precision"))
        >>> cell.label, cell.parts
        ('max_length=16,padding=max_length,precision=fp16', ('max_length=16,padding=max_length', \
'padding=max_length,precision=fp16'))
        >>> [round(r[Resource.CPU_S].value, 3) for r in (cell.product, cell.observed)]
        [0.071, 0.071]
    """
    found = []
    for cell in cells:
        names = sorted(cell.differences(origin))
        parts = _parts(cell, origin, names, cells) if len(names) > 1 else None
        if parts is not None:
            found.append(
                _combined(
                    pathway, cell, origin=origin, parts=parts, resources=resources, paired=paired
                )
            )
    return tuple(found)


def safest_cut(
    pathway: str,
    cells: Sequence[Cell],
    *,
    origin: Cell,
    resource: Resource,
    paired: PairedLoss | None = None,
) -> SafestCut | None:
    """The cheapest configuration whose loss against the origin the data do not show.

    Args:
        pathway: Name.
        cells: Configurations of it, without the A/A twin.
        origin: What they are compared with.
        resource: Cost to be cheapest in.
        paired: Compares the answers of two runs example by example, where they are kept.

    Returns:
        None when the origin lacks cost or score.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of, with_role
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> cells = cells_of(study_runs(*factorial_runs()), "FT", order=str)
        >>> cut = safest_cut("FT", cells, origin=with_role(cells, "reference"),
        ...                  resource=Resource.CPU_S)
        >>> cut.label, cut.n_tried
        ('max_length=32,precision=fp16', 40)
    """
    if origin.scored is None or resource not in origin.blocks:
        return None
    safe = {origin.label: (1.0, origin)}
    for cell in cells:
        ratio = _ratio(cell, origin, resource)
        if ratio is None or not _is_told_cheaper(cell, origin, resource):
            continue
        if is_shown(loss_of(origin, cell, paired=paired)) is False:
            safe[cell.label] = (ratio, cell)
    _, best = min(safe.values(), key=lambda pair: pair[0])
    is_origin = best is origin
    return SafestCut(
        pathway=pathway,
        label=best.label,
        origin=origin.label,
        resource=resource,
        n_tried=len(cells),
        saving=None
        if is_origin
        else ratio_estimate(
            best.blocks[resource],
            origin.blocks[resource],
            resource=resource,
            against=origin.label,
        ),
        loss=None if is_origin else loss_of(origin, best, paired=paired),
    )


def cut_sentences(cuts: Sequence[SafestCut], metric: str) -> Iterator[str]:
    """Say how far a sweep can be cut before a loss is shown.

    Args:
        cuts: One per origin.
        metric: Name of the score.

    Examples:
        >>> none = SafestCut(pathway="FT", label="reference", origin="reference",
        ...                  resource=Resource.CPU_S, n_tried=4, saving=None, loss=None)
        >>> next(cut_sentences([none], "f1"))[:61]
        'FT: of 4 configurations none is shown to take less CPU time t'
    """
    for cut in cuts:
        yield f"{cut.pathway}: {_cut_words(cut, metric)}"


def product_sentences(combined: Sequence[CombinedCell], resource: Resource) -> Iterator[str]:
    """Say whether reductions multiply, for every pair of settings, one sentence per origin.

    Args:
        combined: Cells of one pathway.
        resource: Cost to look at.

    Examples:
        >>> list(product_sentences([], Resource.CPU_S))
        []
    """
    pairs = [cell for cell in combined if len(cell.settings) == 2 and _has_interval(cell, resource)]
    first = pairs[0].origin if pairs else ""
    for origin in once(cell.origin for cell in pairs):
        same = [
            cell
            for cell in pairs
            if cell.origin == origin and (origin == first or PADDING not in cell.settings)
        ]
        told = "; ".join(
            _departure_words([c for c in same if c.settings == settings], resource)
            for settings in once(cell.settings for cell in same)
        )
        if told:
            yield (
                f"{same[0].pathway}, against {origin}: {resource_words(resource)} of two changes "
                f"together is, as a share of the product of the single ratios, {told}."
            )


def _cut_words(cut: SafestCut, metric: str) -> str:
    cost = resource_words(cut.resource)
    if cut.saving is None or cut.loss is None:
        return (
            f"of {cut.n_tried} configurations none is shown to take less {cost} than {cut.origin} "
            f"without a shown loss of {metric_words(metric)}."
        )
    is_gain = cut.loss.high is not None and cut.loss.high < 0
    change = (
        f"gain {gain_words(cut.loss, metric)}"
        if is_gain
        else f"loss {loss_words(cut.loss, metric)}"
    )
    return (
        f"of {cut.n_tried} configurations the cheapest without a shown loss of "
        f"{metric_words(metric)} against {cut.origin} is {cut.label}: "
        f"{ratio_words(cut.saving)} of its {cost}, {change}. It was picked on the test data "
        "themselves; confirm it on others."
    )


def _departure_words(cells: Sequence[CombinedCell], resource: Resource) -> str:
    values = [cell.departure[resource].value or 1.0 for cell in cells]
    n_apart = sum(_excludes_one(cell, resource) for cell in cells)
    names = " and ".join(_NAMES.get(name, name) for name in cells[0].settings)
    if len(cells) == 1:
        doubt = "excludes 1" if n_apart else "holds 1"
        return f"{ratio_words(cells[0].departure[resource])} for {names} (the interval {doubt})"
    lowest, highest = min(values), max(values)
    return (
        f"{lowest:.3g} to {highest:.3g} for {names} ({len(cells)} cells; the interval excludes 1 "
        f"for {n_apart or 'none'})"
    )


def _has_interval(cell: CombinedCell, resource: Resource) -> bool:
    return resource in cell.departure and cell.departure[resource].low is not None


def _excludes_one(cell: CombinedCell, resource: Resource) -> bool:
    found = cell.departure[resource]
    assert found.low is not None
    assert found.high is not None
    return not found.low <= 1 <= found.high


def _parts(
    cell: Cell, origin: Cell, names: Sequence[str], cells: Sequence[Cell]
) -> list[Cell] | None:
    """For each changed setting the cell that changes it alone; None when one is missing."""
    parts = []
    for name in names:
        wanted = {**origin.settings, name: cell.settings.get(name)}
        part = next((c for c in cells if dict(c.settings) == wanted), None)
        if part is None:
            return None
        parts.append(part)
    return parts


def _combined(  # noqa: PLR0913 - private, each says one thing
    pathway: str,
    cell: Cell,
    *,
    origin: Cell,
    parts: Sequence[Cell],
    resources: Sequence[Resource],
    paired: PairedLoss | None,
) -> CombinedCell:
    observed, product, departure = {}, {}, {}
    for resource in resources:
        if any(resource not in c.blocks for c in (cell, origin, *parts)):
            continue
        base, own = origin.blocks[resource], cell.blocks[resource]
        expected = _expected(base, [part.blocks[resource] for part in parts])
        seen = ratio_estimate(own, base, resource=resource, against=origin.label)
        said = ratio_estimate(expected, base, resource=resource, against=origin.label)
        apart = ratio_estimate(own, expected, resource=resource, against="the product")
        if seen is not None and said is not None and apart is not None:
            observed[resource], product[resource], departure[resource] = seen, said, apart
    return CombinedCell(
        pathway=pathway,
        label=cell.label,
        origin=origin.label,
        parts=tuple(part.label for part in parts),
        settings=tuple(sorted(cell.differences(origin))),
        observed=observed,
        product=product,
        departure=departure,
        loss=loss_of(origin, cell, paired=paired),
    )


def _expected(base: Blocks, parts: Sequence[Blocks]) -> dict[int, Observation]:
    """Cost that the cell would have in each block if ratios multiplied."""
    common = set(base).intersection(*parts)
    found = {}
    for block in sorted(b for b in common if b >= 0):
        seen = [base[block], *(part[block] for part in parts)]
        if min(o.value for o in seen) <= 0:
            continue
        value = base[block].value
        for part in parts:
            value *= part[block].value / base[block].value
        found[block] = Observation(
            value=value,
            low=value,
            high=value,
            kinds=once(k for o in seen for k in o.kinds),
            origins=once(k for o in seen for k in o.origins),
            run_ids=once(r for o in seen for r in o.run_ids),
        )
    return found


def _is_told_cheaper(cell: Cell, origin: Cell, resource: Resource) -> bool:
    """Whether the interval of a ratio lies below 1; without an interval the value decides."""
    found = ratio_estimate(cell.blocks[resource], origin.blocks[resource], resource=resource)
    return found is not None and (found.high is None or found.high < 1)


def _ratio(cell: Cell, origin: Cell, resource: Resource) -> float | None:
    if cell is origin or resource not in cell.blocks:
        return None
    found = ratio_estimate(cell.blocks[resource], origin.blocks[resource], resource=resource)
    return None if found is None else found.value
