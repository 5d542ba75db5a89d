"""Calibration: how fast one layer of a shape trains here, tried for a moment for forecasts.

`python -m breakeven.workloads.calibration SHAPE` does it in a process of its own, whose start
tells what the start of a worker takes; no number from here enters a result.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from breakeven.formulas.flops import training_flops
from breakeven.records import Scalar
from breakeven.records.engine import Speed

TRIAL_S = 0.3
_PATIENCE_S = 120.0


def try_speed(
    shape: Mapping[str, Scalar], *, clock_s: Callable[[], float] = time.monotonic
) -> Speed | None:
    """Start a process, train one layer in it; None if that fails, as without torch.

    Args:
        shape: Of `Work`.
        clock_s: Monotonic clock, in seconds.
    """
    argv = (sys.executable, "-m", "breakeven.workloads.calibration", json.dumps(dict(shape)))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(shape["threads"]))
    start_s = clock_s()
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            argv,
            capture_output=True,
            check=True,
            timeout=_PATIENCE_S,
            env={**os.environ, **threads},
        )
        said = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError):
        return None
    return Speed(
        flops_per_s=float(said["flops_per_s"]),
        start_s=max(0.0, clock_s() - start_s - float(said["trial_s"])),
    )


def train_layer(shape: Mapping[str, Scalar], *, trial_s: float = TRIAL_S) -> dict[str, float]:
    """Train one encoder layer for about `trial_s`.

    Returns:
        `flops_per_s` by Kaplan's 6N per token, and `trial_s`, the seconds that trying took.
    """
    import torch  # noqa: PLC0415 - seconds to import, needed in the child alone

    from breakeven.workloads.models.frameworks import import_transformers  # noqa: PLC0415 - same
    from breakeven.workloads.stages.device import prepare_device, synchronizer  # noqa: PLC0415

    _ = import_transformers().BertForMaskedLM  # a worker pays for this import too
    device = prepare_device(shape)
    synchronize = synchronizer(device)
    start_s = time.monotonic()
    h, f = int(shape["hidden_size"]), int(shape["intermediate_size"])
    layer = torch.nn.TransformerEncoderLayer(h, int(shape["n_heads"]), f, batch_first=True)
    layer = layer.to(device)
    batch = torch.zeros(int(shape["batch_size"]), int(shape["max_length"]), h, device=device)
    layer(batch).sum().backward()
    worked_s = _stopwatch_s(device.type, int(shape["threads"]))
    n_steps, began_s = 0, worked_s()
    while not n_steps or worked_s() - began_s < trial_s:
        layer(batch).sum().backward()
        synchronize()
        n_steps += 1
    n_tokens = n_steps * int(shape["batch_size"]) * int(shape["max_length"])
    work = training_flops(4 * h * h + 2 * h * f, n_tokens)
    speed = work.flops / (worked_s() - began_s)
    return {"flops_per_s": speed, "trial_s": time.monotonic() - start_s}


def _stopwatch_s(device: str, n_threads: int) -> Callable[[], float]:
    """Seconds of work: on a CPU those it computed per thread, whatever else the machine does."""
    if device == "cpu":
        return lambda: time.process_time() / n_threads
    return time.monotonic


if __name__ == "__main__":
    print(json.dumps(train_layer(json.loads(sys.argv[1]))))  # noqa: T201 - the answer
