"""Figures of a report of real runs on a telephone and on a small window: no text cut or covered."""

from pathlib import Path

import pytest

from tools.chromium import Window
from tools.devtools import Browser

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

DRAW = "breakeven.drawAll().then(function (views) { return views.length; })"
SEEN = """(function () {
  var cut = [], covered = [], n = 0;
  document.querySelectorAll("[data-figure^=curves], [data-figure^=winners]").forEach(function (at) {
    var edge = at.getBoundingClientRect(), seen = [];
    at.querySelectorAll("svg text").forEach(function (text) {
      var box = text.getBoundingClientRect(), name = at.dataset.figure + ": " + text.textContent;
      if (!text.textContent || !box.width || text.getAttribute("opacity") === "0") { return; }
      if (text.getAttribute("stroke")) { return; }
      n += 1;
      if (box.right > edge.right + 1 || box.left < edge.left - 1) { cut.push(name); }
      seen.forEach(function (other) {
        var wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        var high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (wide > 2 && high > 3) { covered.push(name + " / " + other.name); }
      });
      seen.push({ box: box, name: text.textContent });
    });
  });
  return { n: n, cut: cut, covered: covered };
})()"""


@pytest.mark.parametrize("width", [360, 500, 1280])
def test_no_text_of_curves_and_maps_is_cut_or_covered(
    driven: Browser, sst2: Path, width: int
) -> None:
    tab = driven.open(sst2, window=Window(width=width, height=900))
    assert tab.run(DRAW)

    seen = tab.run(SEEN)

    assert seen["n"] > 40
    assert (seen["cut"], seen["covered"]) == ([], [])


@pytest.mark.parametrize("width", [500, 1280])
def test_every_column_of_the_overview_is_in_sight(driven: Browser, sst2: Path, width: int) -> None:
    tab = driven.open(sst2, window=Window(width=width, height=900))

    beyond = tab.run(
        "(function () { var box = document.getElementById('table-pathways').closest('.scroll');"
        " return [box.scrollWidth - box.clientWidth,"
        " document.querySelectorAll('#table-pathways thead th').length]; })()"
    )

    assert beyond == [0, 6]


def test_on_a_telephone_the_overview_scrolls_by_keyboard(driven: Browser, sst2: Path) -> None:
    tab = driven.open(sst2, window=Window(width=360, height=900))

    box = tab.run(
        "(function () { var box = document.getElementById('table-pathways').closest('.scroll');"
        " box.scrollLeft = 1000; var last = box.querySelector('thead th:last-child');"
        " return [box.tabIndex, last.getBoundingClientRect().right - window.innerWidth]; })()"
    )

    assert box[0] == 0
    assert box[1] <= 0
