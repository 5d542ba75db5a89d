"""A stand-in for `pynvml`, with the driver's documented return codes and moods."""

from dataclasses import dataclass, field


class NVMLError(Exception):
    """Any NVML return code but success."""


class NotSupportedError(NVMLError):
    """NVML_ERROR_NOT_SUPPORTED: this model has no such sensor."""


class GpuIsLostError(NVMLError):
    """NVML_ERROR_GPU_IS_LOST: the GPU has fallen off the bus."""


@dataclass(slots=True, kw_only=True)
class FakeGpu:
    """One GPU of a fake driver.

    Attributes:
        uuid: As `nvidia-smi -L` shows it.
        name: Model.
        energy_mj: Energy counter in millijoules; None where the model has none.
        power_mw: Power now in milliwatts; None where the model has no sensor.
        is_mig: Whether it is cut into instances; None where the model cannot.
        is_lost: Whether every question is answered "lost".
    """

    uuid: str
    name: str = "NVIDIA H100 80GB HBM3"
    energy_mj: int | None = 0
    power_mw: int | None = 70_000
    is_mig: bool | None = False
    is_lost: bool = False


@dataclass(slots=True)
class FakeNvml:
    """Pass it as `NvmlMeter(module=...)`; change its GPUs between reads.

    Attributes:
        gpus: In PCI bus order.
        has_driver: Whether `nvmlInit` succeeds.
        n_open: Inits not yet shut down.
    """

    gpus: list[FakeGpu] = field(default_factory=list)
    has_driver: bool = True
    n_open: int = 0

    NVMLError = NVMLError

    def nvmlInit(self) -> None:  # noqa: N802 - the driver's spelling
        """Load the driver."""
        if not self.has_driver:
            raise NVMLError("Driver Not Loaded")
        self.n_open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802 - the driver's spelling
        """Let go of the driver."""
        self.n_open -= 1

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802 - the driver's spelling
        """Count GPUs, visible to CUDA or not."""
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> FakeGpu:  # noqa: N802 - the driver's
        """Find a GPU by place on the PCI bus."""
        return self.gpus[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> FakeGpu:  # noqa: N802 - the driver's
        """Find a GPU by UUID."""
        return next(gpu for gpu in self.gpus if gpu.uuid == uuid)

    def nvmlDeviceGetUUID(self, handle: FakeGpu) -> bytes:  # noqa: N802 - the driver's spelling
        """Tell a GPU's UUID, in bytes as older releases do."""
        return handle.uuid.encode()

    def nvmlDeviceGetName(self, handle: FakeGpu) -> str:  # noqa: N802 - the driver's spelling
        """Tell a GPU's model."""
        return handle.name

    def nvmlDeviceGetMigMode(self, handle: FakeGpu) -> tuple[int, int]:  # noqa: N802 - the same
        """Tell the current and the pending MIG mode."""
        if handle.is_mig is None:
            raise NotSupportedError("Not Supported")
        return int(handle.is_mig), int(handle.is_mig)

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: FakeGpu) -> int:  # noqa: N802 - the same
        """Tell the energy since the driver was loaded, in millijoules."""
        return _answer(handle, handle.energy_mj)

    def nvmlDeviceGetPowerUsage(self, handle: FakeGpu) -> int:  # noqa: N802 - the driver's
        """Tell the power now, in milliwatts."""
        return _answer(handle, handle.power_mw)


def _answer(gpu: FakeGpu, value: int | None) -> int:
    if gpu.is_lost:
        raise GpuIsLostError("GPU is lost")
    if value is None:
        raise NotSupportedError("Not Supported")
    return value
