"""The journal: the last whole state counts, whatever happens to the process."""

from pathlib import Path

import pytest

from breakeven.errors import StoreWriteError
from breakeven.meters.journal import Journal, read_journal


def journal(folder: Path, **options: int) -> Journal:
    return Journal(folder / "r.jsonl", owner=b"me", state=b"0", **options)


def test_a_new_journal_has_its_owner_and_first_state(tmp_path: Path) -> None:
    journal(tmp_path)
    assert read_journal(tmp_path / "r.jsonl") == (b"me", b"0")


def test_the_last_state_counts(tmp_path: Path) -> None:
    written = journal(tmp_path)
    written.write(b"1")
    written.write(b"2")
    assert read_journal(tmp_path / "r.jsonl") == (b"me", b"2")


def test_a_torn_last_line_leaves_the_state_before(tmp_path: Path) -> None:
    journal(tmp_path).write(b"1")
    with (tmp_path / "r.jsonl").open("ab") as file:
        file.write(b"half")
    assert read_journal(tmp_path / "r.jsonl") == (b"me", b"1")


def test_a_large_journal_begins_anew_and_goes_on(tmp_path: Path) -> None:
    written = journal(tmp_path, limit_bytes=50)
    for number in range(100):
        written.write(b"state %d" % number)
        assert read_journal(tmp_path / "r.jsonl") == (b"me", b"state %d" % number)
        assert (tmp_path / "r.jsonl").stat().st_size <= 60
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]


def test_a_left_draft_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl.new").write_bytes(b"old owner\nold state\n")
    journal(tmp_path)
    assert read_journal(tmp_path / "r.jsonl") == (b"me", b"0")


def test_a_removed_journal_is_gone_and_removing_it_again_is_fine(tmp_path: Path) -> None:
    written = journal(tmp_path)
    written.remove()
    written.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_state_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_bytes(b"me\n")
    assert read_journal(tmp_path / "r.jsonl") is None


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreWriteError):
        journal(tmp_path / "file")


def test_a_journal_that_cannot_take_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").mkdir()
    with pytest.raises(StoreWriteError):
        journal(tmp_path)


def test_a_state_with_a_line_break_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line break"):
        Journal(tmp_path / "r.jsonl", owner=b"me", state=b"a\nb")
