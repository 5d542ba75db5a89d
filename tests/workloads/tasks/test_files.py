from pathlib import Path

import pytest

from breakeven.errors import DataFileError, SettingsError
from breakeven.records import Scalar
from breakeven.workloads.tasks import Task, load_task


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [f"film number {n}\t{'pos' if n % 2 else 'neg'}" for n in range(20)]
    (tmp_path / "train.tsv").write_text("\n".join(["sentence\tlabel", *lines]))
    (tmp_path / "dev.tsv").write_text("sentence\tlabel\ngood\tpos\nbad\tneg\n")
    (tmp_path / "test.jsonl").write_text('{"sentence": "fine", "label": "pos"}\n')
    return tmp_path


def load(folder: Path, **options: Scalar) -> Task[int]:
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


def test_a_share_of_nothing_leaves_all_of_train_and_no_validation(folder: Path) -> None:
    task = load(folder, validation_share=0)
    assert (len(task.train), len(task.validation)) == (20, 0)


def test_corpus_of_its_own_leaves_out_what_models_are_judged_on(folder: Path) -> None:
    texts = ["one", "fine", "two", "", "good", "three"]
    (folder / "corpus.txt").write_text("\n".join(texts))
    dev = str(folder / "dev.tsv")
    task = load(folder, corpus=str(folder / "corpus.txt"), corpus_limit=2, validation=dev)
    assert task.corpus == ("one", "two")
    assert task.facts["n_corpus"] == 2
    assert task.facts["n_corpus_left_out"] == 2
    assert task.facts["corpus_file"] == "corpus.txt"


def test_corpus_from_json_lines_needs_no_labels(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"id": 1, "body": "one"}\n{"id": 2, "body": "two"}\n')
    task = load(folder, corpus=str(folder / "corpus.jsonl"), corpus_column="body")
    assert task.corpus == ("one", "two")


def test_another_corpus_is_another_task(folder: Path) -> None:
    (folder / "corpus.txt").write_text("one\ntwo\n")
    one, two = (load(folder, corpus=str(folder / "corpus.txt"), corpus_limit=n) for n in (1, 2))
    assert one.content_hash != two.content_hash


def test_a_corpus_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(DataFileError, match=r"no data file .*gone\.txt"):
        load(folder, corpus=str(folder / "gone.txt"))


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
    assert task.majority_scores["accuracy"] == pytest.approx(444 / 872)


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
