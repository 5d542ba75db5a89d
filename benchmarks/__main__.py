"""Run every benchmark, print a table, and fail if a limit is not kept: `python -m benchmarks`.

Names of benchmarks may be given: `python -m benchmarks startup harness`. `training` runs only
when named, alone and with its own options, because it needs accelerate and minutes.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.result import Result, table

NAMES = ("startup", "window", "store", "report", "harness")
TRAINING = "training"


def main(chosen: Sequence[str]) -> int:
    """Return 0 if every limit was kept, else 1."""
    results: list[Result] = []
    if chosen and chosen[0] == TRAINING:
        results = import_module(f"benchmarks.{TRAINING}").run(chosen[1:])
    else:
        for name in chosen or NAMES:
            print(f"running {name} ...", file=sys.stderr, flush=True)
            results += import_module(f"benchmarks.{name}").run()
    print(table(results))
    return 0 if all(result.is_within for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
