"""Break one line at a time and see that a test notices.

Each mutant of `tools/mutants.py` names a file, the text to replace, its replacement and the tests
that must fail. The tests run against a copy of `src` in a temporary folder; the tree stays whole.
A mutant whose text no longer stands exactly once in its file is an error: keep the list up.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent


def run_tests(source: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run `tests` with `source` in front of every other place to import from."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # noqa: S603 - our own interpreter and our own list
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def is_killed(mutant: Mutant) -> bool:
    """Apply one mutant to a copy of the source and tell whether its tests fail."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        target = source / "breakeven" / mutant.path
        text = target.read_text()
        if text.count(mutant.before) != 1:
            raise SystemExit(
                f"{mutant.name}: {mutant.path} holds {mutant.before!r} {text.count(mutant.before)} "
                "times, expected once; bring tools/mutants.py up to date."
            )
        target.write_text(text.replace(mutant.before, mutant.after))
        finished = run_tests(source, mutant.tests)
    if finished.returncode not in (0, 1):
        raise SystemExit(f"{mutant.name}: pytest could not run:\n{finished.stdout[-2000:]}")
    return finished.returncode == 1


def main() -> int:
    """Print one line per mutant and the count of those killed; 1 if any survived."""
    every_test = sorted({test for mutant in MUTANTS for test in mutant.tests})
    baseline = run_tests(ROOT / "src", every_test)
    if baseline.returncode != 0:
        print(baseline.stdout[-3000:])
        print("The tests fail without any mutant; mend them first.")
        return 1
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        verdicts = pool.map(is_killed, MUTANTS)
        n_killed = 0
        for mutant, killed in zip(MUTANTS, verdicts, strict=True):
            n_killed += killed
            print(f"{'killed  ' if killed else 'SURVIVED'}  {mutant.name}", flush=True)
    print(f"{n_killed} of {len(MUTANTS)} mutants killed")
    return 0 if n_killed == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
