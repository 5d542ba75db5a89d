"""A stand-in for `pynvml`: cards driven by numbers or by recorded power, and the driver's moods.

Return codes and their texts are those of the NVML API reference, nvmlReturn_t. As with the real
one, every call before `nvmlInit` or after the last `nvmlShutdown` is answered "Uninitialized".
"""

from collections import Counter
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TypeVar

from breakeven.testing.gputrace import RecordedPower

UNINITIALIZED, INVALID_ARGUMENT, NOT_SUPPORTED, NO_PERMISSION, NOT_FOUND = 1, 2, 3, 4, 6
DRIVER_NOT_LOADED, LIBRARY_NOT_FOUND, GPU_IS_LOST, RESET_REQUIRED = 9, 12, 15, 16

_TEXTS = {
    UNINITIALIZED: "Uninitialized",
    INVALID_ARGUMENT: "Invalid Argument",
    NOT_SUPPORTED: "Not Supported",
    NO_PERMISSION: "Insufficient Permissions",
    NOT_FOUND: "Not Found",
    DRIVER_NOT_LOADED: "Driver Not Loaded",
    LIBRARY_NOT_FOUND: "NVML Shared Library Not Found",
    GPU_IS_LOST: "GPU is lost",
    RESET_REQUIRED: "GPU requires restart",
}
_POWER_INSTANT = 186

T = TypeVar("T")


class NVMLError(Exception):
    """Any NVML return code but success; `value` is the code."""

    def __init__(self, value: int) -> None:
        """Keep the code, and the driver's words for it."""
        self.value = value
        super().__init__(_TEXTS.get(value, "Unknown Error"))


@dataclass(slots=True, kw_only=True, eq=False)
class FakeGpu:
    """One GPU of a fake driver.

    Attributes:
        uuid: As `nvidia-smi -L` shows it.
        name: Model.
        energy_mj: Energy counter in millijoules; None where the model has none.
        power_mw: Power now in milliwatts; None where the model has no sensor.
        has_instant: Whether the driver offers instantaneous power as a field value.
        recorded: Drives counter and power instead of the two numbers, where these are not None.
        generation: nvmlDeviceArchitecture_t; 9 is Hopper, 7 Ampere, 5 Volta.
        busy_percent: Utilisation; None where it is not supported.
        sampled_every_us: Time between the driver's own samples of it; None where it keeps none.
        memory_bytes: In use on the whole card; None where it is not supported.
        processes: Bytes held by each computing process; None for a number the driver hides.
        held_ns: Nanoseconds held back, by field id; others are not supported.
        is_mig: Whether it is cut into instances; None where the model cannot.
        is_lost: Whether every question is answered "lost".
        returns: Code with which a function, by its name, answers instead.
    """

    uuid: str
    name: str = "NVIDIA H100 80GB HBM3"
    energy_mj: int | None = 0
    power_mw: int | None = 70_000
    has_instant: bool = True
    recorded: RecordedPower | None = None
    generation: int | None = 9
    busy_percent: int | None = 0
    sampled_every_us: int | None = 167_000
    memory_bytes: int | None = 0
    processes: dict[int, int | None] = field(default_factory=dict)
    held_ns: dict[int, int] = field(default_factory=dict)
    is_mig: bool | None = False
    is_lost: bool = False
    returns: dict[str, int] = field(default_factory=dict)

    def energy_now_mj(self) -> int | None:
        """What the counter shows."""
        if self.energy_mj is None or self.recorded is None:
            return self.energy_mj
        return self.recorded.energy_mj()

    def power_now_mw(self) -> int | None:
        """What the power sensor shows."""
        if self.power_mw is None or self.recorded is None:
            return self.power_mw
        return self.recorded.power_mw()


