"""Tables wider than the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from breakeven.report.tables.table import Column, Table, words

WORDS = st.text(alphabet="ab c", max_size=30)


def made(titles: list[str], rows: list[list[str]], *, first_number: int = 1) -> Table:
    columns = tuple(
        Column(name=f"c{i}", title=title, is_number=i >= first_number)
        for i, title in enumerate(titles)
    )
    return Table(
        name="made",
        caption="",
        columns=columns,
        rows=tuple(tuple(words(text) for text in row) for row in rows),
    )


def test_a_table_that_fits_is_the_same_with_and_without_a_width() -> None:
    table = made(["Name", "Energy"], [["FT", "141 Wh"]])

    assert table.to_text(100) == table.to_text()


def test_a_wide_table_becomes_blocks_that_repeat_the_first_column() -> None:
    table = made(
        ["Name", "Energy", "Time"], [["FT", "141 Wh", "35 min"], ["TS", "77 Wh", "18 min"]]
    )

    assert table.to_text(15).splitlines() == [
        *("Name  Energy", "----  ------", "FT    141 Wh", "TS     77 Wh"),
        "",
        *("Name    Time", "----  ------", "FT    35 min", "TS    18 min"),
    ]


def test_as_many_columns_are_repeated_as_tell_the_rows_apart() -> None:
    rows = [["FT", "a", "1", "22222"], ["FT", "b", "3", "44444"]]

    text = made(["Of", "By", "One", "Other"], rows, first_number=2).to_text(15)

    assert text.splitlines()[::5] == ["Of  By  One", "Of  By  Other"]


def test_a_long_head_is_broken_before_its_column_is_moved() -> None:
    table = made(["Name", "Cost per correct answer, development included"], [["FT", "1"]])

    assert table.to_text(30).splitlines() == [
        "      Cost per correct",
        "               answer,",
        "           development",
        "Name          included",
        "----  ----------------",
        "FT                   1",
    ]


def test_long_words_are_broken_within_their_column() -> None:
    said = "energy of 1 run; FLOPs of 1 run; carbon of 1 run"

    text = made(["Row", "Not seen"], [["nu", said]], first_number=2).to_text(40)

    assert max(map(len, text.splitlines())) <= 40
    assert " ".join(text.split()).endswith(said)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4))
def test_every_word_is_in_some_block_and_no_line_is_too_long(rows: list[tuple[str, ...]]) -> None:
    table = made(["One", "Two", "Three", "Four"], [list(row) for row in rows], first_number=9)

    text = table.to_text(60)

    assert max(map(len, text.splitlines())) <= 60
    held = text.split()
    assert all(word in held for row in rows for cell in row for word in cell.split())


def test_a_table_without_rows_still_has_its_heads() -> None:
    table = made(["Name", "Cost per correct answer, development included"], [], first_number=2)

    text = table.to_text(20)

    assert "".join(text.split()).startswith("Costpercorrect")
    assert max(map(len, text.splitlines())) <= 30
