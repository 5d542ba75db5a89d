"""The doors of the GPU meters: what reads cards is imported only where there is a driver for them.

It would take a machine without a GPU 25 ms of CPU at every start to learn that it has none.
"""

from collections.abc import Sequence
from pathlib import Path

from breakeven.errors import MeterUnavailableError
from breakeven.records.protocols import Meter

NVIDIA_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/proc/driver/nvidia/version"))
AMD_FILES = (Path("/dev/kfd"), Path("/sys/module/amdgpu"))
"""Any of these is there where there is a driver; /dev/dxg is Windows' own below Linux."""


def open_nvml(*, driver_files: Sequence[Path] = NVIDIA_FILES) -> Meter:
    """Open the NVIDIA GPUs.

    Args:
        driver_files: Any of these is there where there is a driver.

    Raises:
        MeterUnavailableError: If there is no driver, or no GPU can be measured.
        MissingExtraError: If there is a driver but `nvidia-ml-py` is not installed.
    """
    if not any(path.exists() for path in driver_files):
        raise MeterUnavailableError(
            "no NVIDIA driver on this machine.",
            advice="Install it, or in a container start with --gpus all.",
        )
    from breakeven.meters.gpu.nvml import NvmlMeter  # noqa: PLC0415 - see above

    return NvmlMeter()


def open_amdsmi(*, driver_files: Sequence[Path] = AMD_FILES) -> Meter:
    """Open the AMD GPUs.

    Args:
        driver_files: Any of these is there where there is a driver.

    Raises:
        MeterUnavailableError: If there is no driver, or no GPU can be measured.
        MissingExtraError: If there is a driver but `amdsmi` is not installed.
    """
    if not any(path.exists() for path in driver_files):
        raise MeterUnavailableError(
            "no AMD GPU driver on this machine.",
            advice="Install ROCm; in a container pass --device /dev/kfd --device /dev/dri.",
            is_worth_a_note=False,
        )
    from breakeven.meters.gpu.amdgpu import AmdGpuMeter  # noqa: PLC0415 - see above

    return AmdGpuMeter()
