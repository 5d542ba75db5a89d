"""Synthetic powercap trees: RAPL as Linux shows it, in any folder, without the hardware."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from breakeven.meters.board.rapl_zones import STEPS

SPAN_UJ = 262_143_328_850
"""Range of a 32-bit register at 61 µJ, as most packages have it."""

SHORT_SPAN_UJ = 65_712_999_613
"""Range at 15.3 µJ: DRAM of servers, and packages of AMD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeZone:
    """One zone of a synthetic tree.

    Attributes:
        folder: Name of its folder ("intel-rapl:0", "intel-rapl:0:2", "intel-rapl-mmio:0").
        name: What its file `name` says ("package-0", "core", "dram", "psys").
        energy_uj: Where its register stands.
        span_uj: Largest reading of its register; it wraps one step later, as real ones do.
    """

    folder: str
    name: str
    energy_uj: int = 0
    span_uj: int = SPAN_UJ


SERVER = (
    FakeZone(folder="intel-rapl:0", name="package-0"),
    FakeZone(folder="intel-rapl:0:0", name="dram"),
    FakeZone(folder="intel-rapl:1", name="package-1"),
    FakeZone(folder="intel-rapl:1:0", name="dram"),
)
"""Two sockets with their memory."""

LAPTOP = (
    FakeZone(folder="intel-rapl:0", name="package-0"),
    FakeZone(folder="intel-rapl:0:0", name="core"),
    FakeZone(folder="intel-rapl:0:1", name="uncore"),
    FakeZone(folder="intel-rapl:1", name="psys"),
    FakeZone(folder="intel-rapl-mmio:0", name="package-0"),
)
"""One package shown twice, its parts, and the platform that contains it."""

AMD = (
    FakeZone(folder="intel-rapl:0", name="package-0", span_uj=SHORT_SPAN_UJ),
    FakeZone(folder="intel-rapl:0:0", name="core", span_uj=SHORT_SPAN_UJ),
)
"""An AMD processor: the same driver and names, a shorter range, and one core as "core"."""

DIES = (
    FakeZone(folder="intel-rapl:0", name="package-0-die-0"),
    FakeZone(folder="intel-rapl:0:0", name="dram", span_uj=SHORT_SPAN_UJ),
    FakeZone(folder="intel-rapl:1", name="package-0-die-1"),
    FakeZone(folder="intel-rapl:1:0", name="dram", span_uj=SHORT_SPAN_UJ),
)
"""One package of two dies, each with its memory."""

PLATFORMS = (
    *SERVER,
    FakeZone(folder="intel-rapl:2", name="psys", span_uj=(STEPS - 1) * 1_000_000),
    FakeZone(folder="intel-rapl:3", name="psys-1", span_uj=(STEPS - 1) * 1_000_000),
)
"""Two sockets that each show a platform, in steps of 1 J."""


class Layout(StrEnum):
    """How a tree lies in its folder.

    Linux keeps zones nested below /sys/devices/virtual/powercap and links each from the class
    folder; older kernels, and containers into which the first is mounted, show the nested one.
    """

    FLAT = "flat"
    NESTED = "nested"
    LINKED = "linked"


class FakePowercap:
    """A powercap class folder whose registers a test moves."""

    def __init__(
        self, sysfs: Path, zones: tuple[FakeZone, ...] = LAPTOP, *, layout: Layout = Layout.FLAT
    ) -> None:
        """Write the tree.

        Args:
            sysfs: An empty or absent folder.
            zones: What it shows.
            layout: How zones lie in it.
        """
        self.sysfs = sysfs
        self._zones = {zone.folder: zone for zone in zones}
        self._energy_uj = {zone.folder: zone.energy_uj for zone in zones}
        self._devices = sysfs.with_name(f"{sysfs.name}-devices")
        self._layout = layout
        sysfs.mkdir(parents=True, exist_ok=True)
        for zone in zones:
            folder = self.path(zone.folder)
            folder.mkdir(parents=True)
            (folder / "name").write_text(f"{zone.name}\n")
            (folder / "max_energy_range_uj").write_text(f"{zone.span_uj}\n")
            self._write(zone.folder)
            if layout is Layout.LINKED:
                (sysfs / zone.folder).symlink_to(folder)

    def path(self, folder: str) -> Path:
        """Where a zone's files are."""
        if self._layout is Layout.FLAT:
            return self.sysfs / folder
        root = self.sysfs if self._layout is Layout.NESTED else self._devices
        control, *numbers = folder.split(":")
        package = f"{control}:{numbers[0]}"
        inside = (package,) if len(numbers) == 1 else (package, folder)
        return root.joinpath(control, *inside)

    def consume(self, folder: str, energy_j: float) -> None:
        """Let one zone count further; its register wraps as a real one does."""
        turn_uj = round(self._zones[folder].span_uj * STEPS / (STEPS - 1))
        self._energy_uj[folder] += round(energy_j * 1e6)
        self._energy_uj[folder] %= turn_uj
        self._write(folder)

    def reset(self, folder: str) -> None:
        """Set a register back to 0, as a restart of the system does."""
        self._energy_uj[folder] = 0
        self._write(folder)

    def break_zone(self, folder: str, shown: str = "") -> None:
        """Make a register unreadable: reading it gives nothing, or what is given here."""
        (self.path(folder) / "energy_uj").write_text(shown)

    def mask(self) -> None:
        """Hide what links lead to, as a container runtime does."""
        self._devices.rename(self._devices.with_name("masked"))

    def _write(self, folder: str) -> None:
        path = self.path(folder) / "energy_uj"
        # In place: a meter keeps the file open, as it does in sysfs.
        with path.open("r+" if path.exists() else "w") as file:
            file.write(f"{self._energy_uj[folder]}\n")
            file.truncate()
