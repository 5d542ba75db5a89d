"""Play the tutorial as its reader does: every block, in order, in an empty folder.

`python -m tools.tutorial` builds a wheel of the checkout, installs it with its pinned extras into a
fresh environment in a temporary folder, and plays the page there, so that nothing of the checkout
is on the path. `--here` plays it with the packages of this interpreter, which takes seconds.
Exit code 1 when a step fails, prints something else than the page says, or is never run.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
BEGIN, END = "<!-- tutorial: begin -->", "<!-- tutorial: end -->"
ALIKE = 0.8
"""Least share of a printed block, numbers masked, that must stand in what was really printed."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\d[\d.,:TZ-]*( ?(ms|us|s|min|h)\b)?|run-[0-9a-f]+|\s+|-{2,}")


class TutorialError(Exception):
    """A step of the page does not do what the page says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One block of the page.

    Attributes:
        kind: "file" to write, "shell" to run, or "printed" by the shell before.
        text: Of the block.
        name: Of the file.
    """

    kind: str
    text: str
    name: str = ""


def steps(page: str) -> list[Step]:
    """Blocks between the markers of the page, in order.

    Raises:
        TutorialError: If a marker is missing, or a block is of another sort.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise TutorialError(f"the page needs {BEGIN} and {END} once each")
    played = page.partition(BEGIN)[2].partition(END)[0]
    return [_step(language, text) for language, text in _BLOCK.findall(played)]


def _step(language: str, text: str) -> Step:
    if language == "python":
        named = re.match(r"# (\w+\.py)\n", text)
        if named is None or "assert " not in text:
            raise TutorialError(f"a block names its file first and asserts something: {text[:60]}")
        return Step(kind="file", text=text, name=named[1])
    kinds = {"sh": "shell", "text": "printed"}
    if language not in kinds:
        raise TutorialError(f"no block of the tutorial may be {language!r}")
    return Step(kind=kinds[language], text=text)


def unused_files(found: Sequence[Step]) -> list[str]:
    """Files that no later block runs or imports."""
    unused = []
    for place, step in enumerate(found):
        later = "\n".join(other.text for other in found[place + 1 :])
        stem = step.name.removesuffix(".py")
        if step.kind == "file" and not re.search(
            rf"^(python {stem}\.py|from {stem} import)", later, flags=re.MULTILINE
        ):
            unused.append(step.name)
    return unused


def play(found: Sequence[Step], folder: Path, environment: Mapping[str, str]) -> None:
    """Write, run and compare, step by step.

    Args:
        found: Steps of the page.
        folder: Empty; what the page makes stays in it.
        environment: `python` and `breakeven` are looked up on its PATH.

    Raises:
        TutorialError: At the first step that fails.
    """
    printed = ""
    for step in found:
        if step.kind == "file":
            (folder / step.name).write_text(step.text, encoding="utf-8")
        elif step.kind == "shell":
            printed = _run(step.text, folder, environment)
        else:
            _compare(step.text, printed)


def _run(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    begun = time.monotonic()
    done = subprocess.run(  # noqa: S603 - blocks of our own page
        ["/bin/sh", "-e", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    told = "; ".join(command.strip().splitlines())
    if done.returncode != 0:
        raise TutorialError(f"$ {told}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    print(f"{time.monotonic() - begun:6.1f} s  $ {told}", flush=True)
    return done.stdout


def _compare(page: str, printed: str) -> None:
    """Hold what a page prints against what came out, numbers aside."""
    lines = [_masked(line) for line in printed.splitlines()]
    for line in page.splitlines():
        wanted = _masked(line)
        near = difflib.get_close_matches(wanted, lines, n=1, cutoff=ALIKE)
        if wanted and not near:
            raise TutorialError(f"the page says\n{line}\nand nothing like it was in\n{printed}")


def _masked(line: str) -> str:
    return _NUMBER.sub(lambda found: " " if found[0].isspace() else "#", line).strip()


def fresh(folder: Path) -> Path:
    """Install a wheel of the checkout into an environment of its own; return its `bin`."""
    python = folder / "env" / "bin" / "python"
    venv.create(folder / "env", with_pip=True)
    constraints = ROOT / "constraints.txt"
    environment = os.environ | {"PIP_CONSTRAINT": str(constraints)}
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels = folder / "wheels"
    for asked in (
        ["wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT)],
        ["install", f"breakeven[nlp,report] @ {wheels.as_uri()}/{{}}"],
    ):
        made = next(wheels.glob("*.whl")).name if wheels.exists() else ""
        command = [*pip, *(part.format(made) for part in asked)]
        subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    return python.parent


def clean_environment(programs: Path) -> dict[str, str]:
    """Environment in which `python` is that of `programs` and nothing else leads to a checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return kept | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}


def _refuse_checkout(folder: Path, environment: Mapping[str, str]) -> None:
    where = _run("python -c 'import breakeven; print(breakeven.__file__)'", folder, environment)
    if Path(where.strip()).is_relative_to(ROOT):
        raise TutorialError(f"breakeven was imported from the checkout, {where.strip()}")


def main(arguments: Sequence[str]) -> int:
    """Play the page; say what was done."""
    found = steps(PAGE.read_text(encoding="utf-8"))
    if unused := unused_files(found):
        print(f"no block runs {', '.join(unused)}")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="breakeven-tutorial-"))
    try:
        programs = Path(sys.executable).parent if "--here" in arguments else fresh(folder)
        work = folder / "tutorial"
        work.mkdir()
        environment = clean_environment(programs)
        if "--here" not in arguments:
            _refuse_checkout(work, environment)
        play(found, work, environment)
    except TutorialError as error:
        print(error)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(found)} blocks of {PAGE.relative_to(ROOT)} do what the page says")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
