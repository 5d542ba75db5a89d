"""A headless Chromium and the reports it looks at, built once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.cli import main
from breakeven.report import build_report
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs
from tools import chromium
from tools.devtools import Browser

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def browser() -> str:
    found = chromium.find()
    if found is not None:
        return found
    message = "no Chromium on this machine; the page was not looked at (apt install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("altair")
    path = tmp_path_factory.mktemp("page") / "report.html"
    analysis = analyse(*example_runs())
    path.write_text(build_report(analysis, generated_at="2026-01-01 00:00 UTC"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def driven(browser: str) -> Iterator[Browser]:
    """A browser that is driven by hand; it ends with the file, for other tests watch children."""
    with Browser(browser) as started:
        yield started


@pytest.fixture(scope="session")
def sst2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the study of SST-2 that is kept in the tree."""
    pytest.importorskip("altair")
    with Store(ROOT / "studies" / "results" / "sst2-minilm", create=False) as store:
        definition = store.study()
        answers = StoredAnswers(store, study=definition.name)
        analysis = analyse(definition, store.runs(study=definition.name), answers=answers)
    path = tmp_path_factory.mktemp("sst2") / "report.html"
    path.write_text(build_report(analysis, generated_at="2026-01-01 00:00 UTC"), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sst2_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the study on SST-2, as the command writes it."""
    pytest.importorskip("altair")
    folder = tmp_path_factory.mktemp("sst2")
    store = Path(__file__).resolve().parents[2] / "studies" / "results" / "sst2-minilm"
    with pytest.raises(SystemExit) as ended:
        main(["report", str(store), "--out", str(folder)])
    assert not ended.value.code
    return folder / "report.html"
