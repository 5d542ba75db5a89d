import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import (
    BreakevenError,
    MissingExtraError,
    NoStudyError,
    StoreWriteError,
    UnknownNameError,
)
from breakeven.records import StudyDefinition
from breakeven.store import Store
from breakeven.testing.runs import example_runs


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    store = Store(path)
    store.save_study(definition)
    for run in runs:
        store.append(run)
    store.close()
    return path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["report", *map(str, arguments)])


def test_tables_alone_need_no_extra(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    result = call(example, "--out", tmp_path, "--tables-only")

    assert result.exit_code == 0
    assert "Recommended at 100,000 examples: TS" in result.stdout
    assert f"Tables: {tmp_path / 'tables'}" in result.stdout
    assert (tmp_path / "tables" / "table1.md").is_file()
    assert not (tmp_path / "report.html").exists()


def test_json_holds_the_answer_and_every_table_with_kinds_and_writes_nothing(example: Path) -> None:
    before = sorted(example.rglob("*"))

    found = json.loads(call(example, "--json").stdout)

    (ts,) = (row for row in found["tables"]["pathways"] if row["pathway"] == "TS")
    assert "Recommended at 100,000 examples: TS" in found["answer"]
    assert ts["per_example_cpu_s_low"] < ts["per_example_cpu_s"] < ts["per_example_cpu_s_high"]
    assert ts["per_example_cpu_s_kind"] == "measured"
    assert any("flops-convention" in note.values() for note in found["tables"]["notes"])
    assert sorted(example.rglob("*")) == before


@pytest.mark.parametrize("beside", [["--tables-only"], ["--out", "elsewhere"]])
def test_json_is_refused_beside_what_says_where_to_write(example: Path, beside: list[str]) -> None:
    refused = call(example, "--json", *beside)

    assert refused.exit_code == 2
    assert refused.stderr.endswith(
        "Error: --json writes nothing; drop it, or --out and --tables-only\n"
    )


def test_json_holds_what_the_choice_saves_and_what_would_change_it(example: Path) -> None:
    found = json.loads(call(example, "--json").stdout)["decision"]

    assert (found["pathway"], found["runner_up"], found["measure"]) == ("TS", "FT", "cpu_s")
    assert found["saves"]["low"] < found["saves"]["value"] < found["saves"]["high"]
    assert found["saves"]["kinds"] == ["measured"]
    assert found["saves"]["sentence"].startswith("Over 100,000 examples TS saves 4.48 CPU min")
    assert found["changes"][0].startswith("Below 6,700 examples FT would be the choice")
    assert found["rests_on"] == "scatter"


def test_without_the_extra_tables_are_written_and_the_error_names_the_command(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    result = call(example, "--out", tmp_path)

    assert isinstance(result.exception, MissingExtraError)
    assert (tmp_path / "tables" / "pathways.csv").is_file()


@pytest.mark.report
def test_the_page_is_written_and_its_path_printed_last(example: Path, tmp_path: Path) -> None:
    result = call(example, "--study", "example", "--out", tmp_path)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == f"Report: {tmp_path / 'report.html'}"
    assert "recommended-pathway" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_by_default_the_report_lies_in_the_store(example: Path) -> None:
    call(example, "--tables-only")

    assert (example / "tables" / "pathways.csv").is_file()


def test_an_unknown_study_suggests_the_nearest(example: Path) -> None:
    result = call(example, "--study", "exampel")

    assert isinstance(result.exception, UnknownNameError)
    assert "Did you mean 'example'?" in str(result.exception)


def test_a_folder_that_cannot_be_written_is_an_error_with_advice(
    example: Path, tmp_path: Path
) -> None:
    (tmp_path / "tables").write_text("a file is in the way")

    result = call(example, "--out", tmp_path, "--tables-only")

    assert isinstance(result.exception, StoreWriteError)
    assert "choose another folder with --out" in str(result.exception)


def test_a_folder_that_holds_no_store_is_refused(tmp_path: Path) -> None:
    assert isinstance(call(tmp_path).exception, BreakevenError)


@pytest.mark.parametrize("command", [["report"], ["store", "show"], ["store", "recover"]])
@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_a_path_that_is_no_store_is_one_line_that_says_so(
    tmp_path: Path, command: list[str], name: str
) -> None:
    (tmp_path / "file.txt").write_text("no store")

    error = CliRunner().invoke(group, [*command, str(tmp_path / name)]).exception

    assert isinstance(error, BreakevenError)
    assert str(error) == (f"no store in {tmp_path / name}: store.json is missing. Check the path.")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_of_stores_names_them(tmp_path: Path) -> None:
    for name in ("two", "one"):
        Store(tmp_path / name).close()

    assert str(call(tmp_path).exception).endswith("It holds the stores one, two; name one.")


def test_a_store_of_measured_commands_says_what_is_there_and_how_to_see_it(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        store.append(replace(example_runs()[1][0], study=""))

    error = call(tmp_path / "store").exception

    assert isinstance(error, NoStudyError)
    assert str(error) == (
        f"{tmp_path / 'store'} holds 1 measured command and no study to report on; look at what "
        f"is there with: breakeven store show {tmp_path / 'store'}"
    )


def test_of_several_studies_one_must_be_named(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        for name in ("a", "b"):
            store.save_study(StudyDefinition(name=name, pathways=()))

    error = call(tmp_path / "store").exception

    assert isinstance(error, NoStudyError)
    assert "several studies (a, b); choose one with --study" in str(error)
