"""Energy, load and memory of AMD GPUs, each a channel of its own.

The card's counter first; where it has none, or one that stands still, its power, sampled and
integrated. A virtual machine sees neither (amdsmi.h, amdsmi_get_energy_count).
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu.amdgpu_cards import find_cards
from breakeven.meters.gpu.amdgpu_driver import AmdDriver
from breakeven.meters.gpu.card import WATCHED, watched
from breakeven.meters.gpu.energy import GpuMeter
from breakeven.meters.watching import WATCH_S


class AmdGpuMeter(GpuMeter):
    """Joules per visible AMD GPU."""

    def __init__(
        self,
        *,
        module: Any = None,  # noqa: ANN401 - amdsmi, or a fake of it
        environ: Mapping[str, str] = os.environ,
        watch_s: float | None = None,
        clock_s: Callable[[], float] = time.monotonic,
        sleep_s: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open the driver, find the visible GPUs and watch how often their sensors update.

        Args:
            module: `amdsmi`; imported when None.
            environ: Where ROCR_, HIP_ and CUDA_VISIBLE_DEVICES are looked up.
            watch_s: Longest watch, in seconds. By default a second with the real driver, once in a
                process, and none with a given module.
            clock_s: Monotonic clock.
            sleep_s: Waits.

        Raises:
            MeterUnavailableError: If there is no driver, no visible GPU, none that answers, or one
                that is divided into partitions.
            MissingExtraError: If there is a driver but `amdsmi` is not installed.
        """
        if watch_s is None:
            watch_s = WATCH_S if module is None else 0.0
        driver = AmdDriver(module)
        try:
            found = find_cards(driver, environ)
        except MeterUnavailableError:
            driver.close()
            raise
        cards = watched(
            found.working,
            watch_s=watch_s,
            clock_s=clock_s,
            sleep_s=sleep_s,
            known=WATCHED if module is None else None,
        )
        super().__init__(
            "amdsmi",
            cards.working,
            release=driver.close,
            notes=[*found.notes, *cards.notes],
            clock_s=clock_s,
        )
