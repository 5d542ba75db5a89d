"""The way to RAPL registers through perf_event, for where powercap is hidden or refused.

The kernel's "power" device (arch/x86/events/rapl.c in the Linux source) adds each register up to 64
bits while an event is open, so that no wrap is left to see. It counts `energy-pkg`, `energy-cores`,
`energy-ram`, `energy-gpu` and `energy-psys` on one CPU of each package (its file `cpumask`), of
each die on Intel. AMD shows packages only; its single cores are a device of their own
("power_core"), which the package contains and which is not read.
"""

import errno
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from breakeven.errors import MeterUnavailableError
from breakeven.meters.board.perf_calls import Perf
from breakeven.meters.board.registers import (
    CORE,
    DRAM,
    PACKAGE,
    PSYS,
    UNCORE,
    Register,
    container,
    domain,
    max_power_w,
    part_channel,
)
from breakeven.records import Note, NoteCode

SENSOR = "rapl-perf"

DOMAINS = {
    "energy-pkg": PACKAGE,
    "energy-cores": CORE,
    "energy-gpu": UNCORE,
    "energy-ram": DRAM,
    "energy-psys": PSYS,
}
"""Events of the device, by what powercap calls them: PP1, the graphics, is "uncore" there."""

STEP_J = 2**-14
"""61 µJ, the step of most registers; perf_event scales it and does not show it."""

HALF_TURN_J = 2**15
"""The kernel takes a step of more than half a turn for a fall (rapl_event_update), and a turn is at
least 2^32 steps of 2^-16 J. Its own timer is made for 200 W, so we read oftener than that needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """One event of one package.

    Attributes:
        channel: Our name for it.
        package: The package it is a part of; None for a package or the platform itself.
        config: Its number.
        cpu: Where it is counted.
        unit_j: Joules per count.
    """

    channel: str
    package: str | None
    config: int
    cpu: int
    unit_j: float


class PowerEvents:
    """Every power event of every package.

    Attributes:
        sensor: How records call it.
        registers: What can be read.
        notes: What cannot, and why.
    """

    sensor = SENSOR

    def __init__(self, perf: Perf | None = None) -> None:
        """Open the events.

        Args:
            perf: Where and by whom; this machine by default.

        Raises:
            MeterUnavailableError: If there is no power device, or its events are refused.
        """
        self._perf = Perf() if perf is None else perf
        self._handles: list[int] = []
        events = _events(self._perf)
        platforms = [event.channel for event in events if _is_platform(event)]
        is_crowded = len(platforms) > 1
        self.notes: Sequence[Note] = [_crowd(platforms)] if is_crowded else []
        platform = None if is_crowded else next(iter(platforms), None)
        try:
            self.registers: Sequence[Register] = [
                self._register(event, platform)
                for event in events
                if not (is_crowded and event.channel in platforms)
            ]
        except OSError as error:
            self.close()
            _refuse(self._perf, error)

    def close(self) -> None:
        """Close every event."""
        while self._handles:
            self._perf.calls.close(self._handles.pop())

    def _register(self, event: _Event, platform: str | None) -> Register:
        kind = int((self._perf.device / "type").read_text())
        handle = self._perf.calls.open(kind, event.config, cpu=event.cpu)
        self._handles.append(handle)
        return Register(
            channel=event.channel,
            part_of=container(event.channel, event.package, platform),
            read=partial(self._perf.calls.read, handle),
            unit_j=event.unit_j,
            turn=math.inf,
            max_gap_s=HALF_TURN_J / max_power_w(event.channel),
            resolution_j=STEP_J,
        )


def _events(perf: Perf) -> list[_Event]:
    if not perf.device.is_dir():
        raise MeterUnavailableError(f"perf_event has no power device ({perf.device}).")
    packages = _packages(perf)
    events = [event for cpu, package in packages for event in _package_events(perf, cpu, package)]
    if len(packages) == 1:
        events = [replace(e, channel=PSYS) if _is_platform(e) else e for e in events]
    if not events:
        raise MeterUnavailableError(f"perf_event's power device shows no event ({perf.device}).")
    return events


def _is_platform(event: _Event) -> bool:
    return domain(event.channel) == PSYS


def _package_events(perf: Perf, cpu: int, package: str) -> Iterator[_Event]:
    for name, kind in DOMAINS.items():
        path = perf.device / "events" / name
        text, unit_j = _read(path), _read(path.with_name(f"{name}.scale"))
        if not text or not unit_j or _read(path.with_name(f"{name}.unit")) != "Joules":
            continue
        is_part = kind not in (PACKAGE, PSYS)
        yield _Event(
            channel=package if kind == PACKAGE else part_channel(kind, package),
            package=package if is_part else None,
            config=int(text.removeprefix("event="), 0),
            cpu=cpu,
            unit_j=float(unit_j),
        )


def _packages(perf: Perf) -> list[tuple[int, str]]:
    """CPUs that count for a package or a die each, with what powercap calls that."""
    cpus = _cpu_list(_read(perf.device / "cpumask"))
    places = [_place(perf.sys, cpu) for cpu in cpus]
    sockets = [package for package, _ in places]
    return [
        (
            cpu,
            f"package-{package}-die-{die}" if sockets.count(package) > 1 else f"package-{package}",
        )
        for cpu, (package, die) in zip(cpus, places, strict=True)
    ]


def _place(sys: Path, cpu: int) -> tuple[str, str]:
    """Package and die of a CPU."""
    folder = sys / f"devices/system/cpu/cpu{cpu}/topology"
    return _read(folder / "physical_package_id") or "0", _read(folder / "die_id") or str(cpu)


def _cpu_list(text: str) -> list[int]:
    """Read a list of CPUs such as "0,18" or "0-1".

    Examples:
        >>> _cpu_list("0,18-19")
        [0, 18, 19]
    """
    spans = [part.partition("-") for part in text.split(",") if part]
    return [cpu for first, _, last in spans for cpu in range(int(first), int(last or first) + 1)]


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _crowd(platforms: Sequence[str]) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=(
            f"rapl: of {', '.join(platforms)} nobody says which packages each holds; "
            "they are not read."
        ),
        advice="Nothing to do; the packages are measured.",
    )


def _refuse(perf: Perf, error: OSError) -> NoReturn:
    if error.errno not in (errno.EACCES, errno.EPERM):
        raise MeterUnavailableError(
            f"perf_event does not open power events ({error.strerror})."
        ) from error
    level = _read(perf.paranoid) or "not to be read"
    raise MeterUnavailableError(
        f"perf_event refuses power events: perf_event_paranoid is {level}, "
        "and this process lacks CAP_PERFMON.",
        advice=(
            "Counting for a whole CPU needs 0 or less (Documentation/admin-guide/sysctl/kernel.rst)"
            ": sudo sysctl kernel.perf_event_paranoid=0; or the capability, in a container: "
            "--cap-add PERFMON."
        ),
    ) from error
