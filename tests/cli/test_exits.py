"""Exit codes: each that is documented occurs, and no other is used."""

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.cli.exits import MEANINGS, Exit

ROOT = Path(__file__).parents[2]
BREAKEVEN = (sys.executable, "-m", "breakeven")
ALLOWED = {
    *(f"Exit.{code.name}" for code in Exit),
    "Exit.FAILED if found.failed or is_refused else Exit.DONE",
    "checked.exit_code(is_strict=asked['is_strict'])",
    "ended if isinstance(ended, int) else Exit.DONE",
    "error.exit_code",  # click's own, of a command line that cannot be read
    "outcome.exit_code",  # that of the command that `measure` ran
}
STUDY = """\
study: small
engine: toy
task: {name: toy}
stages: [{name: ft, stage: finetune, burn_s: 600}]
pathways: {FT: ft}
"""


def exits() -> Iterator[tuple[str, str]]:
    """File and argument of each place in the command line that ends it."""
    for path in sorted((ROOT / "src" / "breakeven" / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                if called in ("sys.exit", "os._exit", "exit") or called.endswith(".exit"):
                    yield path.name, ", ".join(map(ast.unparse, node.args))
            if isinstance(node, ast.Raise) and "SystemExit" in ast.unparse(node):
                yield path.name, ast.unparse(node)


def test_no_command_ends_with_a_code_that_is_not_documented() -> None:
    found = list(exits())

    assert [place for place in found if place[1] not in ALLOWED] == []
    assert {place[0] for place in found} >= {"__init__.py", "check.py", "measure.py", "run.py"}


def test_check_knows_no_other_code_than_those_of_the_table() -> None:
    source = ROOT / "src" / "breakeven" / "analysis" / "limits" / "judged.py"
    tree = ast.parse(source.read_text(encoding="utf-8"))
    codes = {
        node.value
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "exit_code"
        for returned in ast.walk(function)
        if isinstance(returned, ast.Return) and returned.value is not None
        for node in ast.walk(returned.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, int)
    }

    assert codes <= {Exit.DONE, Exit.FAILED, Exit.NOT_UNDERSTOOD}
    assert codes


def ended(folder: Path, *words: str) -> int:
    """Exit code of a command that ends by itself."""
    return subprocess.run(
        (*BREAKEVEN, *words), cwd=folder, capture_output=True, check=False, timeout=60
    ).returncode


def interrupted(folder: Path) -> int:
    """Exit code of a command that Ctrl-C ends while it waits for its file."""
    os.mkfifo(folder / "costs.csv")
    process = subprocess.Popen(
        (*BREAKEVEN, "import", "table", "costs.csv"),
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    with (folder / "costs.csv").open("w"):  # opens when the command has opened it too
        process.send_signal(signal.SIGINT)
        return process.wait(60)


def terminated(folder: Path) -> int:
    """Exit code of a study that SIGTERM ends while its row runs."""
    (folder / "small.yaml").write_text(STUDY, encoding="utf-8")
    process = subprocess.Popen(
        (*BREAKEVEN, "run", "small.yaml"), cwd=folder, stderr=subprocess.DEVNULL
    )
    while not list(folder.glob("store/journal/*.jsonl")):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    return process.wait(60)


def not_executable(folder: Path) -> int:
    (folder / "script").write_text("no program", encoding="utf-8")
    return ended(folder, "measure", "--", "./script")


SCENES: dict[Exit, Callable[[Path], int]] = {
    Exit.DONE: lambda folder: ended(folder, "--version"),
    Exit.FAILED: lambda folder: ended(folder, "report", "nowhere"),
    Exit.NOT_UNDERSTOOD: lambda folder: ended(folder, "report"),
    Exit.NOT_EXECUTABLE: not_executable,
    Exit.NOT_FOUND: lambda folder: ended(folder, "measure", "--", "no-such-command"),
    Exit.INTERRUPTED: interrupted,
    Exit.TERMINATED: terminated,
}


@pytest.mark.parametrize("code", Exit)
def test_every_documented_code_occurs(code: Exit, tmp_path: Path) -> None:
    assert SCENES[code](tmp_path) == code


def test_measure_passes_on_the_code_of_its_command(tmp_path: Path) -> None:
    assert ended(tmp_path, "measure", "--", "sh", "-c", "exit 37") == 37


def test_the_help_and_the_page_hold_the_table() -> None:
    help_text = " ".join(CliRunner().invoke(group, ["--help"]).stdout.split())
    page = " ".join((ROOT / "docs" / "terminal.md").read_text(encoding="utf-8").split())

    assert set(MEANINGS) == set(Exit)
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in help_text
        assert f"| {code.value} | {meaning} |" in page
