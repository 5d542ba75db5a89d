"""Pages of docs/studies that rest on records say what the records say."""

from pathlib import Path

import click
import pytest

from tools.docs import filled
from tools.result_pages import result_pages, result_tables

PAGES = dict(result_pages(Path(__file__).resolve().parents[2] / "docs" / "studies"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_generated_is_not_stale(page: Path) -> None:
    text = page.read_text()
    assert filled(text, PAGES[page]) == text


def test_a_marker_may_hold_a_command(tmp_path: Path) -> None:
    marker = "$ breakeven flops --n 2 --N 3 --S 5 --B 7 --train"
    (printed,) = result_tables(f"<!-- table: {marker} -->\n<!-- end -->\n", tmp_path).values()
    assert printed.startswith(f"```text\n{marker}\n")
    assert "1.2600e3 FLOPs" in printed


def test_a_command_that_fails_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="No such command"):
        result_tables("<!-- table: $ breakeven nothing -->\n<!-- end -->\n", tmp_path)


def test_pages_without_records_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("<!-- table: a -->\n<!-- end -->\n")
    assert not list(result_pages(tmp_path))
