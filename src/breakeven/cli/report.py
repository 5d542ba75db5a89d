"""`breakeven report`: analyse a store, print the answer, write report.html and its tables."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from breakeven.analysis.asked import NOTHING, Questions
from breakeven.analysis.deciding import decision_plain
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.calibrated import calibrated, calibrated_note
from breakeven.analysis.runs.select import score_on_test, study_runs
from breakeven.analysis.scoring.threshold import off_scale
from breakeven.analysis.words import counted
from breakeven.cli.calibrate import read_calibration
from breakeven.cli.life_options import asked_of, life_options
from breakeven.cli.screen import told_columns, wrapped
from breakeven.errors import NoStudyError, StoreWriteError
from breakeven.records import NoteCode, Run, StudyDefinition
from breakeven.report import build_report, summary, tables
from breakeven.report.results import Results
from breakeven.store import Store, StoredAnswers
from breakeven.store.kept import stored_progress

PAGE_NAME, TABLES_NAME = "report.html", "tables"


@click.command()
@click.argument("store", type=click.Path(path_type=Path))
@click.option(
    "--study", default=None, help="Name of the study; needed when the store holds several."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for report.html and tables/; by default the store's own folder.",
)
@click.option(
    "--tables-only", is_flag=True, help="Write tables and print the answer; needs no extra."
)
@click.option(
    "--calibration",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Scale energy by what `doctor --calibrate` wrote; it is then modelled.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print all as one JSON object; write nothing."
)
@life_options
def command(  # noqa: PLR0913 - one per option
    store: Path,
    *,
    study: str | None,
    out: Path | None,
    tables_only: bool,
    as_json: bool,
    calibration: Path | None,
    **options: Any,  # noqa: ANN401 - what the reader asks; `asked_of` knows each
) -> None:
    """Analyse STORE and say which pathway is worth it, from which volume on.

    Prints the table of pathways and the recommendation, then writes report.html (one file, no
    network) and every table as CSV and Markdown.
    """
    if as_json and (tables_only or out is not None):
        raise click.UsageError("--json writes nothing; drop it, or --out and --tables-only")
    asked = asked_of(options)
    opened = Store(store, create=False)
    try:
        definition = _only_study(opened) if study is None else opened.study(study)
        analysis = _analysed(opened, definition, asked, calibration=calibration)
    finally:
        opened.close()
    if as_json:
        click.echo(_as_json(analysis))
        return
    click.echo(summary(analysis, width=told_columns()), nl=False)
    say_replayed(analysis)
    _say_calibrated(analysis)
    click.echo()
    folder = out if out is not None else store
    click.echo(f"Tables: {write_tables(analysis, folder)}")
    if not tables_only:
        click.echo(f"Report: {write_page(analysis, folder)}")


_DECIDED = (
    *("pathway", "runner_up", "measure", "volume", "average", "runner_up_average"),
    *("probability", "rests_on", "saves", "changes", "reason", "rule", "covers"),
)
"""What is told of the decision; its break-evens are among the tables."""


def _as_json(analysis: StudyAnalysis) -> str:
    """The answer in words and numbers, every table in SI units; null stands for infinity too."""
    decided = None if analysis.decision is None else decision_plain(analysis.decision)
    found = {
        "study": analysis.definition.name,
        "answer": summary(analysis),
        "decision": decided and {name: decided[name] for name in _DECIDED},
        "tables": {name: table.to_data()["rows"] for name, table in tables(analysis).items()},
    }
    return json.dumps(found, indent=1)


def _analysed(
    store: Store,
    definition: StudyDefinition,
    asked: Questions,
    *,
    calibration: Path | None = None,
) -> StudyAnalysis:
    answers = StoredAnswers(store, study=definition.name)
    runs, optimum = store.runs(study=definition.name), store.optimum(definition.name)
    _refuse_off_scale(definition, runs, asked.min_score)
    if calibration is None:
        found = analyse(definition, runs, asked=asked, answers=answers)
        return replace(found, optimum=optimum, progress=stored_progress(store, runs))
    line, name = read_calibration(calibration), calibration.name
    scaled = calibrated(runs, line, name=name)
    found = analyse(definition, scaled, asked=asked, answers=answers)
    return replace(found, optimum=optimum, notes=(calibrated_note(line, name), *found.notes))


def _refuse_off_scale(
    definition: StudyDefinition, runs: Sequence[Run], min_score: float | None
) -> None:
    """Refuse a threshold in percent of fractions, and the other way round."""
    if min_score is None:
        return
    found = (score_on_test([run], definition.metric) for run in study_runs(definition, runs).runs)
    if why := off_scale(min_score, [each.score for each in found if each is not None]):
        raise click.UsageError(f"--min-score {min_score:g} is {why}")


def say_replayed(analysis: StudyAnalysis) -> None:
    """Say beside the numbers that they were replayed, so that nobody takes them for measured."""
    messages = [n.message for n in analysis.notes if n.code is NoteCode.REPLAYED]
    for message in messages[:1]:
        click.echo(wrapped(f"Replayed: {message}", indent="  "))


def _say_calibrated(analysis: StudyAnalysis) -> None:
    """Say beside the numbers that energy was scaled, and by what."""
    messages = [n.message for n in analysis.notes if n.code is NoteCode.CALIBRATED]
    for message in messages[:1]:
        click.echo(wrapped(f"Calibrated: {message}", indent="  "))


def _only_study(store: Store) -> StudyDefinition:
    """The one study of a store, or an error that says what is there instead."""
    found = store.studies()
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(definition.name for definition in found)
        raise NoStudyError(f"{store.path} holds several studies ({names}); choose one with --study")
    raise NoStudyError(
        f"{store.path} holds {counted(len(store.runs()), 'measured command')} and no study to "
        f"report on; look at what is there with: breakeven store show {store.path}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """What was concluded from a store, and where it was written.

    Attributes:
        analysis: Every conclusion as values.
        text: The answer for a terminal, plain ASCII.
        page: The HTML page.
        tables: Folder of the CSV and Markdown tables.
    """

    analysis: StudyAnalysis
    text: str
    page: Path
    tables: Path

    def _repr_html_(self) -> str:
        """What a notebook shows: the answer, and where the page is."""
        found = Results(analysis=self.analysis, tables=tables(self.analysis))
        link = f'<a href="{quote(str(self.page))}">{escape(str(self.page))}</a>'
        return f"{found._repr_html_()}<p>Report: {link}</p>"


def write_report(
    store: Path | str,
    out: Path | str | None = None,
    *,
    study: str | None = None,
    asked: Questions = NOTHING,
) -> WrittenReport:
    """Analyse a store and write report.html and tables/, as `breakeven report` does.

    Args:
        store: Folder of the store.
        out: Folder to write into; the store's own by default.
        study: Name of the study; needed when the store holds several.
        asked: Questions beyond those that every report answers.

    Raises:
        NoStudyError: If the store holds no study, or several and none is named.
        MissingExtraError: If the extra `report` is not installed; the tables are written then.
        StoreWriteError: If the folder cannot be written.
    """
    folder = Path(store if out is None else out)
    with Store(store, create=False) as opened:
        definition = _only_study(opened) if study is None else opened.study(study)
        analysis = _analysed(opened, definition, asked)
    written = write_tables(analysis, folder)
    return WrittenReport(
        analysis=analysis,
        text=summary(analysis),
        page=write_page(analysis, folder),
        tables=written,
    )


def write_tables(analysis: StudyAnalysis, folder: Path) -> Path:
    """Write every table as CSV (SI units) and Markdown (units for people).

    Returns:
        The folder `tables` that holds them.

    Raises:
        StoreWriteError: If the folder cannot be written.
    """
    target = folder / TABLES_NAME
    for name, table in tables(analysis).items():
        _write(target / f"{name}.csv", table.to_csv())
        _write(target / f"{name}.md", table.to_markdown())
    return target


def write_page(analysis: StudyAnalysis, folder: Path, *, generated_at: str | None = None) -> Path:
    """Write report.html.

    Args:
        analysis: What to show.
        folder: Where to.
        generated_at: Time stamp to print; now by default.

    Returns:
        Path of the page.

    Raises:
        MissingExtraError: If the extra `report` is not installed.
        StoreWriteError: If the folder cannot be written.
    """
    stamp = generated_at or datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    path = folder / PAGE_NAME
    _write(path, build_report(analysis, generated_at=stamp))
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreWriteError(
            f"{path} cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
