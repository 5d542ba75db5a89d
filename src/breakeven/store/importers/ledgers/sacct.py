"""Slurm's `sacct --parsable2`: seconds, CPU seconds, memory and joules of each job.

A job has a line of its own and one per step (`17.batch`, `17.extern`, `17.0`), which see the same
work: the job's line is taken, and its steps only for what that line leaves empty. CPUTime is
elapsed time x allocated CPUs, no CPU time used (sacct manual). ConsumedEnergy is of whole nodes, in
joules, K being 1,000; memory is in K of 1,024 bytes. No energy, or 0: no plug-in gathered it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Kind,
    Note,
    NoteCode,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.store.importers.ledgers.content import read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    amount,
    few,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.lines import Line, read_lines
from breakeven.store.importers.ledgers.moments import NO_TIME, NO_ZONE, moment, stamp, written_at
from breakeven.store.importers.ledgers.sacct_columns import (
    KEPT,
    KNOWN,
    NEEDED,
    NOT_ENDED,
    PENDING,
    REASONS,
    STATES,
    read_bytes,
    read_elapsed,
    read_thousands,
)
from breakeven.store.importers.tables.printed import Printed

WHAT = "output of `sacct --parsable2`"
COMMAND = (
    "sacct --parsable2 --format=JobID,JobName,State,Start,Elapsed,TotalCPU,MaxRSS,NTasks,"
    "ConsumedEnergyRaw,NNodes,NCPUS"
)
"""What writes a file that can be read whole."""

_NO_VALUES = frozenset({2.0**32 - 2, 2.0**32 - 1, 2.0**64 - 2, 2.0**64 - 1})
"""What Slurm stores where there is nothing (NO_VAL, INFINITE), which some versions print."""

_CLOCK_S = 1.0
"""Start and end are whole seconds each, so what lies between is known to one second, not half."""


def read_sacct(path: Path, asked: Asked, *, zone: tzinfo = UTC) -> Imported:
    """Read every job that has ended.

    Args:
        path: The file.
        asked: What the user says of the jobs.
        zone: Of the times, which Slurm writes without one.

    Raises:
        DataFileError: If it is no such file, a cell cannot be read, or steps have no job.
    """
    content = read_content(path, what=WHAT)
    if "|" not in content.text.splitlines()[0]:
        raise DataFileError(
            f"{path}:1: no cells separated by '|'; expected {WHAT}. Write it with `{COMMAND}`."
        )
    lines = read_lines(content, delimiter="|", known=KNOWN, needed=NEEDED, what=WHAT)
    jobs = _jobs(lines)
    ended = [job for job in jobs if job.status is not None]
    if not ended:
        raise DataFileError(f"{path}: no job has ended; import it again when one has.")
    names = _rows(ended, asked)
    runs = [
        _run(path, job, row, asked=asked, zone=zone) for job, row in zip(ended, names, strict=True)
    ]
    return Imported(
        tool="Slurm",
        runs=tuple(runs),
        left_out=tuple(_left_out(lines, jobs)),
        remarks=tuple(_remarks(lines, zone)),
    )


def _remarks(lines: Sequence[Line], zone: tzinfo) -> Iterator[str]:
    if "Start" not in lines[0].cells:
        yield NO_TIME
    elif zone is UTC:
        yield NO_ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One job: its own line, and the lines of its steps."""

    name: str
    line: Line
    steps: tuple[Line, ...]
    status: Status | None

    @property
    def numbered(self) -> tuple[Line, ...]:
        """Steps that `srun` started; .batch and .extern see the whole job once more."""
        return tuple(s for s in self.steps if s.text("JobID").rpartition(".")[2].isdecimal())


def _jobs(lines: Sequence[Line]) -> list[_Job]:
    own: dict[tuple[str, str], Line] = {}
    latest: dict[str, tuple[str, str]] = {}
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        job, dot, _ = line.text("JobID").partition(".")
        if not job:
            raise line.refused("JobID", "expected the number of a job")
        if dot:
            if job not in latest:
                raise line.refused(
                    "JobID",
                    "a step whose job has no line before it; keep the lines of jobs in the file",
                )
            grouped[latest[job]].append(line)
            continue
        key = (job, line.text("Start"))
        if key in own:
            raise line.refused("JobID", f"as {own[key].place} does; keep one of the two lines")
        own[key], latest[job], grouped[key] = line, key, []
    return [
        _Job(name=job, line=line, steps=tuple(grouped[job, start]), status=_status(line))
        for (job, start), line in own.items()
    ]


def _status(line: Line) -> Status | None:
    """How the job ended; None while it has not, and where it never began."""
    state = line.text("State").partition(" ")[0].rstrip("+")
    never_began = "Start" in line.cells and not line.text("Start")[:1].isdecimal()
    if state in NOT_ENDED | PENDING or (state in STATES and never_began):
        return None
    if state not in STATES:
        known = ", ".join(STATES)
        raise line.refused("State", f"which is no state of a job; expected {known}")
    return STATES[state]


