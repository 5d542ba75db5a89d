"""A study defined in Python is the study of the equal file: same rows, same keys, same checks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from breakeven import define_study, load_study, run_study
from breakeven.errors import DataFileError, StudyFileError
from breakeven.records import Resource, Stage
from breakeven.study import plan_study
from breakeven.study.ledger import Ledger
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table
from breakeven.testing.toy import TOY

TOY_KEYS: Mapping[str, Any] = {
    "seed": 3,
    "engine": "toy",
    "task": {"name": "toy"},
    "variables": {"depth": 4},
    "defaults": {"n_layers": "${depth}"},
    "stages": [
        {"name": "base", "stage": "pretrain", "burn_s": 0.02},
        {"name": "ft", "stage": "finetune", "from": "base", "burn_s": 0.02, "repeats": 2},
        {"name": "ts", "stage": "distil", "from": "base", "teacher": "ft", "n_layers": 2},
    ],
    "pathways": {
        "FT": "ft",
        "TS": {"row": "ts", "description": "half as deep"},
        "API": {"stated": {"source": "price list", "per_example": {"price_usd": 0.5}}},
    },
    "inference": {"blocks": 2, "sweep": [{"max_length": [8, 16]}]},
    "analysis": {"headline": "cpu_s", "planned_volume": 1e5},
    "budget": {"cpu_hours": 1.0},
    "meters": ["host"],
}


def table_and_keys(study: Study) -> tuple[tuple[PlannedRun, ...], list[str | None]]:
    facts = TOY.describe_task(study.task)
    table = run_table(study, facts, TOY)
    ledger = Ledger(study=study, data_hash=facts.content_hash)
    return table, [ledger.key(planned) for planned in table]


def test_yaml_and_python_give_the_same_runs_under_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump({"study": "toy", **TOY_KEYS}, sort_keys=False), encoding="utf-8")
    read, defined = load_study(path), define_study("toy", **TOY_KEYS)
    assert table_and_keys(read) == table_and_keys(defined)
    for name in ("rows", "pathways", "configurations", "reference", "question", "budget"):
        assert getattr(read, name) == getattr(defined, name)
    assert run_study(read, tmp_path / "store") == run_study(defined, tmp_path / "store")


def test_the_kept_text_is_a_study_file_of_the_same_study(tmp_path: Path) -> None:
    defined = define_study("toy", **TOY_KEYS)
    (tmp_path / "toy.yaml").write_text(defined.source, encoding="utf-8")
    assert table_and_keys(load_study(tmp_path / "toy.yaml")) == table_and_keys(defined)


def test_what_python_has_stands_for_what_yaml_has(tmp_path: Path) -> None:
    (tmp_path / "t.csv").touch()
    study = define_study(
        "toy",
        engine="toy",
        task={"name": "toy", "data": tmp_path},
        stages=(
            {
                "name": "ft",
                "stage": Stage.FINETUNE,
                "repeats": np.int64(2),
                "burn_s": np.float32(0.5),
            },
        ),
        pathways={"FT": "ft"},
        inference={"sweep": ({"max_length": (8, 16)},), "aa": False},
        analysis={"headline": Resource.CPU_S},
        replay=tmp_path / "t.csv",
        folder=tmp_path,
    )
    assert study.row("ft").settings.passed["burn_s"] == 0.5
    assert study.row("ft").repeats == 2
    assert len(study.configurations) == 4
    assert study.replay == tmp_path / "t.csv"
    assert str(tmp_path) not in study.source
    assert "replay: t.csv\n" in study.source


def test_relative_paths_are_relative_to_the_working_directory_or_to_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    keys = {**TOY_KEYS, "task": {"name": "toy", "data": "here"}}
    assert define_study("toy", **keys).task["data"] == str(tmp_path / "here")
    assert define_study("toy", **keys, folder="here").task["data"] == "here"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"stages": [{"name": "ft", "stage": "finetune", "brun_s": 1}]},
            "define_study: stages.ft.brun_s: row 'ft': no setting of stage finetune named 'brun_s'",
        ),
        (
            {"inference": {"block": 2}},
            "define_study: inference.block: unknown key 'inference.block'; did you mean 'blocks'?",
        ),
        ({"pathways": {"FT": "fft"}}, "define_study: pathways.FT: pathway 'FT': no row named"),
        ({"variables": {"a": 1}}, "define_study: defaults.n_layers: no variable named 'depth'"),
        (
            {"stages": [{"name": "ft", "stage": "finetune", "log": object}]},
            "define_study: stages.ft.log: <class 'object'> is no text, number, truth value, path",
        ),
        ({"budget": {"hours": "two"}}, "define_study: budget.hours: budget.hours: Input should be"),
    ],
)
def test_what_is_wrong_is_said_with_the_key(changes: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(StudyFileError) as caught:
        define_study("toy", **{**TOY_KEYS, **changes})
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_what_is_wrong_with_the_task_is_said_with_its_key() -> None:
    study = define_study(
        "s",
        task={"name": "files", "train": "none.tsv", "test": "none.tsv"},
        stages=[{"name": "tfidf", "stage": "finetune", "model": "tfidf"}],
        pathways={"TF-IDF": "tfidf"},
    )
    with pytest.raises(DataFileError, match=r"^define_study: task\.(train|test): task: .*none"):
        plan_study(study)
