"""docs/study-file.md lists every key and setting, as the code has them now."""

from pathlib import Path

import pytest

from tools.docs import filled
from tools.study_tables import study_tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "study-file.md"


def test_the_tables_are_those_of_the_code() -> None:
    text = PAGE.read_text()
    assert filled(text, study_tables()) == text


def test_a_table_without_a_place_and_a_place_without_a_table_are_noticed() -> None:
    page = "<!-- table: a -->\nold\n<!-- end -->\n"
    assert filled(page, {"a": "new\n"}) == "<!-- table: a -->\nnew\n<!-- end -->\n"
    with pytest.raises(ValueError, match="do not match: b"):
        filled(page, {"a": "", "b": ""})


def test_every_value_has_a_type_and_a_meaning() -> None:
    rows = [
        line.split("|")
        for name, table in study_tables().items()
        if name != "resources"
        for line in table.splitlines()[2:]
    ]
    assert len(rows) > 80
    assert all(cell.strip() for row in rows for cell in row[1:-1])
