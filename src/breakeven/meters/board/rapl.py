"""Energy of CPU packages, cores, DRAM and platform from RAPL, on Intel and AMD.

Domains are kept apart: a package's cores are part of it and the platform holds everything, so they
are never summed. One meter has two ways in, powercap and, where that is hidden or refused,
perf_event; only one of them is used, so no domain is counted twice.

Registers are unwrapped at every read, each with its own time before and after. They are free
running and cleared by a reset of the system only (Documentation/hwmon/amd_energy.rst), which a
process survives only asleep: a sleep between two reads is therefore an error, however plausible the
register looks.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.formulas.unwrap import Unwrapper
from breakeven.meters.asked.options import Options
from breakeven.meters.board.perf import PowerEvents
from breakeven.meters.board.perf_calls import Perf
from breakeven.meters.board.powercap import SYSFS, Powercap
from breakeven.meters.board.registers import (
    ALWAYS_DRAWING,
    NOT_COVERED,
    PSYS,
    Register,
    RegisterSource,
    domain,
    max_power_w,
)
from breakeven.records import Note, Resource
from breakeven.records.protocols import Channel, Reading

READS_APART_S = 30.0
"""Reads are never further apart than this, whatever the register's range allows."""

READS_PER_GAP = 3
"""Reads in the longest time that may pass, so that one or two may come late."""

UPDATE_S = 0.001
"""Registers are updated about every millisecond (Intel SDM vol. 3B, 16.10.2)."""

STUCK_S = 0.1
"""A hundred updates: what draws power and shows none in that time is not counted at all."""

STUCK_PLATFORM_S = 1.0
"""The same for a register that a power supply may feed slowly, in steps of up to 1 J."""

STALLED_S = 60.0
"""The same for a register that did count once."""

ASLEEP_S = 0.5
"""Less than any suspend takes, more than the two clocks are read apart."""

WAYS = ("powercap", "perf")


def asleep_s() -> float:
    """Seconds that the machine has slept since it was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


@dataclass(slots=True, kw_only=True)
class _Total:
    """One register's running total, and when it was last seen to move or first read."""

    register: Register
    count: Unwrapper
    moved_s: float | None = None

    @property
    def patience_s(self) -> float:
        """How long it may stand still before it is no reading."""
        kind = domain(self.register.channel)
        if kind not in ALWAYS_DRAWING:
            return math.inf
        if self.count.total:
            return STALLED_S
        return STUCK_PLATFORM_S if kind == PSYS else STUCK_S


