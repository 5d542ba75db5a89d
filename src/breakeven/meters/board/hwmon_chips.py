"""Finding power and energy inputs of hwmon chips, and what each is known to measure.

Files and units: Documentation/ABI/testing/sysfs-class-hwmon in the Linux source: `power*_input` and
`power*_average` in microwatts, `energy*_input` in microjoules, intervals in milliseconds. A chip
says what it is, not what it feeds; `PLACES` knows that for those whose driver has one use only.
Folders are numbered anew at every start, so a chip is called by its name and its device's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from breakeven.records import Scope

SYSFS = Path("/sys/class/hwmon")

CACHED_S = 1.0
"""Where no interval is stated: many drivers ask their chip once a second and repeat the answer."""

_SKIPPED = re.compile(r"amdgpu$|BAT\d*$")
"""GPUs that a meter of their own reads, and batteries, whose power is what charges them."""

_FILE = re.compile(r"(power|energy)(\d+)_(input|average)$")
_GPU = "CPU, DRAM, fans of the case, power supply loss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the inputs of a kind of chip measure.

    Attributes:
        scope: How much of the machine.
        not_covered: What that leaves out.
        whole: Input or label of the one that contains the chip's others.
        part_of: Channel of another meter that contains them.
        label: Which labels are taken, where the others are parts of those.
        package: Whether a number in the label names the processor package that `rapl` counts too.
        is_known: Whether the kind of chip says what it measures.
    """

    scope: Scope = Scope.PART
    not_covered: str
    whole: str = ""
    part_of: str | None = None
    label: str = ""
    package: bool = False
    is_known: bool = True


_SOCKET = Place(
    not_covered="DRAM, disks, fans, power supply loss", label=r"Esocket(\d+)", package=True
)

NOWHERE = Place(
    not_covered="what this rail does not feed; its own error, which nobody states", is_known=False
)
"""Of a chip that may sit on any rail."""

PLACES = {
    # RAPL's own registers: Documentation/hwmon/amd_energy.rst, and its successor outside of Linux.
    "amd_energy": _SOCKET,
    "zenergy": _SOCKET,
    # Supply lines of cores and SoC, which the package contains.
    "zenpower": Place(not_covered="DRAM, fans, power supply loss", part_of="package-0"),
    # Documentation/ABI/testing/sysfs-driver-intel-{i915,xe}-hwmon: discrete GPUs only; the
    # package is on the card.
    "i915": Place(not_covered=_GPU),
    "xe": Place(not_covered=_GPU, whole="card"),
    "nouveau": Place(not_covered=_GPU),
    # Documentation/hwmon/acpi_power_meter.rst and corsair-psu.rst: what feeds the machine.
    "power_meter": Place(
        scope=Scope.SUPPLY, not_covered="what the firmware does not count in; power supply loss"
    ),
    "corsairpsu": Place(
        scope=Scope.SUPPLY, not_covered="other power supplies; power supply loss", whole="power1"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One power or energy input.

    Attributes:
        path: The file to read.
        chip: Stable name of its chip ("ina226-1-0040").
        label: What the driver calls it, else the input's own name.
        place: What it measures.
        is_counter: Whether it counts energy; else it shows power.
        period_s: Time between its updates.
        relative_error: Share by which it may be off, where the firmware states it.
        part_of: Channel that contains it.
        check_of: Channel that counts the same.
    """

    path: Path
    chip: str
    label: str
    place: Place
    is_counter: bool
    period_s: float
    relative_error: float = 0.0
    part_of: str | None = None
    check_of: str | None = None

    @property
    def channel(self) -> str:
        """Name of its channel, the same at every start."""
        return f"{self.chip}:{self.label.replace(' ', '-')}"

    @property
    def device(self) -> str:
        """What it counts, called as `rapl` calls a package where that reads it too."""
        package = self.check_of or self.part_of or ""
        return f"rapl:{package}" if package.startswith("package-") else f"hwmon:{self.channel}"

    @property
    def is_known_part(self) -> bool:
        """Whether its kind of chip says what it measures, and that is a part of the machine."""
        return self.place.is_known and self.place.scope is Scope.PART


def find_inputs(sysfs: Path) -> list[Input]:
    """List every input of every chip, with what contains it and what it repeats.

    Args:
        sysfs: The hwmon class folder.
    """
    by_channel: dict[str, Input] = {}
    for folder in sorted(sysfs.glob("hwmon*")) if sysfs.is_dir() else ():
        for found in _related(list(_chip_inputs(folder))):
            by_channel.setdefault(found.channel, found)
    return list(by_channel.values())


def _chip_inputs(folder: Path) -> Iterator[Input]:
    name = _read(folder / "name")
    if not name or _SKIPPED.match(name) or _is_power_supply(folder):
        return
    place = PLACES.get(name, NOWHERE)
    files = {match[0]: match for path in folder.iterdir() if (match := _FILE.match(path.name))}
    for file, match in sorted(files.items(), key=lambda item: (item[1][1], int(item[1][2]))):
        number = f"{match[1]}{match[2]}"
        if match[3] == "average" and f"{number}_input" in files:
            continue
        label = _read(folder / f"{number}_label") or number
        if _read(folder / f"{number}_is_battery") == "1":
            continue
        if not re.match(place.label, label):
            continue
        yield Input(
            path=folder / file,
            chip=f"{name}-{(folder / 'device').resolve().name}",
            label=label,
            place=place,
            is_counter=match[1] == "energy",
            period_s=_period_s(folder, number),
            relative_error=_error_frac(_read(folder / f"{number}_accuracy")),
            part_of=place.part_of,
            check_of=_package(place, label),
        )


def _related(inputs: Sequence[Input]) -> list[Input]:
    """Say of each input of a chip which other one contains it or counts the same."""
    wholes = [i for i in inputs if i.place.whole in (i.label, _number(i))]
    counters = {i.label: i for i in inputs if i.is_counter}
    related = []
    for found in inputs:
        repeated = counters.get(found.label)
        whole = next((w for w in wholes if w.is_counter is found.is_counter), None)
        if not found.is_counter and repeated is not None:
            twin = replace(found, label=f"{found.label}-power")
            related.append(replace(twin, check_of=repeated.channel))
        elif whole is not None and found is not whole:
            related.append(replace(found, part_of=whole.channel))
        else:
            related.append(found)
    return related


def _number(found: Input) -> str:
    return found.path.name.partition("_")[0]


def _is_power_supply(folder: Path) -> bool:
    """Whether the class of batteries and chargers shows itself as a chip (power_supply_hwmon.c)."""
    return (folder / "device/subsystem").resolve().name == "power_supply"


def _package(place: Place, label: str) -> str | None:
    """Package that `rapl` reads from the same registers: "Esocket1" is "package-1"."""
    found = re.match(place.label, label) if place.package else None
    return f"package-{found[1]}" if found else None


def _period_s(folder: Path, number: str) -> float:
    for file in (f"{number}_average_interval", "update_interval"):
        text = _read(folder / file)
        if text.isdecimal() and int(text) > 0:
            return int(text) / 1000
    return CACHED_S


def _error_frac(accuracy: str) -> float:
    """Share by which a sensor may be off that is "95.0%" accurate."""
    try:
        return max(0.0, 1 - float(accuracy.removesuffix("%")) / 100)
    except ValueError:
        return 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
