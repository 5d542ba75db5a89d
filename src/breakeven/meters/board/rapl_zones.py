"""Choosing powercap zones by name: each domain once, with what contains it.

Powercap names folders "intel-rapl:<package>[:<part>]", on AMD too, and the file `name` says what a
zone is (Documentation/power/powercap; drivers/powercap/intel_rapl_common.c in the Linux source):
"package-0", "package-0-die-1" where a package has several dies, "core", "uncore" and "dram" inside
one, "psys" and, of further packages, "psys-1". Old trees and mounted ones are nested instead of
flat; the memory-mapped interface (intel-rapl-mmio) shows packages again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from breakeven.meters.board.registers import PSYS, container, domain, max_power_w, part_channel

MSR, MAPPED = "intel-rapl", "intel-rapl-mmio"

MIN_GAP_S = 1.0
"""A register that could turn over within a second cannot be unwrapped by reading now and then."""

STEPS = 2**32
"""Registers are 32 bits wide, and `max_energy_range_uj` is their largest reading
(ENERGY_STATUS_MASK in intel_rapl_common.c), so a turn is one step more."""

_UJ_PER_J = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One powercap zone.

    Attributes:
        folder: Where its files are.
        channel: Our name for it ("package-0", "dram-0", "psys").
        part_of: Channel that contains it.
        range_uj: Largest reading of its register.
    """

    folder: Path
    channel: str
    part_of: str | None
    range_uj: int

    @property
    def turn_uj(self) -> float:
        """Energy after which its register starts again."""
        return self.range_uj * STEPS / (STEPS - 1)

    @property
    def resolution_j(self) -> float:
        """Energy of one step: 61 µJ on most packages, 1 J on some platform registers."""
        return self.range_uj / (STEPS - 1) / _UJ_PER_J


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """What a powercap tree holds.

    Attributes:
        usable: Zones worth reading.
        left_out: Why each of the others is not, in words.
    """

    usable: tuple[Zone, ...]
    left_out: tuple[str, ...]


def find_zones(sysfs: Path) -> Zones:
    """List the zones worth reading: each domain once, with what contains it.

    A domain that shows twice is a mirror and is read once, by the model-specific registers where
    these show it. Of several platform zones nobody says which packages each holds, so none is read.

    Args:
        sysfs: The powercap class folder, or any folder that holds a tree of zones.
    """
    found: dict[str, tuple[Path, str | None]] = {}
    for control in (MSR, MAPPED):
        named = dict(_named_folders(sysfs, control))
        for folder, name in named.items():
            package = _parent(folder, named)
            channel = name if package is None else part_channel(name, package)
            found.setdefault(channel, (folder, package))
    platforms = [channel for channel in found if domain(channel) == PSYS]
    left_out = _crowd(platforms)
    platform = None if left_out else next(iter(platforms), None)
    usable = []
    for channel, (folder, package) in found.items():
        zone = Zone(
            folder=folder,
            channel=channel,
            part_of=container(channel, package, platform),
            range_uj=_read_int(folder / "max_energy_range_uj"),
        )
        if left_out and channel in platforms:
            continue
        if zone.turn_uj / _UJ_PER_J < MIN_GAP_S * max_power_w(channel):
            left_out.append(f"{channel} says that it counts to {zone.range_uj} µJ")
        else:
            usable.append(zone)
    return Zones(usable=tuple(usable), left_out=tuple(left_out))


def is_masked(sysfs: Path) -> bool:
    """Whether zones are listed whose files are hidden: links that lead nowhere.

    Container runtimes cover /sys/devices/virtual/powercap and leave the links to it.
    """
    links = sysfs.glob(f"{MSR}*") if sysfs.is_dir() else ()
    return any(link.is_symlink() and not link.exists() for link in links)


def _crowd(platforms: list[str]) -> list[str]:
    if len(platforms) < 2:
        return []
    return [f"of {', '.join(platforms)} nobody says which packages each holds"]


def _parent(folder: Path, named: Mapping[Path, str]) -> str | None:
    """Name of the zone around a zone: "intel-rapl:0:1" is in "intel-rapl:0"."""
    prefix = folder.name.rpartition(":")[0]
    return next((name for path, name in named.items() if path.name == prefix), None)


def _named_folders(sysfs: Path, control: str) -> Iterator[tuple[Path, str]]:
    for folder in zone_folders(sysfs, control):
        try:
            name = (folder / "name").read_text().strip()
        except OSError:
            continue
        if name:
            yield folder, name


def zone_folders(sysfs: Path, control: str = MSR) -> list[Path]:
    """Folders of zones, flat or nested, in the order of their numbers; each name once."""
    zones, parts = f"{control}:*", f"{control}:*:*"
    patterns = (zones, f"{zones}/{parts}", f"{control}/{zones}", f"{control}/{zones}/{parts}")
    by_name: dict[str, Path] = {}
    for pattern in patterns if sysfs.is_dir() else ():
        for folder in filter(Path.is_dir, sysfs.glob(pattern)):
            by_name.setdefault(folder.name, folder)
    return sorted(by_name.values(), key=_numbers)


def _numbers(folder: Path) -> list[int]:
    return [int(part) for part in folder.name.split(":")[1:] if part.isdigit()]


def _read_int(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0
