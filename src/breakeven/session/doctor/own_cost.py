"""What the meters themselves cost on this machine: per window, and in the background."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from breakeven.meters import MeterBank
from breakeven.records import SelfTest, Verdict
from breakeven.units import format_si

NAME = "the meters' own cost"

N_WINDOWS = 50
BACKGROUND_S = 1.0

WINDOW_TARGET_S = 1e-4
"""Opening and closing a window, beside the sensors' own reads."""

BACKGROUND_TARGET_FRAC = 1e-3
"""CPU seconds of background reads per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCost:
    """Cost of measuring.

    Attributes:
        window_s: CPU seconds that opening and closing one window take, reads included.
        reads_s: Of these, what the reads of the meters take.
        background_frac: CPU seconds per second while a window is open and nothing runs.
    """

    window_s: float
    reads_s: float
    background_frac: float


def measure_own_cost(  # noqa: PLR0913 - the clocks of a test
    bank: MeterBank,
    *,
    background_s: float = BACKGROUND_S,
    thread_s: Callable[[], float] = time.thread_time,
    process_s: Callable[[], float] = time.process_time,
    clock_s: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> OwnCost:
    """Open and close windows, then sleep with one open.

    Args:
        bank: Opened, not started.
        background_s: How long to sleep.
        thread_s: CPU seconds of this thread.
        process_s: CPU seconds of this process.
        clock_s: Monotonic clock.
        wait: Sleeps.
    """
    windows_s = [_cpu_of(lambda: _open_and_close(bank), thread_s) for _ in range(N_WINDOWS)]
    reads_s = [_cpu_of(lambda: _read_twice(bank), thread_s) for _ in range(N_WINDOWS)]
    bank.start()
    try:
        wait(background_s / 10)  # the thread's start is no part of the background
        cpu_s, began_s = process_s(), clock_s()
        wait(background_s)
        used_s, passed_s = process_s() - cpu_s, clock_s() - began_s
    finally:
        bank.stop()
    return OwnCost(
        window_s=median(windows_s),
        reads_s=min(median(reads_s), median(windows_s)),
        background_frac=used_s / passed_s if passed_s > 0 else 0.0,
    )


def judge_own_cost(cost: OwnCost) -> SelfTest:
    """Hold the cost against the targets; one that is missed is a doubt, not a failure.

    Args:
        cost: As measured.
    """
    beside_s = cost.window_s - cost.reads_s
    missed = []
    if beside_s > WINDOW_TARGET_S:
        missed.append(f"a window takes more than {format_si(WINDOW_TARGET_S, 's')} beside reads")
    if cost.background_frac > BACKGROUND_TARGET_FRAC:
        limit = format_si(BACKGROUND_TARGET_FRAC, "s")
        missed.append(f"the background takes more than {limit} per second")
    said = (
        f"a window takes {format_si(cost.window_s, 's')} of CPU, {format_si(cost.reads_s, 's')} of "
        f"it for reading the sensors; the background {format_si(cost.background_frac, 's')} per "
        "second"
    )
    return SelfTest(
        name=NAME,
        verdict=Verdict.DOUBTFUL if missed else Verdict.PASSED,
        message=f"{said}: {' and '.join(missed)}." if missed else f"{said}.",
        advice="Leave out slow sensors with --meter, or make windows longer." if missed else "",
        figures={
            "window_s": cost.window_s,
            "reads_s": cost.reads_s,
            "background_s_per_s": cost.background_frac,
        },
    )


def _open_and_close(bank: MeterBank) -> None:
    with bank.window():
        pass


def _read_twice(bank: MeterBank) -> None:
    for meter in (*bank.meters, *bank.meters):
        meter.read()
    for gauge in (*bank.peak_meters, *bank.peak_meters):
        gauge.take_peaks()


def _cpu_of(action: Callable[[], None], thread_s: Callable[[], float]) -> float:
    began_s = thread_s()
    action()
    return thread_s() - began_s
