"""The AMD GPU driver, spoken to through amdsmi: every refusal becomes a reason with advice.

Status codes are those of amdsmi.h, amdsmi_status_t. `amdsmi` is imported only here.
"""

import contextlib
import io
from importlib import import_module
from typing import Any

from breakeven.errors import MeterUnavailableError, MissingExtraError
from breakeven.meters.gpu.card import SensorMissingError

_MISSING = frozenset({1, 2, 3, 5, 40})
"""Invalid parameters, not supported, not yet implemented, symbol not found, no data."""

_ADVICE = {
    10: "Join the groups that own the card (sudo usermod -aG render,video $USER); log in anew.",
    30: "It is busy; measure again.",
    32: "Another library in this process has shut amdsmi down; start the process anew.",
    34: "Load the driver (sudo modprobe amdgpu); in a container pass --device /dev/kfd "
    "--device /dev/dri.",
    54: "The card was reset: start the process anew.",
}
_CHECK = "Check `amd-smi list`; in a container pass --device /dev/kfd --device /dev/dri."


class AmdDriver:
    """The amdsmi library, initialised for GPUs; shut down once, when closed."""

    def __init__(self, module: Any = None) -> None:  # noqa: ANN401 - amdsmi, or a fake of it
        """Load the driver's library.

        Args:
            module: `amdsmi`; imported when None.

        Raises:
            MeterUnavailableError: If the library does not fit the driver, or that does not answer.
            MissingExtraError: If `amdsmi` is not installed.
        """
        self._module = _import_amdsmi() if module is None else module
        self._is_open = False
        try:
            self._module.amdsmi_init(self._module.AmdSmiInitFlags.INIT_AMD_GPUS)
        except self._module.AmdSmiException as error:
            raise MeterUnavailableError(
                f"the AMD GPU driver does not answer ({_words(error)}).",
                advice=_ADVICE.get(_code(error), _CHECK),
            ) from error
        self._is_open = True

    def ask(self, function: str, *arguments: Any) -> Any:  # noqa: ANN401 - as many types as questions
        """Call a function of amdsmi.

        Raises:
            SensorMissingError: If this card or this library will never answer that.
            MeterUnavailableError: If it does not answer now.
        """
        try:
            return getattr(self._module, function)(*arguments)
        except AttributeError as error:
            raise SensorMissingError(f"this amdsmi has no {function}.") from error
        except self._module.AmdSmiException as error:
            code, words = _code(error), f"{function}: {_words(error)}."
            if code in _MISSING:
                raise SensorMissingError(words) from error
            raise MeterUnavailableError(words, advice=_ADVICE.get(code, _CHECK)) from error

    def number(self, function: str, handle: Any, *keys: str) -> float:  # noqa: ANN401 - a handle
        """Read the first of several entries that is a number; releases rename them.

        What a card lacks is "N/A", or the largest number that fits into 16, 32 or 64 bits.

        Raises:
            SensorMissingError: If none is.
            MeterUnavailableError: If the card does not answer now.
        """
        told = self.ask(function, handle)
        for key in keys:
            value = told.get(key)
            if isinstance(value, int | float) and value not in _NOT_A_NUMBER:
                return float(value)
        raise SensorMissingError(f"{function}: no {' or '.join(keys)}.")

    def close(self) -> None:
        """Let go of the driver; a second time does nothing."""
        was_open, self._is_open = self._is_open, False
        if was_open:
            with contextlib.suppress(self._module.AmdSmiException):
                self._module.amdsmi_shut_down()


_NOT_A_NUMBER = frozenset({2**16 - 1, 2**32 - 1, 2**64 - 1})


def _words(error: Exception) -> str:
    return " ".join(str(getattr(error, "err_info", error)).split())


def _code(error: Exception) -> int:
    return int(getattr(error, "err_code", -1))


def _import_amdsmi() -> Any:  # noqa: ANN401 - an untyped module
    """Import the library; without libamd_smi.so it prints, and raises what it likes (zeus)."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return import_module("amdsmi")
    except ImportError as error:
        raise MissingExtraError("reading AMD GPUs", "amd") from error
    except (OSError, AttributeError, KeyError) as error:
        raise MeterUnavailableError(
            f"amdsmi does not fit the ROCm of this machine ({type(error).__name__}: {error}).",
            advice="Install the amdsmi that came with it: pip install /opt/rocm/share/amd_smi.",
        ) from error
