"""What an NVIDIA card can be asked for: its energy counter, power, load and memory."""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import median
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import NOT_COVERED, SLOWEST_UPDATE_S, Sensor, SensorMissingError
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.processes import OwnProcesses, sees_host_numbers

POWER_INSTANT = 186
"""NVML_FI_DEV_POWER_INSTANT (nvml.h, "Field Identifiers"); drivers since R530 know it."""

POWER_ERROR_FRAC = 0.05
"""nvmlDeviceGetPowerUsage is "accurate to within +/- 5 %" (NVML API reference, of Fermi and Kepler;
for later cards the maker says nothing)."""

PART_TIME_ERROR_FRAC = 0.65
"""Sensors of A100 and H100 look at a quarter of the time. Allowing for it took up to 65 % of error
off integrated power (Yang, Adamek & Armour 2024, "Part-time power measurements", abstract)."""

MEAN_LAG_S = 1.0
"""nvmlDeviceGetPowerUsage is a mean over 1 s on Ampere (except GA100) and newer (NVML API
reference)."""

BUSY_PERIOD_S = 1.0
"""Utilisation is a mean over "between 1 second and 1/6 second, depending on the product" (NVML API
reference, nvmlUtilization_t); the slowest, where the driver does not tell more."""

_W_PER_MW = 1e-3
_J_PER_MJ = 1e-3  # millijoules
_S_PER_US = 1e-6
_PERCENT = 0.01
_AMPERE = 7  # NVML_DEVICE_ARCH_AMPERE
_UTILISATION_SAMPLES = 1  # NVML_GPU_UTILIZATION_SAMPLES
_PART_TIME = re.compile(r"\b[AH]100\b")
_GA100 = re.compile(r"\bA(100|800|30)\b")


def counter_sensor(driver: NvmlDriver, handle: Any) -> Sensor | None:  # noqa: ANN401 - a handle
    """Joules since the driver was loaded; from Volta on.

    Raises:
        MeterUnavailableError: If the card does not answer at all.
    """

    def read() -> float:
        return float(driver.ask("nvmlDeviceGetTotalEnergyConsumption", handle)) * _J_PER_MJ

    if _missing(read):
        return None
    return Sensor(name="nvml-energy", read=read, resolution=_J_PER_MJ)


def power_sensor(driver: NvmlDriver, handle: Any, *, model: str) -> Sensor | None:  # noqa: ANN401
    """Watts: instantaneous where the driver offers that, else what `nvidia-smi` shows.

    Args:
        driver: Opened.
        handle: The card's.
        model: Its name, which tells cards whose sensor looks only part of the time.

    Raises:
        MeterUnavailableError: If the card does not answer at all.
    """

    def instant() -> float:
        return driver.field(handle, POWER_INSTANT) * _W_PER_MW

    def usage() -> float:
        return float(driver.ask("nvmlDeviceGetPowerUsage", handle)) * _W_PER_MW

    if not _missing(instant, refuse_zero=True):
        return _power("nvml-power-instant", instant, model=model)
    if _missing(usage):
        return None
    if _is_mean(driver, handle, model):
        return _power("nvml-power-average", usage, model=model, period_s=MEAN_LAG_S)
    return _power("nvml-power", usage, model=model)


def busy_sensor(driver: NvmlDriver, handle: Any) -> Sensor | None:  # noqa: ANN401 - a handle
    """Share of the past sample period in which a kernel ran.

    Raises:
        MeterUnavailableError: If the card does not answer at all.
    """

    def read() -> float:
        return float(driver.ask("nvmlDeviceGetUtilizationRates", handle).gpu) * _PERCENT

    if _missing(read):
        return None
    return Sensor(
        name="nvml-utilization",
        read=read,
        resolution=_PERCENT,
        period_s=_busy_period_s(driver, handle),
        not_covered="how much of the card a kernel uses: one small kernel counts as busy",
    )


def memory_sensor(
    driver: NvmlDriver,
    handle: Any,  # noqa: ANN401 - an opaque handle
    *,
    own: OwnProcesses,
    can_tell_own: Callable[[], bool] = sees_host_numbers,
) -> Sensor | None:
    """Bytes that our processes hold on the card, or the whole card's where ours cannot be told.

    Ours include the CUDA context and what a framework keeps for later, so they lie above
    `torch.cuda.max_memory_allocated`, which counts tensors only but misses no peak.

    Raises:
        MeterUnavailableError: If the card does not answer at all.
    """

    def ours() -> float:
        used = processes(driver, handle)
        mine, _ = own.split(used)
        return float(sum(used[pid] or 0 for pid in mine))

    def whole() -> float:
        return float(driver.ask("nvmlDeviceGetMemoryInfo", handle).used)

    if can_tell_own() and not _missing(ours):
        return Sensor(
            name="nvml-process-memory",
            read=ours,
            resolution=1.0,
            not_covered="memory of other processes",
            is_ours=True,
        )
    if _missing(whole):
        return None
    return Sensor(
        name="nvml-card-memory",
        read=whole,
        resolution=1.0,
        not_covered="nothing: it is the whole card's, of every process and of the driver",
    )


def processes(driver: NvmlDriver, handle: Any) -> dict[int, int | None]:  # noqa: ANN401 - a handle
    """Processes that compute on a card, and the bytes each holds; None where the driver hides it.

    Raises:
        MeterUnavailableError: If the card does not answer.
    """
    listed = driver.ask("nvmlDeviceGetComputeRunningProcesses", handle)
    return {int(process.pid): process.usedGpuMemory for process in listed}


def _power(
    name: str, read: Callable[[], float], *, model: str, period_s: float = SLOWEST_UPDATE_S
) -> Sensor:
    if _PART_TIME.search(model):
        error_frac = PART_TIME_ERROR_FRAC
        not_covered = (
            f"three quarters of the time, in which this sensor does not look; {NOT_COVERED}"
        )
    else:
        error_frac, not_covered = POWER_ERROR_FRAC, NOT_COVERED
    return Sensor(
        name=name,
        read=read,
        resolution=_W_PER_MW,
        period_s=period_s,
        relative_error=error_frac,
        not_covered=not_covered,
    )


def _is_mean(driver: NvmlDriver, handle: Any, model: str) -> bool:  # noqa: ANN401 - a handle
    """Whether power is a running mean; where the generation cannot be told it is taken to be."""
    try:
        generation = int(driver.ask("nvmlDeviceGetArchitecture", handle))
    except SensorMissingError:
        return True
    return generation >= _AMPERE and not _GA100.search(model)


def _busy_period_s(driver: NvmlDriver, handle: Any) -> float:  # noqa: ANN401 - a handle
    """Time between the driver's own samples, from their time stamps."""
    try:
        _, samples = driver.ask("nvmlDeviceGetSamples", handle, _UTILISATION_SAMPLES, 0)
    except MeterUnavailableError:
        return BUSY_PERIOD_S  # no such call, or no sample yet
    return _typical_gap_s(sample.timeStamp * _S_PER_US for sample in samples)


def _typical_gap_s(times_s: Iterable[float]) -> float:
    gaps_s = [later - earlier for earlier, later in pairwise(sorted(times_s)) if later > earlier]
    return median(gaps_s) if gaps_s else BUSY_PERIOD_S


def _missing(read: Callable[[], float], *, refuse_zero: bool = False) -> bool:
    """Whether a card lacks a sensor; some drivers answer 0 W for one that is not there."""
    try:
        return read() <= 0 and refuse_zero
    except SensorMissingError:
        return True
