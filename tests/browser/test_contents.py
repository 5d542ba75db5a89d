"""The bar of contents keeps to one line, so that a jump leaves the heading in sight."""

from pathlib import Path

import pytest

from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

JUMP = """
  (function () {
    document.documentElement.style.scrollBehavior = "auto";
    return Array.from(document.querySelectorAll(".contents a")).map(function (link) {
      var place = document.getElementById(link.getAttribute("href").slice(1));
      place.scrollIntoView();
      var bar = document.querySelector(".contents").getBoundingClientRect();
      var heading = place.querySelector("h1, h2").getBoundingClientRect();
      return [link.textContent, Math.round(heading.top - bar.bottom)];
    });
  })()
"""


@pytest.fixture(scope="module")
def tab(driven: Browser, sst2: Path) -> Tab:
    return driven.open(sst2, window=Window(width=1280, height=800))


def test_no_heading_hides_under_the_bar_of_contents_after_a_jump(tab: Tab) -> None:
    found = dict(tab.run(JUMP))

    assert len(found) >= 12
    assert {name: gap for name, gap in found.items() if gap < 0} == {}


def test_every_link_of_the_contents_is_in_sight(tab: Tab) -> None:
    beyond = tab.run(
        "(function () { var list = document.querySelector('.contents ul');"
        " return list.scrollWidth - list.clientWidth; })()"
    )

    assert beyond <= 0


def test_the_disagreement_of_measures_has_a_link(tab: Tab) -> None:
    found = tab.run("document.querySelector('.contents a[href=\"#measures\"]').textContent")

    assert found == "Measures"
    assert tab.run("document.getElementById('measures') !== null")
