"""A page of 10,000 runs opens as fast as a small one, and holds no more than a reader can use."""

from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.report import build_report
from breakeven.testing.factorial import factorial_runs
from tools.devtools import Browser

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]
LIMIT_S = 3.0


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("altair")
    definition, runs = factorial_runs(n_blocks=84)
    assert len(runs) > 10_000
    path = tmp_path_factory.mktemp("large") / "report.html"
    html = build_report(analyse(definition, runs), generated_at="2026-01-01")
    path.write_text(html, encoding="utf-8")
    return path


def test_ten_thousand_runs_open_in_less_than_three_seconds(driven: Browser, large: Path) -> None:
    times = []
    for _ in range(3):
        tab = driven.open(large)
        times.append(
            tab.run("performance.getEntriesByType('navigation')[0].loadEventEnd / 1000")
            if tab.run("performance.getEntriesByName('answer-usable').length") == 1
            else float("inf")
        )
        tab.close()

    assert sorted(times)[1] < LIMIT_S


def test_what_lies_below_is_drawn_later(driven: Browser, large: Path) -> None:
    tab = driven.open(large)
    tab.before("window.requestIdleCallback = function () {};")
    tab.go(large)
    tab.run("new Promise(function (done) { setTimeout(done, 500); })")
    count = "document.querySelectorAll('[data-figure] svg').length"
    at_first = tab.run(count)
    n_all = tab.run("breakeven.drawAll().then(function (views) { return views.length; })")

    assert at_first < n_all
    assert tab.run(count) == n_all
    tab.close()


def test_no_table_of_the_page_is_endless_and_the_rest_is_named(
    driven: Browser, large: Path
) -> None:
    tab = driven.open(large)
    rows = tab.run(
        "Array.from(document.querySelectorAll('tbody')).map(function (b) { return b.rows.length; })"
    )
    words = tab.run("document.getElementById('provenance').textContent")
    n_elements = tab.run("document.querySelectorAll('*').length")
    tab.close()

    assert max(rows) <= 200
    assert "more rows are in tables/runs.csv" in words
    assert n_elements < 40_000
