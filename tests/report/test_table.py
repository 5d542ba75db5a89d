import csv
import io
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import UnknownNameError
from breakeven.records import Estimate, Kind
from breakeven.report.tables.table import Cell, Column, Table, in_ascii, missing, number, words
from breakeven.report.tables.tex import in_tex

MADE = Estimate(
    name="cpu_s",
    value=0.0032148,
    low=0.0031,
    high=0.00333,
    level=0.95,
    method="t interval",
    n=6,
    kinds=(Kind.MEASURED,),
)
COLUMNS = (
    Column(name="pathway", title="Pathway"),
    Column(name="cpu_s", title="CPU time", is_number=True, group="Use"),
)


def table(*rows: tuple[Cell, Cell]) -> Table:
    return Table(name="made", caption="A caption | here.", columns=COLUMNS, rows=rows)


def test_csv_holds_si_values_the_interval_and_the_kind() -> None:
    text = table((words("FT"), number(MADE, "3.21 ms"))).to_csv()

    assert text == (
        "pathway,cpu_s,cpu_s_low,cpu_s_high,cpu_s_kind\nFT,0.0032148,0.0031,0.00333,measured\n"
    )


def test_a_missing_number_is_an_empty_field_and_not_zero() -> None:
    cell = missing("not measured", hint="no sensor")

    assert table((words("FT"), cell)).to_csv().splitlines()[1] == "FT,,,,"


def test_an_estimate_without_a_value_is_missing() -> None:
    assert number(None, "not measured", hint="why").is_missing


@given(st.sampled_from("=+-@\t\r"), st.text(min_size=1, max_size=20))
def test_no_name_becomes_a_formula(start: str, rest: str) -> None:
    text = table((words(start + rest), number(MADE, ""))).to_csv()

    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1][0].startswith("'")


def test_words_in_a_column_of_numbers_stay_words() -> None:
    text = table((words("FT"), words("=1+1"))).to_csv()

    assert text.splitlines()[1] == "FT,'=1+1,,,"


def test_markdown_shows_units_kinds_and_groups_and_escapes_bars() -> None:
    text = table((words("a|b<script>"), number(MADE, "3.21 ms"))).to_markdown()

    assert text.splitlines() == [
        "A caption \\| here.",
        "",
        "| Pathway | Use: CPU time |",
        "| --- | ---: |",
        "| a\\|b\\<script> | 3.21 ms [measured] |",
    ]


def test_text_is_aligned_ascii() -> None:
    text = table(
        (words("FT"), number(MADE, "3.21\u00a0ms (3.10\u20133.33)")),
        (words("TF-IDF"), missing("not measured", hint="")),
    ).to_text()

    assert text.splitlines() == [
        "Pathway        Use: CPU time",
        "-------  -------------------",
        "FT       3.21 ms (3.10-3.33)",
        "TF-IDF          not measured",
    ]


def test_terminal_text_cannot_steer_the_terminal() -> None:
    assert in_ascii("a\x1b[31mb\u202ec\nd") == "a [31mb c\nd"


def test_a_row_of_the_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table(name="made", caption="", columns=COLUMNS, rows=((words("FT"),),))


def test_groups_span_their_columns() -> None:
    assert table().groups == (("", 1), ("Use", 1))


def test_without_groups_there_is_no_second_head() -> None:
    plain = Table(name="made", caption="", columns=COLUMNS[:1], rows=())

    assert plain.groups == ()


def test_a_sign_that_all_numbers_share_moves_to_the_head() -> None:
    made = table((words("FT"), number(MADE, "x")), (words("TS"), missing("-", hint="")))

    assert [badge.name for badge in made.common_badges(1)] == ["measured"]
    assert made.common_badges(0) == ()


def plain(*cells: Cell) -> Table:
    columns = tuple(
        Column(name=f"c{i}", title=f"C{i}", is_number=True, is_plain=True)
        for i in range(len(cells))
    )
    return Table(name="plain", caption="", columns=columns, rows=(cells,))


