"""Trace hygiene: spoiled samples are found, named and left out, or repaired where that is certain.

A counter that wraps shows up in a log of power as one sample far below zero: two of forty runs of
a published study were lost to samples of -262,099 W (Cain et al. 2024, replication data). Nothing
is mended in silence: every finding says which sample it was and what became of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from statistics import median

from breakeven.formulas.trace import PowerTrace

GAP_PERIODS = 3.0
"""Samples further apart than so many usual periods leave a gap, unless the reader says how long
a gap is; two late samples in a row still are none."""

REPAIR_MARGIN = 2.0
"""A wrap is only believed where the mended sample is at most this many times the largest sound
one: any negative number plus a range of 262 kJ is positive, so positive alone proves nothing."""

MOST_SPOILED_FRAC = 0.05
"""With a larger share of spoiled samples it is not the samples that are wrong but the column, its
unit or its order."""


class Fault(StrEnum):
    """What was wrong with a sample."""

    WRAPPED = "a counter that wrapped"
    NEGATIVE = "negative power"
    TOO_HIGH = "more than the stated maximum"
    NOT_A_NUMBER = "no number"
    FELL = "a running total that fell"
    TIME_FELL = "a time before that of an earlier sample"
    TIME_REPEATED = "a time that stands there already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One spoiled sample.

    Attributes:
        fault: What was wrong.
        index: Place among the samples as they were given, from 0.
        time_s: Its time, on the trace's clock.
        raw: Its value as given (W, or J of a counter).
        repaired: What it was taken for; None where it was left out.
    """

    fault: Fault
    index: int
    time_s: float
    raw: float
    repaired: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is known of a sensor beside its samples.

    Attributes:
        range_j: Amount after which the counter behind it starts again; None if unknown.
        max_w: Power that what it measures cannot exceed; None if unknown.
        max_gap_s: Longest time between two samples that still observe what is between them;
            None for `GAP_PERIODS` usual periods.
    """

    range_j: float | None = None
    max_w: float | None = None
    max_gap_s: float | None = None

    def __post_init__(self) -> None:
        for name in ("range_j", "max_w", "max_gap_s"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise ValueError(f"{name} must be above 0 and finite, got {value}; leave it out")


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTrace:
    """A trace that can be integrated, and what had to be done to it.

    Attributes:
        trace: The sound samples; what a spoiled one stood for is unobserved.
        findings: Spoiled samples, in order.
    """

    trace: PowerTrace
    findings: tuple[Finding, ...] = ()


def clean_power(
    times_s: Sequence[float], powers_w: Sequence[float], *, limits: Limits = NO_LIMITS
) -> CleanTrace:
    """Find spoiled samples of power; mend wraps of a known range, leave the others out.

    Of samples at one time the mean is taken. What was left out is unobserved: it lowers the
    coverage and raises the upper bound, and is never drawn as a straight line between neighbours.

    Args:
        times_s: Clock readings, shape (n_samples,).
        powers_w: Power at each, shape (n_samples,).
        limits: What is known of the sensor.

    Raises:
        ValueError: If fewer than 2 sound samples are left, or more than 5 % are spoiled.

    Examples:
        >>> cain = clean_power(
        ...     [0.0, 1.0, 2.0, 3.0], [43.8, -262099.3125, 44.4, 44.0],
        ...     limits=Limits(range_j=262143.32885),
        ... )
        >>> round(cain.trace.powers_w[1], 1), cain.findings[0].fault.name
        (44.0, 'WRAPPED')
    """
    sieve = _Sieve(limits=limits, usual_w=_usual_w(powers_w, limits))
    for index, (time_s, power_w) in enumerate(zip(times_s, powers_w, strict=True)):
        sieve.take(index, time_s, power_w)
    _refuse_spoiled(sieve.findings, n_samples=len(times_s), n_sound=len(sieve.times_s))
    gap_s = limits.max_gap_s or GAP_PERIODS * median(b - a for a, b in pairwise(sieve.times_s))
    trace = PowerTrace(
        sieve.times_s, sieve.means_w(), max_gap_s=gap_s, breaks=frozenset(sieve.breaks)
    )
    return CleanTrace(trace=trace, findings=tuple(sieve.findings))


@dataclass(slots=True, kw_only=True)
class _Sieve:
    """Takes samples one by one and keeps the sound ones."""

    limits: Limits
    usual_w: float
    times_s: list[float] = field(default_factory=list)
    powers_w: list[list[float]] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    _before_s: float = math.nan

    def means_w(self) -> list[float]:
        """Power of each kept time."""
        return [sum(group) / len(group) for group in self.powers_w]

    def take(self, index: int, time_s: float, power_w: float) -> None:
        """Keep one sample, mend it or leave it out."""
        fault = self._fault_of(time_s, power_w)
        before_s, self._before_s = self._before_s, time_s
        if fault is None:
            self._keep(time_s, power_w)
            return
        repaired = self._repaired(power_w, time_s - before_s) if fault is Fault.NEGATIVE else None
        if repaired is not None:
            fault = Fault.WRAPPED
            self._keep(time_s, repaired)
        elif fault is Fault.TIME_REPEATED:
            self.powers_w[-1].append(power_w)
            repaired = sum(self.powers_w[-1]) / len(self.powers_w[-1])
        elif self.times_s and fault is not Fault.TIME_FELL:
            self.breaks.add(len(self.times_s) - 1)
        self.findings.append(
            Finding(fault=fault, index=index, time_s=time_s, raw=power_w, repaired=repaired)
        )

    def _keep(self, time_s: float, power_w: float) -> None:
        self.times_s.append(time_s)
        self.powers_w.append([power_w])

    def _fault_of(self, time_s: float, power_w: float) -> Fault | None:
        latest_s = self.times_s[-1] if self.times_s else -math.inf
        faults = {
            Fault.NOT_A_NUMBER: not (math.isfinite(time_s) and math.isfinite(power_w)),
            Fault.TIME_FELL: time_s < latest_s,
            Fault.NEGATIVE: power_w < 0,
            Fault.TOO_HIGH: self.limits.max_w is not None and power_w > self.limits.max_w,
            Fault.TIME_REPEATED: time_s == latest_s,
        }
        return next((fault for fault, is_so in faults.items() if is_so), None)

    def _repaired(self, power_w: float, elapsed_s: float) -> float | None:
        """Power over a step in which the counter behind it wrapped once; None if implausible."""
        if self.limits.range_j is None or not elapsed_s > 0:
            return None
        mended_w = power_w + self.limits.range_j / elapsed_s
        return mended_w if 0 <= mended_w <= self.usual_w else None


def _usual_w(powers_w: Sequence[float], limits: Limits) -> float:
    """Largest power that a mended sample may have."""
    sound_w = [p for p in powers_w if math.isfinite(p) and p >= 0]
    return limits.max_w or REPAIR_MARGIN * max(sound_w, default=0.0)


def _refuse_spoiled(findings: Sequence[Finding], *, n_samples: int, n_sound: int) -> None:
    left_out = [f for f in findings if f.repaired is None]
    if n_sound >= 2 and len(left_out) <= max(1.0, MOST_SPOILED_FRAC * n_samples):
        return
    worst = f"; the first is sample {left_out[0].index}: {left_out[0].fault}" if left_out else ""
    raise ValueError(
        f"{len(left_out)} of {n_samples} samples are spoiled{worst}. At least 2 sound samples and "
        f"at most {MOST_SPOILED_FRAC:.0%} spoiled ones make a trace; check column, unit and order"
    )
