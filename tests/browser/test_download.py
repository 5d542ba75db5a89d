"""Figures and tables as files that stand alone and that no spreadsheet runs."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]


@pytest.fixture(scope="module")
def tab(driven: Browser, sst2: Path) -> Iterator[Tab]:
    opened = driven.open(sst2)
    yield opened
    opened.close()


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_figure_and_every_table_offers_its_files(tab: Tab) -> None:
    offered = tab.run(
        "Array.from(document.querySelectorAll('figure')).map(function (figure) {"
        "return Array.from(figure.querySelectorAll('button.save')).map(function (button) {"
        "return button.textContent; }).join(' '); })"
    )
    n_tables = tab.run("document.querySelectorAll('.scroll > table').length")
    n_buttons = tab.run("document.querySelectorAll('.scroll + .saves button').length")

    assert len(offered) >= 20
    assert set(offered) == {"SVG PNG CSV"}
    assert n_tables == n_buttons > 20


def test_a_figure_as_svg_stands_alone(tab: Tab) -> None:
    names = tab.run("Array.from(breakeven.views.keys())")
    for name in names:
        svg = str(tab.run(f"breakeven.exported.svg({name!r})"))
        tree = ET.fromstring(svg)

        assert "var(" not in svg
        assert "currentColor" not in svg
        assert tree.findtext("{http://www.w3.org/2000/svg}title")


def test_a_figure_as_svg_says_what_its_dashes_mean(driven: Browser, page: Path) -> None:
    tab = driven.open(page)
    svg = str(tab.run("breakeven.exported.svg('pareto-development-energy_j')"))
    tab.close()

    told = ET.fromstring(svg).findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert told.endswith("Dashed outlines (with a dot: on the front): all are replayed.")


def test_a_figure_has_the_light_colours_in_the_dark_too(driven: Browser, tab: Tab) -> None:
    light = tab.run("breakeven.exported.svg('stages')")
    tab.media("screen", is_dark=True)
    dark = tab.run("breakeven.exported.svg('stages')")
    tab.media("screen")

    assert light == dark
    assert "#ffffff" in light


def test_a_figure_as_png_is_a_picture_three_times_as_fine(tab: Tab) -> None:
    head = tab.run(
        "breakeven.exported.png('stages').then(function (blob) { return blob.arrayBuffer(); })"
        ".then(function (bytes) { return Array.from(new Uint8Array(bytes.slice(0, 24))); })"
    )
    width = tab.run("document.querySelector('[data-figure=stages] svg').viewBox.baseVal.width")

    assert bytes(head[:8]) == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(bytes(head[16:20]), "big") == round(3 * width)


def test_the_data_of_a_figure_are_the_rows_it_draws(tab: Tab) -> None:
    rows = rows_of(tab.run("breakeven.exported.csv('stages')"))
    marks = tab.run("document.querySelectorAll('[data-figure=stages] .mark-rect path').length")

    assert "cost" in rows[0]
    assert len(rows) - 1 <= marks
    assert not any("var(" in field for row in rows for field in row)


def test_a_table_holds_what_is_shown_and_the_numbers_in_si(tab: Tab) -> None:
    table = "document.getElementById('table-pathways')"
    rows = rows_of(tab.run(f"breakeven.exported.table({table})"))
    shown = tab.run(f"Array.from({table}.tBodies[0].rows).length")

    first = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == shown + 1
    assert first["CPU time to develop"].replace("\xa0", " ") == "779 s (750\u2013807)"
    assert float(first["CPU time to develop: in SI"]) == pytest.approx(778.787, abs=0.01)
    assert first["CPU time to develop: kinds"] == "measured"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_field_is_a_formula(tab: Tab, text: str) -> None:
    field = tab.run(f"breakeven.exported.field({text!r})")

    assert rows_of(field)[0][0] == "'" + text


def test_negative_numbers_stay_numbers(tab: Tab) -> None:
    assert tab.run("breakeven.exported.field(-1.5)") == "-1.5"


def test_a_click_saves_under_the_name_of_the_figure(tab: Tab) -> None:
    tab.run("breakeven.save = function (made, name, type) { window.saved = [name, type]; }")
    tab.click("[data-figure=stages] ~ .saves button:last-child")
    tab.run("new Promise(function (done) { setTimeout(done, 100); })")

    assert tab.run("window.saved") == ["stages.csv", "text/csv"]


def test_a_file_is_really_saved(tab: Tab, driven: Browser, sst2: Path, tmp_path: Path) -> None:
    fresh = driven.open(sst2)
    driven.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    fresh.click("[data-figure=stages] ~ .saves button:last-child")
    fresh.run("new Promise(function (done) { setTimeout(done, 1000); })")

    assert (tmp_path / "stages.csv").read_text(encoding="utf-8").count("\n") > 3
    assert (fresh.errors(), fresh.requests()) == ([], [])
    fresh.close()
