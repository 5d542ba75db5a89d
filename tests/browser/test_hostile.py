"""Names that try to be something else stay names: in the page, in charts, in files."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.browser.hostile_study import (
    FORMULA,
    IMAGE,
    LONG,
    NAMES,
    SCRIPT,
    TEMPLATE,
    hostile_analysis,
)

from breakeven.report import build_report, tables
from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("altair")
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(build_report(hostile_analysis(), generated_at="now"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tab(driven: Browser, hostile: Path) -> Iterator[Tab]:
    opened = driven.open(hostile)
    opened.run(
        "document.querySelectorAll('details').forEach(function (part) { part.open = true; })"
    )
    opened.run("breakeven.drawAll().then(function (views) { return views.length; })")
    yield opened
    opened.close()


def test_no_script_of_a_name_runs_and_nothing_is_asked_for(tab: Tab) -> None:
    assert tab.run("window.ran === undefined") is True
    assert (tab.errors(), tab.requests()) == ([], [])
    assert tab.run("document.querySelectorAll('img, iframe, object, embed, link').length") == 0


def test_as_many_scripts_run_as_were_written(tab: Tab, page: Path, driven: Browser) -> None:
    harmless = driven.open(page)
    count = "document.querySelectorAll('script').length"
    expected = harmless.run(count)
    harmless.close()

    assert tab.run(count) == expected


@pytest.mark.parametrize(
    "name", NAMES.values(), ids=["image", "script", "formula", "template", "long"]
)
def test_the_page_shows_a_name_letter_by_letter(tab: Tab, name: str) -> None:
    assert name in tab.run("document.getElementById('pathways').innerText")


def test_notes_facts_and_the_study_file_are_text(tab: Tab) -> None:
    assert SCRIPT in tab.run("document.getElementById('notes').innerText")
    assert IMAGE in tab.run("document.getElementById('notes').innerText")
    assert f"<!-- {TEMPLATE}" in tab.run("document.getElementById('methods').innerText")


def test_signs_that_turn_a_line_around_are_seen(tab: Tab) -> None:
    text = tab.run("document.documentElement.textContent")

    assert "\u202e" not in text
    assert "a\\u202ecba" in tab.run("document.querySelector('.mast').innerText")


def test_charts_write_names_as_text(tab: Tab) -> None:
    words = tab.run(
        "Array.from(document.querySelectorAll('[data-figure] svg text'))"
        ".map(function (text) { return text.textContent; }).join('\\n')"
    )

    assert IMAGE in words
    assert SCRIPT in words
    assert (
        tab.run("document.querySelectorAll('[data-figure] svg :is(script, image, a)').length") == 0
    )


def test_the_tooltip_of_a_chart_writes_names_as_text(tab: Tab) -> None:
    tab.hover(
        "[data-figure^=pareto] .mark-symbol path[aria-roledescription], "
        "[data-figure^=pareto] .mark-symbol path"
    )
    shown = tab.run(
        "new Promise(function (done) { setTimeout(function () {"
        "var tip = document.getElementById('vg-tooltip-element');"
        "done(tip && [tip.innerText, tip.querySelectorAll('img, script').length]); }, 300); })"
    )

    assert shown is not None
    assert any(name in shown[0] for name in NAMES.values())
    assert shown[1] == 0


def test_the_popover_of_a_number_writes_names_as_text(tab: Tab) -> None:
    tab.run("document.querySelector('#table-pathways td[data-p]').focus()")
    told = tab.run("document.getElementById('provenance-tip').innerText")

    assert IMAGE in told
    assert tab.run("document.querySelectorAll('#provenance-tip img').length") == 0


def test_files_of_charts_hold_names_as_text(tab: Tab) -> None:
    for name in tab.run("Array.from(breakeven.views.keys())"):
        tree = ET.fromstring(tab.run(f"breakeven.exported.svg({name!r})"))
        tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
        fields = [
            field
            for row in csv.reader(io.StringIO(tab.run(f"breakeven.exported.csv({name!r})")))
            for field in row
        ]

        assert tags.isdisjoint({"script", "img", "image", "a", "foreignObject"})
        assert not any(field.startswith(("=", "@")) for field in fields)


def test_no_table_holds_a_formula_neither_here_nor_in_its_folder(tab: Tab) -> None:
    shown = tab.run(
        "Array.from(document.querySelectorAll('.scroll > table')).map(function (table) {"
        "return breakeven.exported.table(table); })"
    )
    stored = [table.to_csv() for table in tables(hostile_analysis()).values()]
    fields = [
        field
        for text in (*shown, *stored)
        for row in csv.reader(io.StringIO(text))
        for field in row
    ]

    assert "'" + FORMULA in fields
    assert not any(field.startswith(("=", "@", "\t", "\r")) for field in fields)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_name_of_any_length_does_not_widen_the_page(
    driven: Browser, hostile: Path, width: int
) -> None:
    tab = driven.open(hostile, window=Window(width=width, height=900))
    tab.run("breakeven.drawAll().then(function (views) { return views.length; })")
    wide = tab.run("document.documentElement.scrollWidth")
    tab.close()

    assert LONG in hostile.read_text(encoding="utf-8")
    assert wide <= width
