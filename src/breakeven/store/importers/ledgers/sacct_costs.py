"""What one job of sacct took: of its own line, or where that is empty of its steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.records import Cost, Kind, Resource, Status
from breakeven.store.importers.ledgers.imported import amount
from breakeven.store.importers.ledgers.lines import Line
from breakeven.store.importers.ledgers.sacct_columns import (
    read_bytes,
    read_elapsed,
    read_thousands,
)
from breakeven.store.importers.printed import Printed

_NO_VALUES = frozenset({2.0**32 - 2, 2.0**32 - 1, 2.0**64 - 2, 2.0**64 - 1})
"""What Slurm stores where there is nothing (NO_VAL, INFINITE), which some versions print."""

_CLOCK_S = 1.0
"""Start and end are whole seconds each, so what lies between is known to one second, not half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: its own line, and the lines of its steps."""

    name: str
    line: Line
    steps: tuple[Line, ...]
    status: Status | None

    @property
    def numbered(self) -> tuple[Line, ...]:
        """Steps that `srun` started; .batch and .extern see the whole job once more."""
        return tuple(s for s in self.steps if s.text("JobID").rpartition(".")[2].isdecimal())


def costs_of(job: Job) -> list[Cost]:
    """Time, CPU time, memory and energy of a job, as far as they were gathered.

    Args:
        job: Its lines.

    Raises:
        DataFileError: If a cell is no amount; names row and column.
    """
    return [cost for read in (_duration, _cpu, _memory, _energy) if (cost := read(job))]


def _duration(job: Job) -> Cost | None:
    found = job.line.amount("ElapsedRaw") or job.line.amount("Elapsed", read=read_elapsed)
    if found is None:
        return None
    doubt_s = max(_CLOCK_S, found.step / 2)
    wide = Printed(
        value=found.value,
        low=max(0.0, found.value - doubt_s),
        high=found.value + doubt_s,
        step=found.step,
    )
    return amount(
        Resource.DURATION_S, wide, kind=Kind.MEASURED, sensor="slurm clock", channel="wall"
    )


def _cpu(job: Job) -> Cost | None:
    """CPU seconds: of the job's line, else the sum of its steps, which do not share processes."""
    found = _nonzero(job.line.amount("TotalCPU", read=read_elapsed))
    if found is None:
        found = _sum([s for step in job.steps if (s := step.amount("TotalCPU", read=read_elapsed))])
    if found is None or not found.value:
        return None
    return amount(
        Resource.CPU_S,
        found,
        kind=Kind.MEASURED,
        sensor="slurm accounting",
        channel="process_tree",
        not_covered="" if job.status is Status.OK else "children of processes that were killed",
    )


def _memory(job: Job) -> Cost | None:
    """Largest memory of one task; what several tasks held together is not known."""
    seen = [m for line in (job.line, *job.steps) if (m := line.amount("MaxRSS", read=read_bytes))]
    largest = max(seen, key=lambda found: found.value, default=None)
    if largest is None or not largest.value:
        return None
    return amount(
        Resource.PEAK_MEMORY_BYTES,
        largest,
        kind=Kind.MEASURED,
        sensor="slurm accounting",
        channel="largest task",
        not_covered="other tasks of the job, and peaks between two samples",
    )


def _energy(job: Job) -> Cost | None:
    """Joules: of the job's line, else what its steps leave open, never both."""
    found = joules(job.line)
    if found is None:
        found = _of_steps(job)
    if found is None:
        return None
    return amount(
        Resource.ENERGY_J,
        found,
        kind=Kind.MEASURED,
        sensor="slurm plug-in",
        channel="nodes",
        not_covered="what the site's plug-in does not see",
    )


def joules(line: Line) -> Printed | None:
    """Energy of one line; None where nothing gathered any."""
    found = line.amount("ConsumedEnergyRaw") or line.amount("ConsumedEnergy", read=read_thousands)
    return None if found is None or found.value in _NO_VALUES else _nonzero(found)


def _of_steps(job: Job) -> Printed | None:
    """Between the largest step, if all ran at once, and the sum, if one after the other."""
    numbered = [j for step in job.numbered if (j := joules(step))]
    whole = [j for step in job.steps if step not in job.numbered and (j := joules(step))]
    every = [*numbered, *whole]
    if not every:
        return None
    total = _sum(numbered) or max(whole, key=lambda found: found.value)
    return Printed(
        value=total.value,
        low=min(total.low, max(found.low for found in every)),
        high=max(total.high, *(found.high for found in every)),
        step=0.0,
    )


def _sum(found: Sequence[Printed]) -> Printed | None:
    if not found:
        return None
    return Printed(
        value=sum(f.value for f in found),
        low=sum(f.low for f in found),
        high=sum(f.high for f in found),
        step=max(f.step for f in found),
    )


def _nonzero(found: Printed | None) -> Printed | None:
    return found if found is not None and found.value > 0 else None