@dataclass(slots=True)
class FakeNvml:
    """Pass it as `NvmlMeter(module=...)`; change its GPUs between reads.

    Attributes:
        gpus: In PCI bus order.
        has_driver: Whether `nvmlInit` succeeds.
        init_returns: Code with which it fails otherwise.
        n_open: Inits not yet shut down.
        calls: How often each function was called.
    """

    gpus: list[FakeGpu] = field(default_factory=list)
    has_driver: bool = True
    init_returns: int = DRIVER_NOT_LOADED
    n_open: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    NVMLError = NVMLError

    def nvmlInit(self) -> None:  # noqa: N802 - the driver's spelling
        """Load the driver."""
        if not self.has_driver:
            raise NVMLError(self.init_returns)
        self.n_open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802 - the driver's spelling
        """Let go of the driver."""
        self._count("nvmlShutdown")
        self.n_open -= 1

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - the driver's spelling
        """Count GPUs, visible to CUDA or not."""
        self._count("nvmlDeviceGetCount")
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:  # noqa: N802 - the driver's
        """Find a GPU by place on the PCI bus; a lost one has no handle."""
        self._check("nvmlDeviceGetHandleByIndex", self.gpus[index])
        return self.gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> FakeGpu:  # noqa: N802 - the driver's
        """Find a GPU by UUID; a lost one has no handle."""
        found = [gpu for gpu in self.gpus if gpu.uuid == uuid]
        if not found:
            raise NVMLError(NOT_FOUND)
        self._check("nvmlDeviceGetHandleByUUID", found[0])
        return found[0]

    def nvmlDeviceGetUUID(self, handle: FakeGpu) -> bytes:  # noqa: N802 - the driver's spelling
        """Tell a GPU's UUID, in bytes as older releases do."""
        return self._answer("nvmlDeviceGetUUID", handle, handle.uuid.encode())

    def nvmlDeviceGetName(self, handle: FakeGpu) -> str:  # noqa: N802 - the driver's spelling
        """Tell a GPU's model."""
        return self._answer("nvmlDeviceGetName", handle, handle.name)

    def nvmlDeviceGetArchitecture(self, handle: FakeGpu) -> int:  # noqa: N802 - the driver's
        """Tell a GPU's generation."""
        return self._answer("nvmlDeviceGetArchitecture", handle, handle.generation)

    def nvmlDeviceGetMigMode(self, handle: FakeGpu) -> tuple[int, int]:  # noqa: N802 - the same
        """Tell the current and the pending MIG mode."""
        is_mig = self._answer("nvmlDeviceGetMigMode", handle, handle.is_mig)
        return int(is_mig), int(is_mig)

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: FakeGpu) -> int:  # noqa: N802 - the same
        """Tell the energy since the driver was loaded, in millijoules."""
        name = "nvmlDeviceGetTotalEnergyConsumption"
        return self._answer(name, handle, handle.energy_now_mj())

    def nvmlDeviceGetPowerUsage(self, handle: FakeGpu) -> int:  # noqa: N802 - the driver's
        """Tell the power now, or its mean over a second, in milliwatts."""
        return self._answer("nvmlDeviceGetPowerUsage", handle, handle.power_now_mw())

    def nvmlDeviceGetUtilizationRates(self, handle: FakeGpu) -> SimpleNamespace:  # noqa: N802
        """Tell the percentage of the past sample period in which a kernel ran."""
        percent = self._answer("nvmlDeviceGetUtilizationRates", handle, handle.busy_percent)
        return SimpleNamespace(gpu=percent, memory=0)

    def nvmlDeviceGetSamples(  # noqa: N802 - the driver's spelling
        self, handle: FakeGpu, kind: int, after: int
    ) -> tuple[int, list[SimpleNamespace]]:
        """Tell the time stamps of the last samples, in microseconds."""
        del kind
        every_us = self._answer("nvmlDeviceGetSamples", handle, handle.sampled_every_us)
        return 1, [SimpleNamespace(timeStamp=after + n * every_us) for n in range(5)]

    def nvmlDeviceGetMemoryInfo(self, handle: FakeGpu) -> SimpleNamespace:  # noqa: N802 - the same
        """Tell the memory in use on the whole card, in bytes."""
        used = self._answer("nvmlDeviceGetMemoryInfo", handle, handle.memory_bytes)
        return SimpleNamespace(used=used)

    def nvmlDeviceGetComputeRunningProcesses(  # noqa: N802 - the driver's spelling
        self, handle: FakeGpu
    ) -> list[SimpleNamespace]:
        """List the processes that compute, by their numbers on the host."""
        listed = self._answer("nvmlDeviceGetComputeRunningProcesses", handle, handle.processes)
        return [SimpleNamespace(pid=pid, usedGpuMemory=used) for pid, used in listed.items()]

    def nvmlDeviceGetFieldValues(  # noqa: N802 - the driver's spelling
        self, handle: FakeGpu, field_ids: list[int]
    ) -> list[SimpleNamespace]:
        """Tell field values; what is not supported says so in its own return code."""
        self._check("nvmlDeviceGetFieldValues", handle)
        return [_field_value(handle, field_id) for field_id in field_ids]

    def _count(self, function: str) -> None:
        self.calls[function] += 1
        if not self.n_open:
            raise NVMLError(UNINITIALIZED)

    def _check(self, function: str, gpu: FakeGpu) -> None:
        self._count(function)
        if gpu.is_lost:
            raise NVMLError(GPU_IS_LOST)
        if function in gpu.returns:
            raise NVMLError(gpu.returns[function])

    def _answer(self, function: str, gpu: FakeGpu, value: T | None) -> T:
        self._check(function, gpu)
        if value is None:
            raise NVMLError(NOT_SUPPORTED)
        return value


def _field_value(gpu: FakeGpu, field_id: int) -> SimpleNamespace:
    """Power comes as an unsigned int (type 1), times as unsigned long long (type 3)."""
    if field_id == _POWER_INSTANT:
        found = gpu.power_now_mw() if gpu.has_instant else None
        value_type, value = 1, SimpleNamespace(uiVal=found)
    else:
        found = gpu.held_ns.get(field_id)
        value_type, value = 3, SimpleNamespace(ullVal=found)
    code = NOT_SUPPORTED if found is None else 0
    return SimpleNamespace(fieldId=field_id, nvmlReturn=code, valueType=value_type, value=value)
