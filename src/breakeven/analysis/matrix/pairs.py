"""Pairs: extra development and saving per item of candidates against all incumbents at once.

As `comparison.compare`: rows that both went through cancel, items are paired by block.
"""

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.matrix.amounts import Amounts, Floats, difference
from breakeven.analysis.matrix.lines import CostLines
from breakeven.analysis.uncertain import ROUNDING_FRAC


def extra_development(lines: CostLines, chosen: slice) -> Amounts:
    """Development of some pathways minus that of each, rows of both left out.

    Args:
        lines: All pathways.
        chosen: The candidates among them.

    Returns:
        shape (n_chosen, n_pathways).

    Examples:
        >>> from breakeven.analysis.matrix.lines import cost_lines
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import Resource
        >>> from breakeven.testing.runs import example_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> lines = cost_lines(costs, Resource.FLOPS)
        >>> extra_development(lines, slice(1, 2)).value[0].tolist()[0]
        4900000000000.0
    """
    has = lines.has_row.astype(float)
    return _of_pair(lines.own, lines.common, has, chosen) - _of_other(
        lines.own, lines.common, has, chosen
    )


def saving(lines: CostLines, chosen: slice) -> Amounts:
    """Cost per item of each pathway minus that of some, paired by block where both ran.

    Args:
        lines: All pathways.
        chosen: The candidates among them.

    Returns:
        shape (n_chosen, n_pathways).

    Examples:
        >>> from breakeven.analysis.matrix.lines import cost_lines
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import Resource
        >>> from breakeven.testing.runs import example_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> lines = cost_lines(costs, Resource.FLOPS)
        >>> bool(saving(lines, slice(1, 2)).value[0, 0] > 0)
        True
    """
    alone = lines.marginal.at(np.newaxis) - lines.marginal.at((chosen, np.newaxis))
    paired, n_common = _paired(lines, chosen)
    doubted = paired.with_doubt(
        _broadcast_sum(lines.doubt, chosen)  # of both, whatever the pairs say
    )
    is_split = lines.is_split[np.newaxis] | lines.is_split[chosen, np.newaxis]
    is_paired = (n_common >= 2) & ~is_split
    return Amounts(
        **{
            name: np.where(is_paired, getattr(doubted, name), getattr(alone, name))
            for name in Amounts.__slots__
        }
    )


def _of_pair(own: Amounts, common: Amounts, has: Floats, chosen: slice) -> Amounts:
    """What the candidate has for itself in each pair."""
    misses = (1 - has).T
    return Amounts(
        **{
            name: getattr(own, name)[chosen, np.newaxis]
            + (has[chosen] * getattr(common, name)) @ misses
            for name in Amounts.__slots__
        }
    )


def _of_other(own: Amounts, common: Amounts, has: Floats, chosen: slice) -> Amounts:
    """What the incumbent has for itself in each pair."""
    misses = 1 - has[chosen]
    return Amounts(
        **{
            name: getattr(own, name)[np.newaxis] + misses @ (has * getattr(common, name)).T
            for name in Amounts.__slots__
        }
    )


def _broadcast_sum(doubt: Amounts, chosen: slice) -> Amounts:
    return Amounts(
        **{
            name: getattr(doubt, name)[chosen, np.newaxis] + getattr(doubt, name)[np.newaxis]
            for name in Amounts.__slots__
        }
    )


def _paired(lines: CostLines, chosen: slice) -> tuple[Amounts, NDArray[np.integer]]:
    """Mean over common blocks of incumbent minus candidate, as `uncertain.mean_of`."""
    value, low, high = lines.blocks[:, np.newaxis]
    own_value, own_low, own_high = lines.blocks[:, chosen, np.newaxis]
    values = difference(value, own_value)
    lows, highs = difference(low, own_high), difference(high, own_low)
    is_common = ~np.isnan(values)
    n = is_common.sum(axis=-1)
    safe = np.maximum(n, 1)
    mean = _sum(values, is_common) / safe
    half_widths = (highs - lows) / 2
    resolution = _sum(half_widths**2, is_common) / 3 / safe**2
    top = np.where(is_common, values, -np.inf).max(axis=-1, initial=-np.inf)
    bottom = np.where(is_common, values, np.inf).min(axis=-1, initial=np.inf)
    spread, largest = top - bottom, np.maximum(np.abs(top), np.abs(bottom))
    is_scattered = (n > 1) & (spread > ROUNDING_FRAC * largest)
    squares = _sum((values - mean[..., np.newaxis]) ** 2, is_common)
    scatter = np.where(is_scattered, squares / np.maximum(n - 1, 1) / safe, 0.0)
    is_clear = is_scattered & (scatter >= resolution)
    amounts = Amounts(
        value=mean,
        low=_sum(lows, is_common) / safe,
        high=_sum(highs, is_common) / safe,
        variance=np.maximum(scatter, resolution),
        curvature=np.where(is_clear, scatter**2 / np.maximum(n - 1, 1), 0.0),
    )
    return amounts, n


def _sum(values: Floats, is_common: NDArray[np.bool_]) -> Floats:
    found: Floats = np.where(is_common, values, 0.0).sum(axis=-1)
    return found
