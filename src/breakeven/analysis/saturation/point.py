"""Saturation: where more work stops paying, as one point with its interval, or "not shown".

"For a linear gain in performance, an exponentially larger model is required" (Schwartz et al. 2020)
is a straight line over the logarithm of the work. Two curves that flatten are held against it: a
line that ends in a plateau, whose join is the point of saturation, and a power law that nears a
ceiling without an end, which has no such point, but one where a tenfold brings less than a stated
gain. Least squares; the interval holds every place that an F test of one parameter does not reject
(profile likelihood; Seber and Wild 1989, 5.4 and 9.3). Whether there is a plateau at all is tested
by simulation: over straight lines the statistic depends on the x alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.saturation.models import (
    N_PLACES,
    Floats,
    Model,
    bends,
    exponents,
    models,
    null,
    plateau_rss,
)
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC

MIN_POINTS = 6
"""Three parameters and a variance leave fewer nothing to be judged by."""
MIN_X = 4
"""Different x; through three of them a plateau always fits."""
CLEAR = 2.0
"""Difference of AICc from which on one model is said to be better (Burnham and Anderson 2002)."""
SEED = 2020
"""Of the simulated lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """What is said of one curve.

    Attributes:
        n: Points.
        line: Straight over log x.
        plateau: Straight, then level.
        power: Rising ever less towards a ceiling.
        p: Of so much better a plateau if the curve were straight.
        at: The x at which the plateau begins; its upper end is infinite where the points do not
            bound it.
        is_shown: Whether there is one point of saturation.
        reason: Why, in words.
        gain: The threshold: y per tenfold; None where none was stated.
        gain_at: The x from which on a tenfold brings less, by the power law; None without.
        gain_reason: Why it is not shown, or by which model it is.
    """

    n: int
    line: Model
    plateau: Model
    power: Model
    p: float
    at: Interval
    is_shown: bool
    reason: str
    gain: float | None = None
    gain_at: Interval | None = None
    gain_reason: str = ""


def saturation(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    gain: float | None = None,
    lower_is_better: bool = False,
    level: float = LEVEL,
) -> Saturation | None:
    """Find where y stops rising over log x.

    Args:
        xs: shape (n,), above 0: data, steps, size, money.
        ys: shape (n,), quality.
        gain: Smallest gain in y per tenfold x that is worth it, above 0.
        lower_is_better: Whether y is to fall.
        level: Of the intervals.

    Returns:
        None with fewer than six points or four different x, or where y does not vary.

    Raises:
        ValueError: If an x has no logarithm, or the gain is not above 0.

    Examples:
        Up by 0.1 per tenfold until 1,000, then level:

        >>> xs = [10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4]
        >>> ys = [0.701, 0.747, 0.8, 0.848, 0.899, 0.901, 0.9, 0.899]
        >>> found = saturation(xs, ys)
        >>> found.is_shown, round(found.at.value), found.at.low > 900, found.at.high < 1100
        (True, 1016, True, True)
    """
    if gain is not None and gain <= 0:
        raise ValueError(f"a gain of {gain:g} per tenfold is never reached; state one above 0")
    u, y = np.log10(np.asarray(xs, dtype=float)), np.asarray(ys, dtype=float)
    if not np.all(np.isfinite(u)):
        raise ValueError("an x at or below 0 has no logarithm; leave the point out")
    if len(u) < MIN_POINTS or len(set(u.tolist())) < MIN_X or np.ptp(y) == 0:
        return None
    y = -y if lower_is_better else y
    places = bends(u, y)
    rss, drawn = plateau_rss(u, y[:, None], places)[:, 0], null(u, places, SEED)
    line, plateau, power = models(u, y, float(rss.min()))
    gained = (line.rss - plateau.rss) / plateau.rss
    p = (1 + int(np.sum(drawn >= gained - ROUNDING_FRAC))) / (1 + len(drawn))
    at = _at(u, places, rss, level)
    reason = _reason(p, at, plateau, power, is_rising=_slope(u, y) > 0)
    found = Saturation(
        n=len(u),
        line=line,
        plateau=plateau,
        power=power,
        p=p,
        at=at,
        is_shown=reason == "",
        reason=reason or _beside(plateau, power),
    )
    return found if gain is None else _with_gain(found, u, y, gain, level)


