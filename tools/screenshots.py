"""Pictures of the report for README and docs: `make screenshots`.

Uses the store of `make demo` when it is there, else that of the SST-2 study in the tree, else the
made-up example study. Needs Chromium.
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
from tools.devtools import Browser

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
DEMO_STORE = ROOT / "demo" / "store"
STUDY_STORE = ROOT / "studies" / "results" / "sst2-minilm"
PHONE = Window(width=390, height=844)
DRAWN = "breakeven.drawAll().then(function (views) { return views.length; })"


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
        return "the made-up example study, for there is no store; run: make demo"
    return f"the store {store}"


def take(browser: str, page: Path, images: Path) -> list[Path]:
    """Take the first screen light, dark, on a phone and without colour."""
    taken: list[Path] = []

    def shot(name: str, window: Window, *, vision: str = "none") -> None:
        tab = opened.open(page, window=window)
        tab.vision(vision)
        tab.run(DRAWN)
        tab.screenshot(images / name)
        taken.append(images / name)

    with Browser(browser) as opened:
        shot("report-light.png", Window())
        shot("report-dark.png", Window(is_dark=True))
        shot("report-phone.png", PHONE)
        shot("report-grey.png", Window(), vision="achromatopsia")
    return taken


def _default_store() -> Path | None:
    found = (store for store in (DEMO_STORE, STUDY_STORE) if (store / "store.json").is_file())
    return next(found, None)


def main() -> int:
    """Build the page in a temporary folder and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, default=_default_store(), help="store to show")
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
