"""A synthetic perf_event power device: its folder in sysfs, and calls that count as told."""

import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakeven.meters.board.perf_calls import Perf

TYPE = 22
"""Number of the device, given out by the kernel at start-up."""

SCALE = "2.3283064365386962890625e-10"
"""2^-32 J, in which the kernel counts whatever the register's own step."""

EVENTS = {
    "energy-cores": 1,
    "energy-pkg": 2,
    "energy-ram": 3,
    "energy-gpu": 4,
    "energy-psys": 5,
}
"""Every event there is; processors show some of them (arch/x86/events/rapl.c)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeCpu:
    """The CPU that counts for one package or die.

    Attributes:
        cpu: Its number.
        package: Its physical package.
        die: Its die in the package.
    """

    cpu: int = 0
    package: int = 0
    die: int = 0


class FakePerf:
    """Power events that a test moves; `perf` is what a meter takes."""

    def __init__(
        self,
        sys: Path,
        *,
        events: Sequence[str] = ("energy-pkg", "energy-cores"),
        cpus: Sequence[FakeCpu] = (FakeCpu(),),
        refused: int | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:
        """Write the device's folder.

        Args:
            sys: An empty or absent folder that stands for /sys.
            events: Which events the processor shows.
            cpus: CPUs that count, one per package or die.
            refused: Error number with which opening is refused; None allows it.
            units: Units of events that are not in joules.
        """
        self._refused = refused
        self._counts: dict[tuple[int, int], int] = {}
        self._open: dict[int, tuple[int, int]] = {}
        self._broken = False
        paranoid = sys / "perf_event_paranoid"
        self.perf = Perf(sys=sys, paranoid=paranoid, calls=self)
        folder = self.perf.device / "events"
        folder.mkdir(parents=True)
        paranoid.write_text("2\n")
        (self.perf.device / "type").write_text(f"{TYPE}\n")
        (self.perf.device / "cpumask").write_text(",".join(str(cpu.cpu) for cpu in cpus) + "\n")
        for event in events:
            (folder / event).write_text(f"event=0x{EVENTS[event]:02x}\n")
            (folder / f"{event}.scale").write_text(f"{SCALE}\n")
            (folder / f"{event}.unit").write_text(f"{(units or {}).get(event, 'Joules')}\n")
        for cpu in cpus:
            topology = sys / f"devices/system/cpu/cpu{cpu.cpu}/topology"
            topology.mkdir(parents=True)
            (topology / "physical_package_id").write_text(f"{cpu.package}\n")
            (topology / "die_id").write_text(f"{cpu.die}\n")

    @property
    def n_open(self) -> int:
        """Events that are open now."""
        return len(self._open)

    def consume(self, event: str, energy_j: float, *, cpu: int = 0) -> None:
        """Let one event count further, or back where the kernel lost track."""
        key = EVENTS[event], cpu
        self._counts[key] = self._counts.get(key, 0) + round(energy_j * 2**32)

    def take_away(self) -> None:
        """Let every read fail from now on, as after the driver was unloaded."""
        self._broken = True

    def open(self, kind: int, config: int, *, cpu: int) -> int:
        """Open an event, as the kernel does.

        Raises:
            OSError: If it is refused, or there is no such device.
        """
        if self._refused is not None:
            raise OSError(self._refused, os.strerror(self._refused))
        if kind != TYPE:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        handle = len(self._open) + 100
        self._open[handle] = config, cpu
        return handle

    def read(self, handle: int) -> int:
        """Return the count of an open event.

        Raises:
            OSError: If it was taken away, or closed.
        """
        if self._broken:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        if handle not in self._open:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._counts.get(self._open[handle], 0)

    def close(self, handle: int) -> None:
        """Close an event."""
        del self._open[handle]
