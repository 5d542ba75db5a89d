import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import StudyAnalysis  # noqa: E402
from breakeven.records import (  # noqa: E402
    Kind,
    PathwayDefinition,
    Resource,
    StudyDefinition,
)
from breakeven.report.figures.figure import Figure  # noqa: E402
from breakeven.report.figures.lineage import MAX_ROWS, left_out, lineage_figure  # noqa: E402
from breakeven.report.lineage_section import lineage_section  # noqa: E402
from breakeven.report.lineage_words import percent, study_lineage  # noqa: E402
from breakeven.report.page import safe_json  # noqa: E402
from breakeven.report.tables.lineage import lineage_table  # noqa: E402
from breakeven.testing.runs import example_runs  # noqa: E402
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run  # noqa: E402

pytestmark = pytest.mark.report

CPU = Resource.CPU_S
HOSTILE = "</script><img src=x onerror=alert(1)>"


def study(*pathways: tuple[str, str]) -> StudyDefinition:
    return StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=name, row=row) for name, row in pathways),
        headline=CPU,
    )


def drawn(analysis: StudyAnalysis) -> Figure:
    figure = lineage_figure(analysis)
    assert figure is not None
    return figure


def rows(figure: Figure, name: str = "nodes") -> list[dict[str, Any]]:
    spec: Any = figure.spec
    return list(spec["datasets"][name])


@pytest.fixture(scope="module")
def example() -> StudyAnalysis:
    return analyse(*example_runs())


def test_each_pathway_in_use_follows_the_row_it_deploys(example: StudyAnalysis) -> None:
    names = [row["name"] for row in rows(drawn(example))]

    assert names[:3] == ["pretrain, pre-training", "ft, fine-tuning", "FT, in use"]
    assert names[3] == "ts, distillation"
    assert len(names) == 7 + 5


def test_nodes_stand_below_each_other_within_the_drawing_and_their_words_beside(
    example: StudyAnalysis,
) -> None:
    figure = drawn(example)
    nodes = rows(figure)
    heights = [node["y"] for node in nodes]

    assert heights == sorted(set(heights))
    assert 0 < heights[0] < heights[-1] < figure.height_px
    assert all(0 < node["x"] < node["start"] <= node["x"] + 90 for node in nodes)


def test_every_child_has_a_line_from_its_parent(example: StudyAnalysis) -> None:
    ways = {row["way"] for row in rows(drawn(example), "edges")}

    assert {"row pretrain > row ft", "row ft > row ts", "row ts > use TS"} <= ways
    assert len(ways) == 4 + 5


def test_the_title_says_where_most_went_and_who_shares_it(example: StudyAnalysis) -> None:
    assert drawn(example).title == (
        "42 % of the CPU time paid for development went into pretrain (2 runs, 1 interrupted), "
        "which FT, TS and TA share"
    )


def test_words_for_those_who_cannot_see_hold_every_number(example: StudyAnalysis) -> None:
    told = drawn(example).description.replace("\u00a0", " ")

    assert (
        "ft, fine-tuning, from pretrain: 26.1 s; 21 % of FT and 18 % of TS; 1 run, 11 % of all"
        in told
    )
    assert all(f"{name}, in use, from" in told for name in ("FT", "TS", "TA", "TF-IDF"))


def test_bars_are_shares_of_all_that_was_paid(example: StudyAnalysis) -> None:
    shares = [row["share"] for row in rows(drawn(example)) if row["share"] is not None]

    assert sum(shares) == pytest.approx(1.0, abs=1e-4)


def test_a_single_row_is_told_as_the_whole() -> None:
    analysis = analyse(study(("FT", "ft")), [tiny_run("ft", {CPU: 30.0})])

    assert drawn(analysis).title == "All of the CPU time paid for development is ft, 1 run"
    assert len(rows(drawn(analysis))) == 2


def test_modelled_costs_are_hollow_and_say_so() -> None:
    cost = tiny_cost(CPU, 30.0, kind=Kind.MODELLED)
    analysis = analyse(study(("FT", "ft")), [tiny_run("ft", {CPU: cost})])

    (row, _) = rows(drawn(analysis))

    assert row["fill"] == "var(--surface)" != row["colour"]
    assert "modelled" in row["words"]


