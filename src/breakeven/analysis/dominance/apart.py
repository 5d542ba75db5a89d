"""Apart: how far two estimates lie from each other when nothing pairs them.

Intervals with a level are combined as those of independent values (Newcombe 1998, method 10; on
logarithms for a ratio: Zou and Donner 2008, "Construction of confidence limits about effect
measures: a general approach"). Where one of them is a bound without a level, the ends are
taken at their worst.
"""

import math

from breakeven.analysis.dominance.reasons import Gap
from breakeven.analysis.dominance.space import Axis
from breakeven.analysis.uncertain import difference, once
from breakeven.records import Estimate

NO_INTERVAL = "no interval was given"


def gap_between(left: Estimate, right: Estimate, axis: Axis) -> Gap:
    """Score minus score, or cost over cost, of two values that nothing pairs.

    Args:
        left: Of the first point.
        right: Of the second.
        axis: What both are on.

    Examples:
        >>> def about(value: float, low: float, high: float) -> Estimate:
        ...     return Estimate(name="energy_j", value=value, low=low, high=high, method="",
        ...                     n=1, kinds=())
        >>> energy = Axis(name="energy_j", title="Energy")
        >>> found = gap_between(about(6.0, 5.0, 7.0), about(2.0, 1.0, 4.0), energy).estimate
        >>> found.value, found.low, found.high
        (3.0, 1.25, 7.0)
    """
    assert left.value is not None
    assert right.value is not None
    if axis.is_score:
        value: float | None = difference(left.value, right.value)
    else:
        value = left.value / right.value if right.value > 0 else None
    ends = None if value is None else _ends(left, right, axis)
    is_level = ends is not None and left.level is not None and right.level is not None
    words = "difference" if axis.is_score else "ratio"
    return Gap(
        axis=axis,
        estimate=Estimate(
            name=f"{words} in {axis.name}",
            value=value,
            low=None if ends is None else ends[0],
            high=None if ends is None else ends[1],
            level=left.level if is_level else None,
            method=_method(words, has_ends=ends is not None, is_level=is_level),
            n=min(left.n, right.n),
            kinds=once((*left.kinds, *right.kinds)),
            origins=once((*left.origins, *right.origins)),
            run_ids=once((*left.run_ids, *right.run_ids)),
        ),
        why="" if ends is not None else NO_INTERVAL,
    )


def _method(words: str, *, has_ends: bool, is_level: bool) -> str:
    if not has_ends:
        return f"{words} of the two values; no interval"
    return f"{words} as of independent values" if is_level else f"{words} of the worst ends"


def _ends(left: Estimate, right: Estimate, axis: Axis) -> tuple[float, float] | None:
    found = (left.low, left.high, right.low, right.high)
    if any(end is None for end in found):
        return None
    one_low, one_high, two_low, two_high = (float(end or 0.0) for end in found)
    is_level = left.level is not None and right.level is not None
    one, two = float(left.value or 0.0), float(right.value or 0.0)
    if axis.is_score:
        if not is_level:
            return one_low - two_high, one_high - two_low
        value = one - two
        return (
            value - math.hypot(one - one_low, two_high - two),
            value + math.hypot(one_high - one, two - two_low),
        )
    if not is_level or min(one_low, two_low, one) <= 0:
        return _over(one_low, two_high), _over(one_high, two_low)
    log = math.log(one / two)
    down = math.hypot(math.log(one / one_low), math.log(two_high / two))
    up = math.hypot(math.log(one_high / one), math.log(two / two_low))
    return math.exp(log - down), math.exp(log + up)


def _over(left: float, right: float) -> float:
    return left / right if right > 0 else math.inf
