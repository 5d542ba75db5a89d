"""Learning: how far finished runs were from their model corrects the model of those to come.

What a formula leaves out (a slow disk, validation, a busy machine, the draw of the chips) is much
the same for the runs of one stage on one machine, so the ratio of measured to modelled is carried
over. Ratios are averaged as logarithms, and the interval is that of one further run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from breakeven.analysis.uncertain import quantile
from breakeven.analysis.words import counted
from breakeven.records import Stage
from breakeven.study.forecast import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A finished run beside its model.

    Attributes:
        modelled_s: What the model says of the work it turned out to be.
        duration_s: What it took.
        energy_j: What it took of energy; None where that was not measured.
    """

    modelled_s: float
    duration_s: float
    energy_j: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Mean of ratios, and the interval in which one further is expected.

    Attributes:
        value: Geometric mean.
        low: Lower end, 95 %; None for a single ratio.
        high: Upper end likewise.
        n: How many.
    """

    value: float
    low: float | None
    high: float | None
    n: int


def mean_ratio(ratios: Sequence[float]) -> Ratio | None:
    """Average ratios; None where there are none above 0.

    Examples:
        >>> mean_ratio([1.0, 4.0]).value
        2.0
        >>> mean_ratio([3.0]).low is None
        True
    """
    logs = [math.log(ratio) for ratio in ratios if ratio > 0]
    if not logs:
        return None
    mean, n = fmean(logs), len(logs)
    if n == 1:
        return Ratio(value=math.exp(mean), low=None, high=None, n=n)
    half = quantile(n - 1) * stdev(logs) * math.sqrt(1 + 1 / n)
    return Ratio(value=math.exp(mean), low=math.exp(mean - half), high=math.exp(mean + half), n=n)


def corrected(modelled: Forecast, examples: Sequence[Example], stage: Stage) -> Forecast:
    """Correct a modelled forecast by finished runs of its stage on this machine.

    Args:
        modelled: With a duration.
        examples: Those runs beside their models; without any nothing is changed.
        stage: Whose.
    """
    seconds = modelled.duration_s or 0.0
    known = [e for e in examples if e.modelled_s > 0]
    time = mean_ratio([e.duration_s / e.modelled_s for e in known])
    if time is None:
        return modelled
    power = mean_ratio([e.energy_j / e.modelled_s for e in known if e.energy_j is not None])
    found = replace(
        modelled,
        duration_s=seconds * time.value,
        interval_s=_interval(seconds, time),
        is_modelled=True,
        is_lower_bound=False,
        basis=f"{modelled.basis}; {_words(time, stage)}",
    )
    if power is None:
        return found
    return replace(
        found, energy_j=seconds * power.value, energy_interval_j=_interval(seconds, power)
    )


def _interval(seconds: float, ratio: Ratio) -> tuple[float, float] | None:
    if ratio.low is None or ratio.high is None:
        return None
    return seconds * ratio.low, seconds * ratio.high


def _words(time: Ratio, stage: Stage) -> str:
    spread = "" if time.low is None else f" ({time.low:.2g} to {time.high:.2g} for one more)"
    return f"times {time.value:.2g}{spread}, as in {counted(time.n, 'finished run')} of {stage}"
