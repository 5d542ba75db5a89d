"""The lines on published figures run as they stand, on the table that is shipped beside them."""

import csv
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group

ROOT = Path(__file__).resolve().parents[2]
COSTS = ROOT / "examples" / "costs.csv"
BLOCK = re.compile(
    r"^```sh\n(breakeven import table examples/costs\.csv.*?)^```$", re.MULTILINE | re.DOTALL
)
PAGES = [ROOT / "README.md", ROOT / "docs" / "importing.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_lines_give_the_volumes_that_the_page_states(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(COSTS.parent, tmp_path / "examples")

    said = " ".join(_printed(page).split())

    assert "from 127 million padded tokens on (124 million to 130 million" in said
    assert "from 4 billion padded tokens on (2.62 billion to 8.44 billion" in said


def _printed(page: Path) -> str:
    """What the lines of the block print, one after the other."""
    (block,) = BLOCK.findall(page.read_text())
    printed = []
    for line in block.splitlines():
        done = CliRunner().invoke(group, shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}"
        printed.append(done.stdout)
    return "\n".join(printed)


def test_the_volumes_stand_in_the_readme() -> None:
    said = " ".join((ROOT / "README.md").read_text().split())

    assert "127 million tokens by energy (124 to 130) and 4 billion by time (2.6 to 8.4)" in said


def test_the_table_in_the_page_is_the_head_of_the_file() -> None:
    head = COSTS.read_text().splitlines()[:6]

    assert "\n".join(head) in (ROOT / "docs" / "importing.md").read_text()


def test_every_row_says_where_it_is_printed() -> None:
    with COSTS.open(newline="", encoding="utf-8") as file:
        sources = [row["source"] for row in csv.DictReader(file)]

    assert len(sources) == 8
    assert all("Table 1" in source for source in sources)