def _with_gain(found: Saturation, u: Floats, y: Floats, gain: float, level: float) -> Saturation:
    """The same with the place where the gain falls below the threshold."""
    if found.is_shown and found.plateau.aicc < found.power.aicc - CLEAR:
        return replace(found, gain=gain, gain_at=found.at, gain_reason="where the plateau begins")
    at, reason = _gain_at(u, y, gain, level)
    return replace(found, gain=gain, gain_at=at, gain_reason=reason)


def _slope(u: Floats, y: Floats) -> float:
    return float((u - u.mean()) @ y)


def _at(u: Floats, places: Floats, rss: Floats, level: float) -> Interval:
    """Where the plateau begins; the interval reaches on without an end where a line is in it."""
    low, high = _ends(places, rss, len(u), level)
    best = float(places[int(rss.argmin())])
    is_open = high >= u.max()
    return Interval(value=10**best, low=10**low, high=math.inf if is_open else 10**high, n=len(u))


def _ends(places: Floats, rss: Floats, n: int, level: float) -> tuple[float, float]:
    """First and last place that an F test of one parameter does not reject, between the places."""
    most = float(rss.min()) * (1 + float(stats.f.ppf(level, 1, n - 3)) / (n - 3))
    inside = np.flatnonzero(rss <= most)
    ends = []
    for kept, out in ((int(inside[0]), int(inside[0]) - 1), (int(inside[-1]), int(inside[-1]) + 1)):
        end = float(places[kept])
        if 0 <= out < len(places):
            share = (most - rss[kept]) / (rss[out] - rss[kept])
            end += float(share * (places[out] - places[kept]))
        ends.append(end)
    return ends[0], ends[1]


def _reason(p: float, at: Interval, plateau: Model, power: Model, *, is_rising: bool) -> str:
    """Why there is no one point of saturation; empty where there is."""
    if not is_rising:
        return "not shown: it does not get better with x"
    if p >= 1 - LEVEL:
        return f"not shown: a straight line fits as well (p = {p:.2g})"
    if math.isinf(at.high):
        return "not shown: the points end before the plateau is sure"
    if power.aicc < plateau.aicc - CLEAR:
        return "not shown: it flattens without an end; state a gain"
    return ""


def _beside(plateau: Model, power: Model) -> str:
    if abs(power.aicc - plateau.aicc) <= CLEAR:
        return "shown, if it ends level; flattening without an end fits as well"
    return "shown"


def _gain_at(u: Floats, y: Floats, gain: float, level: float) -> tuple[Interval | None, str]:
    """Where a tenfold brings less than `gain` by y = c - a 10^(-b u), by profile likelihood.

    With the place as a parameter, a = gain 10^(b place) / (b ln 10), and only c and b are left.
    """
    span = float(np.ptp(u))
    places = np.linspace(u.min() - span, u.max() + span, 3 * N_PLACES)
    b = exponents()[None, :, None]
    steps = 10.0 ** np.minimum(-b * (u[None, None, :] - places[:, None, None]), 12.0)
    left = y[None, None, :] + gain / (b * math.log(10)) * steps
    rss = np.var(left, axis=2).min(axis=1) * len(u)
    first, last = _ends(places, rss, len(u), level)
    best = float(places[int(rss.argmin())])
    if first <= u.min():
        return None, "not shown: a tenfold may have brought less from the start"
    if last >= u.max():
        return None, f"not shown: a tenfold may still bring {gain:g} at the largest x"
    return Interval(value=10**best, low=10**first, high=10**last, n=len(u)), "by the power law"
