"""Pictures of the report for README and docs: `make screenshots`.

Uses the store of `make demo` when it is there, else the made-up example study. Needs Chromium.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.report import build_report
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs
from tools import chromium
from tools.chromium import Window

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
DEMO_STORE = ROOT / "demo" / "store"
FULL_SCALE = 0.5
_HEIGHT = """
var tables = document.getElementById("table1");
return {height: Math.round(tables.getBoundingClientRect().top + window.scrollY)};
"""
"""Down to the first section without a figure."""


def analysis_of(store: Path | None) -> StudyAnalysis:
    """The study of a store, or the made-up one."""
    if store is None:
        return analyse(*example_runs())
    opened = Store(store, create=False)
    try:
        definition = opened.study()
        runs = opened.runs(study=definition.name)
        return analyse(definition, runs, answers=StoredAnswers(opened, study=definition.name))
    finally:
        opened.close()


def stamp_of(analysis: StudyAnalysis) -> str:
    """When the last run started, so that the same store gives the same pictures."""
    return f"{max(run.started_at for run in analysis.runs)[:16].replace('T', ' ')} UTC"


def source_words(store: Path | None) -> str:
    """Say whether the pictures show real measurements."""
    if store is None:
        return f"the made-up example study, for there is no {DEMO_STORE}; run: make demo"
    return f"the store {store}"


def take(browser: str, page: Path, images: Path) -> list[Path]:
    """Take the first screen light and dark, a phone, and the figures at half size."""
    height = int(chromium.probe(browser, page, _HEIGHT, window=Window())["height"])
    windows = {
        "report-light.png": Window(),
        "report-dark.png": Window(is_dark=True),
        "report-phone.png": Window(width=500, height=900),
        "report-full.png": Window(height=height, scale=FULL_SCALE),
    }
    for name, window in windows.items():
        chromium.screenshot(browser, page, images / name, window=window)
    return [images / name for name in windows]


def main() -> int:
    """Build the page in a temporary folder and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = DEMO_STORE if (DEMO_STORE / "store.json").is_file() else None
    parser.add_argument("--store", type=Path, default=default, help="store to show")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder for the pictures")
    asked = parser.parse_args()
    browser = chromium.find()
    if browser is None:
        print("screenshots: no Chromium found; install it, then run again", file=sys.stderr)
        return 1
    print(f"screenshots of {source_words(asked.store)}")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        analysis = analysis_of(asked.store)
        html = build_report(analysis, generated_at=stamp_of(analysis))
        page.write_text(html, encoding="utf-8")
        for path in take(browser, page, asked.out):
            print(f"{path} ({path.stat().st_size // 1024} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
