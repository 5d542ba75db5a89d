"""The quickstart: a valid notebook without outputs, whose cells run and show what they say.

A kernel would bring twenty packages to run a dozen cells; these use nothing of one. So each cell
is run as a kernel does it: in one namespace, and of a last expression its display is taken.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "quickstart.ipynb"

SHOW = """\
def show(value):
    markup = getattr(value, "_repr_html_", None)
    print("SHOWN", (markup() if markup else repr(value)).replace("\\n", " "))
"""


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return content


def code_cells(notebook: dict[str, Any]) -> list[str]:
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def as_script(source: str) -> str:
    """The cell, its last expression handed to `show` as a kernel displays it."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not ast.unparse(last).startswith("print("):
        name = ast.Name("show", ctx=ast.Load())
        tree.body[-1] = ast.Expr(ast.Call(name, args=[last.value], keywords=[]))
    return ast.unparse(ast.fix_missing_locations(tree))


def test_it_is_a_notebook_of_version_4_5_without_outputs(notebook: dict[str, Any]) -> None:
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        is_code = cell["cell_type"] == "code"
        own = {"outputs", "execution_count"} if is_code else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | own
        assert cell["cell_type"] in ("code", "markdown")
        assert (cell.get("outputs", []), cell.get("execution_count")) == ([], None)


def test_every_code_cell_asserts_or_shows(notebook: dict[str, Any]) -> None:
    silent = [c for c in code_cells(notebook) if "assert " not in c and as_script(c) == c]

    assert silent == []


def test_its_cells_run_in_order_and_show_what_they_say(
    notebook: dict[str, Any], tmp_path: Path
) -> None:
    script = tmp_path / "quickstart.py"
    cells = "\n".join(map(as_script, code_cells(notebook)))
    script.write_text(f"{SHOW}\nif __name__ == '__main__':\n" + _indented(cells), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    shown = [line for line in done.stdout.splitlines() if line.startswith("SHOWN ")]

    for line, said in zip(
        shown,
        [
            "count words: ok",
            "quickstart",
            "Recommended at 10,000 examples: TS",
            "TS has cost less CPU time than FT from",
            "TS has cost less CPU time than FT from",
        ],
        strict=True,
    ):
        assert said in line
    assert sum("<table>" in line for line in shown) == 4


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
