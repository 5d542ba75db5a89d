"""Run every benchmark, print a table, and fail if a limit is not kept: `python -m benchmarks`.

Names of benchmarks may be given: `python -m benchmarks startup harness`. `training` runs only
when named, alone and with its own options, because it needs accelerate and minutes.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.result import Result, table

NAMES = ("startup", "window", "store", "report", "harness")
TRAINING = "training"


def main(chosen: Sequence[str]) -> int:
    """Return 0 if every limit was kept, else 1."""
    results: list[Result] = []
    if not chosen or chosen[0] != TRAINING:
        chosen = _names(chosen)
    if chosen and chosen[0] == TRAINING:
        results = import_module(f"benchmarks.{TRAINING}").run(chosen[1:])
    else:
        for name in chosen or NAMES:
            print(f"running {name} ...", file=sys.stderr, flush=True)
            results += import_module(f"benchmarks.{name}").run()
    print(table(results))
    return 0 if all(result.is_within for result in results) else 1


def _names(words: Sequence[str]) -> Sequence[str]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="What breakeven itself costs; exits with 1 when a limit is not kept. "
        "`training --help`, `benchmarks.metering` and `benchmarks.rivals` are run by themselves.",
    )
    parser.add_argument(
        "name", nargs="*", help=f"any of {', '.join(NAMES)}; all by default; or {TRAINING}"
    )
    names: list[str] = parser.parse_args(words).name
    if unknown := [name for name in names if name not in NAMES]:
        parser.error(f"no benchmark named {unknown[0]!r}; there are {', '.join(NAMES)}, {TRAINING}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
