import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import DataFileError, MissingExtraError
from breakeven.records import Scalar
from breakeven.workloads.tasks import Answers, Form, Task, load_task

datasets = pytest.importorskip("datasets")
pytestmark = pytest.mark.nlp


def write(path: Path, rows: Sequence[tuple[str, Scalar]]) -> None:
    path.write_text(
        "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    write(folder / "train.jsonl", [(f"film {n}", n % 2) for n in range(20)])
    write(folder / "validation.jsonl", [("good", 1)])
    write(folder / "test.jsonl", [("fine", 1), ("dull", 0)])
    return folder


def load(folder: Path, **options: Scalar) -> Task[Any]:
    cache = str(folder.parent / "cache")
    return load_task({"name": "datasets", "id": str(folder), "cache_dir": cache, **options})


def test_a_local_folder_goes_through_the_same_call_as_an_id(folder: Path) -> None:
    task = load(folder, validation_split="validation")
    assert task.labels == ("0", "1")
    assert (len(task.train), len(task.validation), len(task.test)) == (20, 1, 2)
    assert task.test.texts == ("fine", "dull")
    assert task.facts["id"] == folder.name


def test_a_configuration_may_be_a_folder_inside_the_data_set(folder: Path) -> None:
    whole = load(folder, validation_split="validation")
    (folder / "lower").mkdir()
    for split in ("train", "validation", "test"):
        write(folder / "lower" / f"{split}.jsonl", [(f"{split} {n}", n % 2) for n in range(4)])
    task = load(folder, data_dir="lower", validation_split="validation")
    assert task.test.texts == ("test 0", "test 1", "test 2", "test 3")
    assert task.facts["config"] == "lower"
    assert task.content_hash != whole.content_hash


def test_validation_is_a_share_of_train_when_not_named(folder: Path) -> None:
    task = load(folder)
    assert (len(task.train), len(task.validation)) == (18, 2)


def test_a_share_of_nothing_leaves_all_of_train(folder: Path) -> None:
    task = load(folder, validation_share=0)
    assert (len(task.train), len(task.validation)) == (20, 0)


def test_corpus_comes_from_a_split_of_another_folder(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "reviews"
    other.mkdir()
    write(other / "test.jsonl", [("fine", 1), ("long", 1), ("longer", 0)])
    task = load(folder, corpus=str(other), corpus_split="test", corpus_limit=1)
    assert task.corpus == ("long",)
    assert task.facts["corpus"] == "reviews"
    assert task.facts["n_corpus_left_out"] == 1


def test_corpus_comes_from_one_file_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "reviews.txt").write_text("long\nlonger\n")
    task = load(folder, corpus=str(tmp_path / "reviews.txt"))
    assert task.corpus == ("long", "longer")
    assert task.facts["corpus"] == "reviews.txt"


def test_a_corpus_without_the_column_says_what_there_is(folder: Path) -> None:
    with pytest.raises(DataFileError, match=r"no column 'body' \(it has text, label\)"):
        load(folder, corpus=str(folder), corpus_column="body")


def test_class_names_of_the_data_set_become_the_labels(folder: Path) -> None:
    names = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])}
    )
    rows = {"text": ["a", "b", "c"], "label": [0, 1, 1]}
    data = datasets.Dataset.from_dict(rows, features=names)
    for split in ("train", "test"):
        data.to_parquet(folder / f"{split}.parquet")
    for path in folder.glob("*.jsonl"):
        path.unlink()
    (folder / "README.md").write_text(
        "---\ndataset_info:\n  features:\n  - name: text\n    dtype: string\n  - name: label\n"
        "    dtype:\n      class_label:\n        names:\n          '0': neg\n          '1': pos\n"
        "---\n"
    )
    task = load(folder)
    assert task.labels == ("neg", "pos")
    assert task.test.labels == (0, 1, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"test_split": "dev"}, r"no split 'dev' \(it has train, validation, test\)"),
        ({"text_column": "sentence"}, r"no column 'sentence' \(it has text, label\)"),
    ],
)
def test_what_the_data_set_lacks_is_named(
    folder: Path, options: dict[str, Scalar], sentence: str
) -> None:
    with pytest.raises(DataFileError, match=sentence):
        load(folder, **options)


