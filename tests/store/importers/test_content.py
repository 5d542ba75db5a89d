"""The text of a file: size, encoding and emptiness are judged first."""

from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.store.importers.content import MOST_BYTES, read_content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; expected a ledger"),
        (b" \n\n", "is empty"),
        (b"a,b\nc,\xff\n", r"file:2: byte 0xff is no UTF-8 text"),
        ("a,b\n".encode("utf-16"), "is UTF-16, not plain text; expected a ledger"),
        (b"PK\x03\x04 and more", "is a spreadsheet or an archive, not plain text"),
        (b"a\0b", "holds zero bytes"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataFileError, match=message):
        read_content(tmp_path / "file", what="a ledger")


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(2 * 2**30)  # sparse: 2 GiB that nobody could read in a moment
    with pytest.raises(DataFileError, match=f"2,048 MiB is more than is read .{MOST_BYTES >> 20}"):
        read_content(tmp_path / "file", what="a ledger")


def test_what_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path, says in ((tmp_path, "is a folder"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(DataFileError, match=says):
            read_content(path, what="a ledger")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbfa,b\n")
    assert read_content(tmp_path / "file", what="a ledger").text == "a,b\n"
