"""A stand-in for `zeus.device.soc` (zeus 0.16.0): the same names, with counters a test moves."""

from dataclasses import dataclass
from queue import Empty
from typing import Any


class ZeusSoCInitError(Exception):
    """No such processor, or it cannot be opened."""


@dataclass(slots=True)
class AppleSiliconMeasurement:
    """Cumulative millijoules; None for what a chip does not tell."""

    cpu_total_mj: int | None = 0
    efficiency_cores_mj: list[int] | None = None
    performance_cores_mj: list[int] | None = None
    dram_mj: int | None = 0
    gpu_mj: int | None = 0
    gpu_sram_mj: int | None = 0
    ane_mj: int | None = 0


@dataclass(slots=True)
class JetsonMeasurement:
    """Cumulative millijoules; None for a rail that a board does not have."""

    cpu_energy_mj: float | None = 0.0
    gpu_energy_mj: float | None = 0.0
    total_energy_mj: float | None = 0.0


@dataclass(slots=True)
class AppleSilicon:
    """A chip that answers at once."""

    measurement: AppleSiliconMeasurement

    def get_total_energy_consumption(self) -> AppleSiliconMeasurement:
        """Return the counters."""
        return self.measurement


@dataclass(slots=True)
class Jetson:
    """A board whose polling process may have died.

    Attributes:
        measurement: What it shows.
        is_dead: Whether nobody answers any more.
        waited_s: What the last question would have waited.
    """

    measurement: JetsonMeasurement
    is_dead: bool = False
    waited_s: float = 0.0

    def get_total_energy_consumption(self, timeout: float = 15.0) -> JetsonMeasurement:
        """Return the counters, or wait for a process that has died."""
        self.waited_s = timeout
        if self.is_dead:
            raise Empty
        return self.measurement


@dataclass(slots=True)
class FakeZeus:
    """Pass it as `ZeusMeter(module=...)`.

    Attributes:
        processor: What `get_soc` finds; None for nothing.
    """

    processor: AppleSilicon | Jetson | None = None

    ZeusSoCInitError = ZeusSoCInitError

    def get_soc(self) -> Any:  # noqa: ANN401 - either processor
        """Find the processor."""
        if self.processor is None:
            raise ZeusSoCInitError("No observable SoC was found on the current machine.")
        return self.processor
