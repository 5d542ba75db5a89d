"""A headless Chromium and the report of the example study, built once."""

import os
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.report import build_report
from breakeven.testing.runs import example_runs
from tools import chromium


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
