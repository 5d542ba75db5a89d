"""Place: what decides which command would allow a sensor here."""

import sys
from dataclasses import dataclass
from pathlib import Path

from breakeven.records import Surroundings

_VENDORS = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
_ACCELERATORS = ("0x03", "0x12")
"""PCI classes "display controller" and "processing accelerator" (pci.ids)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What was found around this process.

    Attributes:
        surroundings: Virtual machine, container, distribution, batch job.
        python: Path of the interpreter that would need a capability, links followed.
        is_powercap_masked: Whether something is mounted over the folder of the RAPL counters, as
            container engines do since 2023 (moby advisory GHSA-jq35-85cj-fj4p).
        gpu_vendors: Whose GPUs the PCI bus shows, with or without a driver.
    """

    surroundings: Surroundings
    python: str = "python3"
    is_powercap_masked: bool = False
    gpu_vendors: frozenset[str] = frozenset()


def find_place(surroundings: Surroundings, *, root: Path = Path("/")) -> Place:
    """Look around.

    Args:
        surroundings: As found by `find_surroundings`.
        root: Where /proc and /sys are looked up.
    """
    return Place(
        surroundings=surroundings,
        python=str(Path(sys.executable).resolve()),
        is_powercap_masked=_is_masked(root),
        gpu_vendors=frozenset(_gpu_vendors(root)),
    )


def _is_masked(root: Path) -> bool:
    mounts = _text(root / "proc/self/mountinfo").splitlines()
    points = (line.split()[4] for line in mounts if len(line.split()) > 4)
    return any(point.startswith("/sys/devices/virtual/powercap") for point in points)


def _gpu_vendors(root: Path) -> set[str]:
    found = set()
    for folder in root.glob("sys/bus/pci/devices/*"):
        if _text(folder / "class").startswith(_ACCELERATORS):
            found.add(_VENDORS.get(_text(folder / "vendor").strip(), ""))
    return found - {""}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