class RaplMeter:
    """Joules per domain, unwrapped at every read."""

    name = "rapl"

    def __init__(
        self,
        *,
        sysfs: Path = SYSFS,
        perf: Perf | None = None,
        ways: Sequence[str] = WAYS,
        clock_s: Callable[[], float] = time.monotonic,
        asleep_s: Callable[[], float] = asleep_s,
    ) -> None:
        """Open every readable register.

        Args:
            sysfs: The powercap class folder.
            perf: Where perf_event is; this machine by default.
            ways: Which ways in to try, in this order.
            clock_s: Monotonic clock.
            asleep_s: Seconds the machine has slept so far.

        Raises:
            MeterUnavailableError: If there is no register, or none may be read; says the fix.
        """
        openers: Mapping[str, Callable[[], RegisterSource]] = {
            "powercap": partial(Powercap, sysfs),
            "perf": partial(PowerEvents, perf),
        }
        self._source = _open_first([openers[way] for way in ways])
        self.notes: tuple[Note, ...] = tuple(self._source.notes)
        self._clock_s, self._asleep_s = clock_s, asleep_s
        self._slept_s = asleep_s()
        self._totals = [_total(register) for register in self._source.registers]
        self._channels = [_channel(total.register, self._source.sensor) for total in self._totals]
        self.poll_period_s = _poll_period_s([total.count for total in self._totals])

    @classmethod
    def from_options(cls, options: Mapping[str, str], **arguments: Any) -> Self:  # noqa: ANN401
        """Open it as somebody asked: `rapl:via=perf`, `rapl:sysfs=/powercap`.

        Args:
            options: `via` (powercap or perf) and `sysfs` (where the tree of zones is mounted).
            **arguments: What the bank knows.

        Raises:
            SettingsError: If an option is unknown or has an impossible value.
            MeterUnavailableError: As the constructor.
        """
        told = Options(cls.name, options, known=("sysfs", "via"))
        via = told.choice("via", ("powercap" if "sysfs" in options else "any", *WAYS))
        sysfs = Path(told.text("sysfs", str(SYSFS)))
        return cls(sysfs=sysfs, ways=WAYS if via == "any" else (via,), **arguments)

    def channels(self) -> Sequence[Channel]:
        """One channel per register, contained ones marked."""
        return self._channels

    def read(self) -> Reading:
        """Return joules so far per register; one that shows nothing, or stands still, is absent.

        Raises:
            MeterUnavailableError: If no register can be read any more.
            CounterResetError: If a register moved by more than a wrap explains, was read too late,
                or the machine slept since the last read.
        """
        self._refuse_sleep()
        totals: dict[str, float] = {}
        reasons: dict[str, str] = {}
        gone: list[OSError] = []
        resets: list[CounterResetError] = []
        for total in self._totals:  # all of them, so that each goes on from this reading
            channel = total.register.channel
            try:
                totals[channel] = self._joules(total)
            except OSError as error:
                gone.append(error)
                reasons[channel] = str(error)
            except ValueError as error:
                reasons[channel] = str(error)
            except CounterResetError as error:
                resets.append(error)
        if resets:
            raise resets[0]
        if len(gone) == len(self._totals):
            why = gone[0].strerror if gone else "it was closed"
            raise MeterUnavailableError(
                f"rapl can no longer be read: {why}.",
                advice="Was the driver unloaded or access withdrawn? Run `breakeven doctor`.",
            )
        return Reading(totals=totals, reasons=reasons)

    def close(self) -> None:
        """Close every register; the second time, do nothing."""
        self._totals = []
        self._source.close()

    def _joules(self, total: _Total) -> float:
        began_s = self._clock_s()
        raw = total.register.read()
        now_s = self._clock_s()
        before = total.count.total
        counted = total.count.add(raw, began_s=began_s, time_s=now_s)
        if counted > before or total.moved_s is None:
            total.moved_s = now_s
        still_s = now_s - total.moved_s
        if still_s >= total.patience_s:
            raise ValueError(f"its register has stood still for {still_s:.3g} s")
        return counted * total.register.unit_j

    def _refuse_sleep(self) -> None:
        before_s, self._slept_s = self._slept_s, self._asleep_s()
        if self._slept_s - before_s < ASLEEP_S:
            return
        for total in self._totals:
            total.count.restart()
            total.moved_s = None
        raise CounterResetError(
            f"rapl: the machine slept for {self._slept_s - before_s:.0f} s between two reads, "
            "after which its registers may have started again. Keep it awake "
            "(systemd-inhibit COMMAND); discard this window and repeat it."
        )


def _open_first(openers: Sequence[Callable[[], RegisterSource]]) -> RegisterSource:
    refusals: list[MeterUnavailableError] = []
    for opener in openers:
        try:
            return opener()
        except MeterUnavailableError as error:
            refusals.append(error)
    raise MeterUnavailableError(
        " ".join(error.message for error in refusals),
        advice=" Or: ".join(error.advice for error in refusals if error.advice),
    ) from refusals[0]


def _channel(register: Register, sensor: str) -> Channel:
    return Channel(
        name=register.channel,
        resource=Resource.ENERGY_J,
        sensor=sensor,
        resolution=register.resolution_j,
        period_s=UPDATE_S,
        not_covered=NOT_COVERED.get(domain(register.channel), ""),
        part_of=register.part_of,
        device=f"rapl:{register.channel}",
    )


def _total(register: Register) -> _Total:
    count = Unwrapper(
        span=register.turn,
        max_rate=max_power_w(register.channel) / register.unit_j,
        name=f"rapl {register.channel}",
        max_gap_s=register.max_gap_s,
    )
    return _Total(register=register, count=count)


def _poll_period_s(counts: Sequence[Unwrapper]) -> float:
    """How often to read, from the shortest time in which a register may turn over."""
    return min(READS_APART_S, *(count.max_gap_s for count in counts)) / READS_PER_GAP