def test_plain_numbers_take_one_field_and_whole_ones_stay_exact() -> None:
    made = plain(Cell(text="", value=11_174_215_680), Cell(text="", value=0.5), Cell(text=""))

    assert made.to_csv() == "c0,c1,c2\n11174215680,0.5,\n"
    assert json.loads(made.to_json())["rows"] == [{"c0": 11174215680, "c1": 0.5, "c2": None}]


def test_json_holds_what_csv_holds_and_knows_no_infinity() -> None:
    open_ended = Cell(text="", value=1.0, low=0.5, high=math.inf)
    (row,) = json.loads(table((words("=FT"), open_ended)).to_json())["rows"]

    assert row == {
        "pathway": "=FT",
        "cpu_s": 1.0,
        "cpu_s_low": 0.5,
        "cpu_s_high": None,
        "cpu_s_kind": None,
    }


def test_latex_needs_no_package_and_runs_nothing_that_a_name_says() -> None:
    text = table((words(r"\input{/etc/passwd} 5 % of $x_1$ & ~^#"), number(MADE, "3.21\u00a0ms")))

    assert text.to_tex().splitlines() == [
        r"\begin{table}",
        r"\caption{A caption $|$ here.}",
        r"\begin{tabular}{lr}",
        r"\hline",
        r"Pathway & Use: CPU time \\",
        r"\hline",
        (
            r"\textbackslash{}input\{/etc/passwd\} 5 \% of \$x\_1\$ \& "
            r"\textasciitilde{}\textasciicircum{}\# & 3.21~ms [measured] \\"
        ),
        r"\hline",
        r"\end{tabular}",
        r"\end{table}",
    ]


@given(st.text(alphabet=st.characters(), max_size=30))
def test_no_text_reaches_latex_with_a_sign_of_its_own(text: str) -> None:
    body = table((words(text), number(MADE, ""))).to_tex().splitlines()[6]
    cell = body.removesuffix(r" & [measured] \\").removesuffix(r" &  [measured] \\")
    bare = re.sub(r"\\text[a-z]+\{\}|\\dots\{\}|-\{\}|\$\\?([a-z]+|[-<>|])\$", "", cell)
    bare = bare.removeprefix("{}")
    for sign in "#$%&_{}":
        bare = bare.replace(f"\\{sign}", "")

    assert not set(bare) & set("#$%&_{}^\\\n")


@pytest.mark.parametrize("opening", ["[1in] FT", "*FT"])
def test_no_cell_is_taken_for_an_argument_of_the_line_before_it(opening: str) -> None:
    lines = table((words(opening), number(MADE, ""))).to_tex().splitlines()

    assert lines[6].startswith(f"{{}}{opening}")


def test_what_pdflatex_has_no_sign_for_is_named_by_its_code_point() -> None:
    assert in_tex("Dürlich 模型 \U0001f600") == "Dürlich [U+6A21][U+578B] [U+1F600]"
    assert in_tex("2 ≤ R² --grid") == r"2 $\leq$ R\texttwosuperior{} -{}-grid"


def test_a_head_is_no_formula_either() -> None:
    column = Column(name="=HYPERLINK(0)", title="FT")
    made = Table(name="t", caption="", columns=(column,), rows=((words("\uff1dA1"),),))

    assert made.to_csv() == "'=HYPERLINK(0)\n'\uff1dA1\n"


def test_markdown_shows_no_picture_and_links_nowhere() -> None:
    made = table((words("![x](http://example.org/t.png)\r# FT"), number(MADE, "x"))).to_markdown()

    assert r"| ![x]\(http://example.org/t.png) # FT |" in made


def test_every_digit_is_written_where_it_is_asked_for() -> None:
    made = plain(Cell(text="", value=1 / 3), Cell(text="", value=2))

    assert made.to_csv(is_exact=True) == "c0,c1\n0.3333333333333333,2\n"


def test_columns_are_chosen_in_the_order_asked_for() -> None:
    made = table((words("FT"), number(MADE, "x"))).only(["cpu_s", "pathway"])

    assert [column.name for column in made.columns] == ["cpu_s", "pathway"]
    with pytest.raises(UnknownNameError, match="cpu_s"):
        made.only(["cpu"])
