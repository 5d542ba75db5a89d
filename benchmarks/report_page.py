"""What opening costs: the page of 10,000 runs in a real browser, against that of the small study.

Elapsed time in one headless Chromium, pages in turns; the ratio is what a busy machine disturbs
least, the seconds are what a reader waits.
"""

import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.result import Result
from breakeven.analysis.overview import analyse
from breakeven.records import Run, StudyDefinition
from breakeven.report import build_report
from breakeven.store import Store
from breakeven.testing.factorial import factorial_runs
from breakeven.testing.runs import example_runs
from tools import chromium
from tools.devtools import Browser

N_TURNS = 5
N_BLOCKS = 84
"""Of 40 configurations of three pathways: 10,083 runs with their development."""
START, ISO = datetime(2026, 1, 1, tzinfo=UTC), "%Y-%m-%dT%H:%M:%S"
LIMIT_S = 3.0
LIMIT_RATIO = 3.0
_TIMES = """(function () {
  var entry = performance.getEntriesByType("navigation")[0];
  var paint = performance.getEntriesByName("first-contentful-paint")[0];
  var mark = performance.getEntriesByName("answer-usable")[0];
  return {load: entry.loadEventEnd / 1000,
          usable: Math.max(paint ? paint.startTime : Infinity, mark.startTime) / 1000};
})()"""
_DRAWN = """breakeven.drawAll().then(function (views) {
  return {drawn: performance.now() / 1000, figures: views.length,
          elements: document.querySelectorAll("*").length};
})"""


def run() -> list[Result]:
    """Open both pages in turns; nothing where there is no Chromium."""
    browser = chromium.find()
    if browser is None:
        print("report_page: no Chromium found, nothing opened", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        small = _page(Path(folder) / "small", *example_runs())
        large = _page(Path(folder) / "large", *factorial_runs(n_blocks=N_BLOCKS))
        seen = [(_opened(browser, small), _opened(browser, large)) for _ in range(N_TURNS)]
        size = large.stat().st_size
    return [
        _seconds("load", [b for _, b in seen], f"page of {size / 1e6:.1f} MB"),
        _seconds("usable", [b for _, b in seen], "first painted, and the controls answer"),
        _ratio("load", seen),
        _ratio("usable", seen),
    ]


def _page(folder: Path, definition: StudyDefinition, runs: Sequence[Run]) -> Path:
    """Keep the runs in a store, read them back and write their page."""
    made = enumerate(runs)
    with Store(folder / "store") as store:
        store.save_study(definition)
        store.append_all([_at(run, f"{START + timedelta(seconds=i):{ISO}}Z") for i, run in made])
    with Store(folder / "store", create=False) as store:
        analysis = analyse(store.study(definition.name), store.runs(study=definition.name))
    path = folder / "report.html"
    path.write_text(build_report(analysis, generated_at="2026-01-01"), encoding="utf-8")
    return path


def _at(run: Run, moment: str) -> Run:
    """The run with a time of its own; made-up runs have none."""
    phases = tuple(
        replace(phase, measurement=replace(phase.measurement, started_at=moment))
        for phase in run.phases
    )
    return replace(run, started_at=moment, phases=phases)


def _opened(browser: str, page: Path) -> Mapping[str, float]:
    """Seconds from the start of navigation in a fresh browser, and what was drawn in the end."""
    with Browser(browser) as fresh:
        tab = fresh.open(page)
        times: dict[str, float] = tab.run(_TIMES)
        return {**times, **tab.run(_DRAWN)}


def _seconds(what: str, seen: Sequence[Mapping[str, float]], detail: str) -> Result:
    values = sorted(each[what] for each in seen)
    last = seen[-1]
    return Result(
        name=f"report of 10,000 runs, {what}",
        value=statistics.median(values),
        unit="s",
        limit=LIMIT_S,
        detail=f"{detail}; {values[0]:.2f} to {values[-1]:.2f} s; {last['figures']:.0f} figures "
        f"drawn after {last['drawn']:.2f} s, {last['elements']:,.0f} elements",
    )


def _ratio(what: str, seen: Sequence[tuple[Mapping[str, float], Mapping[str, float]]]) -> Result:
    ratios = sorted(large[what] / small[what] for small, large in seen)
    return Result(
        name=f"the same against the small study, {what}",
        value=statistics.median(ratios),
        unit="x",
        limit=LIMIT_RATIO,
        detail=f"{ratios[0]:.2f} to {ratios[-1]:.2f} of {N_TURNS} turns",
    )
