"""Every data set of ../shared/data, loaded by a block of YAML and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from breakeven.records import NoteCode
from breakeven.workloads.tasks import Answers, Form, Task, load_task

_BLOCKS = """
sst2: {train: sst2/train.tsv, test: sst2/dev.tsv, limit: 1000}
cola: {train: cola/train.tsv, test: cola/dev.tsv, text_column: 4, label_column: 2, metric: mcc}
rte: {train: rte/train.tsv, test: rte/dev.tsv, text_column: sentence1, pair_column: sentence2}
mrpc:
  {train: mrpc/train.tsv, test: mrpc/dev.tsv, text_column: "#1 String", pair_column: "#2 String",
   label_column: Quality, metric: f1}
stsb:
  {train: stsb/train.tsv, test: stsb/dev.tsv, text_column: sentence1, pair_column: sentence2,
   label_column: score}
qqp:
  {train: qqp_balanced/test.tsv, test: qqp_balanced/dev.tsv, text_column: 2, pair_column: 3,
   label_column: 1, encoding_errors: replace}
squad:
  {train: squad_v1_dev/train_split.json, test: squad_v1_dev/eval_split.json, validation_share: 0}
squad_dev: {train: squad_v1_dev/dev-v1.1.json, test: squad_v1_dev/eval_split.json, limit: 100}
wnut17:
  {train: wnut17/wnut17train.conll, validation: wnut17/emerging.dev.conll,
   test: wnut17/emerging.test.annotated, text_column: 1, tag_column: 2, licence: CC BY 4.0}
swedish_ner:
  {train: swedish_ner/train_corpus.txt, test: swedish_ner/test_corpus.txt, text_column: 1,
   tag_column: 2, malformed: skip, corpus: talbanken/sv_talbanken-ud-dev.conllu}
agnews:
  {train: agnews/dev.tsv, test: agnews/test.tsv, text_column: 1, label_column: 2,
   drop_shared: true}
imdb:
  {train: imdb/train.jsonl.gz, test: imdb/test.jsonl.gz, text_column: text, limit: 200,
   test_limit: 100, limit_by: random}
wikitext2: {train: wikitext2/valid.txt, test: wikitext2/test.txt}
tinyshakespeare: {train: tinyshakespeare/input.txt, test_share: 0.1, unit: paragraph}
talbanken:
  {train: talbanken/sv_talbanken-ud-dev.conllu, test: talbanken/sv_talbanken-ud-test.conllu,
   text_column: 2, tag_column: 4}
