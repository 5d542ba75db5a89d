"""The real page in a real browser: what the first screen holds, and whether everything drew."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tools import chromium
from tools.chromium import Window

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

SCRIPT = """
  var boxes = {};
  ["recommended-pathway", "recommended-interval", "runner-up", "runner-up-interval", "reason",
   "rule", "fact-probability", "break-even-sentence"].forEach(function (id) {
    var element = document.getElementById(id);
    var box = element.getBoundingClientRect();
    boxes[id] = {left: box.left, top: box.top, right: box.right, bottom: box.bottom,
                 text: element.textContent.replace(/\\s+/g, " ").trim()};
  });
  var places = Array.from(document.querySelectorAll("[data-figure]"));
  var labels = [];
  places.forEach(function (place) {
    var edge = place.getBoundingClientRect();
    place.querySelectorAll("svg text").forEach(function (text) {
      var box = text.getBoundingClientRect();
      if (text.textContent && (box.right > edge.right + 1 || box.left < edge.left - 1)) {
        labels.push(place.dataset.figure + ": " + text.textContent);
      }
    });
  });
  return {
    boxes: boxes,
    badges: document.querySelectorAll("#answer .kind").length,
    n_figures: places.length,
    n_drawn: places.filter(function (place) {
      return place.querySelector("svg .mark-symbol, svg .mark-rect, svg .mark-line");
    }).length,
    failed: document.querySelectorAll("[data-failed]").length,
    charts: document.documentElement.dataset.charts,
    errors: window.probeErrors,
    requests: performance.getEntriesByType("resource").map(function (e) { return e.name; }),
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    viewport: [window.innerWidth, window.innerHeight],
    cut_labels: labels,
    background: getComputedStyle(document.body).backgroundColor
  };
"""


@pytest.fixture(scope="module")
def seen(browser: str, page: Path) -> Mapping[str, Any]:
    # Headless Chromium keeps part of the window's height for itself; the assertions below use
    # 1280x800 whatever the viewport.
    return chromium.probe(browser, page, SCRIPT, window=Window(width=1280, height=800))


@pytest.mark.parametrize(
    "name",
    [
        "recommended-pathway",
        "recommended-interval",
        "runner-up",
        "runner-up-interval",
        "reason",
        "rule",
        "fact-probability",
        "break-even-sentence",
    ],
)
def test_the_first_screen_holds(seen: Mapping[str, Any], name: str) -> None:
    box = seen["boxes"][name]

    assert 0 <= box["left"] < box["right"] <= 1280
    assert 0 <= box["top"] < box["bottom"] <= 800


def test_the_first_screen_says_what_the_analysis_concluded(seen: Mapping[str, Any]) -> None:
    text = {name: box["text"] for name, box in seen["boxes"].items()}

    assert text["recommended-pathway"] == "TS"
    assert text["runner-up"] == "FT"
    assert "(" in text["recommended-interval"]
    assert "measured" in text["recommended-interval"]
    assert "FT" in text["reason"]
    assert "99" in text["fact-probability"]


def test_kinds_are_marked_on_the_first_screen(seen: Mapping[str, Any]) -> None:
    assert seen["badges"] >= 4


def test_every_chart_is_drawn(seen: Mapping[str, Any]) -> None:
    assert seen["charts"] == "done"
    assert seen["failed"] == 0
    assert seen["n_drawn"] == seen["n_figures"] >= 12


def test_no_label_is_cut_off(seen: Mapping[str, Any]) -> None:
    assert seen["cut_labels"] == []


def test_nothing_goes_wrong_and_nothing_is_asked_of_a_network(seen: Mapping[str, Any]) -> None:
    assert seen["errors"] == []
    assert seen["requests"] == []


@pytest.mark.parametrize("width", [1280, 500])
def test_the_page_never_scrolls_sideways(browser: str, page: Path, width: int) -> None:
    found = chromium.probe(browser, page, SCRIPT, window=Window(width=width, height=900))

    assert found["overflow"] <= 0


def test_dark_readers_get_a_dark_page(browser: str, page: Path) -> None:
    found = chromium.probe(browser, page, SCRIPT, window=Window(is_dark=True))

    assert found["background"] == "rgb(17, 21, 27)"


def test_a_picture_can_be_taken(browser: str, page: Path, tmp_path: Path) -> None:
    target = tmp_path / "shot.png"

    chromium.screenshot(browser, page, target, window=Window(width=400, height=300))

    assert target.read_bytes().startswith(b"\x89PNG")
