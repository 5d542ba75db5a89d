"""The driver of the fake GPUs: the environment's own pynvml, its questions answered from a file.

Names, return codes and exceptions are the real module's; only what is asked of GPUs is replaced.
A GPU draws its power all the time, and its counter counts it, in steps.
"""

import functools
import importlib.machinery
import json
import os
import sys
import time

_spec = importlib.machinery.PathFinder.find_spec(
    "pynvml", [path for path in sys.path if "-packages" in path]
)
if _spec is None:
    raise ImportError("No module named 'pynvml'")
exec(compile(_spec.loader.get_source("pynvml"), _spec.origin, "exec"))

_UPDATE_S = float(os.environ.get("RIVALS_UPDATE_S", "0.02"))
"""How often the power changes: a watt up or down, as a sensor's does."""

n_power_reads = 0

_FOLDER = os.environ.get("RIVALS_FOLDER", "")


class _Memory:
    total, used, free = 80 << 30, 1 << 30, 79 << 30


class _Rates:
    gpu, memory = 50, 10


class _Value:
    def __init__(self, number):
        self.uiVal = self.ulVal = self.ullVal = number


class _Field:
    def __init__(self, ret, number=0):
        self.nvmlReturn, self.value = ret, _Value(number)
        self.valueType = NVML_VALUE_TYPE_UNSIGNED_INT
        self.timestamp = int(time.monotonic() * 1e6)


@functools.cache
def _gpus():
    with open(os.path.join(_FOLDER, "gpus.json")) as file:
        return json.load(file)


def _unsupported(*_arguments, **_options):
    raise NVMLError(NVML_ERROR_NOT_SUPPORTED)


for _name in [name for name in globals() if name.startswith("nvmlDevice")]:
    globals()[_name] = _unsupported


def nvmlInit():
    if not os.path.exists(os.path.join(_FOLDER, "gpus.json")):
        raise NVMLError(NVML_ERROR_DRIVER_NOT_LOADED)


nvmlInitWithFlags = lambda flags: nvmlInit()
nvmlInit_v2 = nvmlInit


def nvmlShutdown():
    pass


def nvmlSystemGetDriverVersion():
    return "580.00"


def nvmlSystemGetCudaDriverVersion():
    return 13000


def nvmlDeviceGetCount():
    nvmlInit()
    return len(_gpus())


def nvmlDeviceGetHandleByIndex(index):
    if not 0 <= index < len(_gpus()):
        raise NVMLError(NVML_ERROR_INVALID_ARGUMENT)
    return int(index)


def nvmlDeviceGetHandleByUUID(uuid):
    uuid = uuid.decode() if isinstance(uuid, bytes) else uuid
    found = [i for i, gpu in enumerate(_gpus()) if gpu["uuid"] == uuid]
    if not found:
        raise NVMLError(NVML_ERROR_NOT_FOUND)
    return found[0]


def nvmlDeviceGetIndex(handle):
    return handle


def nvmlDeviceGetUUID(handle):
    return _gpus()[handle]["uuid"]


def nvmlDeviceGetName(handle):
    return _gpus()[handle]["name"]


def nvmlDeviceGetArchitecture(handle):
    volta, maxwell = NVML_DEVICE_ARCH_VOLTA, NVML_DEVICE_ARCH_MAXWELL
    return volta + 3 if _gpus()[handle]["has_counter"] else maxwell


def nvmlDeviceGetTotalEnergyConsumption(handle):
    gpu = _gpus()[handle]
    if not gpu["has_counter"]:
        _unsupported()
    counted_s = int(time.monotonic() / _UPDATE_S) * _UPDATE_S
    return int(gpu["power_w"] * counted_s * 1e3)


def nvmlDeviceGetPowerUsage(handle):
    global n_power_reads
    n_power_reads += 1
    update = int(time.monotonic() / _UPDATE_S)
    return int(_gpus()[handle]["power_w"] * 1e3) + update * 7919 % 2001 - 1000


def nvmlDeviceGetFieldValues(handle, fields):
    """Power now, on every model; averaged over a second, on newer ones (NVML API reference)."""
    known = {NVML_FI_DEV_POWER_INSTANT}
    if _gpus()[handle]["has_counter"]:
        known.add(NVML_FI_DEV_POWER_AVERAGE)
    asked = [field[0] if isinstance(field, tuple) else field for field in fields]
    power_mw = nvmlDeviceGetPowerUsage(handle)
    return [
        _Field(NVML_SUCCESS, power_mw) if field in known else _Field(NVML_ERROR_NOT_SUPPORTED)
        for field in asked
    ]


def nvmlDeviceGetMemoryInfo(handle, version=None):
    return _Memory()


def nvmlDeviceGetUtilizationRates(handle):
    return _Rates()


def nvmlDeviceGetTemperature(handle, sensor):
    return 40


def nvmlDeviceGetClockInfo(handle, kind):
    return 1000


def nvmlDeviceGetEnforcedPowerLimit(handle):
    return 700_000


nvmlDeviceGetPowerManagementLimit = nvmlDeviceGetEnforcedPowerLimit
nvmlDeviceGetPowerManagementDefaultLimit = nvmlDeviceGetEnforcedPowerLimit


def nvmlDeviceGetPowerManagementLimitConstraints(handle):
    return [100_000, 700_000]


def nvmlDeviceGetComputeMode(handle):
    return 0


def nvmlDeviceGetComputeRunningProcesses(handle):
    return []


nvmlDeviceGetGraphicsRunningProcesses = nvmlDeviceGetComputeRunningProcesses


def nvmlDeviceGetMigMode(handle):
    return [0, 0]


def nvmlDeviceGetPersistenceMode(handle):
    return 1
