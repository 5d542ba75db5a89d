"""Traced: the energy of a piece of work from a few samples of power, and how uncertain they are.

A trapezoid over the samples gives the value that studies publish. Three things bound it. Between
two samples power lay between them, or nobody knows: each step is taken at its lower and at its
higher sample. After the last sample the work went on, for up to one period more, or the next
sample would have been written. And a sensor that is read more often than it refreshes repeats
itself, so that samples are fewer than they seem; that is told, not bounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakeven.analysis.words import counted
from breakeven.formulas.trace import PowerTrace
from breakeven.records import Note, NoteCode

FEWEST_SAMPLES = 10
"""Below this a trace gets a note; as for live meters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Energy of one trace.

    Attributes:
        name: Of the work.
        energy_j: Trapezoid over the samples.
        low_j: Every step at the lower of its two samples.
        high_j: Every step at the higher one, and one period more at the highest of all.
        n_samples: Samples.
        n_readings: Readings that differ from the one before, the first included.
        duration_s: From the first sample to the last.
    """

    name: str
    energy_j: float
    low_j: float
    high_j: float
    n_samples: int
    n_readings: int
    duration_s: float

    @property
    def excess_frac(self) -> float:
        """How far the upper end lies above the value, as a share of it."""
        return self.high_j / self.energy_j - 1 if self.energy_j > 0 else float("inf")


def traced(name: str, times_s: Sequence[float], powers_w: Sequence[float]) -> Traced:
    """Integrate one trace.

    Args:
        name: Of the work.
        times_s: Rising, shape (n_samples,), at least 2.
        powers_w: shape (n_samples,).

    Raises:
        ValueError: If the samples are no trace.

    Examples:
        Four samples in 0.15 s, 40 W then 44 W: 6.1 J, and up to 2.2 J more in the next 0.05 s.

        >>> found = traced("a", [0.0, 0.05, 0.1, 0.15], [40.0, 40.0, 40.0, 44.0])
        >>> [round(x, 6) for x in (found.energy_j, found.low_j, found.high_j)]
        [6.1, 6.0, 8.4]
        >>> found.n_samples, found.n_readings
        (4, 2)
    """
    trace = PowerTrace(times_s, powers_w)
    found = trace.energy()
    changes = sum(left != right for left, right in pairwise(powers_w))
    return Traced(
        name=name,
        energy_j=found.energy_j,
        low_j=found.low_j,
        high_j=found.high_j + trace.period_s * max(powers_w),
        n_samples=len(powers_w),
        n_readings=1 + changes,
        duration_s=trace.duration_s,
    )


def trace_notes(traces: Iterable[Traced]) -> tuple[Note, ...]:
    """Say how uncertain short traces are.

    Args:
        traces: All of a table.

    Examples:
        >>> trace_notes([traced("a", [0.0, 1.0], [40.0, 40.0])])[0].code.value
        'short-window'
        >>> trace_notes([])
        ()
    """
    short = sorted(
        (trace for trace in traces if trace.n_samples < FEWEST_SAMPLES),
        key=lambda trace: (trace.n_samples, trace.duration_s),
    )
    if not short:
        return ()
    worst = max(short, key=lambda trace: trace.excess_frac)
    first = short[0]
    return (
        Note(
            code=NoteCode.SHORT_WINDOW,
            message=f"{counted(len(short), 'trace')} of fewer than {FEWEST_SAMPLES} samples. The "
            f"shortest, {first.name}, has {first.n_samples} in {first.duration_s:.2f} s, of which "
            f"{counted(first.n_readings, 'reading')} of the sensor; what it missed after the last "
            f"sample may add up to {worst.excess_frac:.0%}. A sensor that averages over time lags "
            "behind such short work besides, and no interval here holds that.",
            advice="Measure for longer, such as the same examples ten times over.",
        ),
    )
