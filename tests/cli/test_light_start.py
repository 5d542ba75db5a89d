"""Starting is light: what is not needed is not loaded, and nobody is started beside us."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "transformers", "pydantic", "pandas", "altair", "numpy", "scipy", "pynvml", "ssl")


def loaded(code: str, folder: Path) -> list[str]:
    """Which of the heavy modules an interpreter has loaded after the code."""
    ending = f"\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code + ending],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def command(*words: str) -> str:
    return (
        "from breakeven.cli import main\n"
        f"try: main({list(words)!r})\n"
        "except SystemExit as ended: assert not ended.code"
    )


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import breakeven", id="import"),
        pytest.param(command("--help"), id="help"),
        pytest.param(command("doctor", "--help"), id="doctor --help"),
        pytest.param(command("measure", "--help"), id="measure --help"),
        pytest.param(
            "import breakeven\nwith breakeven.measure('x', store='store'): pass",
            id="a measured block",
        ),
        pytest.param(command("measure", "--", sys.executable, "-c", "pass"), id="measure"),
    ],
)
def test_nothing_heavy_is_loaded(code: str, tmp_path: Path) -> None:
    assert loaded(code, tmp_path) == []


def test_importing_loads_nothing_but_the_standard_library(tmp_path: Path) -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nimport breakeven\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "assert new - sys.stdlib_module_names == {'breakeven'}, new"
    )
    assert loaded(code, tmp_path) == []


CHILDREN = """\
import breakeven, os, pathlib

def parent(path):
    try:
        return path.read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""  # ended meanwhile

with breakeven.measure("x", store="store"):
    parents = {parent(path) for path in pathlib.Path("/proc").glob("[0-9]*/stat")}
assert str(os.getpid()) not in parents
"""


def test_no_helper_process_is_started(tmp_path: Path) -> None:
    assert loaded(CHILDREN, tmp_path) == []
