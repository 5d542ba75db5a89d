"""docs/notes.md explains every doubt that a report can show."""

import re
from pathlib import Path

from breakeven.records import NoteCode

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "notes.md"


def test_every_note_code_has_a_section_and_no_section_is_orphaned() -> None:
    sections = re.findall(r"^## `(.+?)`$", PAGE.read_text(), flags=re.MULTILINE)
    assert sorted(sections) == sorted(code.value for code in NoteCode)


def test_every_note_code_is_given_somewhere() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    given = set(re.findall(r"NoteCode\.([A-Z_]+)", source))
    assert given == set(NoteCode.__members__)
