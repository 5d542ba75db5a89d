"""Slope: how cost grows along an axis, as a straight line fitted in each block.

Each block gives one line by least squares over all values of the axis, so that what slows a whole
block tilts its line and not the differences within it; the interval is a t interval over blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.sweeps.findings import LineFit
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, Observation, mean_of, once
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Resource

MIN_POINTS = 3
"""Through two points every line fits."""

Blocks = Mapping[int, Observation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The cost of one configuration and where it stands on the axis."""

    x: float
    blocks: Blocks


def line_fit(placed: Sequence[Placed], *, x: str, resource: Resource) -> LineFit | None:
    """Fit cost = intercept + slope times x, block by block.

    Args:
        placed: One per configuration.
        x: What the axis is, in words.
        resource: Of the cost.

    Returns:
        None with fewer than three different x, or no block that holds them all.

    Examples:
        >>> def at(x: float, *costs: float) -> Placed:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return Placed(x=x, blocks={
        ...         b: Observation(value=c, low=c, high=c, **rest) for b, c in enumerate(costs)})
        >>> fit = line_fit([at(1, 3.0, 3.2), at(2, 5.0, 5.2), at(4, 9.0, 9.2)], x="layers",
        ...                resource=Resource.CPU_S)
        >>> round(fit.slope.value, 6), round(fit.intercept.value, 6), round(fit.r_squared, 6)
        (2.0, 1.1, 1.0)
    """
    xs = [p.x for p in placed]
    if len(set(xs)) < MIN_POINTS:
        return None
    common = sorted(set.intersection(*(set(p.blocks) for p in placed)))
    if not common:
        return None
    costs = np.array([[p.blocks[block].value for p in placed] for block in common])
    lines = [np.polyfit(xs, row, 1) for row in costs]
    seen = [p.blocks[block] for p in placed for block in common]
    means = costs.mean(axis=0)
    fitted = np.polyval(np.mean(lines, axis=0), xs)
    is_constant = np.ptp(means) <= ROUNDING_FRAC * np.max(np.abs(means))
    spread = float(np.sum((means - means.mean()) ** 2))
    missed = float(np.sum((means - fitted) ** 2))
    return LineFit(
        x=x,
        slope=over_blocks(
            [float(a) for a, _ in lines], seen, name=f"{resource.value} per step of {x}"
        ),
        intercept=over_blocks(
            [float(b) for _, b in lines], seen, name=f"{resource.value} at 0 of {x}"
        ),
        r_squared=None if is_constant else 1 - missed / spread,
        residual_frac=float(np.max(np.abs(means - fitted) / means)) if means.all() else None,
        n_points=len(set(xs)),
    )


def over_blocks(values: Sequence[float], seen: Sequence[Observation], *, name: str) -> Estimate:
    """Mean of what least squares gave in each block, with its t interval.

    Args:
        values: One per block.
        seen: What they rest on.
        name: Of the estimate.
    """
    found = mean_of(
        [Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=()) for v in values]
    )
    low, high = found.interval()
    is_known = len(values) > 1
    return Estimate(
        name=name,
        value=found.value,
        low=low if is_known else None,
        high=high if is_known else None,
        level=LEVEL if is_known else None,
        method=f"least squares in each of {counted(len(values), 'block')}"
        + ("; t interval over blocks" if is_known else "; no interval"),
        n=len(values),
        kinds=once(k for o in seen for k in o.kinds),
        origins=once(k for o in seen for k in o.origins),
        run_ids=once(r for o in seen for r in o.run_ids),
    )
