"""`write_report`: what `breakeven report` writes, from Python."""

from pathlib import Path

import pytest

from breakeven import Store, write_report
from breakeven.errors import NoStudyError, UnknownNameError
from breakeven.report import summary
from breakeven.testing.runs import example_runs

pytestmark = pytest.mark.report
pytest.importorskip("altair")


def store_of_examples(folder: Path) -> Path:
    definition, runs = example_runs()
    with Store(folder) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return folder


def test_the_page_the_tables_and_the_answer_come_from_one_call(tmp_path: Path) -> None:
    written = write_report(store_of_examples(tmp_path / "store"), tmp_path / "out")
    assert written.page == tmp_path / "out" / "report.html"
    assert written.page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (written.tables / "pathways.csv").is_file()
    assert written.text == summary(written.analysis)
    assert written.analysis.recommendation.pathway == "TS"


def test_by_default_it_is_written_into_the_store(tmp_path: Path) -> None:
    folder = store_of_examples(tmp_path / "store")
    assert write_report(str(folder), study=example_runs()[0].name).page == folder / "report.html"


def test_a_store_without_the_study_is_an_error(tmp_path: Path) -> None:
    with Store(tmp_path / "empty"):
        pass
    with pytest.raises(NoStudyError):
        write_report(tmp_path / "empty")
    with pytest.raises(UnknownNameError):
        write_report(store_of_examples(tmp_path / "store"), study="none")
