"""Sample size: how many examples show a margin, and which margin so many examples show.

The difference of two paired shares has the variance `d / n` when a share d of the examples is
answered differently (Nam 1997, Biometrics 53; for equal models n = 6.18 d / m^2 shows a margin m
in 80 % of cases at one-sided 5 %). Where hardly anything differs the score interval's own width
decides instead: without one disagreement it ends at z^2 / (n + z^2).
"""

import math

from breakeven.analysis.clustering import one_sided
from breakeven.analysis.loss_bound import LossBound

POWER = 0.8
"""Share of tests of the stated size that show the margin, if the loss is what was supposed."""


def needed(bound: LossBound, *, margin: float, loss: float = 0.0, level: float) -> int | None:
    """About how many examples show a margin in 80 % of cases.

    Args:
        bound: Tells how much two models differ.
        margin: To be shown, above 0.
        loss: Supposed true loss; a gain is not counted on.
        level: Of the one-sided bound.

    Returns:
        None when no number would, for the loss is not below the margin.

    Examples:
        STATISTICS: 1 point needs about 3,090 examples at 5 % disagreement.

        >>> bound = LossBound(value=0.0, high=0.02, noise=0.05, slip=1.0, design_effect=1.0,
        ...                   n_telling=40.0, method="")
        >>> needed(bound, margin=0.01, level=0.95)
        3092
        >>> needed(bound, margin=0.01, loss=0.004, level=0.95)
        8587
        >>> needed(bound, margin=0.01, loss=0.01, level=0.95) is None
        True
    """
    left = margin - max(0.0, loss)
    if left <= 0:
        return None
    z = one_sided(level)
    by_noise = (z + one_sided(POWER)) ** 2 * bound.noise / left**2
    by_slips = z**2 * bound.slip * (1 - min(left, 1.0)) / left
    return math.ceil(max(by_noise, by_slips))


def resolution(bound: LossBound, *, n_examples: int, level: float) -> float:
    """Margin that so many examples show in 80 % of cases for a candidate that loses nothing.

    Args:
        bound: Tells how much two models differ.
        n_examples: Of the test.
        level: Of the one-sided bound.

    Examples:
        STATISTICS: SST-2 dev (872) resolves 1.9 points at 5 % disagreement.

        >>> bound = LossBound(value=0.0, high=0.02, noise=0.05, slip=1.0, design_effect=1.0,
        ...                   n_telling=40.0, method="")
        >>> round(resolution(bound, n_examples=872, level=0.95), 4)
        0.0188
    """
    z = one_sided(level)
    by_noise = (z + one_sided(POWER)) * math.sqrt(bound.noise / n_examples)
    by_slips = z**2 * bound.slip / (n_examples + z**2 * bound.slip)
    return max(by_noise, by_slips)
