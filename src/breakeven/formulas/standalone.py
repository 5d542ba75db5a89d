"""A trace on its own: its energy, and how far that may be off when nobody says what lies around.

Between two counter readings a window knows its ends. A file of power samples does not: where the
work began and ended is known to one sample, what a sensor shows is up to one of its updates old,
and a sensor that averages still shows the time before. Four samples in 0.15 s leave most of their
own energy open; a minute of them does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median_low

from breakeven.formulas.plateau import find_plateau
from breakeven.formulas.trace import PowerTrace, TraceEnergy

RAMP_FRAC = 0.1
"""A first sample this far below the level that follows shows the time before the work; power of
a steady load scatters by 1-3 % from sample to sample in the traces we have seen."""

RAMP_WINDOW = 3
"""Samples per median when looking for the level; the published traces have 4 to 56 samples."""

FEW_SAMPLES = 20
"""Fewer samples than this leave the ends of a trace over a tenth of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """Leading samples that still climb to the level of the work.

    Attributes:
        n_samples: How many lie below it.
        level_w: Median of the rest; the largest sample where the trace ends climbing.
        missing_j: What they would add at that level.
        is_settled: Whether the level was reached before the trace ended.
    """

    n_samples: int
    level_w: float
    missing_j: float
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """Energy of a whole trace.

    Attributes:
        energy: Trapezoid rule; its bounds hold the steps, the ends, the sensor's age and a ramp.
        n_samples: Samples it rests on.
        update_s: Time between updates of the sensor, as given or as seen in repeated values.
        edge_s: By how much each end of the work may lie beside that of the trace.
        ramp: Leading samples that show the time before; None where none do.
    """

    energy: TraceEnergy
    n_samples: int
    update_s: float
    edge_s: float
    ramp: Ramp | None

    @property
    def has_few_samples(self) -> bool:
        """Whether the ends alone leave over a tenth open."""
        return self.n_samples < FEW_SAMPLES


def integrate_alone(trace: PowerTrace, *, update_s: float | None = None) -> Standalone:
    """Integrate a trace of which only the samples are known.

    The bounds are those of every step at its lower and higher sample, widened by one usual sample
    period at either end (at the power found there), by one update of the sensor between the
    smallest and the largest power, and upwards by what a ramp at the start leaves out.

    Args:
        trace: Its samples.
        update_s: Time between updates of the sensor; by default as repeated values show it.

    Examples:
        >>> alone = integrate_alone(PowerTrace([0, 0.05, 0.1, 0.15], [41.0, 43.0, 43.0, 45.0]))
        >>> f"{alone.energy.low_j:.2f} {alone.energy.energy_j:.2f} {alone.energy.high_j:.2f}"
        '1.65 6.45 11.25'
    """
    whole, edge_s = trace.energy(), trace.period_s
    update_s = sensor_update_s(trace) if update_s is None else update_s
    ramp = find_ramp(trace)
    spread_w = max(trace.powers_w) - min(trace.powers_w)
    slack_j = edge_s * (trace.powers_w[0] + trace.powers_w[-1]) + update_s * spread_w
    missing_j = 0.0 if ramp is None else ramp.missing_j
    energy = TraceEnergy(
        energy_j=whole.energy_j,
        low_j=max(0.0, whole.low_j - slack_j),
        high_j=whole.high_j + slack_j + missing_j,
        covered_s=whole.covered_s,
    )
    return Standalone(
        energy=energy, n_samples=len(trace.times_s), update_s=update_s, edge_s=edge_s, ramp=ramp
    )


def sensor_update_s(trace: PowerTrace) -> float:
    """Time between two updates of the sensor, in seconds, from how often values repeat.

    A sensor that is read faster than it updates shows each value about equally often, and hardly
    ever less often; steady power repeats as it happens. So the median of the repeats is taken
    where the shortest tenth of them is above one and within a sample of it, and one sample
    otherwise. The first and last value are cut off by the trace's ends and do not count.

    Examples:
        >>> sensor_update_s(PowerTrace([0, 1, 2, 3, 4, 5], [7.0, 8.0, 8.0, 9.0, 9.0, 7.0]))
        2.0
    """
    lengths = [len(list(group)) for _, group in groupby(trace.powers_w)]
    inner = sorted(lengths[1:-1]) or [1]
    shortest, usual = inner[min(-(-len(inner) // 10), len(inner) - 1)], median_low(inner)
    n_samples = usual if shortest > 1 and usual <= shortest + 1 else 1
    return float(n_samples * trace.period_s)


def find_ramp(trace: PowerTrace) -> Ramp | None:
    """Find leading samples that climb to the level of the work, as averaging sensors show them.

    Returns:
        None where the first sample lies within `RAMP_FRAC` of the level.
    """
    powers_w = trace.powers_w
    start = find_plateau(powers_w, window=RAMP_WINDOW)
    level_w = max(powers_w) if start is None else _level_w(powers_w, start)
    below = [i for i, power_w in enumerate(powers_w) if power_w >= (1 - RAMP_FRAC) * level_w]
    n_samples = below[0]
    if n_samples == 0 or not _climbs(powers_w[: n_samples + 1]):
        return None
    until_s = trace.times_s[n_samples]
    seen = trace.energy(end_s=until_s)
    return Ramp(
        n_samples=n_samples,
        level_w=level_w,
        missing_j=max(0.0, level_w * seen.covered_s - seen.energy_j),
        is_settled=start is not None,
    )


def _level_w(powers_w: Sequence[float], start: int) -> float:
    return float(median_low(powers_w[start:]))


def _climbs(powers_w: Sequence[float]) -> bool:
    return all(b >= a for a, b in pairwise(powers_w))
