"""The map of choices where more pathways were scored than it has room for floors."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breakeven.analysis.overview import analyse
from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.report import build_report
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score
from tools.chromium import Window
from tools.devtools import Browser

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

N_PATHWAYS, FLOOR = 29, 0.835
DRAWN = """
  breakeven.drawAll().then(function () {
    return new Promise(function (done) { setTimeout(done, 400); });
  }).then(function () { return breakeven.mapDone; }).then(function () {
    return breakeven.views.get("winners-floor");
  }).then(function (view) {
    return JSON.parse(JSON.stringify({ regions: view.data("regions"),
      answer: document.getElementById("recommended-pathway").textContent }));
  })
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pathways P0 to P28 that score from 0.7 on, each 0.01 above the one before and dearer."""
    pytest.importorskip("altair")
    names = [f"P{i}" for i in range(N_PATHWAYS)]
    uses = [
        replace(tiny_inference(name, {Resource.CPU_S: 1.0 + i}), scores=(tiny_score(700 + 10 * i),))
        for i, name in enumerate(names)
    ]
    made = [tiny_run(name.lower(), {Resource.CPU_S: 1.0}) for name in names]
    pathways = tuple(PathwayDefinition(name=name, row=name.lower()) for name in names)
    definition = StudyDefinition(name=STUDY, pathways=pathways, min_score=FLOOR)
    path = tmp_path_factory.mktemp("many") / "report.html"
    html = build_report(analyse(definition, [*made, *uses]), generated_at="2026-01-01")
    path.write_text(html, encoding="utf-8")
    return path


def test_the_place_of_the_answer_on_the_map_is_the_answer(browser: str, many: Path) -> None:
    with Browser(browser) as chromium:
        tab = chromium.open(many, window=Window(width=1280, height=800))
        found: Any = tab.run(DRAWN)
        errors = tab.errors()

    at_floor = [r["pathway"] for r in found["regions"] if r["other"] < FLOOR <= r["other2"]]

    assert errors == []
    assert found["answer"] == "P14"
    assert at_floor == ["P14"]
    assert len(found["regions"]) <= 17
