"""Clocks: do they run, run at one speed, and run on while nobody looks.

Durations rest on the monotonic clock alone. The wall clock is a timestamp that NTP may step; the
clock that runs on while the machine sleeps (CLOCK_BOOTTIME, clock_gettime(2)) tells suspends.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakeven.records import SelfTest, Verdict
from breakeven.units import format_si

NAME = "clocks"

STEPPED_S = 0.01
"""The wall clock may be slewed by 500 ppm (adjtimex(2)); more than this within a second or so is a
step."""

SLEPT_S = 0.5
"""More than this between the two kernel clocks while we look is a suspend."""

SLACK_S = 1e-3
"""By how much the CPU seconds of one thread may exceed the time that passed: two reads of clocks
that are not read at one moment."""

STARVED_FRAC = 0.9
"""A thread that spins gets less of the processor than this only when others have it."""

MOST_LOOKS = 500_000
"""A clock that stands still must not keep us for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLook:
    """Every clock at one moment.

    Attributes:
        monotonic_s: The clock of durations.
        wall_s: Seconds since 1970.
        awake_and_asleep_s: Seconds since boot, sleep included; None where there is no such clock.
        thread_s: CPU seconds of the thread that looks.
    """

    monotonic_s: float
    wall_s: float
    awake_and_asleep_s: float | None
    thread_s: float


def look_at_clocks() -> ClockLook:
    """Read every clock."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return ClockLook(
        monotonic_s=time.monotonic(),
        wall_s=time.time(),
        awake_and_asleep_s=None if boot is None else time.clock_gettime(boot),
        thread_s=time.thread_time(),
    )


def spin_and_look(
    duration_s: float, *, look: Callable[[], ClockLook] = look_at_clocks
) -> tuple[ClockLook, ...]:
    """Look at the clocks for a stretch, busy all the time.

    Args:
        duration_s: On the monotonic clock.
        look: Reads every clock.
    """
    looks = [look()]
    while looks[-1].monotonic_s - looks[0].monotonic_s < duration_s and len(looks) < MOST_LOOKS:
        looks.append(look())
    return tuple(looks)


def judge_clocks(looks: Sequence[ClockLook]) -> SelfTest:
    """Judge the clocks by a stretch in which one thread was busy.

    Args:
        looks: At least 2, in the order in which they were made.

    Raises:
        ValueError: If there are fewer than 2.
    """
    if len(looks) < 2:
        raise ValueError(f"clocks are judged by at least 2 looks, got {len(looks)}")
    gaps_s = [later.monotonic_s - sooner.monotonic_s for sooner, later in pairwise(looks)]
    first, last = looks[0], looks[-1]
    passed_s = last.monotonic_s - first.monotonic_s
    figures = {
        "looked_s": passed_s,
        "monotonic_step_s": min((gap for gap in gaps_s if gap > 0), default=0.0),
        "wall_minus_monotonic_s": last.wall_s - first.wall_s - passed_s,
        "asleep_s": _asleep_s(last) - _asleep_s(first),
        "cpu_frac": (last.thread_s - first.thread_s) / passed_s if passed_s > 0 else 0.0,
    }
    return _failure(looks, gaps_s, figures) or _doubt(figures) or _praise(figures)


def _failure(
    looks: Sequence[ClockLook], gaps_s: Sequence[float], figures: Mapping[str, float]
) -> SelfTest | None:
    passed_s = figures["looked_s"]
    if min(gaps_s) < 0 or passed_s <= 0:
        return SelfTest(
            name=NAME,
            verdict=Verdict.FAILED,
            message=f"the monotonic clock {'ran backwards' if min(gaps_s) < 0 else 'stands still'}:"
            " no duration, and no power made of energy and duration, can be trusted.",
            advice="Choose another clock source: cat /sys/devices/system/clocksource/clocksource0/"
            "available_clocksource, then write its name to current_clocksource as root.",
            figures=figures,
        )
    if looks[-1].thread_s - looks[0].thread_s > passed_s + SLACK_S:
        return SelfTest(
            name=NAME,
            verdict=Verdict.FAILED,
            message=f"one thread used {figures['cpu_frac']:.3f} CPU s per second that passed, "
            "which cannot be: the CPU clock and the monotonic clock do not run at one speed.",
            advice="In a virtual machine, let the host give it a stable clock (kvm-clock, tsc).",
            figures=figures,
        )
    return None


def _doubt(figures: Mapping[str, float]) -> SelfTest | None:
    set_s = figures["wall_minus_monotonic_s"]
    if figures["asleep_s"] > SLEPT_S:
        message = (
            f"the machine slept for {format_si(figures['asleep_s'], 's')} while it was looked at; "
            "durations leave sleep out, a meter at the wall does not."
        )
        advice = "Keep it awake while measuring: systemd-inhibit --what=sleep COMMAND."
    elif abs(set_s) > STEPPED_S:
        message = (
            f"the wall clock was set by {set_s:+.3f} s; durations do not use it, but logs of other "
            "instruments are joined by it."
        )
        advice = "Wait until NTP has settled (timedatectl timesync-status) before joining logs."
    elif figures["cpu_frac"] < STARVED_FRAC:
        message = (
            f"a thread that spins got {figures['cpu_frac']:.2f} CPU s per second: others had the "
            "processor, or a quota or the hypervisor took it away. Wall-clock times are not the "
            "work's own here."
        )
        advice = "Stop the other load, or compare CPU seconds."
    else:
        return None
    return SelfTest(
        name=NAME, verdict=Verdict.DOUBTFUL, message=message, advice=advice, figures=figures
    )


def _praise(figures: Mapping[str, float]) -> SelfTest:
    return SelfTest(
        name=NAME,
        verdict=Verdict.PASSED,
        message=f"monotonic clock in steps of {format_si(figures['monotonic_step_s'], 's')} at "
        f"most, wall clock within {format_si(abs(figures['wall_minus_monotonic_s']), 's')} of it "
        f"over {format_si(figures['looked_s'], 's')}, one busy thread {figures['cpu_frac']:.2f} "
        "CPU s per second.",
        figures=figures,
    )


def _asleep_s(look: ClockLook) -> float:
    return 0.0 if look.awake_and_asleep_s is None else look.awake_and_asleep_s - look.monotonic_s
