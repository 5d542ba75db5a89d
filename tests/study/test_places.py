"""Paths of a study: relative to its file, from any working directory, and known by content."""

from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.records.engine import TaskFacts
from breakeven.study import load_study
from breakeven.study.engine import NLP
from breakeven.study.ledger import Ledger
from breakeven.study.places import contents, located
from breakeven.study.table import PlannedRun, run_table

FACTS = TaskFacts(content_hash="d")

STUDY = """\
study: s
task: {name: files, train: data/rows.tsv, test: elsewhere.tsv}
stages: [{name: ft, stage: finetune, model: models/tiny, repeats: 2}]
pathways: {FT: ft}
"""


MakeStudy = Callable[..., Path]


@pytest.fixture
def make_study(write_model: Callable[..., Path]) -> MakeStudy:
    def make(folder: Path, *, weight: float = 0.0) -> Path:
        write_model(folder / "models" / "tiny", weight=weight)
        (folder / "data").mkdir()
        (folder / "data" / "rows.tsv").write_text("a\tb\n", encoding="utf-8")
        (folder / "s.yaml").write_text(STUDY, encoding="utf-8")
        return folder / "s.yaml"

    return make


def first_run(path: Path) -> tuple[PlannedRun, str | None]:
    study = load_study(path)
    planned = run_table(study, FACTS, NLP)[0]
    return planned, Ledger(study=study, data_hash=FACTS.content_hash).key(planned)


def test_what_exists_beside_the_file_is_located_and_the_rest_stays(
    make_study: MakeStudy, tmp_path: Path
) -> None:
    study = load_study(make_study(tmp_path))
    assert study.task["train"] == str(tmp_path / "data" / "rows.tsv")
    assert study.task["test"] == "elsewhere.tsv"


def test_a_model_folder_is_found_from_any_working_directory(
    make_study: MakeStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_study(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    near, key = first_run(path.relative_to(tmp_path))
    monkeypatch.chdir("/")
    far, same_key = first_run(path)
    assert near.engine_settings["model"] == str(tmp_path / "a" / "models" / "tiny")
    assert near == far
    assert key == same_key


def test_records_and_keys_tell_a_folder_by_its_name_alone(
    make_study: MakeStudy, tmp_path: Path
) -> None:
    planned, key = first_run(make_study(tmp_path / "a"))
    moved, moved_key = first_run(make_study(tmp_path / "b"))
    assert planned.settings.resolved["model"] == planned.settings.passed["model"] == "tiny"
    assert planned.settings == moved.settings
    assert key == moved_key


def test_other_weights_under_the_same_name_are_another_row(
    make_study: MakeStudy, tmp_path: Path
) -> None:
    planned, key = first_run(make_study(tmp_path / "one"))
    changed, changed_key = first_run(make_study(tmp_path / "other", weight=1.0))
    assert key != changed_key
    assert planned.settings.resolved["model_hash"] != changed.settings.resolved["model_hash"]


def test_words_for_models_built_here_are_no_paths(tmp_path: Path) -> None:
    (tmp_path / "random").mkdir()
    settings = {"model": "random", "root": ""}
    assert located(NLP, settings, folder=tmp_path) == settings
    assert contents(NLP, settings) == {}


def test_a_single_file_is_hashed_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    found = contents(NLP, {"train": str(tmp_path / "a"), "test": str(tmp_path / "b")})
    assert found["train"] == found["test"]
