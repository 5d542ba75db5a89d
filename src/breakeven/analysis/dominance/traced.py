"""Traced: the energy of a piece of work from a few samples of power, and how uncertain they are.

The value is the trapezoid over the samples, as studies publish it. Its bounds are those of
`breakeven.formulas.standalone`: steps, ends, age of what the sensor shows, and a ramp at the start.
Four samples in 0.15 s leave most of their energy open; a minute of them does not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breakeven.analysis.words import counted
from breakeven.formulas.standalone import FEW_SAMPLES, integrate_alone
from breakeven.formulas.trace import PowerTrace
from breakeven.records import Note, NoteCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Energy of one trace.

    Attributes:
        name: Of the work.
        energy_j: Trapezoid over the samples.
        low_j: The least that the samples allow.
        high_j: The most.
        n_samples: Samples.
        update_s: Time between updates of the sensor, as repeated values show it.
        duration_s: From the first sample to the last.
        has_ramp: Whether it begins with samples that still show the time before.
    """

    name: str
    energy_j: float
    low_j: float
    high_j: float
    n_samples: int
    update_s: float
    duration_s: float
    has_ramp: bool

    @property
    def excess_frac(self) -> float:
        """How far the upper end lies above the value, as a share of it."""
        return self.high_j / self.energy_j - 1 if self.energy_j > 0 else float("inf")


def traced(name: str, times_s: Sequence[float], powers_w: Sequence[float]) -> Traced:
    """Integrate one trace.

    Args:
        name: Of the work.
        times_s: Rising, shape (n_samples,), at least 2.
        powers_w: Shape (n_samples,).

    Raises:
        ValueError: If the samples are no trace.

    Examples:
        >>> found = traced("a", [0.0, 0.05, 0.1, 0.15], [41.0, 43.0, 43.0, 45.0])
        >>> [round(x, 2) for x in (found.low_j, found.energy_j, found.high_j)], found.n_samples
        ([1.65, 6.45, 11.25], 4)
    """
    trace = PowerTrace(times_s, powers_w)
    alone = integrate_alone(trace)
    return Traced(
        name=name,
        energy_j=alone.energy.energy_j,
        low_j=alone.energy.low_j,
        high_j=alone.energy.high_j,
        n_samples=alone.n_samples,
        update_s=alone.update_s,
        duration_s=trace.duration_s,
        has_ramp=alone.ramp is not None,
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
    found = list(traces)
    short = sorted(
        (trace for trace in found if trace.n_samples < FEW_SAMPLES),
        key=lambda trace: (trace.n_samples, trace.duration_s),
    )
    if not short:
        return ()
    first, worst = short[0], max(short, key=lambda trace: trace.excess_frac)
    ramps = sum(trace.has_ramp for trace in found)
    climbing = (
        f" {counted(ramps, 'trace')} of all {len(found)} begin with samples that still show the "
        "time before."
        if ramps
        else ""
    )
    return (
        Note(
            code=NoteCode.SHORT_WINDOW,
            message=f"{counted(len(short), 'trace')} of fewer than {FEW_SAMPLES} samples. The "
            f"shortest, {first.name}, has {first.n_samples} in {first.duration_s:.2f} s; the upper "
            f"end of a short one lies up to {worst.excess_frac:.0%} above its value "
            f"({worst.name}).{climbing}",
            advice="Measure for longer, such as the same examples ten times over, or read the "
            "intervals.",
        ),
    )
