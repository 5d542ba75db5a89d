"""Figures of life-cycle, scatter, growth and models on a desk and on a telephone of 360 pixels."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.testing.runs import example_runs
from tools import chromium
from tools.chromium import Window

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

PHONE_PX, DESK_PX = 292, 1080
"""What a page of 360 and of 1180 pixels leaves for a wide figure."""

PAGE = """<html><head><meta charset="utf-8"><style>{style}</style></head><body>{places}
<script>{vega}</script><script>(function () {{
  var specs = {specs};
  specs.forEach(function (spec, i) {{
    window.vegaEmbed("#f" + i, spec,
      {{ mode: "vega-lite", renderer: "svg", actions: false, ast: true }});
  }});
}})();</script></body></html>"""

SCRIPT = """
  var found = [];
  document.querySelectorAll(".chart").forEach(function (place) {
    var edge = place.getBoundingClientRect(), seen = [], name = place.dataset.name;
    if (!place.querySelector("svg")) { found.push(name + " is not drawn"); }
    place.querySelectorAll("svg text").forEach(function (text) {
      var box = text.getBoundingClientRect(), turn = text.getAttribute("transform") || "";
      if (!text.textContent || !box.width || text.getAttribute("stroke")) { return; }
      if (box.right > edge.right + 1 || box.left < edge.left - 1) {
        found.push(name + " cuts " + text.textContent);
      }
      if (turn.includes("rotate")) { return; }
      seen.forEach(function (other) {
        var wide = Math.min(box.right, other.right) - Math.max(box.left, other.left);
        var high = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
        if (wide > 3 && high > 4) { found.push(name + " overlaps at " + text.textContent); }
      });
      seen.push(box);
    });
  });
  return { found: found, errors: window.probeErrors };
"""


def followed() -> StudyAnalysis:
    """The example study with notes of what its trainings took on the way."""
    analysis = analyse(*example_runs())
    moments = [
        {"elapsed_s": t, "cpu_s": 0.9 * t, "validation_accuracy": 1 - 1 / t, "energy_j": 40 * t}
        for t in (2.0, 4.0, 8.0, 16.0)
    ]
    return replace(analysis, progress=dict.fromkeys(("pretrain", "ft", "ts"), moments))


@pytest.mark.parametrize("width", [PHONE_PX, DESK_PX])
def test_no_name_is_cut_off_or_covers_another(browser: str, tmp_path: Path, width: int) -> None:
    pytest.importorskip("altair")
    from breakeven.report.drawing import style  # noqa: PLC0415 - needs the extra
    from breakeven.report.page import vega_bundle  # noqa: PLC0415 - the same
    from breakeven.report.sections import more_sections  # noqa: PLC0415 - the same

    figures = [
        figure
        for section in more_sections(followed())
        if section.name in {"models", "lineage", "spread", "growth", "budget"}
        for figure in section.figures
    ]
    places = "".join(
        f'<div class="chart" id="f{i}" data-name="{figure.name}" style="width:{width}px"></div>'
        for i, figure in enumerate(figures)
    )
    page = tmp_path / "figures.html"
    page.write_text(
        PAGE.format(
            style=style(),
            places=places,
            vega=vega_bundle().replace("</script", "<\\/script"),
            specs=json.dumps([figure.spec for figure in figures]),
        ),
        encoding="utf-8",
    )

    seen = chromium.probe(browser, page, SCRIPT, window=Window(width=max(500, width + 40)))

    assert len(figures) >= 8
    assert (seen["found"], seen["errors"]) == ([], [])
