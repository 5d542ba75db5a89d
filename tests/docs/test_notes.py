"""docs/notes.md explains every doubt that a report can show."""

import re
from pathlib import Path

from breakeven.records import NoteCode

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notes.md"


def test_every_note_code_has_a_section_and_no_section_is_orphaned() -> None:
    sections = re.findall(r"^## `(.+?)`$", PAGE.read_text(), flags=re.MULTILINE)
    assert sorted(sections) == sorted(code.value for code in NoteCode)
