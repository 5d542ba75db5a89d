"""`breakeven export`: one table over several stores, in every format."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import BreakevenError, StoreWriteError, UnknownNameError
from breakeven.records import Run, Settings, Stage, Status
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


@pytest.fixture
def other(tmp_path: Path) -> Path:
    with Store(tmp_path / "other") as store:
        store.append(
            Run(
                run_id="b",
                stage=Stage.COMMAND,
                status=Status.OK,
                row="=cmd|' /C calc'!A0",
                started_at="2026-01-02T03:04:05Z",
                settings=Settings(resolved={"precision": "bf16"}),
            )
        )
    return tmp_path / "other"


def test_two_stores_become_one_csv_with_a_row_per_run(example: Path, other: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(export(example, other).stdout)))
    assert len(rows) == len(Store(example).runs()) + 1
    assert {row["store"] for row in rows} == {str(example), str(other)}
    last = next(row for row in rows if row["store"] == str(other))
    assert last["row"] == "'=cmd|' /C calc'!A0"
    assert (last["window_energy_j"], last["flops"], last["score"]) == ("", "", "")
    replayed = next(row for row in rows if row["row"] == "FT/reference")
    assert (replayed["energy_kind"], replayed["energy_origin"]) == ("measured", "replayed")


def test_the_ending_of_the_file_chooses_the_format(example: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "runs.json"
    said = export(example, "--out", out, "--study", "example").stderr
    rows = json.loads(out.read_text())["rows"]
    assert said == f"{len(rows)} rows written to {out}\n"
    assert rows[0]["store"] == str(example)


@pytest.mark.parametrize(
    ("form", "line"),
    [("md", "| Row | FLOPs |"), ("tex", r"Row & FLOPs \\"), ("csv", "row,flops")],
)
def test_papers_choose_their_columns(example: Path, form: str, line: str) -> None:
    printed = export(example, "--columns", "row, flops", "--format", form).stdout
    assert line in printed.splitlines()


def test_only_some_runs_may_be_asked_for(example: Path) -> None:
    asked = ("--where", "stage=finetune", "--where", "status=ok", "--columns", "stage,row")
    rows = list(csv.DictReader(io.StringIO(export(example, *asked).stdout)))
    assert {row["stage"] for row in rows} == {"finetune"}
    assert "ft" in {row["row"] for row in rows}
    assert "write COLUMN=VALUE" in export(example, "--where", "stage").stderr


def test_a_value_that_no_run_has_is_said_with_those_there_are(example: Path) -> None:
    result = export(example, "--where", "stage=nope", "--columns", "row")
    assert (result.exit_code, result.stdout) == (0, "row\n")
    assert result.stderr == (
        "no run matches stage=nope; "
        "stage is distil, finetune, infer, pretrain, serve, stated here\n"
    )
    many = export(example, "--where", "run_id=nope").stderr
    assert f" and {len(Store(example).runs()) - 10} more here" in many


def test_an_unknown_column_is_an_error_that_names_the_nearest(example: Path) -> None:
    with pytest.raises(UnknownNameError, match="flops"):
        export(example, "--columns", "flop")


def test_a_file_that_cannot_be_written_is_an_error_with_advice(example: Path) -> None:
    with pytest.raises(StoreWriteError, match="choose another file with --out"):
        export(example, "--out", example / "store.json" / "runs.csv")


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BreakevenError, match="no store in"):
        export(tmp_path)


def test_pathways_are_compared_in_use_with_test_and_effect(example: Path) -> None:
    printed = export(example, "--table", "pairs", "--pair", "FT:TS").stdout
    energy = next(r for r in csv.DictReader(io.StringIO(printed)) if "Energy" in r["metric"])
    assert (energy["original"], energy["other"], energy["test"]) == ("FT", "TS", "paired t")
    assert float(energy["ratio_low"]) < float(energy["ratio"]) < float(energy["ratio_high"]) < 1
    assert float(energy["change_percent"]) == pytest.approx(
        100 * (float(energy["ratio"]) - 1), 1e-3
    )


def test_use_is_described_with_kinds(example: Path) -> None:
    printed = export(example, "--table", "spread").stdout
    energy = next(r for r in csv.DictReader(io.StringIO(printed)) if "Energy" in r["metric"])
    assert (energy["n"], energy["mean_kind"]) == ("6", "replayed")
    assert energy["store"] == str(example)
    assert float(energy["low"]) <= float(energy["median"]) <= float(energy["high"])
    assert energy["shapiro_p"]


def test_a_pair_needs_two_names(example: Path) -> None:
    assert "write ORIGINAL:OTHER" in export(example, "--pair", "FT").stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pathway", "FT", "--table", "pairs"], "--table is of a table, and --pathway writes"),
        (["--pathway", "FT", "--format", "csv"], "--format is of a table, and --pathway writes"),
        (["--pathway", "FT", "--where", "row=ft"], "--where is of a table, and --pathway writes"),
        (["--row", "reference"], "--row is of the model of a pathway; name it by --pathway"),
    ],
)
def test_options_of_the_other_output_are_refused(
    example: Path, options: list[str], said: str
) -> None:
    done = export(example, *options)
    assert done.exit_code == 2
    assert said in done.stderr
