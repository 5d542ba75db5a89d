"""Curves and the map of choices while controls turn, held against what Python decides."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.browser.by_hand import DRIVE, put, reset, seen, set_by_hand

from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "controls-sst2.json"
HELD: Mapping[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
NAMED = {case["decision"]["measure"]: case for case in HELD["cases"] if case["decision"]["pathway"]}
EDGE = 10 ** (0.5 / 20)
"""Half a step of the map's volumes, within which an answer may be that of the neighbour."""

DRAWN = """
  (function () {
    var b = window.breakeven;
    return new Promise(function (done) { setTimeout(done, 250); }).then(function () {
      return Promise.all([b.curvesDone, b.mapDone].filter(Boolean));
    }).then(function () {
      return Promise.all(["curves-cpu_s", "winners-floor", "winners-tasks"].map(function (name) {
        return b.views.get(name);
      }));
    }).then(function (views) {
      return {
        lines: views[0].data("lines"), crossings: views[0].data("crossings"),
        planned: views[0].data("planned"), floor: views[1].data("regions"),
        asked: views[1].data("asked"), tasks: views[2].data("regions"),
        title: document.getElementById("title-curves-cpu_s").textContent,
        map_title: document.getElementById("title-winners-floor").textContent,
        axis: document.querySelector("[data-figure='curves-cpu_s']").textContent,
        rows: document.querySelectorAll("#table-winners_floor tbody tr").length
      };
    }).then(function (found) { return JSON.parse(JSON.stringify(found)); });
  })()
"""


@pytest.fixture(scope="module")
def tab(browser: str, sst2_page: Path) -> Iterator[Tab]:
    with Browser(browser) as chromium:
        opened = chromium.open(sst2_page, window=Window(width=1280, height=800))
        opened.run(DRIVE)
        opened.run("window.breakeven.drawAll().then(function () { return true; })")
        yield opened


def drawn(tab: Tab) -> Mapping[str, Any]:
    found: Mapping[str, Any] = tab.run(DRAWN)
    return found


@pytest.mark.parametrize("measure", sorted(NAMED))
def test_curves_pass_through_the_averages_of_the_answer(tab: Tab, measure: str) -> None:
    case = NAMED[measure]
    set_by_hand(tab, case["settings"])
    found = drawn(tab)
    at = {
        row["pathway"]: row["average"]
        for row in found["lines"]
        if row["volume"] == pytest.approx(case["settings"]["volume"], rel=1e-9)
    }

    told = case["decision"]

    assert at[told["pathway"]] == pytest.approx(told["average"]["value"], rel=1e-5)
    assert set(at) <= {each["pathway"] for each in told["ranked"]}
    assert [row["volume"] for row in found["planned"]] == [case["settings"]["volume"]]


def test_every_finite_break_even_in_sight_is_marked(tab: Tab) -> None:
    case = HELD["cases"][0]
    settings = {**case["settings"], "measure": "flops", "min_score": None, "tasks": {}}
    set_by_hand(tab, {**settings, "volume": 1e6})
    finite = sorted(
        each["value"]
        for found in HELD["cases"]
        if found["settings"]["measure"] == "flops"
        and found["settings"]["volume"] == 1e6
        and not found["settings"]["tasks"]
        for each in found["decision"]["break_evens"]
        if each["verdict"] == "finite" and 1e3 <= each["value"] <= 1e9
    )

    marked = sorted(row["volume"] for row in drawn(tab)["crossings"])

    assert finite
    assert marked == pytest.approx(finite)


def test_the_axis_and_the_title_name_the_measure(tab: Tab) -> None:
    reset(tab)
    put(tab, "price_per_hour", "2")
    put(tab, "measure", "rent")
    found = drawn(tab)

    assert found["title"].startswith("By price (EUR) alone, TF-IDF is cheapest")
    assert "Price (EUR) per example" in found["axis"]


def test_reset_brings_back_the_figures_that_python_drew(tab: Tab) -> None:
    reset(tab)
    before = drawn(tab)
    put(tab, "volume", "3000")
    during = drawn(tab)
    reset(tab)
    after = drawn(tab)

    assert during["planned"] != before["planned"]
    assert (after["planned"], after["title"]) == (before["planned"], before["title"])
    assert after["lines"][0]["average"] == pytest.approx(before["lines"][0]["average"], rel=1e-5)


@pytest.mark.parametrize("number", range(len(HELD["maps"])))
def test_the_map_says_what_python_would_choose(tab: Tab, number: int) -> None:
    held = HELD["maps"][number]
    is_floor = held["row"] is None
    set_by_hand(tab, held["settings"])
    if not is_floor:
        tab.run(f"byHand.pick('winners-row', {json.dumps(held['row'])})")
    regions = drawn(tab)["floor" if is_floor else "tasks"]
    compared = 0

    for other, cells in zip(held["floors" if is_floor else "tasks"], held["cells"], strict=True):
        for volume, cell in zip(held["volumes"], cells, strict=True):
            there = [r for r in regions if _holds(r, volume, other)]
            if len(there) == 1:
                compared += 1
                assert there[0]["pathway"] == (cell["pathway"] or "nobody")
                assert (there[0]["opacity"] > 0.3) == cell["is_sure"]

    assert compared >= len(held["volumes"])


def _holds(region: Mapping[str, Any], volume: float, other: float) -> bool:
    is_within = bool(region["volume"] * EDGE < volume < region["volume2"] / EDGE)
    return is_within and bool(region["other"] <= other <= region["other2"])


def test_a_floor_below_all_scores_is_on_the_map(tab: Tab) -> None:
    reset(tab)
    put(tab, "min_score", "0.8")
    found = drawn(tab)

    assert [row["other"] for row in found["asked"]] == [0.8]
    assert min(row["other"] for row in found["floor"]) < 0.8
    reset(tab)


def test_the_table_lists_the_regions_of_the_map(tab: Tab) -> None:
    reset(tab)
    put(tab, "volume", "40000")
    found = drawn(tab)

    assert found["rows"] == len(found["floor"]) > 3


def test_one_map_is_shown_at_a_time_and_the_select_is_labelled(tab: Tab) -> None:
    seen(tab)
    heights = (
        "['floor', 'tasks'].map(function (kind) { return getComputedStyle("
        "document.querySelector('[data-figure=\"winners-' + kind + '\"]')).visibility; })"
    )
    assert tab.run(heights) == ["visible", "hidden"]

    tab.run("byHand.pick('winners-form', 'tasks')")

    assert tab.run(heights) == ["hidden", "visible"]
    assert tab.run("document.getElementById('winners-form').labels.length") == 1


def test_nothing_goes_wrong_while_figures_follow(tab: Tab) -> None:
    assert tab.errors() == []
    assert tab.requests() == []
