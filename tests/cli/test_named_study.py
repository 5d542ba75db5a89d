"""A study that is named on the command line and that no store holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.cli import main
from breakeven.store import Store
from breakeven.testing.runs import example_runs


@pytest.fixture
def store(tmp_path: Path) -> Path:
    definition, runs = example_runs()
    with Store(tmp_path / "store") as kept:
        kept.save_study(replace(definition, name="of two"))
        kept.save_study(replace(definition, name="not begun"))
        for run in runs[:3]:
            kept.append(replace(run, study="of two"))
        kept.append(replace(runs[3], study="by hand"))
    return tmp_path / "store"


def ended(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(str(left.value.code))


@pytest.mark.parametrize("command", [["store", "show"], ["curves"], ["compare"], ["export"]])
def test_a_name_that_nothing_has_is_refused_and_the_known_ones_are_named(
    command: list[str], store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = ended(*command, store, "--study", "of tow")
    said = capsys.readouterr()

    assert code == 1
    assert said.out == ""
    assert said.err == (
        "breakeven: error: no study named 'of tow'. Did you mean 'of two'? "
        "Known: by hand, not begun, of two.\n"
    )


@pytest.mark.parametrize("name", ["of two", "by hand", "not begun"])
def test_a_study_without_a_file_and_one_without_runs_are_known(name: str, store: Path) -> None:
    assert ended("store", "show", store, "--study", name) == 0
