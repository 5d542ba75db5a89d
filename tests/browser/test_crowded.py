"""A page of 40 configurations for each of three pathways, on a desk and on a telephone."""

from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.report import build_report
from breakeven.testing.factorial import factorial_runs
from tools import chromium
from tools.chromium import Window

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

SCRIPT = """
  var section = document.getElementById("inference");
  var cut = [], overlaps = 0;
  section.querySelectorAll("[data-figure]").forEach(function (place) {
    var edge = place.getBoundingClientRect(), seen = [];
    place.querySelectorAll("svg .mark-text text").forEach(function (text) {
      var box = text.getBoundingClientRect();
      if (!text.textContent || !box.width || text.getAttribute("stroke")) { return; }
      if (box.right > edge.right + 1 || box.left < edge.left - 1) { cut.push(text.textContent); }
      seen.forEach(function (other) {
        var wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
        var high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
        if (wide > 6 && high > 6) { overlaps += 1; }
      });
      seen.push(box);
    });
  });
  var wide = Array.from(section.querySelectorAll("h3, h4, li, p")).filter(function (part) {
    return part.scrollWidth > part.clientWidth + 1;
  });
  return {
    cut: cut, overlaps: overlaps, errors: window.probeErrors,
    wide: wide.map(function (part) { return part.textContent.slice(0, 60); }),
    n_figures: section.querySelectorAll("[data-figure]").length,
    n_drawn: section.querySelectorAll("[data-figure] svg").length,
    page: document.documentElement.scrollWidth,
  };
"""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("altair")
    path = tmp_path_factory.mktemp("crowded") / "report.html"
    html = build_report(analyse(*factorial_runs()), generated_at="2026-01-01 00:00 UTC")
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.parametrize("window", [Window(), Window(width=500, height=900)], ids=["desk", "phone"])
def test_nothing_overlaps_or_is_cut_off(browser: str, crowded: Path, window: Window) -> None:
    seen = chromium.probe(browser, crowded, SCRIPT, window=window)

    assert seen["errors"] == []
    assert seen["n_drawn"] == seen["n_figures"] == 6
    assert (seen["cut"], seen["wide"]) == ([], [])
    assert seen["overlaps"] == 0
    assert seen["page"] <= window.width


LAYOUT = """
  document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  var shown = Array.from(document.querySelectorAll(".scroll"));
  function unshaded(part) {
    return part.scrollWidth > part.clientWidth
      && !getComputedStyle(part).backgroundAttachment.includes("local");
  }
  return {
    n_wide: shown.filter(function (part) { return part.scrollWidth > part.clientWidth; }).length,
    unshaded: shown.filter(unshaded).length,
    touching: Array.from(document.querySelectorAll("section > h3")).filter(function (head) {
      var before = head.previousElementSibling.getBoundingClientRect();
      return head.getBoundingClientRect().top - before.bottom < 12;
    }).map(function (head) { return head.textContent; }),
    tall: Array.from(document.querySelectorAll("thead th")).filter(function (head) {
      return head.getBoundingClientRect().height > 80;
    }).map(function (head) { return head.textContent; })
  };
"""


def test_wide_tables_say_so_and_heads_keep_their_place(browser: str, crowded: Path) -> None:
    seen = chromium.probe(browser, crowded, LAYOUT, window=Window())

    assert seen["n_wide"] > 0
    assert seen["unshaded"] == 0
    assert (seen["touching"], seen["tall"]) == ([], [])
