"""Share bound: the most that a share of right answers can have dropped, independent examples.

Tango's score interval (1998, Stat. Med. 17) grants a loss of exactly the margin in up to 6.8 % of
cases where little differs (268 examples, one point, every difference a loss). So what is lost while
nothing is gained is bounded exactly (Clopper and Pearson 1934, Biometrika 26), and elsewhere a
quarter of a lost example is added to what was seen. Worked out over every outcome, 60 to 25,000
examples, margins of 0.2 to 5 points and up to twelve margins of disagreement: at most 4.97 %.
"""

import numpy as np
from scipy import stats

from breakeven.analysis.certificates.clustering import one_sided
from breakeven.analysis.scoring.paired import tango_end
from breakeven.formulas.tango import tango_score

CORRECTION = 0.25
"""Lost examples added to those seen: a score is continuous, and counts are not."""


def share_end(lost: float, gained: float, n: float, *, level: float) -> float:
    """Upper bound of the share that is lost.

    Args:
        lost: Examples that only the reference got right; no whole number where examples count for
            less than one each.
        gained: The same of the candidate.
        n: Examples in all.
        level: Of the one-sided bound.

    Examples:
        Without a difference it is 1 - (1 - level)^(1 / n):

        >>> round(share_end(0, 0, 872, level=0.95), 5), round(1 - 0.05 ** (1 / 872), 5)
        (0.00343, 0.00343)
    """
    if gained > 0:
        more = min(lost + CORRECTION, n - gained)
        return tango_end(more, gained, n, z=-one_sided(level))
    return float(stats.beta.ppf(level, lost + 1, n - lost)) if lost < n else 1.0


def is_shown(lost: int, gained: int, n: int, *, margin: float, level: float) -> bool:
    """Whether the bound lies below a margin.

    Examples:
        >>> [is_shown(0, 0, n, margin=0.01, level=0.95) for n in (298, 299)]
        [False, True]
    """
    if gained > 0:
        return tango_score(lost + CORRECTION, gained, n, difference=margin) < -one_sided(level)
    return bool(stats.binom.cdf(lost, n, margin) < 1 - level)


def power(n: int, *, lost: float, gained: float, margin: float, level: float) -> float:
    """Share of tests of n independent examples that show a margin, over every outcome.

    Args:
        n: Examples of each test.
        lost: Share of examples that only the reference gets right in truth.
        gained: The same of the candidate.
        margin: To be shown.
        level: Of the one-sided bound.

    Examples:
        >>> power(298, lost=0.0, gained=0.0, margin=0.01, level=0.95)
        0.0
        >>> power(299, lost=0.0, gained=0.0, margin=0.01, level=0.95)
        1.0
    """
    most = int(stats.binom.ppf(1 - 1e-9, n, gained))
    enough, tops = -1, []
    for n_gained in range(most + 1):
        while enough < n - n_gained and is_shown(
            enough + 1, n_gained, n, margin=margin, level=level
        ):
            enough += 1
        tops.append(enough)
    counts = np.arange(most + 1)
    each = stats.binom.cdf(tops, n - counts, lost / (1 - gained))
    return float(np.sum(stats.binom.pmf(counts, n, gained) * each))
