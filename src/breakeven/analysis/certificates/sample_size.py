"""Sample size: how many examples show a margin, and which margin so many examples show.

The difference of two paired shares has the variance `d / n` when a share d of the examples is
answered differently (Nam 1997, Biometrics 53; for equal models n = 6.18 d / m^2 shows a margin m
in 80 % of cases at one-sided 5 %). Where hardly anything differs that is far too bright: at 1 lost
and 1 gained of 872 its margin is shown in 48 % of cases. Below `FEW_DIFFER` differences the power
is therefore worked out over every outcome.
"""

import math

from breakeven.analysis.certificates.clustering import one_sided
from breakeven.analysis.certificates.loss_bound import LossBound, unseen
from breakeven.analysis.certificates.share_bound import power

POWER = 0.8
"""Share of tests of the stated size that show the margin, if the loss is what was supposed."""

FEW_DIFFER = 50
"""Above so many differences the formula's margin is shown in 76 to 80 % of cases."""


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
    loss = max(0.0, loss)
    left = margin - loss
    if left <= 0:
        return None
    z = one_sided(level)
    by_noise = (z + one_sided(POWER)) ** 2 * bound.noise / left**2
    by_slips = bound.slip * unseen(level) / -math.log1p(-min(left, 1 - 1e-9))
    n = math.ceil(max(by_noise, by_slips))
    while _is_few(bound, n) and _power(bound, n, margin=margin, loss=loss, level=level) < POWER:
        n = math.ceil(n * 1.02) + 1
    return n


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
    by_noise = (one_sided(level) + one_sided(POWER)) * math.sqrt(bound.noise / n_examples)
    low = max(by_noise, -math.expm1(-unseen(level) * bound.slip / n_examples))
    if not _is_few(bound, n_examples) or _shows(bound, n_examples, low, level):
        return low
    high = low
    while high < 1 and not _shows(bound, n_examples, high, level):
        low, high = high, min(1.0, 1.5 * high)
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        is_enough = _shows(bound, n_examples, middle, level)
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def _is_few(bound: LossBound, n_examples: int) -> bool:
    return bound.differ is not None and 0 < bound.differ * n_examples < FEW_DIFFER


def _shows(bound: LossBound, n_examples: int, margin: float, level: float) -> bool:
    return _power(bound, n_examples, margin=margin, loss=0.0, level=level) >= POWER


def _power(bound: LossBound, n_examples: int, *, margin: float, loss: float, level: float) -> float:
    """With sources counted as so many independent examples as they are worth."""
    assert bound.differ is not None
    gained = max(0.0, (bound.differ - loss) / 2)
    n = max(1, round(n_examples / bound.design_effect))
    return power(n, lost=gained + loss, gained=gained, margin=margin, level=level)
