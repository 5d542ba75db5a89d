"""Tables for print: as wide as a column or a page, kinds as letters, long ones cut."""

from dataclasses import replace

import pytest

from breakeven.report.documents.booktabs import booktabs, is_printable
from breakeven.report.documents.brackets import with_brackets
from breakeven.report.documents.fitting import DOUBLE_PT, LINES, SINGLE_PT, parts
from breakeven.report.kinds import BADGES, Badge
from breakeven.report.tables.table import Cell, Column, Table, words

MEASURED, COUNTED = BADGES[0], BADGES[2]


def table(rows: tuple[tuple[Cell, ...], ...], *, titles: tuple[str, ...] = ()) -> Table:
    columns = tuple(
        Column(
            name=f"c{at}",
            title=titles[at] if titles else f"C{at}",
            is_number=bool(cell.badges),
        )
        for at, cell in enumerate(rows[0])
    )
    return Table(name="made_up", caption="100 % of it.", columns=columns, rows=rows)


def number(text: str, badge: Badge = MEASURED) -> Cell:
    return Cell(text=text, value=1.0, badges=(badge,))


def test_a_narrow_table_stands_in_one_column_with_rules_caption_and_label() -> None:
    made = booktabs(table(((words("FT"), number("3 s")),)))

    assert not made.is_wide
    for line in (
        r"\begin{table}[tbp]",
        r"\caption{100 \% of it.}",
        r"\label{tab:made-up}",
        r"\begin{tabular}{@{}lr@{}}",
        r"\toprule",
        r"\bottomrule",
    ):
        assert line in made.text.splitlines()


def test_a_kind_that_a_column_shares_is_said_once_in_its_head() -> None:
    made = booktabs(table(((words("FT"), number("3 s")), (words("TS"), number("4 s")))))

    assert r"C0 & C1\textsuperscript{M} \\" in made.text
    assert r"FT & 3 s \\" in made.text
    assert r"\textsuperscript{M}\,measured." in made.text


def test_what_stands_in_brackets_is_said_where_something_does() -> None:
    plain, ranged = number("3 s"), replace(number("3 s (2-4)"), low=2.0, high=4.0)
    assumed = replace(ranged, badges=(BADGES[0], next(b for b in BADGES if b.name == "assumed")))

    assert "Ranges in" not in booktabs(table(((words("FT"), plain),))).text
    made = table(((words("FT"), ranged),))
    assert r"measured. Ranges in brackets: 95 \% intervals.\par" in booktabs(made).text
    assert with_brackets(made).to_markdown().startswith("100 % of it. Ranges in brackets: 95 % ")
    assert r"95 \% intervals; of assumed numbers, what" in booktabs(table(((assumed,),))).text


def test_commands_in_cells_are_set_as_typed_and_no_command_of_latex() -> None:
    made = booktabs(table(((words("say `--grid x_y`"), words("one ` \\x"), words("`\\input`")),)))

    assert r"say \texttt{-{}-grid x\_y} & one \textasciigrave{} \textbackslash{}x" in made.text
    assert r"\texttt{\textbackslash{}input}" in made.text


def test_signs_that_latex_lacks_are_as_wide_as_their_code_points() -> None:
    name = "\u6a21\u578b" * 6
    made = booktabs(table(((words(name), number("3 s")), (words("b"), number("4 s")))))

    assert made.text.count(r"\allowbreak{}") >= 6
    assert r"\raggedright\arraybackslash}p{" in made.text


def test_kinds_that_differ_stand_beside_each_number() -> None:
    made = booktabs(table(((words("FT"), number("3 s")), (words("TS"), number("4 s", COUNTED)))))

    assert r"FT & 3 s\textsuperscript{M} \\" in made.text
    assert r"TS & 4 s\textsuperscript{C} \\" in made.text


def test_answers_in_words_keep_their_kind_beside_the_unknown() -> None:
    known = Cell(text="3 s", value="3 s", badges=(MEASURED,))
    columns = (Column(name="q", title="Question"), Column(name="a", title="Answer"))
    rows = ((words("time?"), known), (words("place?"), words("unknown")))
    made = booktabs(Table(name="t", caption="", columns=columns, rows=rows))

    assert r"Question & Answer \\" in made.text
    assert r"time? & 3 s\textsuperscript{M} \\" in made.text
    assert r"place? & unknown \\" in made.text


def test_words_are_broken_before_a_table_grows_beyond_the_page() -> None:
    long = words("a sentence of many words " * 8)
    made = booktabs(table(((words("FT"), long, number("3 s")),)))

    assert r"p{" in made.text
    for part in parts(table(((words("FT"), long, number("3 s")),))):
        assert part.width_pt <= DOUBLE_PT


def test_what_is_too_wide_goes_on_below_under_the_columns_that_tell_rows_apart() -> None:
    cells = (words("FT"), words("a"), *(number(f"{at} ms (1.234-5.678)") for at in range(12)))
    other = (words("FT"), words("b"), *cells[2:])
    found = parts(table((cells, other)))

    assert len(found) > 1
    for part in found:
        assert part.width_pt <= DOUBLE_PT
        assert [row[1].text for row in part.table.rows] == ["a", "b"]
    shown = {column.name for part in found for column in part.table.columns}
    assert shown == {f"c{at}" for at in range(14)}


def test_a_long_table_is_cut_into_pages_that_keep_one_number() -> None:
    rows = tuple((words(f"row {at}"), number("3 s")) for at in range(60))
    made = booktabs(table(rows))

    assert made.text.count(r"\begin{table}") == 2
    assert made.text.count(r"\addtocounter{table}{-1}") == 1
    assert made.text.count(r"\label{") == 1
    assert "(continued)" in made.text
    assert all(part.lines <= LINES for part in parts(table(rows)))
    assert sum(f"row {at} &" in made.text for at in range(60)) == 60


def test_texts_that_are_data_are_left_to_the_csv_by_name() -> None:
    made = booktabs(table(((words("FT"), words("x" * 300)),), titles=("Pathway", "Settings")))

    assert "xxx" not in made.text
    assert "In the CSV alone: Settings." in made.text


def test_what_begins_alike_is_named_once() -> None:
    rows = (
        (words("FT"), number("1 s")),
        (words("FT"), number("2 s")),
        (words("TS"), number("3 s")),
    )

    lines = booktabs(table(rows)).text.splitlines()
    assert lines[lines.index(r"FT & 1 s \\") + 1] == r" & 2 s \\"
    assert r"\addlinespace" in lines


def test_a_row_without_a_first_word_is_no_argument_of_the_line_before() -> None:
    rows = ((words("FT"), number("[1in]")), (words("FT"), number("[2in]")))

    assert r"\\[" not in booktabs(table(rows)).text.replace("\n", "")


@pytest.mark.parametrize(("n", "is_read"), [(0, False), (1, True), (60, True), (61, False)])
def test_empty_tables_and_long_ones_are_not_set(n: int, is_read: bool) -> None:  # noqa: FBT001
    rows = tuple((words("FT"), words("x")) for _ in range(n))
    columns = (Column(name="a", title="A"), Column(name="b", title="B"))

    assert is_printable(Table(name="t", caption="", columns=columns, rows=rows)) is is_read


def test_one_column_is_3_33_inches_and_a_page_7() -> None:
    assert (round(SINGLE_PT / 72, 2), DOUBLE_PT / 72) == (3.33, 7.0)
