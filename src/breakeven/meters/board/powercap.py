"""The way to RAPL registers through Linux powercap: one small file per zone, kept open."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from breakeven.errors import MeterUnavailableError
from breakeven.formulas.unwrap import UPDATE_SLACK_S
from breakeven.meters.board.rapl_zones import MSR, Zone, find_zones, is_masked, zone_folders
from breakeven.meters.board.registers import Register, max_power_w
from breakeven.records import Note, NoteCode

SYSFS = Path("/sys/class/powercap")

SENSOR = "rapl"

_J_PER_UJ = 1e-6


class Powercap:
    """Every zone that may be read.

    Attributes:
        sensor: How records call it.
        registers: What can be read.
        notes: What cannot, and why.
    """

    sensor = SENSOR

    def __init__(self, sysfs: Path = SYSFS, *, cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
        """Open the zones.

        Args:
            sysfs: The powercap class folder, or any folder that holds a tree of zones.
            cpuinfo: Where a virtual machine shows itself.

        Raises:
            MeterUnavailableError: If there is no zone, or none may be read; says the fix.
        """
        zones = find_zones(sysfs)
        self._files = dict(_open_readable(zones.usable))
        refused = [zone.channel for zone in zones.usable if zone.channel not in self._files]
        if not self._files:
            _refuse(sysfs, refused, zones.left_out, cpuinfo)
        self.registers: Sequence[Register] = [
            _register(zone, self._files[zone.channel])
            for zone in zones.usable
            if zone.channel in self._files
        ]
        left_out = [f"{reason}; it is not read" for reason in zones.left_out]
        self.notes: Sequence[Note] = [
            *([_partly_refused(sysfs, refused)] if refused else []),
            *(_left_out(reason) for reason in left_out),
        ]

    def close(self) -> None:
        """Close every file."""
        while self._files:
            os.close(self._files.popitem()[1])


def _register(zone: Zone, fd: int) -> Register:
    turn_s = zone.turn_uj * _J_PER_UJ / max_power_w(zone.channel)
    return Register(
        channel=zone.channel,
        part_of=zone.part_of,
        read=partial(read_uj, fd),
        unit_j=_J_PER_UJ,
        turn=zone.turn_uj,
        max_gap_s=turn_s - UPDATE_SLACK_S,
        resolution_j=zone.resolution_j,
    )


def read_uj(fd: int) -> int:
    """Read an open `energy_uj`, in microjoules.

    Raises:
        OSError: If the zone is gone (the driver was unloaded) or access was withdrawn.
        ValueError: If the file is empty, cut off or holds no number.
    """
    text = os.pread(fd, 32, 0)
    if not text.endswith(b"\n"):  # a number that was cut off is a wrong number
        raise ValueError(f"expected a number and a line end in energy_uj, got {text!r}")
    return int(text)


def _open_readable(zones: Sequence[Zone]) -> Iterator[tuple[str, int]]:
    for zone in zones:
        try:
            fd = os.open(zone.folder / "energy_uj", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            read_uj(fd)
        except (OSError, ValueError):
            os.close(fd)
        else:
            yield zone.channel, fd


def _refuse(
    sysfs: Path, refused: Sequence[str], left_out: Sequence[str], cpuinfo: Path
) -> NoReturn:
    if refused or (not left_out and zone_folders(sysfs)):
        zones = ", ".join(refused) or ", ".join(folder.name for folder in zone_folders(sysfs))
        raise MeterUnavailableError(
            f"RAPL zones {zones} are there but not readable by this user "
            "(root only since Linux 5.10).",
            advice=_permission_fix(sysfs),
        )
    if left_out:
        raise MeterUnavailableError(
            f"no RAPL zone under {sysfs} can be used: {'; '.join(left_out)}.",
            advice="Look at max_energy_range_uj; the driver shows what nobody can unwrap.",
        )
    if is_masked(sysfs):
        raise MeterUnavailableError(
            f"RAPL zones are listed under {sysfs}, but this container hides their files.",
            advice=(
                "Start it with --cap-add PERFMON, which allows the same counters through "
                "perf_event, or with -v /sys/devices/virtual/powercap:/powercap:ro and name the "
                "meter: --meter rapl:sysfs=/powercap."
            ),
        )
    raise MeterUnavailableError(f"no RAPL zone under {sysfs}.", advice=_no_zone_fix(cpuinfo))


def _no_zone_fix(cpuinfo: Path) -> str:
    if _is_virtual(cpuinfo):
        return "This is a virtual machine, and its host keeps the counters: measure on the host."
    return (
        "On bare metal load the driver: sudo modprobe intel_rapl_msr. In a virtual machine the "
        "host hides it: measure on the host. In a container add: "
        "-v /sys/devices/virtual/powercap:/powercap:ro and --meter rapl:sysfs=/powercap."
    )


def _is_virtual(cpuinfo: Path) -> bool:
    """Whether the processor says that a hypervisor runs it (CPUID leaf 1, ECX bit 31)."""
    try:
        flags = next(
            (line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), ""
        )
    except OSError:
        return False
    return "hypervisor" in flags.split()


def _partly_refused(sysfs: Path, refused: Sequence[str]) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"rapl: {', '.join(refused)} cannot be read by this user.",
        advice=_permission_fix(sysfs),
    )


def _left_out(reason: str) -> Note:
    return Note(
        code=NoteCode.METER_UNAVAILABLE,
        message=f"rapl: {reason}.",
        advice="Nothing to do; the other zones are measured.",
    )


def _permission_fix(sysfs: Path) -> str:
    return (
        f"Until the next boot: sudo chmod a+r {sysfs}/{MSR}*/energy_uj. For good: echo "
        """'SUBSYSTEM=="powercap", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj"' """
        "| sudo tee /etc/udev/rules.d/70-rapl.rules. CPU seconds and memory are measured anyway."
    )
