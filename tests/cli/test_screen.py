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


COMMANDS = {
    "show": ("store", "show"),
    "report": ("report", "--tables-only"),
    "pareto": ("pareto",),
    "compare": ("compare",),
    "lifecycle": ("lifecycle",),
    "impact": ("impact",),
}


def said(example: str, name: str, out: Path) -> list[str]:
    """Lines of a command on the example."""
    more = ("--out", str(out)) if name == "report" else ()
    words = [*COMMANDS[name], example, *more]
    return CliRunner().invoke(group, words, catch_exceptions=False).stdout.splitlines()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("width", [60, 80])
def test_no_table_or_sentence_is_wider_than_a_narrow_terminal(
    example: str, name: str, width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = said(example, name, tmp_path)
    paths = ("Tables: ", "Report: ")  # a path is never broken

    assert len(lines) > 5
    assert [line for line in lines if len(line) > width and not line.startswith(paths)] == []


def test_a_row_stays_one_line_where_output_is_piped(
    example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    shown, reported = (said(example, name, tmp_path) for name in ("show", "report"))
    with Store(example, create=False) as store:
        n_runs = len(store.runs())

    assert len(shown) == n_runs + 1
    assert max(map(len, shown)) > 100
    assert "CPU time to develop" in reported[0]
    assert "Cheaper than TF-IDF from" in reported[0]


@pytest.mark.parametrize("name", ["report", "pareto", "lifecycle"])
def test_a_table_on_a_terminal_says_how_its_numbers_came_about(
    example: str, name: str, tmp_path: Path
) -> None:
    text = " ".join(" ".join(said(example, name, tmp_path)).split())

    assert "CPU time" in text
    assert "measured" in text
    assert "counted" in text
