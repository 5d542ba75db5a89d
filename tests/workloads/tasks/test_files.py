from pathlib import Path

import pytest

from breakeven.errors import DataFileError, SettingsError
from breakeven.records import Scalar
from breakeven.workloads.tasks import ClassificationTask, load_task


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [f"film number {n}\t{'pos' if n % 2 else 'neg'}" for n in range(20)]
    (tmp_path / "train.tsv").write_text("\n".join(["sentence\tlabel", *lines]))
    (tmp_path / "dev.tsv").write_text("sentence\tlabel\ngood\tpos\nbad\tneg\n")
    (tmp_path / "test.jsonl").write_text('{"sentence": "fine", "label": "pos"}\n')
    return tmp_path


def load(folder: Path, **options: Scalar) -> ClassificationTask:
    paths: dict[str, Scalar] = {
        "train": str(folder / "train.tsv"),
        "test": str(folder / "test.jsonl"),
    }
    return load_task({"name": "files", **paths, **options})


def test_validation_is_a_seeded_share_of_train_when_not_given(folder: Path) -> None:
    task = load(folder, validation_share=0.25)
    assert (len(task.train), len(task.validation), len(task.test)) == (15, 5, 1)
    assert load(folder, validation_share=0.25) == task
    assert load(folder, validation_share=0.25, seed=1).validation != task.validation


def test_validation_file_is_used_when_given(folder: Path) -> None:
    task = load(folder, validation=str(folder / "dev.tsv"))
    assert task.validation.texts == ("good", "bad")
    assert len(task.train) == 20
    assert task.facts["validation_file"] == "dev.tsv"


def test_labels_come_from_train_or_are_stated(folder: Path) -> None:
    assert load(folder).labels == ("neg", "pos")
    assert load(folder, labels="pos,neg").test.labels == (0,)


def test_corpus_is_the_training_text_alone(folder: Path) -> None:
    task = load(folder)
    assert task.corpus == task.train.texts


def test_limit_keeps_the_first_training_rows(folder: Path) -> None:
    assert (
        load(folder, limit=10, validation=str(folder / "dev.tsv")).train.texts[-1]
        == "film number 9"
    )


def test_label_outside_the_set_of_train_is_refused(folder: Path) -> None:
    (folder / "test.jsonl").write_text('{"sentence": "fine", "label": "meh"}\n')
    with pytest.raises(DataFileError, match=r"test\.jsonl:1: label 'meh' is outside the set"):
        load(folder)


def test_train_and_test_must_be_given() -> None:
    with pytest.raises(SettingsError, match="task files needs 'train': path of the training rows"):
        load_task({"name": "files"})


def test_sst2_as_glue_writes_it(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "sst2"
    task = load_task(
        {"name": "files", "train": str(folder / "train.tsv"), "test": str(folder / "dev.tsv")}
    )
    assert len(task.train) + len(task.validation) == 67_349
    assert len(task.test) == 872
    assert task.majority_score == pytest.approx(444 / 872)


def test_cola_has_no_header(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "cola"
    task = load_task(
        {
            "name": "files",
            "train": str(folder / "train.tsv"),
            "test": str(folder / "dev.tsv"),
            "text_column": 4,
            "label_column": 2,
        }
    )
    assert len(task.train) + len(task.validation) == 8551
    assert len(task.test) == 1043
