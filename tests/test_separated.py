"""Separated values: whatever cannot be split is one sentence, wherever a table is read."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.errors import DataFileError
from breakeven.separated import Rows

LONG = "x" * 200_000


def test_rows_are_split_with_the_line_that_they_end_on() -> None:
    rows = Rows(["a,b", '1,"2', '3"', "4,5"], path=Path("t.csv"))
    assert [(row, rows.line_num) for row in rows] == [
        (["a", "b"], 1),
        (["1", "23"], 3),
        (["4", "5"], 4),
    ]


def test_a_cell_that_no_number_or_name_can_be_is_refused_with_its_place() -> None:
    rows = Rows([LONG], path=Path("t.csv"), n_before=7)
    with pytest.raises(DataFileError, match=r"^t\.csv:8: a cell of more than 131,072 characters;"):
        next(rows)


def test_what_cannot_be_split_is_refused_with_its_place() -> None:
    rows = Rows(["a,b", "1\r2,3"], path=Path("t.csv"))
    with pytest.raises(DataFileError, match=r"^t\.csv:2: cannot be split into cells"):
        list(rows)


@pytest.mark.parametrize(
    ("header", "command"),
    [
        ("pathway,stage,energy_j", ("import", "table", "{}", "--store", "store")),
        (
            "timestamp,run_id,duration,emissions,energy_consumed",
            ("import", "emissions", "{}", "--store", "store"),
        ),
        ("name,energy_j,accuracy", ("pareto", "{}")),
        ("max_length,precision,energy_j", ("curves", "--compact", "{}")),
        ("group,score", ("curves", "--y", "best", "--trials", "{}")),
        ("year,amount", ("curves", "--trend", "{}")),
        ("config,energy_j", ("compare", "{}", "--value", "energy_j", "--factor", "config")),
    ],
)
def test_every_command_says_where_a_cell_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = ",".join([LONG, *["1"] * header.count(",")])
    Path("table.csv").write_text(f"{header}\n{cells}\n")
    found = CliRunner().invoke(group, [part.format("table.csv") for part in command])
    assert isinstance(found.exception, DataFileError), found.output
    assert "table.csv:2: a cell of more than 131,072 characters" in str(found.exception)


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("deep.json", "[" * 20_000, ("import", "table", "deep.json", "--store", "s")),
        ("deep.json", "[" * 20_000, ("pareto", "deep.json")),
        (
            "README.md",
            f"---\nco2_eq_emissions: {'[' * 3000}\n---\n",
            ("import", "model-card", "README.md", "--store", "s"),
        ),
    ],
)
def test_what_is_nested_without_end_is_refused_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text)
    found = CliRunner().invoke(group, command)
    assert isinstance(found.exception, DataFileError), found.output
    assert "nested too deep" in str(found.exception)


def test_a_folder_is_no_optuna_storage(tmp_path: Path) -> None:
    found = CliRunner().invoke(group, ["import", "optuna", str(tmp_path), "--store", "s"])
    assert isinstance(found.exception, DataFileError), found.output
    assert "is a folder; expected an optuna storage" in str(found.exception)