def test_a_data_set_that_cannot_be_had_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(DataFileError, match=r"cannot load data set .* give a local folder"):
        load(tmp_path / "data")


def test_missing_datasets_names_the_command_that_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[nlp\]'"):
        load(folder)


def load_rows(tmp_path: Path, rows: Sequence[dict[str, object]], **options: Scalar) -> Task[Any]:
    """Load rows as every split of a folder of JSON lines."""
    data = tmp_path / "rows"
    data.mkdir()
    for split in ("train", "test"):
        (data / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load(data, validation_share=0, **options)


def test_lists_of_words_and_tags_are_a_token_classification(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"tokens": ["Ada", "came"], "ner_tags": ["B-PER", "O"]}]
    task = load_rows(tmp_path, rows, text_column="tokens", tag_column="ner_tags")
    assert (task.form, task.labels) == (Form.TOKEN_CLASSIFICATION, ("B-PER", "O"))
    assert task.test.labels == ((0, 1),)


def test_names_of_tags_come_with_the_data_set(tmp_path: Path) -> None:
    data = tmp_path / "tagged"
    data.mkdir()
    tag = datasets.ClassLabel(names=["O", "B-PER", "I-PER"])
    features = datasets.Features(
        {
            "tokens": datasets.List(datasets.Value("string")),
            "ner_tags": datasets.List(tag),
        }
    )
    made = datasets.Dataset.from_dict(
        {"tokens": [["Ada", "came"]], "ner_tags": [[1, 0]]}, features=features
    )
    for split in ("train", "test"):
        made.to_parquet(data / f"{split}.parquet")
    task = load(data, text_column="tokens", tag_column="ner_tags", validation_share=0)
    assert task.labels == ("O", "B-PER", "I-PER")
    assert task.test.labels == ((1, 0),)


def test_answers_make_questions_of_rows(tmp_path: Path) -> None:
    answers = {"text": ["Ada"], "answer_start": [0]}
    rows: list[dict[str, object]] = [
        {"question": "Who?", "context": "Ada came", "answers": answers}
    ]
    columns = {"text_column": "question", "pair_column": "context", "label_column": "answers"}
    task = load_rows(tmp_path, rows, **columns)
    assert (task.form, task.test.pairs) == (Form.QUESTION_ANSWERING, ("Ada came",))
    assert task.test.labels == (Answers(texts=("Ada",), starts=(0,)),)


def test_running_text_needs_no_label_and_has_no_blank_texts(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": "= A ="}, {"text": " "}, {"text": "one two"}]
    task = load_rows(tmp_path, rows, form="language-modelling")
    assert task.test.texts == ("= A =", "one two")


def test_malformed_rows_are_refused_or_skipped(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": text, "label": "x"} for text in ("", "a")]
    rows.append({"text": "b", "label": "y"})
    with pytest.raises(DataFileError, match=r"train:1: the text is empty"):
        load_rows(tmp_path, rows)
    task = load(tmp_path / "rows", validation_share=0, malformed="skip")
    assert task.test.texts == ("a", "b")
    assert task.facts["n_skipped_rows"] == 2


def test_a_licence_file_of_a_folder_is_named(folder: Path) -> None:
    (folder / "LICENSE").write_text("CC BY 4.0\n")
    assert load(folder).facts["licence"] == "LICENSE: CC BY 4.0"


def test_a_share_of_train_is_the_test_where_none_is_named(folder: Path) -> None:
    task = load(folder, test_split="", test_share=0.25)
    assert (len(task.train), len(task.validation), len(task.test)) == (13, 2, 5)
