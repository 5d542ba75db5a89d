"""Synthetic powercap trees: RAPL as Linux shows it, in any folder, without the hardware."""

from dataclasses import dataclass
from pathlib import Path

SPAN_UJ = 262_143_328_850
"""Range of a 32-bit register at 61 µJ, as most packages have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeZone:
    """One zone of a synthetic tree.

    Attributes:
        folder: Name of its folder ("intel-rapl:0", "intel-rapl:0:2", "intel-rapl-mmio:0").
        name: What its file `name` says ("package-0", "core", "dram", "psys").
        energy_uj: Where its register stands.
        span_uj: Where the register wraps.
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


class FakePowercap:
    """A powercap class folder whose registers a test moves."""

    def __init__(self, sysfs: Path, zones: tuple[FakeZone, ...] = LAPTOP) -> None:
        """Write the tree.

        Args:
            sysfs: An empty or absent folder.
            zones: What it shows.
        """
        self.sysfs = sysfs
        self._zones = {zone.folder: zone for zone in zones}
        self._energy_uj = {zone.folder: zone.energy_uj for zone in zones}
        for zone in zones:
            folder = sysfs / zone.folder
            folder.mkdir(parents=True)
            (folder / "name").write_text(f"{zone.name}\n")
            (folder / "max_energy_range_uj").write_text(f"{zone.span_uj}\n")
            self._write(zone.folder)

    def consume(self, folder: str, energy_j: float) -> None:
        """Let one zone count further; its register wraps as a real one does."""
        self._energy_uj[folder] += round(energy_j * 1e6)
        self._energy_uj[folder] %= self._zones[folder].span_uj
        self._write(folder)

    def reset(self, folder: str) -> None:
        """Set a register back to 0, as a reloaded driver does."""
        self._energy_uj[folder] = 0
        self._write(folder)

    def break_zone(self, folder: str) -> None:
        """Make a register unreadable: reading it gives nothing."""
        (self.sysfs / folder / "energy_uj").write_text("")

    def _write(self, folder: str) -> None:
        path = self.sysfs / folder / "energy_uj"
        # In place: a meter keeps the file open, as it does in sysfs.
        with path.open("r+" if path.exists() else "w") as file:
            file.write(f"{self._energy_uj[folder]}\n")
            file.truncate()
