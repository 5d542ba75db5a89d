"""docs/requirements.md must answer for every row that a finished issue named."""

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from breakeven.cli import group

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "requirements.md"

ROWS_BY_PART = {
    "part 1": "R000-01..05 R000-08 R000-09 R000-13 R000-20..22 R000-27 R000-30 R000-32..34 "
    "R002-11 RX-01..04 RX-08",
    "part 2": "R000-07 R000-10..12 R000-20..22 R000-25 R000-32..34 R003-19 R004-01..09 R004-16 "
    "RX-03 RX-05 RX-06",
    "part 3": "R000-13 R000-27..31 R001-01 R001-08 R002-03 R002-07 R002-08 R002-11 R003-04 "
    "R004-04..06 RX-05 RX-06 RX-08 RX-10",
    "part 4": "R000-16..35 R001-01..11 R002-01..11 R003-01..08 R003-11 R003-14 R003-17..20 "
    "R004-01..18",
    "part 5": "R000-14 R000-16 R003-10 R004-01..18",
    "part 6": "R000-01..19 R000-29 R000-30 R000-32..35 R000-H1..H8 R000-F1 R001-02..10 "
    "R002-04..06 R002-09 R003-01..16 R003-20..23 R004-09..16 RX-01..09",
    "part 7": "R000-14 R000-16 R000-17 R000-32..34 R001-04..07 R001-10 R001-11 R002-09 R003-01 "
    "R003-04 R003-08 R003-14 R003-19..23 R004-09 RX-04 RX-08",
}


def expanded(spec: str) -> list[str]:
    """`R000-01..03` -> its three rows; `R000-H1..H8` -> its eight."""
    rows: list[str] = []
    for part in spec.split():
        family, _, numbers = part.rpartition("-")
        first, _, last = numbers.partition("..")
        letter = first.rstrip("0123456789")
        low, high = (int(end.removeprefix(letter)) for end in (first, last or first))
        rows += [f"{family}-{letter}{n:0{len(first) - len(letter)}d}" for n in range(low, high + 1)]
    return rows


def page_rows() -> dict[str, str]:
    """Row id -> the cell that says what shows it."""
    cells = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| R")]
    return {cell[1].strip(): cell[3].strip() for cell in cells}


DUE = [row for spec in ROWS_BY_PART.values() for row in expanded(spec)]
EVIDENCE = [
    (row, code) for row, cell in page_rows().items() for code in re.findall("`(.+?)`", cell)
]


@pytest.mark.parametrize("row", DUE)
def test_every_row_of_a_finished_part_is_answered(row: str) -> None:
    cell = page_rows().get(row, "")
    assert "`" in cell or cell.startswith("absent:"), f"{row} has neither evidence nor a reason"


@pytest.mark.parametrize(("row", "evidence"), EVIDENCE)
def test_evidence_exists(row: str, evidence: str) -> None:
    assert _exists(evidence), f"{row}: {evidence} does not exist"


def _exists(evidence: str) -> bool:
    words = shlex.split(evidence)
    if words[0] == "breakeven":
        return _command_exists(words[1:])
    if words[0] == "make":
        return f"\n{words[1]}:" in (ROOT / "Makefile").read_text()
    path, _, name = evidence.partition("::")
    file = ROOT / path
    if not (file.is_file() and name):
        return False
    defined = {n.name for n in ast.walk(ast.parse(file.read_text())) if hasattr(n, "name")}
    return set(name.split("::")) <= defined


def _command_exists(words: list[str]) -> bool:
    command: click.Command | None = group
    context = click.Context(group)
    while words and isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    if command is None:
        return False
    flags = {flag for parameter in command.params for flag in parameter.opts}
    return all(word in flags for word in words if word.startswith("--"))
