"""Energy registers of a processor, however they are reached.

Powercap and perf_event show the same hardware, so both name its domains alike, say alike what
contains what, and are read by one meter (`rapl.py`), which lets only one of them in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from breakeven.records import Note

PACKAGE, CORE, UNCORE, DRAM, PSYS = "package", "core", "uncore", "dram", "psys"

MAX_POWER_W = {PSYS: 20_000.0}
"""More than a whole server with eight accelerators draws, which its platform register may see."""

MAX_PART_POWER_W = 2000.0
"""More than any one processor or its memory draws; bounds what a wrap may hide."""

ALWAYS_DRAWING = frozenset({PACKAGE, DRAM, PSYS})
"""Domains that cannot draw nothing, so a register of theirs that stands still does not count."""

NOT_COVERED = {
    PACKAGE: "DRAM, disks, fans, power supply loss",
    CORE: "caches, memory controller, DRAM, fans, power supply loss; on AMD all cores but one",
    UNCORE: "cores, DRAM, fans, power supply loss",
    DRAM: "CPU, disks, fans, power supply loss",
    PSYS: "power supply loss, discrete devices of some makers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One energy register.

    Attributes:
        channel: Our name for it ("package-0", "dram-0", "psys").
        part_of: Channel that contains it.
        read: Reads it, in its own steps; raises OSError or ValueError when it shows nothing.
        unit_j: Joules per step of what `read` returns.
        turn: Steps after which it starts again; infinity for one that never does.
        max_gap_s: Longest time between two reads in which nothing can be missed.
        resolution_j: Smallest change.
    """

    channel: str
    part_of: str | None
    read: Callable[[], int]
    unit_j: float
    turn: float
    max_gap_s: float
    resolution_j: float


class RegisterSource(Protocol):
    """A way to the registers, opened.

    Attributes:
        sensor: How records call it ("rapl", "rapl-perf").
        registers: What can be read.
        notes: What cannot, and why.
    """

    sensor: str
    registers: Sequence[Register]
    notes: Sequence[Note]

    def close(self) -> None:
        """Release what was opened."""
        ...


def domain(channel: str) -> str:
    """Kind of a channel: "package-0-die-1" is a package."""
    return channel.partition("-")[0]


def max_power_w(channel: str) -> float:
    """Most that a channel can draw, in watts."""
    return MAX_POWER_W.get(domain(channel), MAX_PART_POWER_W)


def part_channel(name: str, package: str) -> str:
    """Name the part of a package: "dram" of "package-0-die-1" is "dram-0-die-1"."""
    return f"{name}-{package.removeprefix('package-')}"


def container(channel: str, package: str | None, platform: str | None) -> str | None:
    """Channel that contains a channel.

    Args:
        channel: The channel.
        package: The package it was found in, if any.
        platform: The one platform register, if there is one.
    """
    if package is not None and domain(channel) in (CORE, UNCORE):
        return package
    return None if channel == platform else platform