def _rows(jobs: Sequence[_Job], asked: Asked) -> list[str]:
    """Name each job's row; jobs of one name are no repeats unless the user says so."""
    if asked.row:
        return [asked.row] * len(jobs)
    names = [job.line.text("JobName") or "job" for job in jobs]
    count = Counter(names)
    return [
        name if count[name] == 1 else f"{name}-{job.name}"
        for name, job in zip(names, jobs, strict=True)
    ]


def _run(path: Path, job: _Job, row: str, *, asked: Asked, zone: tzinfo) -> Run:
    line = job.line
    start = line.text("Start")
    has_start = start[:1].isdecimal()
    began = stamp(moment(line, "Start", zone=zone)) if has_start else written_at(path)
    costs = [cost for read in (_duration, _cpu, _memory, _energy) if (cost := read(job))]
    status = job.status
    assert status is not None
    return Run(
        run_id=run_id_of("slurm", line.text("Cluster"), job.name, start),
        study=asked.study,
        row=row,
        stage=asked.stage or Stage.COMMAND,
        status=status,
        started_at=began,
        settings=Settings(resolved=_kept(job)),
        phases=work_phase(began, costs),
        output=Volume(n_examples=asked.n_examples),
        notes=(imported_note("Slurm", path.name, _said(costs)), *_notes(job, costs)),
        error=None if status is Status.OK else f"Slurm: {line.text('State')}",
    )


def _duration(job: _Job) -> Cost | None:
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


def _cpu(job: _Job) -> Cost | None:
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


def _memory(job: _Job) -> Cost | None:
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


def _energy(job: _Job) -> Cost | None:
    """Joules: of the job's line, else what its steps leave open, never both."""
    found = _joules(job.line)
    if found is None:
        found = _of_steps(job)
    if found is None:
        return None
    return amount(
        Resource.ENERGY_J,
        found,
        kind=Kind.MEASURED,
        sensor="slurm energy plug-in",
        channel="nodes",
        not_covered="what the site's plug-in does not see",
    )


def _joules(line: Line) -> Printed | None:
    """Energy of one line; None where nothing gathered any."""
    found = line.amount("ConsumedEnergyRaw") or line.amount("ConsumedEnergy", read=read_thousands)
    return None if found is None or found.value in _NO_VALUES else _nonzero(found)


def _of_steps(job: _Job) -> Printed | None:
    """Between the largest step, if all ran at once, and the sum, if one after the other."""
    numbered = [j for step in job.numbered if (j := _joules(step))]
    whole = [j for step in job.steps if step not in job.numbered and (j := _joules(step))]
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


def _said(costs: Sequence[Cost]) -> str:
    if any(cost.resource is Resource.ENERGY_J for cost in costs):
        return (
            "Energy is of whole nodes, the job's own only where it had them to itself "
            "(sacct manual)."
        )
    return "It gathered no energy."


def _notes(job: _Job, costs: Sequence[Cost]) -> Iterator[Note]:
    resources = {cost.resource for cost in costs}
    if Resource.ENERGY_J in resources and _joules(job.line) is None:
        yield Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message="the job's line has no energy, so that of its steps was taken: their sum if "
            "they ran one after the other, their largest if at once.",
            advice="Read the interval.",
        )
    if Resource.DURATION_S not in resources:
        yield Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message="the file has neither Elapsed nor ElapsedRaw, so nothing of the job is known "
            "but that it ran.",
            advice=f"Write it with `{COMMAND}`.",
        )


def _kept(job: _Job) -> dict[str, str | int | float | bool]:
    kept: dict[str, str | int | float | bool] = {"slurm.job": job.name}
    kept |= {f"slurm.{name}": job.line.text(name) for name in KEPT if job.line.text(name)}
    tasks = next((t for step in job.numbered if (t := step.text("NTasks"))), "")
    return kept | ({"slurm.NTasks": tasks} if tasks else {})


def _left_out(lines: Sequence[Line], jobs: Sequence[_Job]) -> Iterator[LeftOut]:
    for why, names in REASONS.items():
        here = [name for name in names if name in lines[0].cells]
        if here:
            yield LeftOut(what=", ".join(here), why=why)
    if {"ConsumedEnergy", "ConsumedEnergyRaw"} <= lines[0].cells.keys():
        yield LeftOut(what="ConsumedEnergy", why="ConsumedEnergyRaw has more digits")
    if {"Elapsed", "ElapsedRaw"} <= lines[0].cells.keys():
        yield LeftOut(what="Elapsed", why="ElapsedRaw says the same")
    steps = sum(len(job.steps) for job in jobs)
    if steps:
        what = f"{steps} line{'' if steps == 1 else 's'} of steps"
        yield LeftOut(what=what, why="see the same work as the job's line, but for MaxRSS")
    unread = [job.name for job in jobs if job.status is not None and not _joules_seen(job)]
    if unread and {"ConsumedEnergy", "ConsumedEnergyRaw"} & lines[0].cells.keys():
        why = "empty, 0 or Slurm's sign for nothing: no energy plug-in gathered any"
        yield LeftOut(what=f"energy of {few(unread)}", why=why)
    waiting = [job.name for job in jobs if job.status is None]
    if waiting:
        yield LeftOut(
            what=f"job {few(waiting)}",
            why="has not ended or never began; import again when it has",
        )


def _joules_seen(job: _Job) -> bool:
    return any(_joules(line) is not None for line in (job.line, *job.steps))
