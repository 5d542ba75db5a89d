"""A log from end to end: its joules, and what the samples alone leave open, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

from breakeven.formulas.standalone import Standalone, integrate_alone
from breakeven.formulas.trace import PowerTrace, TraceEnergy
from breakeven.records import Note, NoteCode
from breakeven.store.importers.doubts import spoiled_notes
from breakeven.store.importers.log import LogChannel, PowerLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One channel of a log, integrated from its first sample to its last.

    Attributes:
        name: Of the channel.
        energy: Value, bounds and coverage.
        duration_s: From the first sample to the last.
        n_samples: How many there are.
        notes: Doubts.
    """

    name: str
    energy: TraceEnergy
    duration_s: float
    n_samples: int
    notes: tuple[Note, ...]


def integrate_log(log: PowerLog) -> tuple[Whole, ...]:
    """Integrate every channel, and their sum where they are columns of one log.

    The sum's bounds are the sums of the bounds: supplies of one machine err alike.
    """
    each = tuple(integrate_channel(log, channel) for channel in log.channels)
    if len(each) < 2 or log.has_groups:
        return each
    total = Whole(
        name=f"all {len(each)} channels",
        energy=reduce(add, (whole.energy for whole in each), TraceEnergy()),
        duration_s=max(whole.duration_s for whole in each),
        n_samples=sum(whole.n_samples for whole in each),
        notes=(),
    )
    return (*each, total)


def integrate_channel(log: PowerLog, channel: LogChannel) -> Whole:
    """Integrate one channel; of power the ends, the sensor's age and a ramp widen the bounds."""
    times_s = channel.trace.times_s
    duration_s = times_s[-1] - times_s[0]
    notes = spoiled_notes(channel, source=log.path.name)
    energy = channel.trace.energy()
    if isinstance(channel.trace, PowerTrace):
        alone = integrate_alone(channel.trace)
        energy = alone.energy
        notes += _notes(channel.name, alone, duration_s=duration_s)
    if energy.covered_s < duration_s:
        notes.append(
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=f"{channel.name}: {energy.covered_s / duration_s:.1%} of the log is "
                "observed; the rest lies in gaps.",
                advice="Read the upper end of the interval, or say how long a gap may be bridged "
                "with --max-gap-s.",
            )
        )
    return Whole(
        name=channel.name,
        energy=energy,
        duration_s=duration_s,
        n_samples=len(times_s),
        notes=tuple(notes),
    )


def _notes(name: str, alone: Standalone, *, duration_s: float) -> Iterator[Note]:
    if alone.has_few_samples:
        yield Note(
            code=NoteCode.SHORT_WINDOW,
            message=f"{name}: {alone.n_samples} samples in {duration_s:.3g} s; where the work "
            f"began and ended is known to {alone.edge_s:.3g} s, and the sensor updates every "
            f"{alone.update_s:.3g} s.",
            advice="Repeat the work until it fills many samples, or read the interval.",
        )
    if alone.ramp is not None:
        until = "the level of the rest" if alone.ramp.is_settled else "the end of the trace"
        yield Note(
            code=NoteCode.SENSOR_RAMP,
            message=f"{name}: the first {alone.ramp.n_samples} samples climb to {until} "
            f"({alone.ramp.level_w:.4g} W), as a sensor that averages shows it; up to "
            f"{alone.ramp.missing_j:.3g} J are missing.",
            advice="Start the work a second before it counts, or read the upper end.",
        )
