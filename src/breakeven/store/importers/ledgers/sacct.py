"""Slurm's `sacct --parsable2`: seconds, CPU seconds, memory and joules of each job.

A job has a line of its own and one per step (`17.batch`, `17.extern`, `17.0`), which see the same
work: the job's line is taken, and its steps only for what that line leaves empty. CPUTime is
elapsed time x allocated CPUs, no CPU time used (sacct manual). ConsumedEnergy is of whole nodes, in
joules, K being 1,000; memory is in K of 1,024 bytes. No energy, or 0: no plug-in gathered it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Note,
    NoteCode,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.store.importers.content import read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
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
)
from breakeven.store.importers.ledgers.sacct_costs import Job, costs_of, joules

WHAT = "output of `sacct --parsable2`"
COMMAND = (
    "sacct --parsable2 --format=JobID,JobName,State,Start,Elapsed,TotalCPU,MaxRSS,NTasks,"
    "ConsumedEnergyRaw,NNodes,NCPUS"
)
"""What writes a file that can be read whole."""


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


def _jobs(lines: Sequence[Line]) -> list[Job]:
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
        Job(name=job, line=line, steps=tuple(grouped[job, start]), status=_status(line))
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


def _rows(jobs: Sequence[Job], asked: Asked) -> list[str]:
    """Name each job's row; jobs of one name are no repeats unless the user says so."""
    if asked.row:
        return [asked.row] * len(jobs)
    names = [job.line.text("JobName") or "job" for job in jobs]
    count = Counter(names)
    return [
        name if count[name] == 1 else f"{name}-{job.name}"
        for name, job in zip(names, jobs, strict=True)
    ]


def _run(path: Path, job: Job, row: str, *, asked: Asked, zone: tzinfo) -> Run:
    line = job.line
    start = line.text("Start")
    has_start = start[:1].isdecimal()
    began = stamp(moment(line, "Start", zone=zone)) if has_start else written_at(path)
    costs = costs_of(job)
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


def _said(costs: Sequence[Cost]) -> str:
    if any(cost.resource is Resource.ENERGY_J for cost in costs):
        return (
            "Energy is of whole nodes, the job's own only where it had them to itself "
            "(sacct manual)."
        )
    return "It gathered no energy."


def _notes(job: Job, costs: Sequence[Cost]) -> Iterator[Note]:
    resources = {cost.resource for cost in costs}
    if Resource.ENERGY_J in resources and joules(job.line) is None:
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


def _kept(job: Job) -> dict[str, str | int | float | bool]:
    kept: dict[str, str | int | float | bool] = {"slurm.job": job.name}
    kept |= {f"slurm.{name}": job.line.text(name) for name in KEPT if job.line.text(name)}
    tasks = next((t for step in job.numbered if (t := step.text("NTasks"))), "")
    return kept | ({"slurm.NTasks": tasks} if tasks else {})


def _left_out(lines: Sequence[Line], jobs: Sequence[Job]) -> Iterator[LeftOut]:
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
        yield LeftOut(
            what=what, why="see the same work as the job's line; read where that is empty"
        )
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


def _joules_seen(job: Job) -> bool:
    return any(joules(line) is not None for line in (job.line, *job.steps))
