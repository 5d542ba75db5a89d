"""Precision: how many blocks bring the interval of a ratio within a target, and when to stop.

The half-width of the t interval of a mean log ratio is `t(n - 1) s / sqrt(n)`; the rule, stated
before the first run, is to measure until it is below log(1 + target) or the maximum is reached. The
spread s is itself known from few blocks, so a second number takes s at the upper end of its
one-sided 80 % interval (assurance: Kelley and Maxwell 2003, Psychological Methods 8).
"""

import math
from dataclasses import dataclass

from scipy import stats

from breakeven.analysis.uncertain import LEVEL, quantile

MOST_BLOCKS = 1_000_000
"""A target that takes more is not reached by repeating."""

ASSURANCE = 0.8
"""Probability with which the larger number is enough."""

START = 2
"""Fewest blocks that have an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """How long to go on.

    Attributes:
        half_width: Of the ratio's interval now, as a share of the ratio.
        target: That it is to come below.
        n_now: Blocks measured.
        n_needed: Blocks in all if the spread is what was seen; None where no number will do.
        n_assured: Blocks in all that are enough in 80 % of cases; None likewise.
    """

    half_width: float
    target: float
    n_now: int
    n_needed: int | None
    n_assured: int | None

    @property
    def is_reached(self) -> bool:
        """Whether the stop rule says stop."""
        return self.half_width <= self.target


def advise(sd: float, n: int, *, target: float, level: float = LEVEL) -> Advice:
    """Say how many blocks a target takes.

    Args:
        sd: Standard deviation of the log ratios seen.
        n: Blocks they were seen in, at least 2.
        target: Half-width as a share of the ratio, above 0; 0.02 is 2 %.
        level: Confidence level.

    Examples:
        A spread of 3 % takes 12 blocks for 2 %; by the table of t 2.201 x 0.03 / sqrt(12) is 0.019:

        >>> found = advise(0.03, 10, target=0.02)
        >>> found.n_needed, found.n_assured, round(found.half_width, 4), found.is_reached
        (12, 18, 0.0217, False)
    """
    half = half_width(sd, n, level=level)
    widest = sd * math.sqrt((n - 1) / float(stats.chi2.ppf(1 - ASSURANCE, n - 1)))
    return Advice(
        half_width=math.expm1(min(half, 700.0)),
        target=target,
        n_now=n,
        n_needed=blocks_needed(sd, target=target, level=level),
        n_assured=blocks_needed(widest, target=target, level=level),
    )


def blocks_needed(sd: float, *, target: float, level: float = LEVEL) -> int | None:
    """Fewest blocks whose interval is within a target.

    Args:
        sd: Standard deviation of a log ratio.
        target: Half-width as a share of the ratio, above 0.
        level: Confidence level.

    Returns:
        None beyond a million.

    Examples:
        >>> blocks_needed(0.05, target=0.02), blocks_needed(0.0, target=0.02)
        (27, 2)
    """
    wanted = math.log1p(target)
    if half_width(sd, MOST_BLOCKS, level=level) > wanted:
        return None
    low, high = START - 1, MOST_BLOCKS
    while high - low > 1:
        middle = (low + high) // 2
        is_enough = half_width(sd, middle, level=level) <= wanted
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def half_width(sd: float, n: int, *, level: float = LEVEL) -> float:
    """Half-width of the interval of a mean of n values.

    Args:
        sd: Standard deviation of one.
        n: At least 2.
        level: Confidence level.

    Examples:
        >>> round(half_width(1.0, 4), 3)
        1.591
    """
    return quantile(n - 1, level=level) * sd / math.sqrt(n)
