"""The real report without eyes for colour, without a mouse, and read aloud."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
MIN_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""
MIN_TARGET_PX = 24
"""WCAG 2.2, 2.5.8."""
NAMED = {
    *("button", "link", "textbox", "combobox", "slider", "checkbox", "spinbutton", "searchbox"),
    *("table", "region", "navigation", "img", "image", "figure", "DisclosureTriangle"),
}


@pytest.fixture(scope="module")
def tab(driven: Browser, sst2: Path) -> Iterator[Tab]:
    """The page with everything unfolded and drawn."""
    opened = driven.open(sst2)
    opened.run(
        "document.querySelectorAll('details').forEach(function (part) { part.open = true; })"
    )
    opened.run("breakeven.drawAll().then(function (views) { return views.length; })")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def nodes(tab: Tab) -> Sequence[Mapping[str, Any]]:
    """What a screen reader is told, ignored parts left out."""
    tab.send("Accessibility.enable")
    told = tab.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in told if not node["ignored"]]


def role(node: Mapping[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name(node: Mapping[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_every_text_stands_out_from_its_ground(tab: Tab, look: str) -> None:
    tab.media("print" if look == "print" else "screen", is_dark=look == "dark")
    seen = tab.run(CONTRAST)
    tab.media("screen")

    assert len(seen) > 3000
    faint = [each for each in seen if each["ratio"] < MIN_CONTRAST]
    assert faint == []


def test_the_test_of_contrast_sees_grey_on_white(driven: Browser, tmp_path: Path) -> None:
    page = tmp_path / "grey.html"
    page.write_text("<body style='background:#fff'><p style='color:#888'>grey</p></body>")
    tab = driven.open(page)
    (found,) = tab.run(CONTRAST)
    tab.close()

    assert found["ratio"] == pytest.approx(3.54, abs=0.01)


def test_whatever_can_be_used_or_read_has_a_name(nodes: Sequence[Mapping[str, Any]]) -> None:
    asked = [node for node in nodes if role(node) in NAMED]
    unnamed = [(role(node), node.get("nodeId")) for node in asked if not name(node)]
    roles = {role(node) for node in asked}

    assert {"button", "link", "table", "image", "navigation", "textbox", "combobox"} <= roles
    assert unnamed == []


def test_what_shares_a_role_among_buttons_has_a_name_of_its_own(
    nodes: Sequence[Mapping[str, Any]],
) -> None:
    names = [name(node) for node in nodes if role(node) == "button"]

    assert len(names) > 40
    assert sorted(set(names)) == sorted(names)


def test_headings_go_down_by_one_and_there_is_one_first(tab: Tab) -> None:
    levels = tab.run(
        "Array.from(document.querySelectorAll('h1, h2, h3, h4, h5, h6')).filter(function (head) {"
        "return head.getClientRects().length; }).map(function (head) {"
        "return Number(head.tagName[1]); })"
    )

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_there_are_landmarks_and_a_language(tab: Tab, nodes: Sequence[Mapping[str, Any]]) -> None:
    roles = [role(node) for node in nodes]

    assert [roles.count(landmark) for landmark in ("banner", "main", "navigation")] == [1, 1, 1]
    assert tab.run("document.documentElement.lang") == "en"
    assert tab.run("document.title")


def test_the_order_of_focus_is_that_of_the_page(tab: Tab) -> None:
    assert (
        tab.run(
            'document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length'
        )
        == 0
    )


def test_every_id_is_unique_and_every_reference_leads_somewhere(tab: Tab) -> None:
    found = tab.run(
        "(function () { var ids = Array.from(document.querySelectorAll('[id]'))"
        ".map(function (e) { return e.id; }), dead = [];"
        "['aria-labelledby', 'aria-describedby', 'aria-controls', 'for', 'list'].forEach("
        "function (key) { document.querySelectorAll('[' + key + ']').forEach(function (e) {"
        "e.getAttribute(key).split(/\\s+/).forEach(function (id) {"
        "if (!document.getElementById(id)) { dead.push(key + '=' + id); } }); }); });"
        "document.querySelectorAll('a[href^=\"#\"]').forEach(function (e) {"
        "if (!document.getElementById(e.hash.slice(1))) { dead.push(e.hash); } });"
        "return {twice: ids.filter(function (id, i) { return ids.indexOf(id) !== i; }),"
        "dead: dead}; })()"
    )

    assert found == {"twice": [], "dead": []}


def test_the_first_tab_shows_a_link_past_the_head(driven: Browser, sst2: Path) -> None:
    tab = driven.open(sst2)
    tab.press("Tab")
    box = tab.run("document.activeElement.getBoundingClientRect().toJSON()")
    words = tab.run("document.activeElement.textContent")
    tab.press("Enter")
    target = tab.run("location.hash")
    tab.close()

    assert words == "Skip to the answer"
    assert box["left"] >= 0
    assert box["top"] >= 0
    assert target == "#main"


def test_focus_is_seen_wherever_it_goes(driven: Browser, sst2: Path) -> None:
    tab = driven.open(sst2)
    unseen, visited = [], set()
    for _ in range(60):
        tab.press("Tab")
        told = tab.run(
            "(function () { var e = document.activeElement, s = getComputedStyle(e);"
            "return [e.outerHTML.slice(0, 120), s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        visited.add(told[0])
        if told[1] == "none" or told[2] < 2:
            unseen.append(told)
    tab.close()

    assert unseen == []
    assert len(visited) > 40


def test_what_is_pressed_is_large_enough_for_a_finger(tab: Tab) -> None:
    small = tab.run(
        "Array.from(document.querySelectorAll('button, select, input:not([type=range])'))"
        ".map(function (e) { var b = e.getBoundingClientRect();"
        "return [e.id || e.textContent, b.width, b.height]; })"
        f".filter(function (e) {{ return e[1] > 0 && Math.min(e[1], e[2]) < {MIN_TARGET_PX}; }})"
    )

    assert small == []


@pytest.mark.parametrize("width", [320, 768, 1280, 2000])
def test_at_no_width_the_page_scrolls_sideways(driven: Browser, sst2: Path, width: int) -> None:
    tab = driven.open(sst2, window=Window(width=width, height=900))
    tab.run("breakeven.drawAll().then(function (views) { return views.length; })")
    wide = tab.run("document.documentElement.scrollWidth")
    tab.close()

    assert wide <= width
