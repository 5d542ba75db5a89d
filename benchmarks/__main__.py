"""Run every benchmark, print a table, and fail if a limit is not kept: `python -m benchmarks`.

Names of benchmarks may be given: `python -m benchmarks startup harness`. `training`, `search`,
`inference` and `scale` run only when named, alone and with their own options: they need minutes or
a store.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.result import Result, table

NAMES = ("startup", "window", "store", "report", "report_page", "harness")
ALONE = ("training", "search", "inference", "scale")


def main(chosen: Sequence[str]) -> int:
    """Return 0 if every limit was kept, else 1."""
    results: list[Result] = []
    if chosen and chosen[0] in ALONE:
        results = import_module(f"benchmarks.{chosen[0]}").run(chosen[1:])
    else:
        for name in _names(chosen) or NAMES:
            print(f"running {name} ...", file=sys.stderr, flush=True)
            results += import_module(f"benchmarks.{name}").run()
    print(table(results))
    return 0 if all(result.is_within for result in results) else 1


def _names(words: Sequence[str]) -> Sequence[str]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="What breakeven itself costs; exits with 1 when a limit is not kept. "
        "`training --help`, `search --help`, `inference --help`, `scale --help`, "
        "`benchmarks.metering` and `benchmarks.rivals` are run by themselves.",
    )
    parser.add_argument(
        "name",
        nargs="*",
        help=f"any of {', '.join(NAMES)}; all by default; or one of {', '.join(ALONE)}",
    )
    names: list[str] = parser.parse_args(words).name
    if unknown := [name for name in names if name not in NAMES]:
        known = ", ".join((*NAMES, *ALONE))
        parser.error(f"no benchmark named {unknown[0]!r}; there are {known}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
