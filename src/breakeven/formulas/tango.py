"""Tango's score statistic: how far a paired difference of shares is from a supposed one.

It needs counts alone, so both that certify (analysis) and those that choose (workloads) use it.
"""

import math


def tango_score(left_only: float, right_only: float, n: float, *, difference: float) -> float:
    """Score statistic of left minus right at a supposed difference (Tango 1998, equation 5).

    Args:
        left_only: Examples that only the left one got right.
        right_only: Examples that only the right one got right.
        n: Examples in all.
        difference: Between -1 and 1.

    Returns:
        About standard normal where the supposition is true; minus or plus infinity where it cannot
        be.

    Examples:
        McNemar's statistic where no difference is supposed, 2 / sqrt(10):

        >>> round(tango_score(6, 4, 100, difference=0.0), 4)
        0.6325
        >>> round(tango_score(0, 0, 99, difference=0.01), 4)
        -1.0
    """
    top = left_only - right_only - n * difference
    linear = -left_only - right_only + (2 * n - left_only + right_only) * difference
    constant = -right_only * difference * (1 - difference)
    share = (math.sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    if variance <= 0:
        return 0.0 if top == 0 else math.copysign(math.inf, top)
    return top / math.sqrt(variance)
