"""Results: what a notebook and a script get of a store."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.cli.report import WrittenReport
from breakeven.errors import MissingExtraError, NoStudyError, UnknownNameError
from breakeven.report.results import Results, analyse
from breakeven.report.summary import summary
from breakeven.report.tables import tables
from breakeven.store import Store
from breakeven.testing.runs import example_runs


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("results") / "store"
    definition, runs = example_runs()
    with Store(path) as opened:
        opened.save_study(definition)
        for run in runs:
            opened.append(run)
    return path


@pytest.fixture(scope="module")
def results(store: Path) -> Results:
    return analyse(store)


def test_a_store_or_its_folder_give_what_the_report_says(store: Path, results: Results) -> None:
    with Store(store) as opened:
        same = analyse(opened, study="example")

    assert results.text == same.text == summary(results.analysis)
    assert set(results.tables) == set(tables(results.analysis))
    assert results.table("pathways").rows == tables(results.analysis)["pathways"].rows


def test_a_notebook_shows_the_table_of_pathways_and_the_answer(results: Results) -> None:
    html, markdown = results._repr_html_(), results._repr_markdown_()
    pathway = results.analysis.recommendation.pathway

    assert html.count("<tr>") == 1 + len(results.table("pathways").rows)
    for shown in (html, markdown):
        assert f"Recommended at 100,000 examples: {pathway}, " in shown
        assert "measured" in shown
    assert repr(results).startswith(f"<Results of study 'example': recommended {pathway}; tables")


def test_a_table_becomes_a_frame_in_si_units_in_which_missing_is_not_zero(
    results: Results,
) -> None:
    pytest.importorskip("pandas")
    table = results.table("pathways")
    frame = results.to_pandas()
    column = next(column.name for column in table.columns if column.name.endswith("_cpu_s"))

    assert list(frame["pathway"]) == [row[0].text for row in table.rows]
    place = [each.name for each in table.columns].index(column)
    for value, row in zip(frame[column], table.rows, strict=True):
        assert (value != value) == (row[place].value is None)  # noqa: PLR0124 - only NaN differs
    assert {f"{column}_low", f"{column}_high", f"{column}_kind"} <= set(frame.columns)
    assert frame[column].isna().any()


def test_a_frame_tells_never_from_not_known_and_keeps_open_intervals(results: Results) -> None:
    pytest.importorskip("pandas")
    pairs = results.to_pandas("break_even").set_index("verdict")

    assert (pairs.loc["never", "examples"] == math.inf).all()
    assert (pairs.loc["not shown", "examples_high"].dropna() == math.inf).all()
    assert math.isfinite(pairs.loc["finite", "examples_high"].max())
    pathways = results.to_pandas("pathways").set_index("pathway")["break_even_examples"]
    assert pathways["FT"] == math.inf  # never
    assert math.isnan(pathways["API"])  # not comparable


def test_every_number_is_one_in_every_frame_also_where_nothing_is_known(results: Results) -> None:
    pytest.importorskip("pandas")
    for name, table in results.tables.items():
        frame = results.to_pandas(name)
        assert list(frame.columns) == [field for c in table.columns for field in c.fields]
        ends = [f for c in table.columns if c.is_number for f in c.fields[1:3]]
        assert all(frame[end].dtype.kind == "f" for end in ends if len(frame)), name


def test_what_was_noted_inside_runs_is_there_as_in_the_report(tmp_path: Path) -> None:
    definition, runs = example_runs()
    with Store(tmp_path) as opened:
        opened.save_study(definition)
        folder = opened.scratch("r") / "artefact"
        folder.mkdir()
        (folder / "progress.csv").write_text("elapsed_s,cpu_s\n1,2\n", encoding="utf-8")
        kept = opened.keep_artifact(folder)
        for run in runs:
            opened.append(replace(run, artifacts={"progress": kept}))

    progress = analyse(tmp_path).analysis.progress
    assert progress["ft"] == ({"elapsed_s": 1.0, "cpu_s": 2.0},)


def test_without_pandas_one_sentence_says_what_to_do(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[pandas\]'"):
        results.to_pandas()


def test_an_unknown_table_or_study_names_the_known_ones(store: Path, results: Results) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'break_even'"):
        results.table("break_evens")
    with pytest.raises(UnknownNameError, match="'examples'"):
        analyse(store, study="examples")


def test_a_store_without_a_study_has_no_results(tmp_path: Path) -> None:
    Store(tmp_path / "empty").close()
    with pytest.raises(NoStudyError, match="holds no study"):
        analyse(tmp_path / "empty")


def test_what_was_written_shows_the_answer_and_where_the_page_is(
    results: Results, tmp_path: Path
) -> None:
    written = WrittenReport(
        analysis=results.analysis,
        text=results.text,
        page=tmp_path / "a<b" / "report.html",
        tables=tmp_path,
    )
    shown = written._repr_html_()

    assert shown.startswith(results._repr_html_())
    assert f"{tmp_path}/a&lt;b/report.html</a>" in shown
    assert "a<b" not in shown
