"""How numbers came about, told in figures while controls turn: signs, notes, tubes for lines."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.browser.by_hand import DRIVE, put, reset

from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

SETTLED = """
  new Promise(function (done) { setTimeout(done, 300); }).then(function () {
    return Promise.all([breakeven.curvesDone, breakeven.mapDone].filter(Boolean));
  }).then(function () {
    function told(name, css) {
      var figure = document.querySelector("[data-figure='" + name + "']").parentNode;
      var found = figure.querySelector(css);
      return found && !found.hidden ? found.textContent.replace(/\\s+/g, " ").trim() : "";
    }
    return {
      signs: told("curves-cpu_s", ".figure-signs"), note: told("curves-cpu_s", ".hollow-note"),
      title: document.getElementById("title-curves-cpu_s").textContent,
      axis: document.querySelector("[data-figure='curves-cpu_s']").textContent,
      energy: told("curves-energy_j", ".hollow-note"),
      tubes: document.querySelectorAll("[data-figure='curves-cpu_s'] [stroke-width='4.4']").length,
      floor: told("winners-floor", ".hollow-note"), tasks: told("winners-tasks", ".hollow-note")
    };
  })
"""
ALL_REPLAYED = "FT is replayed; TS is replayed; TA is replayed; TF-IDF is replayed."
SHARING = "Sharing of pretrain is assumed."


@pytest.fixture(scope="module")
def tab(browser: str, page: Path) -> Iterator[Tab]:
    with Browser(browser) as chromium:
        opened = chromium.open(page, window=Window(width=1280, height=800))
        opened.run(DRIVE)
        opened.run("breakeven.drawAll().then(function () { return true; })")
        yield opened


def told(tab: Tab) -> Mapping[str, Any]:
    found: Mapping[str, Any] = tab.run(SETTLED)
    return found


def test_measured_costs_have_no_note_and_no_tubes(tab: Tab) -> None:
    reset(tab)

    found = told(tab)

    assert (found["signs"], found["note"], found["tubes"]) == ("Mmeasured", "", 0)
    assert (found["floor"], found["tasks"]) == ("", SHARING)
    assert found["energy"] == f"Hollow lines: {ALL_REPLAYED}"


def test_a_cost_that_somebody_assumes_is_drawn_and_said_so(tab: Tab) -> None:
    reset(tab)
    put(tab, "price_per_hour", "2")
    put(tab, "measure", "rent")

    found = told(tab)
    each = "; ".join(f"{name} is measured and assumed" for name in ("FT", "TS", "TA", "TF-IDF"))

    assert found["signs"] == "Mmeasured Aassumed"
    assert found["note"] == f"Hollow lines: {each}."
    assert found["tubes"] == 4
    assert found["floor"] == f"Rests on more than was measured or counted here: {each}."
    assert found["tasks"] == f"{found['floor']} {SHARING}"


def test_only_pathways_on_a_shared_row_are_hollow(tab: Tab) -> None:
    reset(tab)
    tab.run("byHand.tasks('ts', 4)")

    found = told(tab)

    assert found["note"] == "Hollow line: TS is measured and assumed."
    assert (found["signs"], found["tubes"]) == ("Mmeasured Aassumed", 1)


def test_the_notes_of_the_page_are_those_of_python(tab: Tab) -> None:
    reset(tab)
    put(tab, "volume", "50000")

    found = told(tab)

    assert found["energy"] == f"Hollow lines: {ALL_REPLAYED}"


def test_reset_brings_back_signs_and_notes(tab: Tab) -> None:
    reset(tab)
    before = told(tab)
    put(tab, "measure", "energy_j")
    during = told(tab)
    reset(tab)

    assert (during["signs"], during["tubes"]) == ("Rreplayed", 4)
    assert during["floor"].endswith(ALL_REPLAYED)
    assert told(tab) == before


def test_where_nothing_can_be_drawn_the_figure_is_the_studys_own_and_says_so(tab: Tab) -> None:
    reset(tab)
    own = told(tab)
    put(tab, "grid_g_per_kwh", "380")
    put(tab, "measure", "carbon")
    assert "Carbon per example" in told(tab)["axis"]
    put(tab, "min_score", "0.99")

    found = told(tab)

    assert found["title"] == f"{own['title']}, under the study\u2019s own settings"
    assert found["axis"] == own["axis"]
    assert (found["signs"], found["note"]) == (own["signs"], own["note"])
    assert tab.errors() == []