"""

BLOCKS: dict[str, dict[str, Any]] = yaml.safe_load(_BLOCKS)


def load(name: str, shared_dir: Path, **more: object) -> Task[Any]:
    """Load a block as a study file would, its paths below the folder of the data."""
    data = shared_dir / "data"
    block = {
        key: str(data / value) if key in {"train", "validation", "test", "corpus"} else value
        for key, value in BLOCKS[name].items()
    }
    return load_task({"name": "files", **block, **more})  # type: ignore[dict-item]  # scalars


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sst2", (Form.CLASSIFICATION, "accuracy", (900, 100, 872), 2)),
        ("cola", (Form.CLASSIFICATION, "mcc", (7696, 855, 1043), 2)),
        ("rte", (Form.CLASSIFICATION, "accuracy", (2241, 249, 277), 2)),
        ("mrpc", (Form.CLASSIFICATION, "f1", (3301, 367, 408), 2)),
        ("stsb", (Form.REGRESSION, "pearson", (5174, 575, 1500), 0)),
        ("qqp", (Form.CLASSIFICATION, "accuracy", (9000, 1000, 10000), 2)),
        ("squad", (Form.QUESTION_ANSWERING, "exact_match", (8445, 0, 2125), 0)),
        ("squad_dev", (Form.QUESTION_ANSWERING, "exact_match", (90, 10, 2125), 0)),
        ("wnut17", (Form.TOKEN_CLASSIFICATION, "entity_f1", (3394, 1009, 1287), 13)),
        ("swedish_ner", (Form.TOKEN_CLASSIFICATION, "entity_f1", (6197, 688, 2453), 5)),
        ("agnews", (Form.CLASSIFICATION, "accuracy", (8991, 1000, 7600), 4)),
        ("imdb", (Form.CLASSIFICATION, "accuracy", (180, 20, 100), 2)),
        ("wikitext2", (Form.LANGUAGE_MODELLING, "perplexity", (2215, 246, 2891), 0)),
        ("tinyshakespeare", (Form.LANGUAGE_MODELLING, "perplexity", (5850, 650, 722), 0)),
        ("talbanken", (Form.TOKEN_CLASSIFICATION, "entity_f1", (454, 50, 1219), 17)),
    ],
)
def test_a_data_set_loads_by_its_block_alone(
    shared_dir: Path, name: str, expected: tuple[Form, str, tuple[int, int, int], int]
) -> None:
    task = load(name, shared_dir)
    sizes = len(task.train), len(task.validation), len(task.test)
    assert (task.form, task.metric, sizes, len(task.labels)) == expected


def test_quotes_and_byte_order_marks_of_mrpc_are_as_they_should_be(shared_dir: Path) -> None:
    task = load("mrpc", shared_dir)
    assert task.test.pairs[0].startswith('" The foodservice pie business')
    assert task.test.texts[0].startswith("He said the foodservice")
    assert task.test.labels[0] == 1


def test_similarities_are_numbers(shared_dir: Path) -> None:
    task = load("stsb", shared_dir)
    assert task.test.labels[:2] == (5.0, 4.75)
    assert task.facts["licence"] == "LICENSE.txt: Notes on datasets and licenses"


def test_mangled_bytes_are_counted_and_said(shared_dir: Path) -> None:
    task = load("qqp", shared_dir)
    assert task.facts["n_mangled_rows"] == 155
    assert [note.code for note in task.notes] == [NoteCode.BYTES_REPLACED]


def test_answers_stand_where_they_are_said_to_begin(shared_dir: Path) -> None:
    task = load("squad", shared_dir)
    assert task.test.texts[0] == "What was Maria Curie the first female recipient of?"
    assert task.test.labels[0] == Answers(texts=("Nobel Prize",) * 3, starts=(188,) * 3)
    for context, answers in zip(task.train.pairs, task.train.labels, strict=True):
        for text, start in zip(answers.texts, answers.starts, strict=True):
            assert context[start:].startswith(text)


def test_entities_of_tweets_have_their_tags(shared_dir: Path) -> None:
    task = load("wnut17", shared_dir)
    assert {"O", "B-creative-work", "I-corporation"} <= set(task.labels)
    words, tags = task.train.texts[0].split(" "), task.train.labels[0]
    named = [w for w, t in zip(words, tags, strict=True) if task.labels[t] == "B-location"]
    assert named == ["Empire", "ESB"]
    assert task.facts["licence"] == "CC BY 4.0"


def test_swedish_entities_lose_one_malformed_line_and_say_so(shared_dir: Path) -> None:
    task = load("swedish_ner", shared_dir, deduplicate=True)
    assert task.labels == ("LOC", "MISC", "O", "ORG", "PER")
    assert [note.code for note in task.notes] == [NoteCode.ROWS_SKIPPED]
    assert str(task.facts["licence"]).startswith("LICENSE: Creative Commons Attribution 4.0")
    assert (task.facts["n_corpus"], task.facts["n_corpus_duplicates"]) == (503, 1)


def test_shared_news_leave_train(shared_dir: Path) -> None:
    task = load("agnews", shared_dir)
    assert task.facts["n_dropped_shared"] == 10
    assert not set(task.train.texts) & {*task.test.texts, *task.validation.texts}


def test_speeches_keep_their_lines(shared_dir: Path) -> None:
    task = load("tinyshakespeare", shared_dir)
    assert task.train.texts[0].startswith("First Citizen:\nBefore we proceed")
    assert task.facts["licence"] == "unknown"
