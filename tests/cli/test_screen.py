"""Tables as wide as the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group, screen
from breakeven.store import Store
from breakeven.testing.runs import example_runs


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return str(path)


def printed(example: str, *asked: str) -> list[str]:
    words = ["lifecycle", example, *asked]
    return CliRunner().invoke(group, words, catch_exceptions=False).stdout.splitlines()


@pytest.mark.parametrize("asked", ["--price-tag", "--equations", "--break-even", "--matrix"])
def test_nothing_is_wider_than_100_columns_where_output_is_piped(
    example: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)

    assert max(map(len, printed(example, asked))) <= 100


def test_a_wide_terminal_keeps_every_column_of_a_row_on_one_line(
    example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--price-tag", "--table", "price_tag", "--resource", "cpu_s")
    monkeypatch.delenv("COLUMNS", raising=False)
    narrow = printed(example, *asked)
    monkeypatch.setenv("COLUMNS", "400")
    wide = printed(example, *asked)

    in_one_line = [line for line in wide if "E x D x H" in line and "Sum / product" in line]
    assert in_one_line
    assert sum(line.startswith("pathway TS") for line in wide) == 1
    assert sum(line.startswith("pathway TS") for line in narrow) > 1


@pytest.mark.parametrize(("told", "columns"), [("120", 120), ("20", 60), ("wide", 100), ("", 100)])
def test_columns_come_from_the_environment(
    told: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", told)
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)

    assert screen.columns() == columns


def test_an_imported_table_fits_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    table, name = tmp_path / "wide.csv", "a-student-of-a-long-name-" * 2
    table.write_text(
        f"pathway,stage,energy_wh\n{name},finetune,141\n{name},distil,77\n{name},infer,5.2\n",
        encoding="utf-8",
    )
    words = ["import", "table", str(table), "--store", str(tmp_path / "store"), "--dry-run"]

    said = CliRunner().invoke(group, words, catch_exceptions=False).stdout

    assert said.count(f"{name}/infer") == 3  # one for each block
    assert max(map(len, said.splitlines()[1:])) <= 100
