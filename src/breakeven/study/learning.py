"""Learning: how far finished runs were from their model corrects the model of those to come.

Starting up takes as long for little work as for much, so what it took is carried over as it is.
What a formula leaves out of the work (a slow disk, validation, a busy machine, the draw of the
chips) is much the same for the runs of one stage on one machine, so the ratio of measured to
modelled is. Ratios are averaged as logarithms, and intervals are those of one further run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from breakeven.analysis.uncertain import quantile
from breakeven.analysis.words import counted
from breakeven.records import Stage
from breakeven.study.forecast import Forecast
from breakeven.units import format_duration

N_FOR_INTERVAL = 3
"""Of two, t is 12.7 and the interval of a ratio spans orders of magnitude: it tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A finished run beside its model.

    Attributes:
        modelled_s: What the model says of the work it turned out to be, start-up aside.
        duration_s: What that work took.
        energy_j: What it took of energy; None where that was not measured.
        start_s: What it took to start up, however much there was to do.
        start_energy_j: The same of energy, where `energy_j` is known.
    """

    modelled_s: float
    duration_s: float
    energy_j: float | None = None
    start_s: float = 0.0
    start_energy_j: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """Mean of several, and the interval in which one further is expected.

    Attributes:
        value: The mean.
        ends: Of that interval, 95 %; None for fewer than three.
        n: How many.
    """

    value: float
    ends: tuple[float, float] | None
    n: int


def mean_amount(amounts: Sequence[float]) -> Mean | None:
    """Average amounts, none of them below 0; None where there are none.

    Examples:
        >>> mean_amount([1.0, 4.0]).value
        2.5
    """
    if not amounts:
        return None
    mean, half = fmean(amounts), _half(amounts)
    ends = None if half is None else (max(0.0, mean - half), mean + half)
    return Mean(value=mean, ends=ends, n=len(amounts))


def mean_ratio(ratios: Sequence[float]) -> Mean | None:
    """Average ratios; None where there are none above 0.

    Examples:
        >>> mean_ratio([1.0, 4.0]).value
        2.0
        >>> mean_ratio([3.0, 5.0]).ends is None
        True
    """
    logs = [math.log(ratio) for ratio in ratios if ratio > 0]
    if not logs:
        return None
    mean, half = fmean(logs), _half(logs)
    ends = None if half is None else (math.exp(mean - half), math.exp(mean + half))
    return Mean(value=math.exp(mean), ends=ends, n=len(logs))


def _half(values: Sequence[float]) -> float | None:
    """Half the width of the interval of one further value; None where too few tell."""
    n = len(values)
    return quantile(n - 1) * stdev(values) * math.sqrt(1 + 1 / n) if n >= N_FOR_INTERVAL else None


_NO_WORK = Mean(value=1.0, ends=(1.0, 1.0), n=0)


def corrected(modelled: Forecast, examples: Sequence[Example], stage: Stage) -> Forecast:
    """Correct a modelled forecast by finished runs of its stage on this machine.

    Args:
        modelled: With a duration.
        examples: Those runs beside their models; without any nothing is changed.
        stage: Whose.
    """
    work_s = (modelled.duration_s or 0.0) - modelled.start_s
    known = [e for e in examples if e.modelled_s > 0 or not work_s]
    start = mean_amount([e.start_s for e in known])
    time = _ratio([(e.duration_s, e.modelled_s) for e in known], work_s)
    if start is None or time is None:
        return modelled
    found = replace(
        modelled,
        start_s=start.value,
        duration_s=start.value + work_s * time.value,
        interval_s=_interval(start, time, work_s),
        is_modelled=True,
        is_lower_bound=False,
        basis=f"{modelled.basis}; {_words(start, time)}, as in {_finished(start.n, stage)}",
    )
    metered = [(e, e.energy_j) for e in known if e.energy_j is not None]
    start = mean_amount([e.start_energy_j for e, _ in metered])
    power = _ratio([(energy_j, e.modelled_s) for e, energy_j in metered], work_s)
    if start is None or power is None:
        return found
    return replace(
        found,
        energy_j=start.value + work_s * power.value,
        energy_interval_j=_interval(start, power, work_s),
    )


def _ratio(pairs: Sequence[tuple[float, float]], work_s: float) -> Mean | None:
    """Mean of measured over modelled; any will do where there is no work."""
    return mean_ratio([found / model_s for found, model_s in pairs]) if work_s else _NO_WORK


def _interval(start: Mean, ratio: Mean, work_s: float) -> tuple[float, float] | None:
    if start.ends is None or ratio.ends is None:
        return None
    return start.ends[0] + work_s * ratio.ends[0], start.ends[1] + work_s * ratio.ends[1]


def _words(start: Mean, ratio: Mean) -> str:
    low_high = ratio.ends and " ({:.2g} to {:.2g} for one more)".format(*ratio.ends)
    work = f"times {ratio.value:.2g}{low_high or ''}" if ratio.n else ""
    begun = f"start-up {format_duration(start.value)}" if start.value else ""
    return ", ".join(filter(None, (begun, work)))


def _finished(n: int, stage: Stage) -> str:
    return f"{counted(n, 'finished run')} of {stage}"
