"""Synthetic hwmon chips: power and energy inputs as Linux shows them, without the hardware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeChip:
    """One hwmon chip.

    Attributes:
        name: What its file `name` says.
        device: Name of its device ("1-0040", "ACPI000D:00").
        files: Its other files and what they show, without the line end.
        subsystem: Class or bus of the device.
    """

    name: str
    device: str = "1-0040"
    files: Mapping[str, str | int] = field(default_factory=dict)
    subsystem: str = "i2c"


ACPI_METER = FakeChip(
    name="power_meter",
    device="ACPI000D:00",
    subsystem="acpi",
    files={
        "power1_average": 250_000_000,
        "power1_average_interval": 1000,
        "power1_accuracy": "95.0%",
        "power1_is_battery": 0,
    },
)
"""What a server's firmware says of the whole machine, averaged over a second."""

AMD_SOCKETS = FakeChip(
    name="amd_energy",
    device="amd_energy.0",
    subsystem="platform",
    files={
        "energy1_label": "Ecore000",
        "energy1_input": 1_000_000,
        "energy2_label": "Esocket0",
        "energy2_input": 9_000_000,
    },
)
"""RAPL's registers of an AMD socket, shown once more."""

INTEL_CARD = FakeChip(
    name="xe",
    device="0000:03:00.0",
    subsystem="pci",
    files={
        "energy1_label": "card",
        "energy1_input": 5_000_000,
        "energy2_label": "pkg",
        "energy2_input": 3_000_000,
    },
)
"""A discrete Intel GPU: its card, and its package on the card."""

RAIL = FakeChip(name="ina226", files={"power1_input": 12_000_000, "update_interval": 100})
"""A shunt on some rail of a board."""


class FakeHwmon:
    """A hwmon class folder whose chips a test moves."""

    def __init__(self, sysfs: Path, *chips: FakeChip) -> None:
        """Write the chips.

        Args:
            sysfs: An empty or absent folder.
            chips: What it shows, numbered from 0.
        """
        self.sysfs = sysfs
        self._files: dict[tuple[str, str], Path] = {}
        sysfs.mkdir(parents=True, exist_ok=True)
        for number, chip in enumerate(chips):
            folder = sysfs / f"hwmon{number}"
            device = sysfs.with_name(f"{sysfs.name}-devices") / chip.device
            subsystem = device.parent / "class" / chip.subsystem
            subsystem.mkdir(parents=True, exist_ok=True)
            device.mkdir(parents=True)
            (device / "subsystem").symlink_to(subsystem)
            folder.mkdir()
            (folder / "device").symlink_to(device)
            (folder / "name").write_text(f"{chip.name}\n")
            for file, shown in chip.files.items():
                self._files[chip.name, file] = folder / file
                (folder / file).write_text(f"{shown}\n")

    def path(self, chip: str, file: str) -> Path:
        """Where a chip's file is."""
        return self._files[chip, file]

    def show(self, chip: str, file: str, shown: str | int) -> None:
        """Let a file show something else."""
        # In place: a meter keeps the file open, as it does in sysfs.
        with self.path(chip, file).open("r+") as opened:
            opened.write(f"{shown}\n")
            opened.truncate()

    def count(self, chip: str, file: str, energy_j: float) -> None:
        """Let an energy input count further."""
        before_uj = int(self.path(chip, file).read_text())
        self.show(chip, file, before_uj + round(energy_j * 1e6))