def test_a_row_without_its_cost_has_no_bar_and_the_page_says_why() -> None:
    runs = [tiny_run("ft", {}), tiny_run("ts", {CPU: 5.0}, parents=["ft"])]
    analysis = analyse(study(("TS", "ts")), runs)
    section = lineage_section(analysis)

    assert [row["share"] for row in rows(drawn(analysis))] == [None, 1, None]
    assert section is not None
    assert section.reasons == ("1 row without a bar: nothing observed any CPU time there.",)


def test_nothing_observed_at_all_is_said_and_drawn_without_bars() -> None:
    analysis = analyse(study(("FT", "ft")), [tiny_run("ft", {})])

    assert drawn(analysis).title == "1 row of development; nothing observed its CPU time"


def test_without_development_there_is_no_tree_and_no_section() -> None:
    analysis = analyse(study(("FT", "ft")), [tiny_inference("FT", {CPU: 1.0})])

    assert lineage_figure(analysis) is None
    assert lineage_section(analysis) is None


def test_more_rows_than_a_drawing_holds_leave_the_smallest_unused_to_the_table() -> None:
    spare = [tiny_run(f"spare-{i}", {CPU: 1.0 + i}) for i in range(MAX_ROWS + 4)]
    analysis = analyse(study(("FT", "ft")), [tiny_run("ft", {CPU: 0.5}), *spare])
    names = [row["name"] for row in rows(drawn(analysis))]
    section = lineage_section(analysis)

    assert left_out(study_lineage(analysis)) == 5
    assert len(names) == MAX_ROWS + 1
    assert "ft, fine-tuning" in names
    assert "spare-0, fine-tuning" not in names
    assert section is not None
    assert section.reasons[0] == "5 smaller rows not drawn: the table holds all."
    assert len(section.tables[0].rows) == MAX_ROWS + 5


def test_hostile_names_are_drawn_as_text_and_cannot_end_the_script() -> None:
    analysis = analyse(study((HOSTILE, HOSTILE)), [tiny_run(HOSTILE, {CPU: 1.0})])
    figure = drawn(analysis)

    assert "<" not in safe_json(figure.spec)
    svg = vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 600}))
    assert "<img" not in svg
    assert "&lt;/script&gt;&lt;img" in svg


def test_the_table_reads_parents_before_children(example: StudyAnalysis) -> None:
    table = lineage_table(example)
    texts = [[cell.text for cell in row] for row in table.rows]

    assert [row[0] for row in texts][:3] == ["pretrain", "ft", "ts"]
    assert [row[2] for row in texts][:3] == ["\u2014", "pretrain", "ft"]
    assert texts[0][3] == "FT, TS, TA"
    assert texts[0][4] == "2 runs, 1 interrupted"


def test_the_table_gives_shares_that_add_up(example: StudyAnalysis) -> None:
    shares = [row[-1].value for row in lineage_table(example).rows]

    assert sum(share for share in shares if isinstance(share, float)) == pytest.approx(1.0)
    assert shares[-1] is None
    assert lineage_table(example).rows[-1][-1].hint == "no run of it observed CPU time"


def test_a_row_that_nobody_needs_says_so_in_the_table() -> None:
    runs = [tiny_run("ft", {CPU: 1.0}), tiny_run("spare", {CPU: 3.0})]

    spare = lineage_table(analyse(study(("FT", "ft")), runs)).rows[1]

    assert (spare[3].text, spare[5].value, spare[5].hint) == (
        "no pathway rests on it",
        None,
        "no pathway rests on it",
    )
    assert spare[-1].text == "75 %"


def test_a_share_that_is_small_keeps_its_digits() -> None:
    assert [percent(share) for share in (0.00042, 0.0994, 0.0996, 1.0)] == [
        "0.042 %",
        "9.9 %",
        "10 %",
        "100 %",
    ]


def test_runs_of_a_mean_are_counted_as_often_as_they_were_paid(example: StudyAnalysis) -> None:
    doubled = [
        replace(run, settings=replace(run.settings, resolved={"n_repeats": 3}))
        for run in example.runs
        if run.row == "tfidf"
    ]
    others = [run for run in example.runs if run.row != "tfidf"]

    tree = study_lineage(replace(example, runs=(*others, *doubled)))

    assert next(row.n_runs for row in tree.rows if row.row == "tfidf") == 3
