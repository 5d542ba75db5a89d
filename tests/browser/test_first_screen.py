"""What the first screen holds, on a desktop and on a phone, with and without scripts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.browser.by_hand import DRIVE, put, seen

from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

BOXES = """
  (function () {
    var found = {};
    document.querySelectorAll("#answer [id], #answer").forEach(function (element) {
      var box = element.getBoundingClientRect();
      found[element.id] = {top: box.top, bottom: box.bottom, left: box.left, right: box.right,
        text: element.textContent.replace(/\\s+/g, " ").trim(), height: box.height};
    });
    found.window = {wide: document.documentElement.scrollWidth - window.innerWidth};
    return found;
  })()
"""
ANSWER = (
    "recommended-pathway",
    "volume",
    "recommended-interval",
    "runner-up",
    "runner-up-interval",
    "reason",
    "fact-probability",
    "fact-break-even",
    "fact-saves",
    "changes",
    "rule",
)
CONTROLS = (
    "control-volume",
    "control-volume-slider",
    "control-min_score",
    "control-measure",
    "control-tasks",
    "control-prices",
    "control-reset",
)


@pytest.fixture(scope="module")
def browsers(browser: str) -> Iterator[Browser]:
    with Browser(browser) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sst2_page", "page"])
def desktop(request: pytest.FixtureRequest, browsers: Browser) -> Mapping[str, Any]:
    path: Path = request.getfixturevalue(request.param)
    tab = browsers.open(path, window=Window(width=1280, height=800))
    found: Mapping[str, Any] = tab.run(BOXES)
    return found


@pytest.fixture(scope="module")
def phone(browsers: Browser, sst2_page: Path) -> Tab:
    return browsers.open(sst2_page, window=Window(width=500, height=900))


@pytest.mark.parametrize("name", [*ANSWER, *CONTROLS])
def test_a_desktop_shows_at_once(desktop: Mapping[str, Any], name: str) -> None:
    box = desktop[name]

    assert 0 <= box["left"] < box["right"] <= 1280
    assert 0 <= box["top"] < box["bottom"] <= 800


def test_the_answer_names_volume_interval_saving_and_what_changes_it(
    desktop: Mapping[str, Any],
) -> None:
    assert desktop["volume"]["text"].endswith(" examples")
    assert "(" in desktop["recommended-interval"]["text"]
    assert "measured" in desktop["recommended-interval"]["text"]
    assert "per example" in desktop["fact-saves"]["text"]
    assert "would be the choice" in desktop["changes"]["text"]


@pytest.mark.parametrize(
    "name",
    ["recommended-pathway", "volume", "reason", "recommended-interval", "runner-up-interval"],
)
def test_a_phone_shows_first(phone: Tab, name: str) -> None:
    box = phone.run(BOXES)[name]

    assert 0 <= box["left"] < box["right"] <= 500
    assert 0 <= box["top"] < box["bottom"] <= 900


def test_a_phone_folds_the_controls(phone: Tab) -> None:
    assert phone.run("document.getElementById('controls').open") is False

    phone.run("document.querySelector('#controls > summary').click()")
    boxes = phone.run(BOXES)

    assert all(boxes[name]["height"] > 0 for name in CONTROLS)
    assert boxes["window"]["wide"] <= 0


def test_the_screen_does_not_widen_with_long_numbers(browsers: Browser, sst2_page: Path) -> None:
    tab = browsers.open(sst2_page, window=Window(width=500, height=900))
    tab.run(DRIVE)
    put(tab, "price_per_hour", "0.0123456")
    put(tab, "measure", "rent")
    put(tab, "volume", "123,456,789,012")
    seen(tab)

    assert tab.run(BOXES)["window"]["wide"] <= 0


def test_without_scripts_the_studys_own_answer_stands(browsers: Browser, sst2_page: Path) -> None:
    tab = browsers.open(sst2_page, window=Window(width=1280, height=800))
    tab.send("Emulation.setScriptExecutionDisabled", value=True)
    tab.go(sst2_page)
    tab.send("Emulation.setScriptExecutionDisabled", value=False)
    boxes = tab.run(BOXES)

    assert boxes["recommended-pathway"]["text"] == "FT"
    assert boxes["fact-saves"]["height"] > 0
    assert boxes["controls"]["height"] == 0
