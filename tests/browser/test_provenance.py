"""How a number was got, told beside it: by pointer, by keyboard, by finger, and in print."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.devtools import Browser, Tab

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]
FIRST = "#table-pathways td[data-p]"
TIP = "document.getElementById('provenance-tip')"


@pytest.fixture
def tab(driven: Browser, sst2: Path) -> Iterator[Tab]:
    opened = driven.open(sst2)
    yield opened
    opened.close()


def shown(tab: Tab) -> str:
    """Text of the popover; empty while it is hidden."""
    return str(tab.run(f"{TIP}.hidden ? '' : {TIP}.innerText"))


def appears(tab: Tab) -> str:
    """Text of the popover once it is there."""
    end_s = time.monotonic() + 5
    while not shown(tab) and time.monotonic() < end_s:
        time.sleep(0.05)
    return shown(tab)


def test_the_pointer_over_a_number_tells_how_it_was_got(tab: Tab) -> None:
    tab.hover(FIRST)

    told = appears(tab)

    for expected in (
        "CPU time to develop, FT",
        "778.787 s (750.406 to 807.169 s; 95 %)",
        "t interval, 2 degrees of freedom",
        "n = 3",
        "measured; live",
        "process clocks",
        "run-6778a2a113e9c55492210ab4",
    ):
        assert expected in told


def test_of_many_runs_ten_are_named_and_the_rest_counted(tab: Tab) -> None:
    line = tab.run(
        "breakeven.provenance.lines({runs: [12,1,2,3,4,5,6,7,8,9,10], value: 1, low: null,"
        "high: null}).find(function (pair) { return pair[0] === 'Runs'; })[1]"
    )

    assert line == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"


def test_focus_tells_it_and_names_the_popover(tab: Tab) -> None:
    tab.run(f"document.querySelector('{FIRST}').focus()")

    assert "778.787 s" in shown(tab)
    assert tab.run("document.activeElement.getAttribute('aria-describedby')") == "provenance-tip"
    assert tab.run(f"{TIP}.getAttribute('role')") == "tooltip"


def test_tab_reaches_one_number_of_each_table_and_arrows_the_others(tab: Tab) -> None:
    stops = tab.run(
        "Array.from(document.querySelectorAll('table')).map(function (table) {"
        "return table.querySelectorAll('td[tabindex=\"0\"]').length; })"
    )
    tab.run(f"document.querySelector('{FIRST}').focus()")
    tab.press("ArrowRight", "ArrowDown")

    assert set(stops) <= {0, 1}
    assert sum(stops) > 10
    assert "CPU time per example, TS" in shown(tab)


def test_escape_closes_it_and_takes_its_name_back(tab: Tab) -> None:
    tab.run(f"document.querySelector('{FIRST}').focus()")
    assert shown(tab)

    tab.press("Escape")

    assert shown(tab) == ""
    assert tab.run("document.activeElement.hasAttribute('aria-describedby')") is False


def test_enter_leads_to_its_row_in_the_table_of_provenance(tab: Tab) -> None:
    tab.run(f"document.querySelector('{FIRST}').focus()")
    tab.press("Enter")

    row = tab.run("document.activeElement.innerText")
    box = tab.run("document.activeElement.getBoundingClientRect().toJSON()")

    assert "CPU time to develop" in row
    assert "run-6778a2a113e9c55492210ab4" in row
    assert 0 < box["top"] < 800


def test_a_tap_tells_it_and_a_tap_elsewhere_closes_it(tab: Tab) -> None:
    tab.tap(FIRST)
    assert "778.787 s" in appears(tab)

    tab.tap("#h-pathways")

    assert shown(tab) == ""


def test_every_number_of_a_table_that_is_an_estimate_tells_its_method(tab: Tab) -> None:
    untold = tab.run(
        "Array.from(document.querySelectorAll('td[data-p]')).filter(function (cell) {"
        "var found = breakeven.provenance.of(cell);"
        "return !found || !found.method || found.n < 1; }).length"
    )
    n_told = tab.run("document.querySelectorAll('td[data-p]').length")

    assert untold == 0
    assert n_told > 1000


def test_the_page_holds_each_text_once_and_one_popover(tab: Tab) -> None:
    texts = tab.run("breakeven.data('provenance-data').texts")

    assert len(texts) == len(set(texts))
    assert tab.run("document.querySelectorAll('[role=tooltip]').length") == 1
    assert tab.run("document.querySelectorAll('td[data-p][title]').length") == 0


def test_a_number_that_a_script_computed_says_so_too(tab: Tab) -> None:
    tab.run(
        "(function () { var made = document.createElement('p'); made.id = 'made';"
        "made.textContent = '5 s'; document.getElementById('main').prepend(made);"
        "breakeven.provenance.set(made, {name: 'cpu_s', unit: 's', value: 5, low: 4, high: 'inf',"
        "level: 0.95, method: 'decided in the page', n: 3, signs: 'measured', runs: [1, 'r1']});"
        "made.focus(); })()"
    )

    assert "decided in the page" in shown(tab)
    assert "5 s (4 to infinity s; 95 %)" in shown(tab)


def test_nothing_goes_wrong_on_the_way(tab: Tab) -> None:
    tab.hover(FIRST)
    appears(tab)

    assert (tab.errors(), tab.requests()) == ([], [])


def test_a_number_decided_anew_no_longer_tells_of_the_old_one(tab: Tab) -> None:
    value = "document.querySelector('#recommended-interval .value')"
    tab.run(f"{value}.focus()")
    before = shown(tab)
    tab.run(
        "(function () { var field = document.getElementById('control-volume');"
        "field.value = '2000'; field.dispatchEvent(new Event('input', {bubbles: true}));"
        "field.dispatchEvent(new Event('change', {bubbles: true}));"
        "document.activeElement.blur(); })()"
    )
    tab.run("new Promise(function (done) { setTimeout(done, 800); })")
    tab.run(f"{value}.focus()")

    assert "run-6778a2a113e9c55492210ab4" in before
    assert "decided anew" in shown(tab)
    assert "run-" not in shown(tab)
