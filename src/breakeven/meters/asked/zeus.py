"""Apple Silicon and Jetson through zeus, which can read these devices and we cannot.

    breakeven measure --meter zeus --meter host -- python train.py

Nothing else of zeus is used: for CPUs and NVIDIA GPUs our own readers are right where zeus' are not
(wrapped RAPL counters, CUDA_VISIBLE_DEVICES). It is imported only when this meter is named.

Source: zeus 0.16.0, zeus/device/soc: `get_soc()` returns `AppleSilicon` or `Jetson`, whose
`get_total_energy_consumption()` returns cumulative millijoules as a measurement object; what the
device does not tell is None. On a Jetson zeus itself integrates the power of the INA3221 in a
process of its own, every 0.1 s, and answers through a queue.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from breakeven.errors import CounterResetError, MeterUnavailableError, MissingExtraError
from breakeven.records import Resource
from breakeven.records.protocols import Channel, Reading

POLL_S = 60.0
"""The counters wait for us; polling adds nothing."""

TIMEOUT_S = 1.0
"""How long a Jetson's process may take; one that has died would be waited for 15 s."""

JETSON_PERIOD_S = 0.1
"""How often zeus looks at a Jetson's power."""

_J_PER_MJ = 1e-3  # millijoules
_NOT_COVERED = "screen, disks, fans, power supply loss"

_PARTS: Mapping[str, tuple[str, str | None]] = {
    "total_energy_mj": ("soc", None),
    "cpu_energy_mj": ("cpu", "soc"),
    "gpu_energy_mj": ("gpu", "soc"),
    "cpu_total_mj": ("cpu", None),
    "dram_mj": ("dram", None),
    "gpu_mj": ("gpu", None),
    "gpu_sram_mj": ("gpu-sram", "gpu"),
    "ane_mj": ("ane", None),
}
"""Field of a measurement -> channel, and what contains it. Whether Apple's GPU figure holds that of
its SRAM is not documented, so the SRAM is never added to it. Single cores are left out: they are
in the CPU's total."""


class ZeusMeter:
    """Joules of each part of an Apple or Jetson processor."""

    name = "zeus"
    poll_period_s = POLL_S

    def __init__(self, *, module: Any = None) -> None:  # noqa: ANN401 - zeus, or a fake of it
        """Find the processor.

        Args:
            module: `zeus.device.soc`; imported when None.

        Raises:
            MissingExtraError: If zeus is not installed.
            MeterUnavailableError: If it finds no such processor.
        """
        zeus = _import_zeus() if module is None else module
        try:
            processor = zeus.get_soc()
        except zeus.ZeusSoCInitError as error:
            raise MeterUnavailableError(
                f"zeus finds no Apple or Jetson processor here ({error}).",
                advice="On other machines rapl, nvml and amdsmi read the sensors themselves.",
            ) from error
        self._kind = type(processor).__name__
        self._ask = _bounded(processor.get_total_energy_consumption)
        self._broken: MeterUnavailableError | None = None
        self._last_j: Mapping[str, float] = {}
        self._fields = {field for field in _PARTS if field in self._measure()}
        if not self._fields:
            raise MeterUnavailableError(
                f"zeus reads no energy from this {self._kind}.",
                advice="Run `python -m zeus.show_env`.",
            )

    def channels(self) -> Sequence[Channel]:
        """One channel for each part that the processor tells."""
        is_jetson = "total_energy_mj" in self._fields or self._kind == "Jetson"
        sensor = "zeus Jetson, power integrated by zeus" if is_jetson else f"zeus {self._kind}"
        known = {_PARTS[field][0] for field in self._fields}
        return [
            Channel(
                name=name,
                resource=Resource.ENERGY_J,
                sensor=sensor,
                resolution=_J_PER_MJ,
                period_s=JETSON_PERIOD_S if is_jetson else None,
                not_covered=_NOT_COVERED,
                part_of=inside if inside in known else None,
                device=f"soc:{name}",
            )
            for field, (name, inside) in _PARTS.items()
            if field in self._fields
        ]

    def read(self) -> Reading:
        """Return joules so far for each part.

        Raises:
            MeterUnavailableError: If zeus does not answer; it is not asked again, because its next
                answer would be the one that is missing now.
            CounterResetError: If a counter fell.
        """
        measured = self._measure()
        totals = {_PARTS[f][0]: j for f, j in measured.items() if f in self._fields}
        before, self._last_j = self._last_j, totals
        for name, energy_j in totals.items():
            if energy_j < before.get(name, 0.0):
                raise CounterResetError(
                    f"{name}: zeus went from {before[name]:.6g} J to {energy_j:.6g} J; discard "
                    "this window and repeat it."
                )
        return Reading(totals=totals)

    def close(self) -> None:
        """Nothing of ours is held; zeus ends its process with the interpreter."""

    def _measure(self) -> Mapping[str, float]:
        if self._broken is not None:
            raise self._broken
        try:
            measurement = self._ask()
        except Exception as error:
            self._broken = MeterUnavailableError(
                f"zeus does not answer ({type(error).__name__}: {error}).",
                advice="Its own process may have died; start the measurement again.",
            )
            raise self._broken from error
        found = {field: getattr(measurement, field, None) for field in _PARTS}
        return {field: float(mj) * _J_PER_MJ for field, mj in found.items() if mj is not None}


def _bounded(ask: Callable[..., Any]) -> Callable[[], Any]:
    """Give a question that may wait a limit; others are local calls."""
    if "timeout" in inspect.signature(ask).parameters:
        return lambda: ask(timeout=TIMEOUT_S)
    return ask


def _import_zeus() -> Any:  # noqa: ANN401 - a foreign module
    try:
        return import_module("zeus.device.soc")
    except ImportError as error:
        raise MissingExtraError("reading Apple and Jetson processors", "zeus") from error
