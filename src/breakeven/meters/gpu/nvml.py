"""Energy, load and memory of NVIDIA GPUs, each a channel of its own, found by UUID.

The driver's counter first; where a card has none (before Volta) its power, sampled and integrated.
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.card import WATCHED, watched
from breakeven.meters.gpu.energy import GpuMeter
from breakeven.meters.gpu.nvml_cards import find_cards
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_observer import NvmlObserver
from breakeven.meters.gpu.processes import sees_host_numbers
from breakeven.meters.watching import WATCH_S


class NvmlMeter(GpuMeter):
    """Joules per visible NVIDIA GPU."""

    def __init__(  # noqa: PLR0913 - what a test replaces
        self,
        *,
        module: Any = None,  # noqa: ANN401 - pynvml, or a fake of it
        environ: Mapping[str, str] = os.environ,
        watch_s: float | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        sleep_s: Callable[[float], None] = time.sleep,
        can_tell_own: Callable[[], bool] = sees_host_numbers,
    ) -> None:
        """Open the driver, find the visible GPUs and watch how often their sensors update.

        Args:
            module: `pynvml`; imported when None.
            environ: Where CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER are looked up.
            watch_s: Longest watch, in seconds; it ends as soon as two updates of every card are
                known. By default a second with the real driver, once in a process, and none with
                a given module.
            clock_s: Monotonic clock.
            sleep_s: Waits.
            can_tell_own: Whether our processes can be told from others'; not inside a container.

        Raises:
            MeterUnavailableError: If there is no driver, no visible GPU, none that answers, or
                only MIG instances.
            MissingExtraError: If there is a driver but `nvidia-ml-py` is not installed.
        """
        if watch_s is None:
            watch_s = WATCH_S if module is None else 0.0
        driver = NvmlDriver(module)
        try:
            found = find_cards(driver, environ, can_tell_own=can_tell_own)
            cards = watched(
                found.working,
                watch_s=watch_s,
                clock_s=clock_s,
                sleep_s=sleep_s,
                known=WATCHED if module is None else None,
            )
            observer = NvmlObserver(
                driver, [card.uuid for card in cards.working], can_tell_own=can_tell_own
            )
        except MeterUnavailableError:
            driver.close()
            raise
        super().__init__(
            "nvml",
            cards.working,
            release=driver.close,
            notes=[*found.notes, *cards.notes],
            observers=[observer],
            clock_s=clock_s,
        )
