"""What telling costs: analysing a made-up study and building its page."""

import time

from benchmarks.result import Result
from breakeven.analysis.overview import analyse
from breakeven.report import build_report
from breakeven.testing.runs import example_runs

LIMIT_S = 6.0
"""The demo's time has room for this much."""


def run() -> list[Result]:
    """Analyse, then build, once each."""
    definition, runs = example_runs()
    start_s = time.process_time()
    analysis = analyse(definition, runs)
    analysed_s = time.process_time() - start_s
    page = build_report(analysis, generated_at="2026-01-01T00:00:00Z")
    cpu_s = time.process_time() - start_s
    return [
        Result(
            name="report, analyse and build",
            value=cpu_s,
            unit="CPU s",
            limit=LIMIT_S,
            detail=f"{len(runs)} runs; analysis {analysed_s:.2f} of it; {len(page) / 1e6:.1f} MB",
        )
    ]
