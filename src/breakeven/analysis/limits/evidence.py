"""Evidence: whether an uncertain amount lies above 0, and how many more runs would tell.

Everything that is checked is turned into an excess: cost less its limit, cost now less the cost
then times what is allowed, least score less the score. A breach is an excess that is shown to be
above 0: by a one-sided t test where runs scatter, by the ends of the interval where they do not.
"""

import math
from dataclasses import dataclass

from scipy import special, stats

from breakeven.analysis.uncertain import Uncertain

ALPHA = 0.05
"""Share of checks that may report a breach which is none, over all lines of one check (Holm)."""

POWER = 0.8
"""Share of repetitions in which the number of blocks advised would tell."""

MOST_BLOCKS = 100_000
"""An excess so small is not told by repeating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one excess.

    Attributes:
        p: One-sided, that the excess is not above 0; None where nothing scatters.
        is_above: Where nothing scatters, whether the whole interval lies above 0.
        is_below: Whether no reading leaves an excess: its upper end, one-sided, is at most 0.
        n_more: Further blocks (or examples) that would tell in 80 % of cases; None where no number
            would, or nothing scatters.
        unit: What `n_more` counts.
    """

    p: float | None
    is_above: bool
    is_below: bool
    n_more: int | None = None
    unit: str = "block"


def evidence(excess: Uncertain) -> Evidence:
    """Test an excess of means over blocks or repeats.

    Args:
        excess: With variance and degrees of freedom where runs scatter.

    Examples:
        Three blocks, 0.5 above with a standard error of 0.1 and 2 degrees of freedom: t = 5.

        >>> seen = Uncertain(value=0.5, low=0.5, high=0.5, variance=0.01, curvature=0.00005, n=3)
        >>> found = evidence(seen)
        >>> round(found.p, 4), found.is_below
        (0.0189, False)
        >>> evidence(Uncertain(value=-2.0, low=-3.0, high=-1.0)).is_below
        True
    """
    if not excess.has_scatter:
        return Evidence(p=None, is_above=excess.low > 0, is_below=excess.high <= 0)
    error = math.sqrt(excess.variance)
    p = float(special.stdtr(excess.df, -excess.value / error))
    bound = excess.value + float(special.stdtrit(excess.df, 1 - ALPHA)) * error
    sd = error * math.sqrt(excess.n)
    needed = blocks_needed(excess.value, sd)
    return Evidence(
        p=p,
        is_above=False,
        is_below=bound <= 0,
        n_more=None if needed is None else max(1, needed - excess.n),
    )


def blocks_needed(excess: float, sd: float) -> int | None:
    """Blocks that show on which side of 0 an excess lies, in 80 % of cases, one-sided 5 %.

    Args:
        excess: Supposed true one.
        sd: Standard deviation between blocks, in the same unit.

    Returns:
        None where more than `MOST_BLOCKS` would be needed.

    Examples:
        Half a standard deviation away: the normal formula gives 24.7 and t a little more.

        >>> blocks_needed(0.5, 1.0), blocks_needed(-0.5, 1.0), blocks_needed(0.0, 1.0)
        (27, 27, None)
    """
    if excess == 0 or not sd > 0:
        return None
    z = float(special.ndtri(1 - ALPHA) + special.ndtri(POWER))
    n = max(2, math.ceil((z * sd / excess) ** 2))
    if n > MOST_BLOCKS:
        return None
    while _power(n, abs(excess) / sd) < POWER:
        n += 1
    return n


def _power(n: int, effect: float) -> float:
    bar = float(special.stdtrit(n - 1, 1 - ALPHA))
    return float(stats.nct.sf(bar, n - 1, effect * math.sqrt(n)))


def shares_below(n_correct: int, n_examples: int, *, least: float) -> Evidence:
    """Test whether a share of right answers lies below what is asked: exact binomial.

    Args:
        n_correct: Right answers.
        n_examples: Of so many, above 0.
        least: Share asked for, between 0 and 1.

    Examples:
        780 of 872 where 92 % are asked: 802 would be right on average.

        >>> found = shares_below(780, 872, least=0.92)
        >>> round(found.p, 4), found.is_below
        (0.0044, False)
        >>> shares_below(840, 872, least=0.92).is_below
        True
    """
    p = float(stats.binom.cdf(n_correct, n_examples, least))
    p_enough = float(stats.binom.sf(n_correct - 1, n_examples, least))
    share = n_correct / n_examples
    z = float(special.ndtri(1 - ALPHA) + special.ndtri(POWER))
    gap = abs(least - share)
    needed = None if gap == 0 else math.ceil(z**2 * least * (1 - least) / gap**2)
    is_told = needed is not None and needed <= 10_000 * MOST_BLOCKS
    return Evidence(
        p=p,
        is_above=False,
        is_below=p_enough <= ALPHA,
        n_more=max(1, needed - n_examples) if needed is not None and is_told else None,
        unit="test example",
    )


def by_interval(
    value: float, low: float | None, high: float | None, *, n_examples: int = 0
) -> Evidence:
    """Evidence of an excess known by its 95 % interval, as of a difference of scores.

    Each side of the interval is taken for 1.96 standard errors of a normal distribution.

    Args:
        value: The excess.
        low: Lower end; None without an interval.
        high: Upper end.
        n_examples: Test examples it rests on, to say how many more would tell; 0 for none.

    Examples:
        >>> by_interval(0.01, -0.01, 0.03, n_examples=872).n_more
        4742
        >>> round(by_interval(2.0, 0.04, 3.96).p, 4), by_interval(-2.0, -3.0, -1.0).is_below
        (0.0228, True)
        >>> by_interval(1.0, None, None).p is None
        True
    """
    if low is None or high is None:
        return Evidence(p=None, is_above=False, is_below=False)
    wide = float(special.ndtri(0.975))
    down, up = (value - low) / wide, (high - value) / wide
    if down <= 0 or up <= 0:
        return Evidence(p=None, is_above=low > 0, is_below=high <= 0)
    bound = value + float(special.ndtri(1 - ALPHA)) * up
    return Evidence(
        p=float(special.ndtr(-value / down)),
        is_above=False,
        is_below=bound <= 0,
        n_more=_examples_more(value, down if value > 0 else up, n_examples),
        unit="test example",
    )


def _examples_more(value: float, error: float, n_examples: int) -> int | None:
    """Further examples that would tell; the error falls with the root of their number."""
    if value == 0 or not n_examples:
        return None
    z = float(special.ndtri(1 - ALPHA) + special.ndtri(POWER))
    needed = math.ceil(n_examples * (z * error / value) ** 2)
    return max(1, needed - n_examples) if needed <= 10_000 * MOST_BLOCKS else None
