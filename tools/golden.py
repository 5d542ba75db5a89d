"""Golden reports: `make golden` rewrites them, tests compare.

One of the made-up example study, and one of a study that is run here, through workers, windows
and store, on a virtual clock with a replayed power trace, so that every number repeats.

Kept small: the summary, the tables, and an outline of the page (headings, texts of the first
screen, figures, captions) without style, script or table bodies, which the CSV files hold.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from unittest.mock import patch

from breakeven.analysis.overview import analyse
from breakeven.meters.locks import VARIABLE
from breakeven.report import build_report, summary, tables
from breakeven.store import Store
from breakeven.study import load_study, run_study
from breakeven.testing.runs import example_runs

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden" / "report"
REPLAY = FOLDER.parent / "replay"
_OF_THIS_MACHINE = ("runs", "provenance", "machines")
GENERATED_AT = "2026-01-01 00:00 UTC"
_MARKDOWN = ("pathways", "table1")
_LEFT_OUT = ("runs",)
_SILENT = frozenset({"style", "script", "svg", "tbody", "pre"})
_VOID = frozenset({"meta", "link", "br", "wbr", "img", "input", "path", "rect", "line"})
_KEPT = frozenset({"id", "data-figure", "aria-label"})


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._silent = 0
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        self._depth += 1
        if tag in _SILENT or self._silent:
            self._silent += 1
            return
        kept = [f"{name}={value}" for name, value in attrs if name in _KEPT]
        if kept:
            self._add(f"<{tag} {' '.join(kept)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        self._depth -= 1
        self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._silent:
            self._add(text)

    def _add(self, text: str) -> None:
        self.lines.append(f"{' ' * self._depth}{text}")


def outline(html: str) -> str:
    """Tags with an identity and all text outside tables, one per line, indented by depth."""
    parser = _Outline()
    parser.feed(html)
    return "\n".join(parser.lines) + "\n"


def golden_tables() -> Mapping[str, str]:
    """Content by file name of everything that needs no extra."""
    analysis = analyse(*example_runs())
    made = tables(analysis)
    return {
        "summary.txt": summary(analysis),
        **{f"{name}.csv": t.to_csv() for name, t in made.items() if name not in _LEFT_OUT},
        **{f"{name}.md": made[name].to_markdown() for name in _MARKDOWN},
    }


def golden_page() -> Mapping[str, str]:
    """Content by file name of the page's outline; needs the extra `report`."""
    html = build_report(analyse(*example_runs()), generated_at=GENERATED_AT, vega="")
    return {"report-outline.txt": outline(html)}


def golden_replay() -> Mapping[str, str]:
    """Run the replayed study; content by file name, ids, machine and who else is on it left out."""
    study = load_study(REPLAY / "study.yaml")
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as locks,
        patch.dict(os.environ, {VARIABLE: locks}),
    ):
        runs = run_study(study, folder)
        with Store(folder, create=False) as store:
            analysis = analyse(store.study(), runs)
    made = {n: t for n, t in tables(analysis).items() if n not in _OF_THIS_MACHINE}
    html = build_report(analysis, generated_at=GENERATED_AT, vega="")
    return {
        "summary.txt": summary(analysis),
        **{f"{name}.csv": table.to_csv() for name, table in made.items()},
        "report-outline.txt": outline(html),
    }


def main() -> int:
    """Rewrite both folders, once everything for them has been made."""
    replayed, example = golden_replay(), {**golden_tables(), **golden_page()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, text in replayed.items():
        (REPLAY / name).write_text(text, encoding="utf-8", newline="\n")
    for name, text in example.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    n_files = len(list(FOLDER.iterdir()))
    print(f"{FOLDER.name}: {n_files} files, and {REPLAY.name}; review them as a diff")
    return 0


if __name__ == "__main__":
    sys.exit(main())
