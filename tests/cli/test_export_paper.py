"""`breakeven export --document` and `--paper`: documents of a study from its store."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.report.documents.hostile import PATHWAYS, hostile_runs

from breakeven.cli import group
from breakeven.errors import (
    BreakevenError,
    NoStudyError,
    StoreWriteError,
    UnknownEmissionsError,
    UnknownNameError,
)
from breakeven.store import Store
from breakeven.testing.runs import example_runs


def export(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["export", *words], catch_exceptions=False)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return path


GRID = ("--grid", "SE", "--pue", "1.2,1.1-1.3,2023,our bill", "--location", "Uppsala, Sweden")


def test_the_card_is_markdown_with_unknown_rows_named(example: Path) -> None:
    told = export(example, "--document", "card").stdout

    assert "| e | Where were the computations performed? | unknown | say --location" in told
    assert "Climate performance model card of TS" in told


def test_what_is_stated_fills_the_card_as_assumed(example: Path) -> None:
    told = export(example, "--document", "card", "--public", "yes, https://example.org", *GRID)

    assert "| a | Is the model publicly available? | yes, https://example.org [assumed] |" in (
        told.stdout
    )
    unknown = [line.split(" | ")[1] for line in told.stdout.splitlines() if "| unknown |" in line]
    assert unknown == [
        "What power did the computers draw?",
        "Which benefit to the environment is expected of this work?",
    ]


def test_the_card_of_another_pathway_is_asked_for_by_name(example: Path) -> None:
    told = export(example, "--document", "card", "--pathway", "FT", "--format", "json").stdout

    assert json.loads(told)["model"] == "FT"
    with pytest.raises(UnknownNameError, match="Did you mean 'TF-IDF'"):
        export(example, "--document", "card", "--pathway", "TFIDF")


def test_emissions_are_yaml_or_refused(example: Path) -> None:
    told = yaml.safe_load(export(example, "--document", "emissions", *GRID).stdout)

    assert told["co2_eq_emissions"]["emissions"] > 0
    with pytest.raises(UnknownEmissionsError, match="no grid factor was given"):
        export(example, "--document", "emissions")


def test_a_model_card_section_is_written_even_where_emissions_are_unknown(
    example: Path, tmp_path: Path
) -> None:
    out = tmp_path / "README.md"
    assert export(example, "--document", "emissions", "--out", out).exit_code == 0

    assert out.read_text().startswith("## Environmental impact\n\nCO2e of training: unknown (")


@pytest.mark.parametrize(
    ("document", "form", "begin"),
    [
        ("card", "tex", "\\begin{table*}[tbp]"),
        ("card", "csv", "row,question,answer,rests_on,name,value,value_low"),
        ("checklist", "md", "# Responsible NLP checklist"),
        ("checklist", "tex", "\\section*{Responsible NLP checklist"),
        ("leaderboard", "md", "Score and cost, by score"),
        ("leaderboard", "json", "{"),
        ("measures", "md", "Whether a number changes"),
        ("measures", "tex", "\\begin{table*}[tbp]"),
        ("methods", "md", "# Methods"),
        ("methods", "tex", "\\section*{Methods}"),
        ("references", "bib", "@misc{breakeven,"),
    ],
)
def test_documents_come_in_their_formats(
    example: Path, document: str, form: str, begin: str
) -> None:
    told = export(example, "--document", document, "--format", form)

    assert told.exit_code == 0
    assert told.stdout.startswith(begin)


def test_the_ending_of_the_file_chooses_the_format(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "board.csv"
    said = export(example, "--document", "leaderboard", "--out", out)

    assert said.stderr == f"leaderboard written to {out}\n"
    assert next(csv.DictReader(io.StringIO(out.read_text())))["pathway"] == "API"


def test_a_leaderboard_stands_over_several_stores_with_a_target(
    example: Path, tmp_path: Path
) -> None:
    definition, runs = hostile_runs()
    with Store(tmp_path / "other") as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    told = export(
        *(example, tmp_path / "other", "--document", "leaderboard"),
        *("--target", "accuracy=84%", "--format", "csv"),
    ).stdout
    rows = list(csv.DictReader(io.StringIO(told)))

    assert {row["store"] for row in rows} == {str(example), str(tmp_path / "other")}
    reached = [row for row in rows if row["target"].startswith("reached")]
    assert {row["pathway"].lstrip("'") for row in reached} == {
        *("API", "FT"),
        *(PATHWAYS[name].strip() for name in ("API", "FT")),
    }


@pytest.fixture(scope="module")
def paper(example: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    folder = tmp_path_factory.mktemp("paper") / "folder"
    return folder, export(example, "--paper", folder, *GRID)


def test_a_paper_is_a_folder_that_one_command_compiles(paper: tuple[Path, Result]) -> None:
    folder, said = paper
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert said.stdout == f"cd {folder} && pdflatex main.tex\n"
    assert "TS (recommended at the planned volume) written" in said.stderr
    assert {
        *("main.tex", "main.bbl", "references.bib", "methods.md", "methods.tex"),
        *("card.md", "card.tex", "card.csv", "card.json", "model-card.md"),
        *("checklist.md", "checklist.tex"),
        *(f"tables/pathways.{form}" for form in ("tex", "md", "csv")),
        *("tables/price_tag.csv", "tables/table1.tex", "tables/leaderboard.csv"),
        *("tables/measures.md", "tables/provenance.csv", "tables/runs.csv"),
    } <= names
    joined = (folder / "main.tex").read_text()
    for name in names:
        if name.startswith("tables/") and name.endswith(".tex"):
            assert f"\\input{{{name.removesuffix('.tex')}}}" in joined


def test_numbers_of_a_paper_keep_every_digit_in_csv(paper: tuple[Path, Result]) -> None:
    text = (paper[0] / "tables" / "pathways.csv").read_text()
    (row, *_) = csv.DictReader(io.StringIO(text))

    assert len(row["per_example_cpu_s"].replace(".", "").lstrip("0")) > 10


def test_without_extras_the_rest_is_written_and_said(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyarrow", "altair", "vl_convert"):
        monkeypatch.setitem(sys.modules, name, None)
    said = export(example, "--paper", tmp_path / "paper").stderr

    assert "tables/*.parquet are left out: they need the extra 'paper'" in said
    assert "figures/*.pdf and *.svg are left out: they need the extra 'report'" in said
    assert not list((tmp_path / "paper").rglob("*.parquet"))
    assert "includegraphics" not in (tmp_path / "paper" / "main.tex").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--document", "card", "--paper", "x"], "--paper holds every document; drop --document"),
        (["--document", "card", "--format", "yaml"], "written as md or tex or csv or json, not"),
        (["--document", "card", "--where", "row=ft"], "--where is of a table or model, and"),
        (["--document", "card", "--target", "accuracy=1"], "--target is of the leaderboard, and"),
        (["--document", "leaderboard", "--grid", "SE"], "--grid is of one model, and"),
        (["--document", "leaderboard", "--target", "high"], "write METRIC=SCORE, as accuracy=0.93"),
        (
            ["--document", "leaderboard", "--target", "accuracy=84"],
            "is beyond 1, the most that acc",
        ),
        (["--document", "leaderboard", "--format", "parquet"], "name its file by --out"),
        (
            ["--document", "card", "--out", "card.pdf"],
            "ends in no format of the card; end it in md",
        ),
        (["--paper", ""], "--paper names no folder; give one"),
        (["--document", "card", "--public", "maybe"], "is neither yes nor no; write"),
        (["--document", "card", "--utilisation", "0.5,2024,x"], "is a share of --watts"),
        (["--paper", "x", "--format", "md"], "--format is of a table or file, and --paper"),
        (["--public", "yes"], "--public is of a document, and a table of runs is written; add"),
        (["--format", "yaml"], "--format yaml is of a document; name it by --document"),
        (["--format", "parquet"], "Parquet is no text; name its file by --out"),
        (["--pathway", "FT", "--location", "x"], "--location is of a document, and --pathway"),
    ],
)
def test_options_that_say_nothing_of_what_is_written_are_refused(
    example: Path, options: list[str], said: str
) -> None:
    done = export(example, *options)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_a_document_is_of_one_study(example: Path, tmp_path: Path) -> None:
    assert "name one store" in export(example, example, "--document", "card").stderr
    with Store(tmp_path / "empty"):
        pass
    with pytest.raises(NoStudyError, match="holds no study, and a document is of one"):
        export(tmp_path / "empty", "--document", "card")
    with pytest.raises(NoStudyError, match="holds no study, and a leaderboard is of studies"):
        export(tmp_path / "empty", "--document", "leaderboard")
    with pytest.raises(BreakevenError, match="no study"):
        export(example, "--document", "card", "--study", "nope")


def test_a_folder_that_cannot_be_written_is_an_error_with_advice(example: Path) -> None:
    with pytest.raises(StoreWriteError, match="choose another place with --paper"):
        export(example, "--paper", example / "store.json" / "paper")


@pytest.mark.nlp
def test_runs_are_written_as_parquet(example: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "runs.parquet"
    said = export(example, "--out", out).stderr

    read = parquet.read_table(out)
    assert said == f"{read.num_rows} rows written to {out}\n"
    assert {"run_id", "window_energy_j", "energy_kind"} <= set(read.column_names)
