"""A store of a million runs: its index built, and 1,000 pathways compared from it.

    python -m benchmarks scale [--runs 1e4,1e5,1e6] [--repeats 3]

Every number is of a process of its own: CPU seconds it used, and its largest resident memory
(VmHWM). The store is made up, see `scale_store`, and lies below TMPDIR while it is used.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.result import Result
from benchmarks.scale_store import Shape, write_store

RUNS = (10_000, 100_000, 1_000_000)
BUILD_LIMIT_S = 300.0
PEAK_LIMIT_GIB = 4.0
ANSWER_LIMIT_S = 30.0

_CHILD = """
import json, re, sys, time
from breakeven.cli import main
sys.argv = ["breakeven", *sys.argv[1:]]
try:
    code = main()
except SystemExit as end:
    code = end.code
hwm = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps([code, time.process_time(), int(hwm[1]) * 1024]), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one process took.

    Attributes:
        cpu_s: CPU seconds, its own start included.
        peak_bytes: Largest resident memory.
    """

    cpu_s: float
    peak_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One size of store.

    Attributes:
        n_runs: Runs in it.
        size_bytes: Of their lines.
        index_bytes: Of the index.
        built: Building the index, medians over repeats.
        extended: Bringing it up to date after one more run.
        answered: Fronts, envelope and matrix.
    """

    n_runs: int
    size_bytes: int
    index_bytes: int
    built: Took
    extended: Took
    answered: Took


def run(words: Sequence[str]) -> list[Result]:
    """Measure every size that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__)
    parser.add_argument("--runs", default=",".join(f"{n:.0e}" for n in RUNS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pathways", type=int, default=1000)
    asked = parser.parse_args(words)
    sizes = [int(float(text)) for text in asked.runs.split(",")]
    found = []
    for n_runs in sizes:
        print(f"a store of {n_runs:,} runs ...", file=sys.stderr, flush=True)
        shape = Shape(n_runs=n_runs, n_pathways=asked.pathways)
        found.append(measure(shape, repeats=asked.repeats))
    return [result for each in found for result in results(each)] + growth(found)


def measure(shape: Shape, *, repeats: int) -> Measured:
    """Write a store, build its index, extend it and answer from it, each several times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        n_runs = write_store(path, shape)
        built = [took("store", "index", str(path), "--anew") for _ in range(repeats)]
        answered = [took("lifecycle", str(path), "--matrix") for _ in range(repeats)]
        files = sorted(path.glob("runs/*.jsonl"))
        size_bytes = sum(file.stat().st_size for file in files)
        index_bytes = sum(file.stat().st_size for file in path.glob("index/*.npz"))
        extended = [_extend(path, files[0], n) for n in range(repeats)]
    return Measured(
        n_runs=n_runs,
        size_bytes=size_bytes,
        index_bytes=index_bytes,
        built=middle(built),
        extended=middle(extended),
        answered=middle(answered),
    )


def took(*words: str) -> Took:
    """Run `breakeven` in a process of its own.

    Raises:
        RuntimeError: If it ended badly.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *words], capture_output=True, text=True, check=False
    )
    lines = done.stderr.splitlines()
    if done.returncode or not lines or json.loads(lines[-1])[0]:
        raise RuntimeError(f"breakeven {' '.join(words)} ended badly: {done.stderr}")
    _, cpu_s, peak_bytes = json.loads(lines[-1])
    return Took(cpu_s=cpu_s, peak_bytes=peak_bytes)


def middle(found: Sequence[Took]) -> Took:
    """Medians."""
    return Took(
        cpu_s=median(took.cpu_s for took in found),
        peak_bytes=median(took.peak_bytes for took in found),
    )


def results(found: Measured) -> list[Result]:
    """Each number of one size against its limit."""
    n = f"{found.n_runs:,} runs"
    lines = f"{found.size_bytes / found.n_runs:,.0f} bytes a run, index {_mib(found.index_bytes)}"
    rows = (
        (f"index of {n}, built", found.built.cpu_s, BUILD_LIMIT_S, lines),
        (f"index of {n}, one run added", found.extended.cpu_s, BUILD_LIMIT_S, "up to date again"),
        (f"1,000 pathways of {n}", found.answered.cpu_s, ANSWER_LIMIT_S, "fronts, envelope, pairs"),
    )
    peaks = (("building", found.built), ("answering", found.answered))
    return [
        *(
            Result(name=name, value=value, unit="CPU s", limit=limit, detail=detail)
            for name, value, limit, detail in rows
        ),
        *(
            Result(
                name=f"{name}, {n}",
                value=took.peak_bytes / 2**30,
                unit="GiB",
                limit=PEAK_LIMIT_GIB,
                detail="largest resident memory",
            )
            for name, took in peaks
        ),
    ]


def growth(found: Sequence[Measured]) -> list[Result]:
    """How CPU time grows from one size to the next: as the runs to this power, at most about 1."""
    return [
        Result(
            name=f"growth of {what}, {few.n_runs:,} to {many.n_runs:,} runs",
            value=math.log(
                getattr(many, what).cpu_s / getattr(few, what).cpu_s, many.n_runs / few.n_runs
            ),
            unit="power",
            limit=1.1,
            detail="CPU s grow as the number of runs to this power",
        )
        for what in ("built", "answered")
        for few, many in pairwise(found)
    ]


def _extend(path: Path, file: Path, n: int) -> Took:
    """Add a copy of the first line under another id, and bring the index up to date."""
    with file.open("rb") as lines:
        line = lines.readline()
    run_id = json.loads(line)["run_id"]
    with file.open("ab") as end:
        end.write(line.replace(run_id.encode(), f"added-{n}".encode()))
    return took("store", "index", str(path))


def _mib(size_bytes: float) -> str:
    return f"{size_bytes / 2**20:,.1f} MiB"
