"""What a window costs: CPU of opening and closing one over every meter of this machine."""

import time
from statistics import median

from benchmarks.result import Result
from breakeven.meters import open_bank

N_WINDOWS = 100
LIMIT_MS = 1.0
"""0.2 % of half a second, the shortest work window worth measuring."""

MS_PER_S = 1e3


def run() -> list[Result]:
    """Open and close windows with nothing in them."""
    cpu_s = []
    with open_bank() as bank:
        bank.start()
        for _ in range(N_WINDOWS):
            start_s = time.process_time()
            with bank.window("empty"):
                pass
            cpu_s.append(time.process_time() - start_s)
        bank.stop()
        n_channels = len(bank.channels())
    return [
        Result(
            name="window, open and close",
            value=median(cpu_s) * MS_PER_S,
            unit="CPU ms",
            limit=LIMIT_MS,
            detail=f"median of {N_WINDOWS} empty windows over {n_channels} channels",
        )
    ]
