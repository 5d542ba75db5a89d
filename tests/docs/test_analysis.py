"""docs/analysis.md names functions that exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysis.md"
ROWS = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
NAMES = [name for row in ROWS for name in re.findall(r"`([a-z_0-9.]+\.\w+)`", row[4])]


@pytest.mark.parametrize("name", NAMES)
def test_every_method_is_where_the_page_says(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert callable(getattr(import_module(f"breakeven.analysis.{module}"), function))


def test_the_page_names_most_of_the_methods() -> None:
    assert len(NAMES) >= 15
