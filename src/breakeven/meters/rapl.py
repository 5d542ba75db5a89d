"""Energy of CPU packages, cores, DRAM and platform from RAPL, through Linux powercap.

Zones are chosen by name: a package's cores are part of it and the platform holds everything, so
they are kept apart and never summed. The memory-mapped interface (intel-rapl-mmio) shows packages
again and is dropped where the other shows them.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from breakeven.errors import MeterUnavailableError
from breakeven.formulas.unwrap import Unwrapper
from breakeven.records import Note, NoteCode, Resource
from breakeven.records.protocols import Channel, Reading

SYSFS = Path("/sys/class/powercap")

POLL_S = 10.0
"""A third of the 30 s that reads may be apart: 65 kJ registers turn over in 33 s at 2 kW."""

MAX_POWER_W = 2000.0
"""More than any package or two-socket platform draws; bounds what a wrap may hide."""

RESOLUTION_J = 2**-14
"""61 µJ, the energy status unit of most packages (Intel SDM vol. 3B, 16.10.1)."""

UPDATE_S = 0.001
"""Registers are updated about every millisecond (Intel SDM vol. 3B, 16.10.2)."""

_UJ_PER_J = 1e6

_NOT_COVERED = {
    "package": "DRAM, disks, fans, power supply loss",
    "core": "caches, memory controller, DRAM, fans, power supply loss",
    "uncore": "cores, DRAM, fans, power supply loss",
    "dram": "CPU, disks, fans, power supply loss",
    "psys": "power supply loss, discrete devices of some makers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One powercap zone.

    Attributes:
        folder: Where its files are.
        channel: Our name for it ("package-0", "dram-0", "psys").
        part_of: Channel that contains it.
        span_j: Energy after which its register starts again.
    """

    folder: Path
    channel: str
    part_of: str | None
    span_j: float


class RaplMeter:
    """Joules per zone, unwrapped at every read."""

    name = "rapl"
    poll_period_s = POLL_S

    def __init__(
        self, *, sysfs: Path = SYSFS, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Open every readable zone.

        Args:
            sysfs: The powercap class folder.
            clock_s: Monotonic clock.

        Raises:
            MeterUnavailableError: If there is no zone, or none may be read; says the fix.
        """
        self._clock_s = clock_s
        self.notes: tuple[Note, ...] = ()
        zones = find_zones(sysfs)
        if not zones:
            _refuse_without_zones(sysfs)
        self._files = dict(_open_readable(zones))
        refused = [zone.channel for zone in zones if zone.channel not in self._files]
        if not self._files:
            _refuse_without_permission(sysfs, refused)
        if refused:
            self.notes = (_partly_refused(sysfs, refused),)
        self._zones = [zone for zone in zones if zone.channel in self._files]
        self._totals = {
            zone.channel: Unwrapper(
                span=zone.span_j, max_rate=MAX_POWER_W, name=f"rapl {zone.channel}"
            )
            for zone in self._zones
        }

    def channels(self) -> Sequence[Channel]:
        """One channel per zone, contained ones marked."""
        return [
            Channel(
                name=zone.channel,
                resource=Resource.ENERGY_J,
                sensor="rapl",
                resolution=RESOLUTION_J,
                period_s=UPDATE_S,
                not_covered=_NOT_COVERED.get(zone.channel.partition("-")[0], ""),
                part_of=zone.part_of,
            )
            for zone in self._zones
        ]

    def read(self) -> Reading:
        """Return joules so far per zone.

        Raises:
            MeterUnavailableError: If a zone can no longer be read.
            CounterResetError: If a register fell by more than a wrap explains.
        """
        try:
            return Reading(totals={zone.channel: self._total(zone) for zone in self._zones})
        except OSError as error:
            raise MeterUnavailableError(
                f"rapl can no longer be read: {error.strerror}.",
                advice="Was the driver unloaded or access withdrawn? Run `breakeven doctor`.",
            ) from error

    def close(self) -> None:
        """Close every file."""
        while self._files:
            os.close(self._files.popitem()[1])

    def _total(self, zone: Zone) -> float:
        raw_uj = int(os.pread(self._files[zone.channel], 32, 0))
        return self._totals[zone.channel].add(raw_uj / _UJ_PER_J, time_s=self._clock_s())


def find_zones(sysfs: Path) -> list[Zone]:
    """List the zones worth reading: each once, with what contains it.

    Powercap names folders "intel-rapl:<package>[:<part>]"; the file `name` says what it is
    (Documentation/power/powercap in the Linux source).
    """
    named = dict(_named_folders(sysfs, "intel-rapl:"))
    mirrored = dict(_named_folders(sysfs, "intel-rapl-mmio:"))
    shown = set(named.values())
    named |= {key: name for key, name in mirrored.items() if name not in shown}
    platforms = [name for name in named.values() if name.startswith("psys")]
    # A zone per platform is only certain to contain a package where there is one of it.
    platform = platforms[0] if len(platforms) == 1 else None
    found: dict[str, Zone] = {}
    for folder, name in named.items():
        channel, inside = _place(folder, name, named)
        span_j = _read_int(folder / "max_energy_range_uj") / _UJ_PER_J
        if channel not in found and span_j > 0:
            part_of = inside or (None if channel == platform else platform)
            found[channel] = Zone(folder=folder, channel=channel, part_of=part_of, span_j=span_j)
    return list(found.values())


def _place(folder: Path, name: str, named: Mapping[Path, str]) -> tuple[str, str | None]:
    """Channel of a zone, and the package it is inside of if it is."""
    prefix, _, part = folder.name.rpartition(":")
    parent = named.get(folder.with_name(prefix)) if ":" in prefix and part else None
    if parent is None:
        return name, None
    channel = f"{name}-{parent.removeprefix('package-')}"
    return channel, None if name == "dram" else parent


def _named_folders(sysfs: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    folders = sorted(sysfs.glob(f"{prefix}*")) if sysfs.is_dir() else []
    for folder in folders:
        try:
            yield folder, (folder / "name").read_text().strip()
        except OSError:
            continue


def _read_int(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def _open_readable(zones: Sequence[Zone]) -> Iterator[tuple[str, int]]:
    for zone in zones:
        try:
            fd = os.open(zone.folder / "energy_uj", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            int(os.pread(fd, 32, 0))
        except (OSError, ValueError):
            os.close(fd)
        else:
            yield zone.channel, fd


def _refuse_without_zones(sysfs: Path) -> NoReturn:
    raise MeterUnavailableError(
        f"no RAPL zone under {sysfs}.",
        advice=(
            "In a virtual machine the host hides it: measure on the host. On bare metal load the "
            "driver: sudo modprobe intel_rapl_msr. In a container add: "
            "-v /sys/class/powercap:/sys/class/powercap:ro."
        ),
    )


def _refuse_without_permission(sysfs: Path, refused: Sequence[str]) -> NoReturn:
    raise MeterUnavailableError(
        f"RAPL zones {', '.join(refused)} are there but not readable by this user "
        "(root only since Linux 5.10).",
        advice=_permission_fix(sysfs),
    )


def _partly_refused(sysfs: Path, refused: Sequence[str]) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"rapl: {', '.join(refused)} cannot be read by this user.",
        advice=_permission_fix(sysfs),
    )


def _permission_fix(sysfs: Path) -> str:
    return (
        f"Until the next boot: sudo chmod a+r {sysfs}/intel-rapl*/energy_uj. For good: echo "
        """'SUBSYSTEM=="powercap", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj"' """
        "| sudo tee /etc/udev/rules.d/70-rapl.rules. CPU seconds and memory are measured anyway."
    )
