"""Energy of NVIDIA GPUs: the driver's counter, else sampled power, integrated.

Each GPU is a channel of its own, found by UUID and summed by whoever reads the measurement.
`pynvml` is imported only here, and only when there is a driver.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from breakeven.errors import CounterResetError, MeterUnavailableError, MissingExtraError
from breakeven.formulas.trace import PowerIntegrator
from breakeven.meters.cuda_visible import Gpu, visible_gpus
from breakeven.records import Resource
from breakeven.records.protocols import Channel, Reading

COUNTER_POLL_S = 10.0
POWER_POLL_S = 0.05

COUNTER_UPDATE_S = 0.1
"""Slowest update of power and energy on V100, A100 and H100 (Yang, Adamek & Armour 2024,
"Part-time power measurements", section 4)."""

POWER_ERROR_FRAC = 0.05
"""nvmlDeviceGetPowerUsage is "accurate to within +/- 5 %" (NVML API reference)."""

_MAX_GAP_S = 20 * POWER_POLL_S
_W_PER_MW = 1e-3
_J_PER_MJ = 1e-3  # millijoules
_DRIVER_FILES = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/proc/driver/nvidia/version"))
_NOT_COVERED = "CPU, DRAM, fans of the case, power supply loss"


@dataclass(slots=True, kw_only=True)
class _Card:
    """One GPU we read."""

    channel: str
    handle: Any
    has_counter: bool
    power: PowerIntegrator
    total_j: float = 0.0


class NvmlMeter:
    """Joules per visible GPU."""

    name = "nvml"

    def __init__(
        self,
        *,
        module: Any = None,  # noqa: ANN401 - pynvml, or a fake of it
        environ: Mapping[str, str] = os.environ,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the driver and find the visible GPUs.

        Args:
            module: `pynvml`; imported when None.
            environ: Where CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER are looked up.
            clock_s: Monotonic clock.

        Raises:
            MeterUnavailableError: If there is no driver, no visible GPU, or only MIG instances.
            MissingExtraError: If there is a driver but `nvidia-ml-py` is not installed.
        """
        self._nvml = _import_nvml() if module is None else module
        self._clock_s = clock_s
        try:
            self._nvml.nvmlInit()
        except self._nvml.NVMLError as error:
            raise MeterUnavailableError(
                f"the NVIDIA driver does not answer ({error}).",
                advice="Check `nvidia-smi`; in a container start it with --gpus all.",
            ) from error
        try:
            self._cards = self._find_cards(environ)
        except self._nvml.NVMLError as error:
            self.close()
            raise MeterUnavailableError(
                f"a GPU does not answer the NVIDIA driver ({error}).",
                advice="Look for it with `nvidia-smi -L`; a lost GPU needs a reset or a reboot.",
            ) from error
        except MeterUnavailableError:
            self.close()
            raise
        counted = all(card.has_counter for card in self._cards)
        self.poll_period_s = COUNTER_POLL_S if counted else POWER_POLL_S

    def channels(self) -> Sequence[Channel]:
        """One channel per GPU, named by UUID."""
        return [_counter_channel(c) if c.has_counter else _power_channel(c) for c in self._cards]

    def read(self) -> Reading:
        """Return joules so far per GPU; a GPU that no longer answers is absent.

        Raises:
            CounterResetError: If a counter fell.
        """
        totals: dict[str, float] = {}
        covered_s: dict[str, float] = {}
        for card in self._cards:
            try:
                totals[card.channel] = self._total_j(card)
            except self._nvml.NVMLError:
                continue
            if not card.has_counter:
                covered_s[card.channel] = card.power.covered_s
        return Reading(totals=totals, covered_s=covered_s)

    def close(self) -> None:
        """Let go of the driver."""
        self._nvml.nvmlShutdown()

    def _total_j(self, card: _Card) -> float:
        if not card.has_counter:
            power_w = self._nvml.nvmlDeviceGetPowerUsage(card.handle) * _W_PER_MW
            card.power.add(power_w, time_s=self._clock_s())
            return card.power.energy_j
        before_j, card.total_j = card.total_j, self._counter_j(card.handle)
        if card.total_j < before_j:
            raise CounterResetError(
                f"{card.channel}: the energy counter fell from {before_j:.6g} J to "
                f"{card.total_j:.6g} J. The driver was probably reloaded; discard this window "
                "and repeat it."
            )
        return card.total_j

    def _counter_j(self, handle: Any) -> float:  # noqa: ANN401 - an opaque handle
        return float(self._nvml.nvmlDeviceGetTotalEnergyConsumption(handle) * _J_PER_MJ)

    def _find_cards(self, environ: Mapping[str, str]) -> list[_Card]:
        listed = [self._gpu(index) for index in range(self._nvml.nvmlDeviceGetCount())]
        if not listed:
            raise MeterUnavailableError(
                "the NVIDIA driver lists no GPU.", advice="Check `nvidia-smi -L`."
            )
        chosen = visible_gpus(
            listed,
            visible=environ.get("CUDA_VISIBLE_DEVICES"),
            order=environ.get("CUDA_DEVICE_ORDER"),
        )
        return [self._card(gpu) for gpu in chosen]

    def _gpu(self, index: int) -> Gpu:
        handle = self._nvml.nvmlDeviceGetHandleByIndex(index)
        return Gpu(
            uuid=_text(self._nvml.nvmlDeviceGetUUID(handle)),
            name=_text(self._nvml.nvmlDeviceGetName(handle)),
            is_mig=self._is_mig(handle),
        )

    def _is_mig(self, handle: Any) -> bool:  # noqa: ANN401 - an opaque handle
        try:
            return bool(self._nvml.nvmlDeviceGetMigMode(handle)[0])
        except self._nvml.NVMLError:
            return False  # models without MIG answer "not supported"

    def _card(self, gpu: Gpu) -> _Card:
        card = _Card(
            channel=gpu.uuid,
            handle=self._nvml.nvmlDeviceGetHandleByUUID(gpu.uuid),
            has_counter=True,
            power=PowerIntegrator(max_gap_s=_MAX_GAP_S),
        )
        try:
            card.total_j = self._counter_j(card.handle)
        except self._nvml.NVMLError:
            card.has_counter = False
            self._try_power(card, gpu)
        return card

    def _try_power(self, card: _Card, gpu: Gpu) -> None:
        try:
            self._nvml.nvmlDeviceGetPowerUsage(card.handle)
        except self._nvml.NVMLError as error:
            raise MeterUnavailableError(
                f"{gpu.name} ({gpu.uuid}) reports neither energy nor power ({error}).",
                advice="Measure at the wall or the power supply; this card has no sensor.",
            ) from error


def _counter_channel(card: _Card) -> Channel:
    return Channel(
        name=card.channel,
        resource=Resource.ENERGY_J,
        sensor="nvml-energy",
        resolution=_J_PER_MJ,
        period_s=COUNTER_UPDATE_S,
        not_covered=_NOT_COVERED,
    )


def _power_channel(card: _Card) -> Channel:
    return Channel(
        name=card.channel,
        resource=Resource.ENERGY_J,
        sensor="nvml-power",
        resolution=_J_PER_MJ,
        period_s=COUNTER_UPDATE_S,
        not_covered=f"power between two samples; {_NOT_COVERED}",
        relative_error=POWER_ERROR_FRAC,
    )


def _import_nvml() -> Any:  # noqa: ANN401 - an untyped module
    if not any(path.exists() for path in _DRIVER_FILES):
        raise MeterUnavailableError(
            "no NVIDIA driver on this machine.",
            advice="Install it, or in a container start with --gpus all.",
        )
    try:
        return import_module("pynvml")
    except ImportError as error:
        raise MissingExtraError("reading NVIDIA GPUs", "nvml") from error


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
