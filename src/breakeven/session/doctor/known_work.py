"""Known work: burn CPU seconds and take memory whose amount is known, and see what meters say.

What is known comes from another clock than the meter's: the burning thread's own, or the child's
`getrusage` about itself, printed at its end.
"""

import gc
import mmap
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from breakeven.meters import MeterBank
from breakeven.records import Cost, Measurement, Resource, SelfTest, Verdict
from breakeven.records.cost import TREE
from breakeven.records.protocols import Channel
from breakeven.units import format_bytes, format_si

BURNT_S = 0.15
MEMORY_BYTES = 64 * 2**20

AROUND_S = 0.05
"""CPU seconds that belong to a window beside the burning: starting and reaping a child, readings.
Far below what a second count, or none, would add or take away."""

LOST_S = 0.002
"""CPU seconds that a meter may miss: the child's own account ends before its last instructions,
and a clock tick is shared out."""

KEPT_FRAC = 0.9
"""Share of the memory that must show: other threads may give some back meanwhile."""

_CHILD = (
    "import resource, time\n"
    "while time.process_time() < {burnt_s}: pass\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(used.ru_utime + used.ru_stime)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One piece of work.

    Attributes:
        name: Who did it.
        used_s: CPU seconds it took, by its own account.
    """

    name: str
    used_s: float


def burn(cpu_s: float, *, clock_s: Callable[[], float] = time.thread_time) -> float:
    """Keep this thread busy and return the CPU seconds that it used.

    Args:
        cpu_s: How many to use at least.
        clock_s: CPU seconds of this thread.
    """
    began_s = clock_s()
    while (used_s := clock_s() - began_s) < cpu_s:
        pass
    return used_s


def burn_here() -> Known:
    """Burn in this thread."""
    return Known(name="this thread", used_s=burn(BURNT_S))


def burn_in_thread() -> Known:
    """Burn in another thread."""
    used_s: list[float] = []
    thread = threading.Thread(target=lambda: used_s.append(burn(BURNT_S)))
    thread.start()
    thread.join()
    return Known(name="another thread", used_s=used_s[0])


def burn_in_child() -> Known:
    """Burn in a child process, which says at its end what it used."""
    told = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-I", "-S", "-c", _CHILD.format(burnt_s=BURNT_S)],
        capture_output=True,
        check=True,
        text=True,
    )
    return Known(name="a child process", used_s=float(told.stdout))


Work = Callable[[], Known]

WORKS: tuple[Work, ...] = (burn_here, burn_in_thread, burn_in_child)


@contextmanager
def holding_memory(n_bytes: int = MEMORY_BYTES) -> Iterator[None]:
    """Hold that much resident memory: new pages of the kernel's, each written to.

    What is asked of the allocator may come from pages that it was given back before, which are
    resident already.
    """
    with mmap.mmap(-1, n_bytes) as block:
        block[:: mmap.PAGESIZE] = b"x" * len(range(0, n_bytes, mmap.PAGESIZE))
        yield


def check_cpu(bank: MeterBank, work: Work) -> SelfTest:
    """Measure one piece of known work and judge what the meters said of it.

    Args:
        bank: With a meter of CPU seconds.
        work: Does it.
    """
    try:
        with bank.window() as window:
            known = work()
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return SelfTest(
            name=f"known CPU seconds: {work.__name__}",
            verdict=Verdict.NOT_DONE,
            message=f"the work could not be done ({type(error).__name__}: {error}).",
        )
    return judge_cpu(known, window.measurement)


def judge_cpu(known: Known, measured: Measurement) -> SelfTest:
    """Hold what the meter said against what the work used.

    Args:
        known: The work.
        measured: The window around it.
    """
    cost = _cost(measured, Resource.CPU_S, TREE)
    name = f"known CPU seconds of {known.name}"
    if cost is None:
        return _silent(name, "host", "CPU seconds")
    figures = {"known_s": known.used_s, "measured_s": cost.value}
    seen = f"{format_si(cost.value, 's')} of {format_si(known.used_s, 's')}"
    if cost.high < known.used_s - LOST_S:
        return SelfTest(
            name=name,
            verdict=Verdict.FAILED,
            message=f"host ({cost.sensor}) saw {seen} that {known.name} used: it misses work.",
            advice="Do not trust CPU seconds here; report this with `breakeven doctor --json`.",
            figures=figures,
        )
    if cost.low > known.used_s + AROUND_S:
        return SelfTest(
            name=name,
            verdict=Verdict.FAILED,
            message=f"host ({cost.sensor}) saw {format_si(cost.value, 's')} where {known.name} "
            f"used {format_si(known.used_s, 's')}: it counts what is not there, or counts twice.",
            advice="Stop other threads of this process; else report this with "
            "`breakeven doctor --json`.",
            figures=figures,
        )
    return SelfTest(
        name=name, verdict=Verdict.PASSED, message=f"host saw {seen} used.", figures=figures
    )


def check_memory(bank: MeterBank, *, n_bytes: int = MEMORY_BYTES) -> SelfTest:
    """Take a known amount of memory and judge by how much the peak rose.

    Args:
        bank: With a meter of peak memory.
        n_bytes: How much to take.
    """
    gc.collect()
    with bank.window() as before:
        pass
    with bank.window() as during, holding_memory(n_bytes):
        pass
    return judge_memory(before.measurement, during.measurement, n_bytes=n_bytes)


def judge_memory(before: Measurement, during: Measurement, *, n_bytes: int) -> SelfTest:
    """Hold the rise of the peak against the memory that was taken.

    Args:
        before: A window without.
        during: A window with.
        n_bytes: How much was taken in the second.
    """
    name = "known memory"
    base = _cost(before, Resource.PEAK_MEMORY_BYTES, TREE)
    peak = _cost(during, Resource.PEAK_MEMORY_BYTES, TREE)
    if peak is None:
        return _silent(name, "host-memory", "peak memory")
    rise = peak.value - (base.value if base is not None else 0.0)
    figures = {"known_bytes": float(n_bytes), "rise_bytes": rise}
    seen = f"a rise of {format_bytes(max(0.0, rise))} where {format_bytes(n_bytes)} were taken"
    if rise < KEPT_FRAC * n_bytes or (base is not None and rise > n_bytes / KEPT_FRAC):
        return SelfTest(
            name=name,
            verdict=Verdict.FAILED,
            message=f"host-memory ({peak.sensor}) saw {seen}.",
            advice="Do not trust peak memory here; a kernel that cannot set the mark back, or "
            "swapping, does this.",
            figures=figures,
        )
    return SelfTest(
        name=name, verdict=Verdict.PASSED, message=f"host-memory saw {seen}.", figures=figures
    )


def judge_counters(measured: Measurement, channels: Sequence[Channel]) -> tuple[SelfTest, ...]:
    """Fail every joule counter that stood still, or vanished, while work was done.

    A part of another channel is only doubted: an unused graphics unit may well count nothing.

    Args:
        measured: A window with work in it, long enough for every sensor.
        channels: What ought to count.
    """
    return tuple(_judge_counter(measured, channel) for channel in channels)


def _judge_counter(measured: Measurement, channel: Channel) -> SelfTest:
    cost = _cost(measured, Resource.ENERGY_J, channel.name)
    passed_s = format_si(measured.duration_s, "s")
    if cost is not None and cost.value > 0:
        return SelfTest(
            name=f"{channel.name} counts",
            verdict=Verdict.PASSED,
            message=f"{format_si(cost.value, 'J')} in {passed_s} of work ({cost.sensor}).",
            figures={"energy_j": cost.value, "duration_s": measured.duration_s},
        )
    why = "it stands still" if cost is not None else _why(measured, channel.name)
    return SelfTest(
        name=f"{channel.name} counts",
        verdict=Verdict.FAILED if channel.part_of is None else Verdict.DOUBTFUL,
        message=f"{channel.sensor}: {channel.name} counted nothing in {passed_s} of work: {why}.",
        advice="Reload its driver; leave the channel out until it counts.",
        figures={"duration_s": measured.duration_s},
    )


def _why(measured: Measurement, channel: str) -> str:
    notes = (note.message for note in measured.notes if channel in note.message)
    return next(notes, "it could not be read").rstrip(".")


def _cost(measured: Measurement, resource: Resource, channel: str) -> Cost | None:
    found = (c for c in measured.costs if c.resource is resource and c.channel == channel)
    return next(found, None)


def _silent(name: str, meter: str, what: str) -> SelfTest:
    return SelfTest(
        name=name,
        verdict=Verdict.FAILED,
        message=f"{meter} said nothing of {what} in a window in which there was work.",
        advice="Run `breakeven doctor --json` and look at what the meter answers.",
    )
