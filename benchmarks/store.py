"""What keeping runs costs: appending one, and loading 10,000."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.result import Result
from breakeven.store import Store
from breakeven.store.codec import encode_run
from breakeven.testing.runs import example_runs

N_APPENDS = 100
APPEND_LIMIT_MS = 1.0
"""0.2 % of half a second, as for a window."""

N_LOADED = 10_000
LOAD_LIMIT_S = 2.0
"""A report over 10,000 runs should begin before one looks away."""

MS_PER_S = 1e3


def run() -> list[Result]:
    """Append with fsync; then load a store of many runs."""
    with tempfile.TemporaryDirectory() as folder:
        return [_append(Path(folder) / "append"), _load(Path(folder) / "load")]


def _append(path: Path) -> Result:
    _, runs = example_runs()
    cpu_s = []
    with Store(path) as store:
        for i in range(N_APPENDS):
            run = replace(runs[i % len(runs)], run_id=f"run-{i}")
            start_s = time.process_time()
            store.append(run)
            cpu_s.append(time.process_time() - start_s)
    return Result(
        name="store, append a run",
        value=median(cpu_s) * MS_PER_S,
        unit="CPU ms",
        limit=APPEND_LIMIT_MS,
        detail=f"median of {N_APPENDS} appends, each with fsync",
    )


def _load(path: Path) -> Result:
    _, runs = example_runs()
    many = [replace(runs[i % len(runs)], run_id=f"run-{i}") for i in range(N_LOADED)]
    with Store(path) as store:
        lines = b"".join(encode_run(run).rstrip(b"\n") + b"\n" for run in many)
        (path / "runs").mkdir(exist_ok=True)
        (path / "runs" / "made-up.jsonl").write_bytes(lines)
        start_s = time.process_time()
        n_read = len(store.runs())
        cpu_s = time.process_time() - start_s
    if n_read != N_LOADED:
        raise RuntimeError(f"{n_read} of {N_LOADED} runs were read back")
    return Result(
        name=f"store, load {N_LOADED:,} runs",
        value=cpu_s,
        unit="CPU s",
        limit=LOAD_LIMIT_S,
        detail=f"{len(lines) / 1e6:.1f} MB",
    )
