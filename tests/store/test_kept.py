"""What lies beside records: shapes of models and progress of runs, or nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.records import Resource, Run, Stage, Status
from breakeven.store import Store
from breakeven.store.kept import (
    PROGRESS,
    PROGRESS_FILE,
    StoredShapes,
    read_progress,
    stored_progress,
)
from breakeven.testing.tiny import tiny_run


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def kept(store: Store, files: Mapping[str, str]) -> str:
    folder = store.scratch("r") / "artefact"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return store.keep_artifact(folder)


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        ({"model_type": "bert", "num_hidden_layers": 12}, ("bert", 12)),
        ({"model_type": "distilbert", "n_layers": 6}, ("distilbert", 6)),
        ({"model_type": "gpt2", "n_layer": 12}, ("gpt2", 12)),
        ({"n_layers": "many"}, ("", None)),
        (["no", "mapping"], None),
    ],
)
def test_a_configuration_says_family_and_depth(store: Store, config: object, shape: object) -> None:
    found = StoredShapes(store)(kept(store, {"config.json": json.dumps(config)}))
    assert found == shape


@pytest.mark.parametrize("files", [{"model.json": "{}"}, {"config.json": "not json"}])
def test_a_model_without_a_readable_configuration_has_no_shape(
    store: Store, files: Mapping[str, str]
) -> None:
    shapes, content_hash = StoredShapes(store), kept(store, files)
    assert shapes(content_hash) is None
    assert shapes(content_hash) is None


def test_a_model_that_is_gone_has_no_shape(store: Store) -> None:
    assert StoredShapes(store)("ab" * 32) is None


def test_progress_is_read_without_what_nobody_saw(store: Store) -> None:
    content_hash = kept(store, {PROGRESS_FILE: "elapsed_s,energy_j\n1,\n2,5.5\n"})
    assert read_progress(store, content_hash) == (
        {"elapsed_s": 1},
        {"elapsed_s": 2, "energy_j": 5.5},
    )


@pytest.mark.parametrize("text", ["elapsed_s\nsoon\n", "elapsed_s\n1,2\n"])
def test_progress_that_cannot_be_read_costs_the_curve_only(store: Store, text: str) -> None:
    assert read_progress(store, kept(store, {PROGRESS_FILE: text})) == ()
    assert read_progress(store, "ab" * 32) == ()


def followed(store: Store, row: str, *, repeat: int = 0, status: Status = Status.OK) -> Run:
    run = tiny_run(row, {Resource.CPU_S: 1.0}, stage=Stage.FINETUNE, status=status)
    told = kept(store, {PROGRESS_FILE: f"elapsed_s,cpu_s\n1,{repeat + 1}\n"})
    return replace(run, run_id=f"{row}-{repeat}", repeat=repeat, artifacts={PROGRESS: told})


def test_progress_of_finished_runs_is_found_by_run(store: Store) -> None:
    runs = [followed(store, "ft"), followed(store, "ts", status=Status.PRUNED)]

    found = stored_progress(store, [*runs, tiny_run("bare", {})])

    assert found == {"ft-0": ({"elapsed_s": 1.0, "cpu_s": 1.0},)}


def test_of_too_many_runs_each_row_is_followed_before_its_repeats(store: Store) -> None:
    runs = [followed(store, row, repeat=n) for row in ("ft", "ts") for n in (0, 1)]

    assert list(stored_progress(store, runs, most=3)) == ["ft-0", "ts-0", "ft-1"]
