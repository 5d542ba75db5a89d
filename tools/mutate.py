"""Break one line at a time and see that a test notices.

`python -m tools.mutate` tries every mutant of `tools/mutants`, `python -m tools.mutate lease torn`
those with one of these words in their name or path. The tests run against a copy of `src` in a
temporary folder; the tree stays whole. A mutant whose text no longer stands exactly once in its
file is an error: keep the list up.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.imported import SOURCE
from tools.mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent

TIMEOUT_S = 180.0
"""Far above what the slowest test file takes: a mutant that hangs is noticed too, and said."""

_PASSED, _FAILED = 0, 1
_SUMMARY = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a run of pytest ended; `code` is None when it took too long."""

    code: int | None
    output: str


def run_tests(source: Path, tests: Sequence[str], *, timeout_s: float | None = None) -> Finished:
    """Run `tests` with `source` in front of every other place to import from."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "tools.imported", "--hypothesis-seed=0", "--tb=short", *tests]
    environment = {
        **os.environ,
        SOURCE: str(source),
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(source.parent / "hypothesis"),
        "OMP_NUM_THREADS": "1",
    }
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own list
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Finished(code=None, output="")
    return Finished(code=process.returncode, output=output)


@contextmanager
def copied_source() -> Iterator[Path]:
    """Give a copy of `src` that may be broken."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        yield source


def break_line(mutant: Mutant, source: Path) -> None:
    """Apply one mutant to a copy of the source.

    Raises:
        SystemExit: If the text to replace does not stand there exactly once.
    """
    target = source / "breakeven" / mutant.path
    text = target.read_text(encoding="utf-8")
    if (n_found := text.count(mutant.before)) != 1:
        raise SystemExit(
            f"{mutant.name}: {mutant.path} holds {mutant.before!r} {n_found} times, expected "
            "once; bring tools/mutants up to date."
        )
    target.write_text(text.replace(mutant.before, mutant.after), encoding="utf-8")


def killer(mutant: Mutant) -> str | None:
    """Apply one mutant and name the test that fails; None when it survives."""
    with copied_source() as source:
        break_line(mutant, source)
        finished = run_tests(source, mutant.tests, timeout_s=TIMEOUT_S)
    if finished.code is None:
        return f"no end within {TIMEOUT_S:g} s"
    # A line that cannot be imported fails whatever is tested, so it would prove nothing.
    if finished.code not in (_PASSED, _FAILED) or "ERROR collecting" in finished.output:
        raise SystemExit(f"{mutant.name}: pytest could not run:\n{finished.output[-2000:]}")
    named = _SUMMARY.search(finished.output)
    return None if finished.code == _PASSED else named[1] if named else "a test"


def chosen(words: Sequence[str]) -> list[Mutant]:
    """Mutants with one of the words in their name or path; all of them without words."""
    wanted = [word.casefold() for word in words] or [""]
    return [m for m in MUTANTS if any(w in f"{m.path} {m.name}".casefold() for w in wanted)]


def is_sound(mutants: Sequence[Mutant]) -> bool:
    """Whether every mutant applies and the tests pass without any."""
    with copied_source() as source:
        for mutant in mutants:
            before = (source / "breakeven" / mutant.path).read_bytes()
            break_line(mutant, source)
            (source / "breakeven" / mutant.path).write_bytes(before)
        finished = run_tests(source, sorted({test for m in mutants for test in m.tests}))
    if finished.code != _PASSED:
        print(finished.output[-3000:])
        print("The tests fail without any mutant; mend them first.")
    return finished.code == _PASSED


def main(words: Sequence[str]) -> int:
    """Print one line per mutant and the count of those killed; 1 if any survived."""
    mutants = chosen(words)
    if not mutants:
        print(f"No mutant has {' or '.join(words)} in its name or path.")
        return 1
    if not is_sound(mutants):
        return 1
    n_killed = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for mutant, name in zip(mutants, pool.map(killer, mutants), strict=True):
            n_killed += name is not None
            verdict = "SURVIVED" if name is None else "killed"
            print(f"{verdict:8}  {mutant.name}  [{name or ', '.join(mutant.tests)}]", flush=True)
    print(f"{n_killed} of {len(mutants)} mutants killed")
    return 0 if n_killed == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
