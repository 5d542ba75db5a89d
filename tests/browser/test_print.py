"""The real report on paper: every figure drawn, no table cut, kinds told without colour."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import chromium
from tools.chromium import Window
from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]
A4_PX = 717
"""Width of A4 between Chromium's own margins, in CSS pixels."""
_NO_IDLE = "window.requestIdleCallback = function () {};"


@pytest.fixture(scope="module")
def printed(driven: Browser, sst2: Path) -> Iterator[Tab]:
    """The page as wide as paper and in the style of print."""
    tab = driven.open(sst2, window=Window(width=A4_PX, height=1000))
    tab.media("print")
    tab.run("window.dispatchEvent(new Event('beforeprint'))")
    yield tab
    tab.close()


def pdf_of(driven: Browser, page: Path, target: Path) -> tuple[Tab, str]:
    """Print a page in which nothing is drawn while idle, at once after loading; its text."""
    tab = driven.open(page)
    tab.before(_NO_IDLE)
    tab.go(page)
    tab.pdf(target)
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext (apt install poppler-utils)")
    done = subprocess.run([program, str(target), "-"], capture_output=True, text=True, check=True)
    return tab, done.stdout


def test_printing_draws_every_figure_though_none_was_waited_for(
    driven: Browser, sst2: Path, tmp_path: Path
) -> None:
    tab, text = pdf_of(driven, sst2, tmp_path / "page.pdf")

    names = tab.run("Array.from(breakeven.views.keys())")
    drawn = tab.run(
        "Array.from(document.querySelectorAll('[data-figure]')).filter(function (place) {"
        "return place.querySelector('svg [class*=mark-] path, svg [class*=mark-] text'); }).length"
    )
    axis_titles = tab.run(
        "Array.from(document.querySelectorAll('[data-figure] .role-axis-title text'))"
        ".map(function (text) { return text.textContent; })"
    )
    tab.close()

    assert drawn == len(names) >= 20
    words = re.sub(r"\s+", " ", text)
    for start in {title[:20] for title in axis_titles}:
        assert words.count(start) >= sum(title.startswith(start) for title in axis_titles)


def test_the_command_line_prints_every_figure(browser: str, sst2: Path, tmp_path: Path) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext (apt install poppler-utils)")
    target = tmp_path / "page.pdf"
    chromium.print_pdf(browser, sst2, target)
    done = subprocess.run([program, str(target), "-"], capture_output=True, text=True, check=True)
    n_figures = sst2.read_text(encoding="utf-8").count('<div class="chart" data-figure=')
    # An axis of costs names what it counts in every panel of Pareto fronts, curves and lengths.
    titles = re.findall(
        r"(?:CPU time|FLOPs|Wall-clock time) (?:to develop|per example)", done.stdout
    )

    assert n_figures >= 20
    assert len(titles) >= 12


def test_no_table_is_cut_and_the_page_is_no_wider_than_the_paper(printed: Tab) -> None:
    cut = printed.run(
        "Array.from(document.querySelectorAll('.scroll')).filter(function (part) {"
        "return part.getClientRects().length && part.scrollWidth > part.clientWidth + 1; })"
        ".map(function (part) { return part.querySelector('table').id; })"
    )

    assert cut == []
    assert printed.run("document.documentElement.scrollWidth") <= A4_PX


def test_what_only_works_on_a_screen_stays_off_the_paper(printed: Tab) -> None:
    shown = printed.run(
        "Array.from(document.querySelectorAll('button, nav, .skip, summary, .tip, input'))"
        ".filter(function (part) { return part.getClientRects().length; })"
        ".map(function (part) { return part.outerHTML.slice(0, 80); })"
    )

    assert shown == []


def test_the_table_of_provenance_is_on_the_paper(printed: Tab) -> None:
    rows = printed.run(
        "Array.from(document.querySelectorAll('#table-provenance tbody tr'))"
        ".filter(function (row) { return row.getClientRects().length; }).length"
    )

    assert rows >= 50


def test_signs_of_kinds_differ_without_colour(printed: Tab) -> None:
    looks = printed.run(
        "Array.from(document.querySelectorAll('#methods .signs .letter')).map(function (letter) {"
        "var style = getComputedStyle(letter); return [letter.textContent, style.borderRadius,"
        "style.borderStyle].join(' '); })"
    )

    assert len(looks) == 9
    assert len(set(looks)) == 9
