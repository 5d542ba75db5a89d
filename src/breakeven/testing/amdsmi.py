"""A stand-in for `amdsmi`: cards driven by numbers or by recorded power, and the library's moods.

Entries, units and status codes are those of the AMD SMI Python API reference; what a card lacks is
"N/A", as there.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from breakeven.testing.gputrace import RecordedPower

NOT_SUPPORTED, NO_PERM, BUSY, NOT_INIT, DRIVER_NOT_LOADED, RESTARTED = 2, 10, 30, 32, 34, 54

_TEXTS = {
    NOT_SUPPORTED: "AMDSMI_STATUS_NOT_SUPPORTED - Feature not supported",
    NO_PERM: "AMDSMI_STATUS_NO_PERM - Permission Denied",
    BUSY: "AMDSMI_STATUS_BUSY - Device busy",
    NOT_INIT: "AMDSMI_STATUS_NOT_INIT - Device not initialized",
    DRIVER_NOT_LOADED: "AMDSMI_STATUS_DRIVER_NOT_LOADED - Driver not loaded",
    RESTARTED: "AMDSMI_STATUS_AMDGPU_RESTART_ERR - AMD GPU restart failed",
}
_NA = "N/A"


class AmdSmiException(Exception):  # noqa: N818 - the library's spelling
    """Any status but success."""

    def __init__(self, err_code: int) -> None:
        """Keep the code, and the library's words for it."""
        self.err_code = err_code
        self.err_info = _TEXTS.get(err_code, "AMDSMI_STATUS_UNKNOWN_ERROR")
        super().__init__(f"Error code:\n\t{err_code} | {self.err_info}")


class AmdSmiInitFlags(IntEnum):
    """What the library may be opened for."""

    INIT_AMD_GPUS = 2


@dataclass(slots=True, kw_only=True, eq=False)
class FakeAmdGpu:
    """One GPU of a fake library.

    Attributes:
        uuid: As `amdsmi_get_gpu_device_uuid` tells it.
        name: Model.
        bus: Place on the PCI bus.
        hip_id: Place in HIP's order; None where the release does not tell it.
        hip_uuid: As ROCR_VISIBLE_DEVICES may name it.
        ticks: Energy counter in steps; None where the model has none.
        step_uj: Micro joules of a step, as the library tells it.
        counter_key: What the release calls the counter: "power" before 6.2.1.
        power_w: Power now; None where the model tells none.
        mean_power_w: Its mean; None where the model tells none.
        recorded: Drives counter and power instead of the numbers, where these are not None.
        busy_percent: Activity; None where it is not supported.
        memory_mib: In use on the whole card; None where it is not supported.
        partition: How compute units are divided; None where the model cannot.
        is_lost: Whether every question fails.
        returns: Code with which a function, by its name, answers instead.
    """

    uuid: str
    name: str = "AMD Instinct MI300X"
    bus: str = "0000:01:00.0"
    hip_id: int | None = None
    hip_uuid: str = ""
    ticks: int | None = 1_000_000
    step_uj: float = 15.3
    counter_key: str = "energy_accumulator"
    power_w: int | None = 140
    mean_power_w: int | None = None
    recorded: RecordedPower | None = None
    busy_percent: int | None = 0
    memory_mib: int | None = 283
    partition: str | None = "SPX"
    is_lost: bool = False
    returns: dict[str, int] = field(default_factory=dict)

    def ticks_now(self) -> int | None:
        """What the counter shows."""
        if self.ticks is None or self.recorded is None:
            return self.ticks
        return self.ticks + int(self.recorded.energy_mj() * 1e3 / self.step_uj)

    def power_now_w(self) -> int | None:
        """What the power sensor shows, in whole watts."""
        if self.power_w is None or self.recorded is None:
            return self.power_w
        return round(self.recorded.power_mw() / 1e3)


