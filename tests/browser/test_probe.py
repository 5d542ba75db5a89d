"""Looking at a page: not before its last chart stands, and not for ever."""

from pathlib import Path

import pytest

from tools import chromium
from tools.chromium import Window

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

PAGE = """<!doctype html><html><head><title>slow</title></head><body><script>
window.breakeven = {drawAll: function () { return new Promise(function (resolve) {
  %s
}); }};
</script></body></html>"""
SLOW = "setTimeout(function () { document.body.dataset.drawn = 'yes'; resolve([]); }, 5000);"


def _seen(browser: str, folder: Path, drawing: str) -> object:
    page = folder / "page.html"
    page.write_text(PAGE % drawing, encoding="utf-8")
    script = "return {drawn: document.body.dataset.drawn || 'no'};"
    return chromium.probe(browser, page, script, window=Window())["drawn"]


def test_a_page_is_looked_at_once_its_charts_stand(browser: str, tmp_path: Path) -> None:
    assert _seen(browser, tmp_path, SLOW) == "yes"


def test_a_page_whose_charts_never_stand_is_looked_at_all_the_same(
    browser: str, tmp_path: Path
) -> None:
    assert _seen(browser, tmp_path, "") == "no"
