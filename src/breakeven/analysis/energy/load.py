"""Load: rows whose computing got far less of a processor than it asked for.

A stage that computes keeps one thread busy nearly all the time. Where its CPU seconds stay clearly
below its wall-clock time, something else had the processor: wall-clock time is then not the row's
own, and CPU seconds rise as well, for caches and clocks are shared.
"""

from collections import defaultdict
from collections.abc import Iterable

from breakeven.analysis.words import counted
from breakeven.records import Note, NoteCode, PhaseName, Resource, Run, Stage, Status
from breakeven.records.cost import CARD_MEMORY

BUSY_FRAC = 0.8
"""CPU seconds per second of wall clock below which a thread that computes had to wait."""

MIN_WORK_S = 1.0
"""Shorter work says more of starting and reading than of computing."""

N_NAMED = 5

THREADS, DEVICE = "threads", "device"

EXPLAINED = frozenset({NoteCode.BUSY_MACHINE, NoteCode.CPU_STOLEN, NoteCode.LIMITED})
"""Notes of a window that say what took the processor; such a row is not told a second time."""

COMPUTING = frozenset(Stage) - {Stage.SERVE, Stage.COMMAND, Stage.STATED}


def busy_machine(runs: Iterable[Run]) -> tuple[Note, ...]:
    """Name rows of the study that had to wait for a processor, with the share that they got.

    Looked at are finished rows that say on how many threads they compute. One busy thread is asked
    for however many there are, since parts of any stage run on one. Rows on a GPU are left out:
    their thread waits for the device.

    Args:
        runs: Of the study.

    Examples:
        >>> busy_machine([])
        ()
    """
    shares: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        if (share := _cpu_share(run)) is not None and share < BUSY_FRAC:
            shares[run.row].append(share)
    if not shares:
        return ()
    worst = sorted(shares, key=lambda row: (min(shares[row]), row))
    named = ", ".join(f"{row} ({min(shares[row]):.2f})" for row in worst[:N_NAMED])
    more = f" and {counted(len(worst) - N_NAMED, 'row')} more" if len(worst) > N_NAMED else ""
    return (
        Note(
            code=NoteCode.BUSY_MACHINE,
            message=f"{named}{more} got less than {BUSY_FRAC} CPU s per second of wall clock in "
            "their work; a thread that computes alone gets about 1.",
            advice="Something else ran on the machine, or a quota held it back: their wall-clock "
            "time is not their own, and CPU seconds rise under load too. Stop the other load and "
            "run these rows again.",
        ),
    )


def is_busy(run: Run) -> bool:
    """Whether other work was seen beside a run, or it had to wait for a processor.

    Args:
        run: Of any stage.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> is_busy(example_runs()[1][0])
        False
    """
    seen = (note.code for phase in run.phases for note in phase.measurement.notes)
    share = _cpu_share(run)
    return NoteCode.BUSY_MACHINE in seen or (share is not None and share < BUSY_FRAC)


def _cpu_share(run: Run) -> float | None:
    """CPU seconds per second of the work phases; None where that says nothing of load."""
    settings = run.settings.resolved
    if run.joined or run.status is not Status.OK or run.stage not in COMPUTING:
        return None
    if THREADS not in settings or _is_on_gpu(run):
        return None
    work = run.measurements(PhaseName.WORK)
    if any(note.code in EXPLAINED for m in work for note in m.notes):
        return None
    cpu = [total.value for m in work if (total := m.total(Resource.CPU_S)) is not None]
    duration_s = sum(m.duration_s for m in work)
    if len(cpu) < len(work) or duration_s < MIN_WORK_S:
        return None
    return sum(cpu) / duration_s


def _is_on_gpu(run: Run) -> bool:
    if str(run.settings.resolved.get(DEVICE, "")).startswith("cuda"):
        return True
    costs = (c for m in run.measurements(PhaseName.WORK) for c in m.costs)
    own = (c for c in costs if c.sensor not in CARD_MEMORY)
    return any(c.resource is Resource.PEAK_DEVICE_MEMORY_BYTES and c.value for c in own)
