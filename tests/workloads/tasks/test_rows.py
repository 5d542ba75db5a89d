import gzip
from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.rows import Columns, Row, read_rows

NAMED = Columns(text="sentence", label="label")
NUMBERED = Columns(text="2", label="1")


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_tsv_with_header_is_read_by_name_and_without_quoting(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", 'sentence\tlabel\n"half quoted\t1\r\n\nplain \t0\n')
    assert list(read_rows(path, NAMED)) == [
        Row(text='"half quoted', label="1", line=2),
        Row(text="plain", label="0", line=4),
    ]


def test_tsv_without_header_is_read_by_number(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "neg\tbad film\npos\tgood film\n")
    assert [row.text for row in read_rows(path, NUMBERED)] == ["bad film", "good film"]


def test_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "\ufefflabel\tsentence\n1\ttext\n")
    assert [row.label for row in read_rows(path, NAMED)] == ["1"]


def test_json_lines_may_hold_whole_numbers_as_labels(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"sentence": "one\\ttwo", "label": 3}\n')
    assert list(read_rows(path, NAMED)) == [Row(text="one\ttwo", label="3", line=1)]


def test_unusual_line_separators_inside_a_text_do_not_end_the_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "sentence\tlabel\none\u2028two\x0bthree\t1\n")
    assert [row.text for row in read_rows(path, NAMED)] == ["one\u2028two\x0bthree"]


def test_gzip_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"sentence": "text", "label": "x"}\n'))
    assert list(read_rows(path, NAMED)) == [Row(text="text", label="x", line=1)]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert list(read_rows(write(tmp_path / "a.tsv", ""), NAMED)) == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.tsv", "sentence\tlabel\nx\t1\ny\n", r"a\.tsv:3: 1 tab-separated fields where 2"),
        ("a.tsv", "sentence\tlabel\nx\ty\t1\n", r"a\.tsv:2: 3 tab-separated fields where 2"),
        ("a.tsv", "text\tlabel\nx\t1\n", r"a\.tsv:1: no column 'sentence' in the header"),
        ("a.tsv", "sentence\tlabel\n \t1\n", r"a\.tsv:2: the text is empty"),
        ("a.tsv", "sentence\tlabel\nx\t\n", r"a\.tsv:2: the label is empty"),
        ("a.jsonl", '{"sentence": "x"', r"a\.jsonl:1: not a JSON object \("),
        ("a.jsonl", "[1]\n", r"a\.jsonl:1: not a JSON object; repair"),
        ("a.jsonl", '{"text": "x", "label": 1}\n', r"a\.jsonl:1: no text .* under 'sentence'"),
        (
            "a.jsonl",
            '{"sentence": "x", "label": [0, [1]]}\n',
            r"under 'label' \(keys: sentence, label",
        ),
        ("a.csv", "x", r"ends in \.csv; expected one of \.tsv, \.jsonl"),
        ("a", "x", "ends in nothing"),
    ],
)
def test_malformed_files_are_refused_by_file_and_line(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    with pytest.raises(DataFileError, match=sentence):
        list(read_rows(write(tmp_path / name, content), NAMED))


def test_a_column_number_beyond_the_row_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "a\tb\n")
    with pytest.raises(DataFileError, match=r"a\.tsv:1: 2 .* columns 9 and 1 are read"):
        list(read_rows(path, Columns(text="9", label="1")))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"no data file .*; check the path that names it"):
        list(read_rows(tmp_path / "none.tsv", NAMED))


def test_bytes_that_are_not_utf8_are_refused_near_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(b"sentence\tlabel\nab\xff\t1\n")
    with pytest.raises(DataFileError, match=r"a\.tsv:\d+: not UTF-8 near here"):
        list(read_rows(path, NAMED))


@pytest.mark.parametrize("damage", [b"no gzip at all", gzip.compress(b"x" * 999, mtime=0)[:-9]])
def test_damaged_gzip_is_refused(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(damage)
    with pytest.raises(DataFileError, match="the gzip data is damaged"):
        list(read_rows(path, NAMED))
