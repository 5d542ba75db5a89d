"""Tables of a study's page, made from the records that are kept beside the study file.

A marker names what it holds: `summary` is the answer as the terminal prints it, anything else a
table of the report; `shared: break-evens` is the same asked another question of `QUESTIONS`.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from breakeven.analysis.asked import Questions, Traffic
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.report import summary, tables
from breakeven.store import Store, StoredAnswers

QUESTIONS: Mapping[str, Questions] = {
    "": Questions(),
    "shared": Questions(shares={"ta-distil": 48}),
    "weighted": Questions(is_weighted=True),
    "traffic": Questions(traffic=Traffic(requests_per_day=20_000, max_latency_s=0.05)),
}
_MARKER = re.compile(r"<!-- table: (?:(\w+): )?(.+?) -->")


def result_tables(page: str, results: Path) -> dict[str, str]:
    """Markdown by the name that the page's markers use.

    Args:
        page: Text of the page.
        results: Store that holds the records.

    Raises:
        KeyError: If a marker names no question or no table.
    """
    return {
        f"{question}: {name}" if question else name: _made(results, question, name)
        for question, name in _MARKER.findall(page)
    }


def _made(results: Path, question: str, name: str) -> str:
    analysis = _analysis(results, question)
    if name == "summary":
        return f"```text\n{summary(analysis)}```\n"
    return tables(analysis)[name].to_markdown()


@cache
def _analysis(results: Path, question: str) -> StudyAnalysis:
    with Store(results, create=False) as store:
        definition = store.study()
        return analyse(
            definition,
            store.runs(study=definition.name),
            asked=QUESTIONS[question],
            answers=StoredAnswers(store, study=definition.name),
        )
