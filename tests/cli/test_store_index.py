"""`breakeven store index`: builds, extends and says what it holds."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.store import Store
from breakeven.testing.runs import example_runs


def store_index(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["store", "index", *words], catch_exceptions=False)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    definition, runs = example_runs()
    with Store(tmp_path / "store") as store:
        store.save_study(definition)
        for run in runs[:-1]:
            store.append(run)
    return tmp_path / "store"


def test_it_says_what_it_holds_and_what_it_read(example: Path) -> None:
    first, second = store_index(example), store_index(example)
    assert first.stdout.startswith(f"index of {example}: 98 runs in 1 file, ")
    assert first.stdout.endswith("; 98 runs read now\n")
    assert second.stdout.endswith("; 0 runs read now\n")


def test_json_holds_the_same_numbers(example: Path) -> None:
    told = json.loads(store_index(example, "--json").stdout)
    assert (told["n_runs"], told["n_read"], told["n_files"], told["damage"]) == (98, 98, 1, "")
    assert told["size_bytes"] == sum(p.stat().st_size for p in example.glob("index/*.npz"))


def test_runs_that_came_later_are_added(example: Path) -> None:
    store_index(example)
    with Store(example) as store:
        store.append(example_runs()[1][-1])
    assert ": 99 runs in 2 files" in store_index(example).stdout


def test_a_damaged_index_is_built_anew_and_the_reason_told(example: Path) -> None:
    store_index(example)
    (segment,) = example.glob("index/*.npz")
    segment.write_bytes(b"not an index")
    found = store_index(example)
    assert found.stderr.startswith(f"the index was built anew: {segment} is missing or was changed")
    assert "; 98 runs read now" in found.stdout


def test_everything_is_read_again_when_asked(example: Path) -> None:
    store_index(example)
    assert "; 98 runs read now" in store_index(example, "--anew").stdout


def test_a_folder_that_is_no_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    found = CliRunner().invoke(group, ["store", "index", str(tmp_path)])
    assert found.exit_code == 1
    assert "Traceback" not in found.output
