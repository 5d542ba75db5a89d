"""docs/faults.md answers for every fault of metering that we know of in released tools."""

import ast
import re
from pathlib import Path

import pytest

from tools.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
FAULT = "fault: "


def rows() -> list[list[str]]:
    page = (ROOT / "docs" / "faults.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page if line[:1] == "|"]
    return cells[2:]


ROWS = {cells[0]: cells for cells in rows()}


def in_code(cell: str) -> list[str]:
    return re.findall("`(.+?)`", cell)


def mutants_of(words: str) -> list[str]:
    names = [m.name for m in MUTANTS if m.name.startswith(FAULT)]
    return [name for name in names if words.casefold() in name.casefold()]


def test_there_is_a_row_for_each_of_the_known_faults(shared_dir: Path) -> None:
    text = (shared_dir / "METERING.md").read_text().partition("## What a measurement")[0]
    known = [line for line in text.splitlines() if line[:1] == "|"][2:]
    assert len(ROWS) == len(known)


@pytest.mark.parametrize("fault", ROWS)
def test_each_is_shown_by_a_test_that_exists(fault: str) -> None:
    named = in_code(ROWS[fault][2])
    assert named
    for path, _, test in (name.partition("::") for name in named):
        tree = ast.parse((ROOT / path).read_text())
        assert test in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, test


@pytest.mark.parametrize("fault", ROWS)
def test_each_guard_is_taken_out_by_a_mutant(fault: str) -> None:
    words = in_code(ROWS[fault][3])
    assert words
    assert all(mutants_of(word) for word in words)
