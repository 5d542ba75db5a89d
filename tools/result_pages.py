"""Tables of a study's page, made from the records that are kept beside the study file.

A page says which records with `<!-- records: NAME -->`, a folder of studies/results. Its markers
name what they hold: `summary` is the answer as the terminal prints it, `inference` what the report
says of the sweep, `$ breakeven ...` a command and what it prints (with `--format md` the table
alone), one of `OWN` a table that one page has, anything else a table of the report; `shared:
break-evens` is the same asked another question of `QUESTIONS`. Where the records are of several
studies the marker says which: `reductions-squad/length`. Columns that a page has no use for are
left out by name: `length -ratio_duration_s`.
"""

import contextlib
import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import click
from click.testing import CliRunner

from breakeven.analysis.asked import Questions, Traffic
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.cli import group
from breakeven.cli.screen import PIPED
from breakeven.report import summary, tables
from breakeven.report.inference import themes
from breakeven.report.tables import Table
from breakeven.store import Store, StoredAnswers
from tools.baselines import against_baselines
from tools.case_study import claims_here

QUESTIONS: Mapping[str, Questions] = {
    "": Questions(),
    "shared": Questions(shares={"ta-distil": 48}),
    "weighted": Questions(is_weighted=True),
    "traffic": Questions(traffic=Traffic(requests_per_day=20_000, max_latency_s=0.05)),
}
OWN: Mapping[str, Callable[[StudyAnalysis], str]] = {
    "claims here": claims_here,
    "against baselines": against_baselines,
}
"""Tables that one page alone has."""

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "studies" / "results"
_MARKER = re.compile(r"<!-- table: (?:(\w+): )?(.+?) -->")
_RECORDS = re.compile(r"<!-- records: (\S+) -->")
_COMMAND = "$ "
_IN_MARKDOWN = "--format md"


def result_pages(folder: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Yield every page of a folder that rests on records, with its tables.

    Raises:
        KeyError: If a marker names no question or no table.
    """
    for page in sorted(folder.glob("*.md")):
        text = page.read_text()
        if found := _RECORDS.search(text):
            yield page, result_tables(text, RESULTS / found[1])


def result_tables(page: str, results: Path) -> dict[str, str]:
    """Markdown by the name that the page's markers use.

    Args:
        page: Text of the page.
        results: Store that holds the records.

    Raises:
        KeyError: If a marker names no question or no table.
        click.ClickException: If a command fails.
    """
    return {
        f"{question}: {name}" if question else name: _made(results, question, name)
        for question, name in _MARKER.findall(page)
    }


def _made(results: Path, question: str, name: str) -> str:
    if name.startswith(_COMMAND):
        return _printed(name)
    study, _, name = name.rpartition("/")
    analysis = _analysis(results, question, study or None)
    if name in OWN:
        return OWN[name](analysis)
    if name == "summary":
        return f"```text\n{summary(analysis)}```\n"
    if name == "inference":
        return "".join(f"- {text}\n" for theme in themes(analysis) for text in theme.sentences)
    name, *left_out = name.split(" -")
    return _without(tables(analysis)[name], left_out).to_markdown()


def _without(table: Table, left_out: Collection[str]) -> Table:
    kept = [i for i, column in enumerate(table.columns) if column.name not in left_out]
    if unknown := set(left_out) - {column.name for column in table.columns}:
        raise KeyError(f"table {table.name!r} has no column {', '.join(sorted(unknown))}")
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


@cache
def _printed(line: str) -> str:
    """Run a command in the root of the repository."""
    with contextlib.chdir(ROOT):
        done = CliRunner().invoke(group, shlex.split(line)[2:], env={"COLUMNS": str(PIPED)})
    if done.exit_code:
        raise click.ClickException(f"{line}: {done.output}")
    if _IN_MARKDOWN in line:
        return done.stdout
    return f"```text\n{line}\n{done.stdout}```\n"


@cache
def _analysis(results: Path, question: str, study: str | None) -> StudyAnalysis:
    with Store(results, create=False) as store:
        definition = store.study(study)
        return analyse(
            definition,
            store.runs(study=definition.name),
            asked=QUESTIONS[question],
            answers=StoredAnswers(store, study=definition.name),
        )