@dataclass(slots=True)
class FakeAmdSmi:
    """Pass it as `AmdGpuMeter(module=...)`; change its GPUs between reads.

    Attributes:
        gpus: In the library's order.
        init_returns: Code with which `amdsmi_init` fails; 0 for success.
        n_open: Inits not yet shut down.
        calls: How often each function was called.
    """

    gpus: list[FakeAmdGpu] = field(default_factory=list)
    init_returns: int = 0
    n_open: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    AmdSmiException: ClassVar[type[AmdSmiException]] = AmdSmiException
    AmdSmiInitFlags: ClassVar[type[AmdSmiInitFlags]] = AmdSmiInitFlags

    def amdsmi_init(self, flags: int) -> None:
        """Open the library."""
        del flags
        if self.init_returns:
            raise AmdSmiException(self.init_returns)
        self.n_open += 1

    def amdsmi_shut_down(self) -> None:
        """Let go of the library."""
        if not self.n_open:
            raise AmdSmiException(NOT_INIT)
        self.n_open -= 1

    def amdsmi_get_processor_handles(self) -> list[FakeAmdGpu]:
        """List the GPUs."""
        return list(self.gpus)

    def amdsmi_get_gpu_device_uuid(self, handle: FakeAmdGpu) -> str:
        """Tell a GPU's UUID."""
        self._check("amdsmi_get_gpu_device_uuid", handle)
        return handle.uuid

    def amdsmi_get_gpu_device_bdf(self, handle: FakeAmdGpu) -> str:
        """Tell a GPU's place on the bus."""
        self._check("amdsmi_get_gpu_device_bdf", handle)
        return handle.bus

    def amdsmi_get_gpu_asic_info(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell a GPU's model and serial number."""
        self._check("amdsmi_get_gpu_asic_info", handle)
        return {"market_name": handle.name, "asic_serial": _NA}

    def amdsmi_get_gpu_enumeration_info(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell a GPU's place in HIP's order; older releases lack this."""
        self._check("amdsmi_get_gpu_enumeration_info", handle)
        if handle.hip_id is None:
            raise AmdSmiException(NOT_SUPPORTED)
        return {"hip_id": handle.hip_id, "hip_uuid": handle.hip_uuid}

    def amdsmi_get_gpu_compute_partition(self, handle: FakeAmdGpu) -> str:
        """Tell how the compute units are divided."""
        self._check("amdsmi_get_gpu_compute_partition", handle)
        if handle.partition is None:
            raise AmdSmiException(NOT_SUPPORTED)
        return handle.partition

    def amdsmi_get_energy_count(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell the counter and its step, in micro joules."""
        self._check("amdsmi_get_energy_count", handle)
        ticks = handle.ticks_now()
        if ticks is None:
            raise AmdSmiException(NOT_SUPPORTED)
        return {handle.counter_key: ticks, "counter_resolution": handle.step_uj, "timestamp": 0}

    def amdsmi_get_power_info(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell the power, in watts."""
        self._check("amdsmi_get_power_info", handle)
        return {
            "current_socket_power": _or_na(handle.power_now_w()),
            "average_socket_power": _or_na(handle.mean_power_w),
        }

    def amdsmi_get_gpu_activity(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell the percentage of time in which it computed."""
        self._check("amdsmi_get_gpu_activity", handle)
        return {"gfx_activity": _or_na(handle.busy_percent), "mm_activity": _NA}

    def amdsmi_get_gpu_vram_usage(self, handle: FakeAmdGpu) -> dict[str, object]:
        """Tell the memory in use, in MiB."""
        self._check("amdsmi_get_gpu_vram_usage", handle)
        return {"vram_total": 196_288, "vram_used": _or_na(handle.memory_mib)}

    def _check(self, function: str, gpu: FakeAmdGpu) -> None:
        self.calls[function] += 1
        if not self.n_open:
            raise AmdSmiException(NOT_INIT)
        if gpu.is_lost:
            raise AmdSmiException(RESTARTED)
        if function in gpu.returns:
            raise AmdSmiException(gpu.returns[function])


def _or_na(value: int | None) -> int | str:
    return _NA if value is None else value
