"""Cost per correct answer: total cost over correct answers, with the doubts of both.

The interval puts together those of the cost and of the share correct on the log scale, by squaring
and adding the distances of their limits (method of variance estimates recovery: Zou & Donner 2008,
Construction of confidence limits about effect measures, Statistics in Medicine 27:1693, section 3).
"""

import math

from breakeven.analysis.uncertain import LEVEL, Uncertain
from breakeven.records import Estimate


def cost_per_correct(cost: Uncertain, share: Estimate, *, name: str, what: str) -> Estimate | None:
    """Cost per example over the share of examples that are answered correctly.

    Args:
        cost: Per example.
        share: Of correct answers, with its interval.
        name: What it is.
        what: How the cost was computed.

    Returns:
        None where no answer was correct, or nobody knows how sure the share is.

    Examples:
        >>> share = Estimate(name="accuracy", value=0.5, low=0.4, high=0.6, level=0.95, method="",
        ...                  n=100, kinds=())
        >>> found = cost_per_correct(Uncertain.exact(1.0), share, name="cpu_s", what="exact")
        >>> round(found.low, 6), found.value, round(found.high, 6)
        (1.666667, 2.0, 2.5)
    """
    if not (share.value and share.low and share.high):
        return None
    low, high = cost.interval()
    value = cost.value / share.value
    down = math.hypot(_log(cost.value, low), math.log(share.high / share.value))
    up = math.hypot(_log(high, cost.value), math.log(share.value / share.low))
    return Estimate(
        name=name,
        value=value,
        low=value * math.exp(-down),
        high=value * math.exp(up),
        level=LEVEL,
        method=f"{what}, over the share correct; intervals of both put together on the log scale",
        n=cost.n,
        kinds=cost.kinds,
        origins=cost.origins,
        run_ids=cost.run_ids,
    )


def _log(larger: float, smaller: float) -> float:
    """Logarithm of a ratio of amounts; 0 of two that are nothing, infinite over one that is."""
    if larger <= 0:
        return 0.0
    return math.log(larger / smaller) if smaller > 0 else math.inf
