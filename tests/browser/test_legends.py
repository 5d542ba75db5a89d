"""Legends of a report of real runs: nothing of them lies outside the drawing."""

from pathlib import Path

import pytest

from tools.chromium import Window
from tools.devtools import Browser

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

DRAW = "breakeven.drawAll().then(function (views) { return views.length; })"
OUTSIDE = """(function () {
  var texts = Array.from(document.querySelectorAll("[data-figure] svg .role-legend text"));
  return {
    n: texts.length,
    outside: texts.filter(function (text) {
      var box = text.getBoundingClientRect(), edge = text.closest("svg").getBoundingClientRect();
      return box.top < edge.top - 1 || box.bottom > edge.bottom + 1 || box.left < edge.left - 1;
    }).map(function (text) { return text.textContent; })
  };
})()"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_line_of_a_legend_lies_outside_its_drawing(
    driven: Browser, sst2: Path, width: int
) -> None:
    tab = driven.open(sst2, window=Window(width=width, height=900))
    assert tab.run(DRAW)

    seen = tab.run(OUTSIDE)

    assert seen["n"] > 4
    assert seen["outside"] == []
