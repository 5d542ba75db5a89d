"""Skipping: cells that need not be measured, because what is foretold leaves them no hope."""

from collections.abc import Sequence

import numpy as np

from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.draws import log_costs
from breakeven.analysis.search.foretell import Foretelling
from breakeven.analysis.search.standing import Standing

N_ERRORS = 2.0
"""A cell must be foretold dearer by as many errors of a difference: 2.3 % are so by chance."""


def hopeless(
    fit: Foretelling, known: Sequence[Standing], left: Sequence[Cell], *, reference: Cell
) -> dict[str, str]:
    """Name the cells that are foretold to be dearer than one that is expected to answer alike.

    Cells of one group have one length, so this never compares lengths. Where cost follows a line
    in the length, cells foretold to be dearer than the reference are hopeless as well: nothing is
    saved by them.

    Args:
        fit: What foretells.
        known: Measured cells, the reference among them.
        left: Not measured.
        reference: What a saving is a saving against.

    Returns:
        Why, by name of the cell.
    """
    costs = log_costs(np.array([found.costs for found in known]))
    measured = {f.cell.name: float(cost) for f, cost in zip(known, costs, strict=True)}
    told = dict(zip((cell.name for cell in left), map(float, fit.log_costs(left)), strict=True))
    by_name = {cell.name: cell for cell in (*(f.cell for f in known), *left)}
    everything = {**told, **measured}
    best: dict[str, str] = {}
    for name, cost in everything.items():
        group = by_name[name].alike
        if cost < everything.get(best.get(group, ""), np.inf):  # nan is not
            best[group] = name
    margin = N_ERRORS * np.sqrt(2) * fit.error
    found = {}
    for cell in left:
        rivals = [best.get(cell.alike, cell.name)]
        rivals += [reference.name] if fit.report.is_length_plain else []
        for rival in rivals:
            if told[cell.name] - everything[rival] > margin:
                ratio = np.exp(told[cell.name] - everything[rival])
                found[cell.name] = f"foretold {ratio:.1f} times as dear as {rival}"
                break
    return found
