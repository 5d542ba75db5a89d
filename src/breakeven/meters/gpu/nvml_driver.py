"""The NVIDIA driver, spoken to through NVML: every refusal becomes a reason with advice.

Return codes are those of the NVML API reference, "Device Enums", nvmlReturn_t. `pynvml` is imported
only here.
"""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from breakeven.errors import MeterUnavailableError, MissingExtraError
from breakeven.meters.gpu.card import SensorMissingError

_MISSING = frozenset({2, 3, 13, 25})
"""Invalid argument, not supported, function not found, argument version mismatch: what drivers and
cards that lack a sensor, or know nothing of it yet, answer for ever."""

_VALUES = {0: "dVal", 1: "uiVal", 2: "ulVal", 3: "ullVal", 4: "sllVal", 5: "siVal", 6: "usVal"}
"""Member of nvmlValue_t by nvmlValueType_t."""

_SMI = "Check `nvidia-smi`"
_ADVICE = {
    1: "Another library in this process has shut NVML down; start the process anew.",
    4: "Run as root, or ask for access to /dev/nvidia*; in a container start it with --gpus all.",
    9: f"{_SMI}; load the driver (sudo modprobe nvidia); in a container start it with --gpus all.",
    12: "libnvidia-ml.so.1 is missing: install the driver; in a container set "
    "NVIDIA_DRIVER_CAPABILITIES=compute,utility.",
    15: "It has fallen off the bus: look for Xid in `dmesg`, then reboot the machine.",
    16: "Reset it when nobody uses it (sudo nvidia-smi --gpu-reset), or reboot the machine.",
    17: "The operating system blocks it: look at cgroup and container rules for /dev/nvidia*.",
    18: "The driver was updated while loaded: reboot the machine, or load its module anew.",
}


class NvmlDriver:
    """NVML, initialised; shut down once, when closed."""

    def __init__(self, module: Any = None) -> None:  # noqa: ANN401 - pynvml, or a fake of it
        """Load the driver's library.

        Args:
            module: `pynvml`; imported when None.

        Raises:
            MeterUnavailableError: If the driver does not answer.
            MissingExtraError: If `nvidia-ml-py` is not installed.
        """
        self._module = _import_nvml() if module is None else module
        self._is_open = False
        try:
            self._module.nvmlInit()
        except self._module.NVMLError as error:
            raise MeterUnavailableError(
                f"the NVIDIA driver does not answer ({error}).",
                advice=_ADVICE.get(
                    _code(error), f"{_SMI}; in a container start it with --gpus all."
                ),
            ) from error
        self._is_open = True

    def ask(self, function: str, *arguments: Any) -> Any:  # noqa: ANN401 - as many types as questions
        """Call a function of NVML.

        Raises:
            SensorMissingError: If this card or this driver will never answer that.
            MeterUnavailableError: If it does not answer now.
        """
        try:
            return getattr(self._module, function)(*arguments)
        except AttributeError as error:
            raise SensorMissingError(f"this nvidia-ml-py has no {function}.") from error
        except self._module.NVMLError as error:
            raise _refused(function, error) from error

    def field(self, handle: Any, field_id: int) -> float:  # noqa: ANN401 - an opaque handle
        """Read one field value, whatever type it comes in.

        Raises:
            SensorMissingError: If this card or this driver has no such field.
            MeterUnavailableError: If it does not answer now.
        """
        (answer,) = self.ask("nvmlDeviceGetFieldValues", handle, [field_id])
        if answer.nvmlReturn:
            raise _refused(f"field {field_id}", self._module.NVMLError(answer.nvmlReturn))
        return _number(answer)

    def fields(self, handle: Any, field_ids: Sequence[int]) -> dict[int, float]:  # noqa: ANN401
        """Read several field values in one call; what a card does not tell is absent.

        Raises:
            MeterUnavailableError: If it does not answer now.
        """
        answers = self.ask("nvmlDeviceGetFieldValues", handle, list(field_ids))
        return {int(a.fieldId): _number(a) for a in answers if not a.nvmlReturn}

    def close(self) -> None:
        """Let go of the driver; a second time does nothing, for NVML counts its users."""
        was_open, self._is_open = self._is_open, False
        if was_open:
            with suppress(self._module.NVMLError):
                self._module.nvmlShutdown()


def _number(answer: Any) -> float:  # noqa: ANN401 - a structure of an untyped module
    """Value of a field, whatever type it comes in."""
    return float(getattr(answer.value, _VALUES[answer.valueType]))


def _refused(what: str, error: Exception) -> MeterUnavailableError:
    code = _code(error)
    if code in _MISSING:
        return SensorMissingError(f"{what}: {error}.")
    advice = _ADVICE.get(code, "Look for the card with `nvidia-smi -L`.")
    return MeterUnavailableError(f"{what}: {error}.", advice=advice)


def _code(error: Exception) -> int:
    return int(getattr(error, "value", -1))


def _import_nvml() -> Any:  # noqa: ANN401 - an untyped module
    try:
        return import_module("pynvml")
    except ImportError as error:
        raise MissingExtraError("reading NVIDIA GPUs", "nvml") from error
