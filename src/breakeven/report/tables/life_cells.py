"""Life cells: what tables on the whole life of a model share."""

import math

from breakeven.analysis.lifetime.chances import BY_RESOLUTION
from breakeven.records import Estimate, Resource
from breakeven.report.quantity import WORDS, format_estimate, format_probability
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, Column, missing, number
from breakeven.units import Scale, format_count


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


def plain_column(name: str, title: str) -> Column:
    """Make a column of numbers without interval or kind of their own."""
    return Column(name=name, title=title, is_number=True, is_plain=True)


def count_cell(value: float | None, *, why: str = "") -> Cell:
    """Show a volume or a number of tasks."""
    if value is None:
        return missing(EM_DASH, hint=why)
    text = "no end" if math.isinf(value) else format_count(value)
    return Cell(text=text, value=value)


def chance_cell(value: float | None, *, why: str | None = None) -> Cell:
    """Show a probability in percent.

    Args:
        value: From 0 to 1; None where there is none.
        why: There is none, in words; those of the resolution alone are named in the cell.
    """
    if value is None and why == BY_RESOLUTION:
        return missing("by resolution", hint=why)
    if value is None:
        return missing(EM_DASH, hint=why or "not computable from these runs")
    return Cell(text=format_probability(value), value=value)
