"""Life cells: what tables on the whole life of a model share."""

from breakeven.records import Estimate, Resource
from breakeven.report.quantity import WORDS, format_estimate
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, missing, number
from breakeven.units import Scale


def resource_cell(resource: Resource) -> Cell:
    """Name a resource; machines get its key."""
    return Cell(text=WORDS[resource].title, value=resource.value)


def cost_cell(
    estimate: Estimate | None,
    resource: Resource,
    *,
    scale: Scale | None,
    why: str,
    min_digits: int = 0,
) -> Cell:
    """Show an amount in its unit, or say why there is none.

    Args:
        estimate: Of it; None where there is none.
        resource: Chooses the unit.
        scale: Unit of the column; None for its own.
        why: There is none.
        min_digits: Significant digits to keep however wide the interval.
    """
    if estimate is None:
        return missing(EM_DASH, hint=why)
    return number(estimate, format_estimate(estimate, resource, scale=scale, min_digits=min_digits))
