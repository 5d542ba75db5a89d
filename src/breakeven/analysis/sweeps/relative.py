"""Relative: one configuration's cost over another's, from the blocks in which both ran."""

import math
from collections.abc import Mapping

from breakeven.analysis.samples.stats import log_ratio, sign_flip_p
from breakeven.analysis.sweeps.cells import Blocks, Cell
from breakeven.analysis.uncertain import LEVEL, once
from breakeven.records import Estimate, Resource


def ratio_estimate(
    configuration: Blocks, base: Blocks, *, resource: Resource, against: str = "the reference"
) -> Estimate | None:
    """Cost of a configuration over that of another, from the blocks in which both ran.

    Args:
        configuration: Cost per item by block.
        base: The same of what it is compared with.
        resource: Names the estimate.
        against: The base, in words.

    Returns:
        None when no block has both, or a cost is 0 so that no ratio exists.

    Examples:
        >>> from breakeven.analysis.uncertain import Observation
        >>> def seen(*values: float) -> dict[int, Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return {
        ...         block: Observation(value=v, low=v, high=v, **rest)
        ...         for block, v in enumerate(values)
        ...     }
        >>> half = ratio_estimate(seen(1.0, 1.2), seen(2.0, 2.4), resource=Resource.CPU_S)
        >>> half.value, half.low, half.high
        (0.5, 0.5, 0.5)
    """
    common = sorted(configuration.keys() & base.keys())
    pairs = [(configuration[b], base[b]) for b in common]
    if not pairs or min(min(c.value, r.value) for c, r in pairs) <= 0:
        return None
    interval = log_ratio([c.value for c, _ in pairs], [r.value for _, r in pairs])
    has_interval = len(pairs) > 1
    p = sign_flip_p([math.log(c.value / r.value) for c, r in pairs])
    both = [o for pair in pairs for o in pair]
    return Estimate(
        name=f"{resource.value} against {against}",
        value=interval.value,
        low=interval.low if has_interval else None,
        high=interval.high if has_interval else None,
        level=LEVEL if has_interval else None,
        method=f"t interval on the mean log ratio per block; sign-flip p = {p:.2g}"
        if has_interval
        else "ratio in a single block; no interval",
        n=len(pairs),
        kinds=once(kind for o in both for kind in o.kinds),
        origins=once(origin for o in both for origin in o.origins),
        run_ids=once(run_id for o in both for run_id in o.run_ids),
    )


def ratios_between(cell: Cell, base: Cell, *, against: str) -> Mapping[Resource, Estimate]:
    """Every resource's ratio of one cell to another; empty for the base itself.

    Args:
        cell: Numerator.
        base: Denominator.
        against: The base, in words.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> aa, short, reference = cells_of(study_runs(*example_runs()), "TA", order=str)
        >>> round(ratios_between(short, reference, against="x")[Resource.CPU_S].value, 1)
        0.7
        >>> ratios_between(short, short, against="itself")
        {}
    """
    if cell.label == base.label:
        return {}
    return {
        resource: ratio
        for resource, own in cell.blocks.items()
        if resource in base.blocks
        and (
            ratio := ratio_estimate(own, base.blocks[resource], resource=resource, against=against)
        )
        is not None
    }
