"""Files of every form, small ones, with what is wrong with them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import DataFileError, SettingsError
from breakeven.records import NoteCode, Scalar
from breakeven.workloads.tasks import Answers, Form, Task, load_task

PAIRS = "a\tb\tlabel\nno dogs\ta dog\t0\nno cats\ta cat\t1\n"
TAGGED = "Ada B-PER\nLovelace I-PER\ncame O\n\nParis\tB-LOC\n"
SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": " Ada came to Paris.",
                    "qas": [
                        {
                            "question": "Who came?",
                            "answers": [{"text": "Ada", "answer_start": 1}],
                        },
                        {
                            "question": "Where to?",
                            "answers": [
                                {"text": "Paris", "answer_start": 13},
                                {"text": "to Paris", "answer_start": 10},
                            ],
                        },
                    ],
                }
            ]
        }
    ]
}


def load(path: Path, content: str, **options: Scalar) -> Task[Any]:
    """Load a file as training and test split, all of it, with no validation."""
    path.write_text(content, encoding="utf-8")
    settings: Mapping[str, Scalar] = {"train": str(path), "test": str(path), "validation_share": 0}
    return load_task({"name": "files", **settings, **options})


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def squad(**change: object) -> str:
    """Write the questions with the first answer changed."""
    found = json.loads(json.dumps(SQUAD))
    found["data"][0]["paragraphs"][0]["qas"][0]["answers"][0] |= change
    return json.dumps(found)


def test_pairs_are_read_by_two_columns(tmp_path: Path) -> None:
    task = load(tmp_path / "a.tsv", PAIRS, text_column="a", pair_column="b")
    assert task.test.texts == ("no dogs", "no cats")
    assert task.test.pairs == ("a dog", "a cat")
    assert task.corpus == ()  # all of train is judged on here


def test_texts_of_pairs_are_the_corpus_but_for_those_judged_on(tmp_path: Path) -> None:
    (tmp_path / "test.tsv").write_text("a\tb\tlabel\nno cats\tno fish\t1\n")
    task = load(
        tmp_path / "a.tsv",
        PAIRS,
        text_column="a",
        pair_column="b",
        test=str(tmp_path / "test.tsv"),
    )
    assert task.corpus == ("a dog", "a cat", "no dogs")


def test_a_missing_second_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"a\.tsv:2: the second text is empty"):
        load(tmp_path / "a.tsv", "a\tb\tlabel\nx\t \t0\n", text_column="a", pair_column="b")


def test_malformed_rows_of_any_kind_may_be_skipped(tmp_path: Path) -> None:
    content = "a\tb\tlabel\nx\t \t0\nonly one\nx\ty\t1\nz\ty\t0\n"
    task = load(tmp_path / "a.tsv", content, text_column="a", pair_column="b", malformed="skip")
    assert task.test.texts == ("x", "z")
    assert task.facts["n_skipped_rows"] == 4  # the file is read for both splits
    assert task.notes[0].code is NoteCode.ROWS_SKIPPED
    assert "4 malformed rows were left out; the first: " in task.notes[0].message


def test_sentences_are_words_with_a_tag_each(tmp_path: Path) -> None:
    task = load(tmp_path / "a.conll", TAGGED, text_column=1, tag_column=2)
    assert task.form is Form.TOKEN_CLASSIFICATION
    assert task.labels == ("B-LOC", "B-PER", "I-PER", "O")
    assert task.test.texts == ("Ada Lovelace came", "Paris")
    assert task.test.labels == ((1, 2, 3), (0,))
    assert task.test.sources == (f"{tmp_path}/a.conll:1", f"{tmp_path}/a.conll:5")


@pytest.mark.parametrize("stated", ["", "_"])
def test_another_tag_may_stand_for_outside(tmp_path: Path, stated: str) -> None:
    outside = stated or "0"
    content = f"Ada PER\ncame {outside}\n"
    task = load(tmp_path / "a.txt", content, text_column=1, tag_column=2, outside=stated)
    assert task.labels == ("O", "PER")


def test_tags_without_an_outside_keep_their_names(tmp_path: Path) -> None:
    task = load(tmp_path / "a.txt", "Ada NOUN\ncame VERB\n", text_column=1, tag_column=2)
    assert task.labels == ("NOUN", "VERB")


def test_a_line_without_a_tag_names_itself_or_is_skipped(tmp_path: Path) -> None:
    content = "Ada B-PER\nLovelace\ncame O\n"
    columns: Mapping[str, Scalar] = {"text_column": 1, "tag_column": 2}
    with pytest.raises(DataFileError, match=r"a\.conll:2: 'Lovelace' has no columns 1 and 2"):
        load(tmp_path / "a.conll", content, **columns)
    task = load(tmp_path / "a.conll", content, malformed="skip", **columns)
    assert task.test.texts == ("Ada came",)


def test_columns_without_names_are_asked_for_by_number(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="set them as numbers from 1"):
        load(tmp_path / "a.conll", TAGGED, text_column="word", tag_column="tag")


def test_comments_and_ranges_of_conllu_are_no_words(tmp_path: Path) -> None:
    content = "# text = du vin\n1-2\tduvin\t_\n1\tdu\tDET\n2\tvin\tNOUN\n"
    task = load(tmp_path / "a.conllu", content, text_column=2, tag_column=3)
    assert task.test.texts == ("du vin",)


def test_hash_signs_of_other_columns_are_words(tmp_path: Path) -> None:
    task = load(tmp_path / "a.conll", "# O\nAda B-PER\n", text_column=1, tag_column=2)
    assert task.test.texts == ("# Ada",)


def test_words_and_tags_may_be_lists(tmp_path: Path) -> None:
    rows = lines({"tokens": ["New York", "1 000"], "tags": [1, 0]})
    task = load(tmp_path / "a.jsonl", rows, text_column="tokens", tag_column="tags")
    assert task.form is Form.TOKEN_CLASSIFICATION
    assert task.test.texts == ("New\u00a0York 1\u00a0000",)
    assert [task.labels[tag] for tag in task.test.labels[0]] == ["1", "O"]


def test_questions_have_contexts_and_all_their_answers(tmp_path: Path) -> None:
    task = load(tmp_path / "a.json", json.dumps(SQUAD))
    assert task.form is Form.QUESTION_ANSWERING
    assert task.test.texts == ("Who came?", "Where to?")
    assert task.test.pairs == (" Ada came to Paris.",) * 2
    assert task.test.labels[1] == Answers(texts=("Paris", "to Paris"), starts=(13, 10))


@pytest.mark.parametrize(
    "answers",
    [
        {"text": ["Ada"], "answer_start": [1]},
        [{"text": "Ada", "answer_start": 1}],
    ],
)
def test_questions_may_be_json_lines_as_datasets_has_them(tmp_path: Path, answers: object) -> None:
    row = {"question": "Who?", "context": " Ada came.", "answers": answers}
    task = load(
        tmp_path / "a.jsonl",
        lines(row),
        text_column="question",
        pair_column="context",
        label_column="answers",
    )
    assert task.test.labels == (Answers(texts=("Ada",), starts=(1,)),)
    assert task.test.pairs == (" Ada came.",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (squad(answer_start=0), r"a\.json:question 1: the answer 'Ada' is said to begin at .* 0"),
        (squad(answer_start=-1), "character -1"),
        ('{"data": 3}', "not the JSON of SQuAD v1.1"),
        ("{", "not the JSON of SQuAD v1.1"),
        (json.dumps(SQUAD).replace("Who came?", " "), "question 1: the text is empty"),
    ],
)
def test_questions_that_cannot_be_right_are_refused(
    tmp_path: Path, content: str, sentence: str
) -> None:
    with pytest.raises(DataFileError, match=sentence):
        load(tmp_path / "a.json", content)


def test_questions_without_answer_are_refused_or_skipped(tmp_path: Path) -> None:
    found = json.loads(json.dumps(SQUAD))
    found["data"][0]["paragraphs"][0]["qas"][0]["answers"] = []
    with pytest.raises(DataFileError, match=r"question 1: no answer; questions without one"):
        load(tmp_path / "a.json", json.dumps(found))
    task = load(tmp_path / "a.json", json.dumps(found), malformed="skip")
    assert task.test.texts == ("Where to?",)


def test_a_row_without_answer_is_refused(tmp_path: Path) -> None:
    row = {"q": "Who?", "c": "Ada", "a": {"text": [], "answer_start": []}}
    with pytest.raises(DataFileError, match=r"a\.jsonl:1: no answer"):
        load(tmp_path / "a.jsonl", lines(row), text_column="q", pair_column="c", label_column="a")


def test_numbers_with_a_fraction_are_a_regression(tmp_path: Path) -> None:
    rows = lines({"sentence": "a", "label": 3.5}, {"sentence": "b", "label": 1})
    task = load(tmp_path / "a.jsonl", rows)
    assert (task.form, task.metric, task.test.labels) == (Form.REGRESSION, "pearson", (3.5, 1.0))


def test_whole_numbers_are_a_regression_only_when_it_is_said(tmp_path: Path) -> None:
    content = "sentence\tlabel\na\t1\nb\t2\n"
    assert load(tmp_path / "a.tsv", content).form is Form.CLASSIFICATION
    task = load(tmp_path / "a.tsv", content, form="regression", metric="spearman")
    assert (task.form, task.metric, task.labels) == (Form.REGRESSION, "spearman", ())


def test_running_text_is_read_by_line_or_paragraph(tmp_path: Path) -> None:
    content = " \n = Title = \n\n one \n two\n\n\nthree"
    by_line = load(tmp_path / "a.txt", content)
    assert by_line.form is Form.LANGUAGE_MODELLING
    assert by_line.test.texts == ("= Title =", "one", "two", "three")
    assert by_line.test.labels == (None,) * 4
    paragraphs = load(tmp_path / "a.txt", content, unit="paragraph").test.texts
    assert paragraphs == ("= Title =", "one\ntwo", "three")


def test_a_column_of_texts_is_running_text_when_it_is_said(tmp_path: Path) -> None:
    rows = lines({"text": "one", "label": "x"}, {"text": "two"})
    task = load(tmp_path / "a.jsonl", rows, text_column="text", form="generation")
    assert (task.form, task.metric, task.test.texts) == (
        Form.GENERATION,
        "perplexity",
        ("one", "two"),
    )


def test_a_share_of_train_is_the_test_where_none_is_given(tmp_path: Path) -> None:
    content = "\n".join(f"line {n}" for n in range(10))
    task = load(tmp_path / "a.txt", content, test="", test_share=0.2, validation_share=0.25)
    assert task.test.texts == ("line 8", "line 9")
    assert task.validation.texts == ("line 6", "line 7")


def test_a_task_without_test_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match="no test split to take scores on; name one, or set test_share"
    ):
        load(tmp_path / "a.txt", "one\ntwo\n", test="")


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        ("perplexity", "does not judge classification; choose one of accuracy"),
        ("f1", "needs two classes and there are 3"),
        ("bleu", "is not a choice"),
    ],
)
def test_a_metric_must_fit(tmp_path: Path, metric: str, sentence: str) -> None:
    content = "sentence\tlabel\na\t1\nb\t2\nc\t3\n"
    with pytest.raises(SettingsError, match=sentence):
        load(tmp_path / "a.tsv", content, metric=metric)


def test_limits_keep_the_first_or_a_seeded_choice(tmp_path: Path) -> None:
    content = "sentence\tlabel\n" + "".join(f"text {n}\t{n // 10}\n" for n in range(20))
    first = load(tmp_path / "a.tsv", content, limit=11, test_limit=3)
    assert (len(first.train), first.test.labels) == (11, (0, 0, 0))
    drawn = load(tmp_path / "a.tsv", content, limit=11, test_limit=8, limit_by="random")
    assert (len(drawn.train), len(drawn.test)) == (11, 8)
    assert {0, 1} <= set(drawn.test.labels)
    other = load(tmp_path / "a.tsv", content, limit=11, test_limit=8, limit_by="random", seed=1)
    assert other.test != drawn.test


def test_validation_has_a_limit_of_its_own(tmp_path: Path) -> None:
    content = "sentence\tlabel\n" + "".join(f"text {n}\t{n % 2}\n" for n in range(20))
    (tmp_path / "dev.tsv").write_text(content)
    task = load(
        tmp_path / "a.tsv", content, validation=str(tmp_path / "dev.tsv"), validation_limit=3
    )
    assert (len(task.train), len(task.validation)) == (20, 3)


def test_limits_hold_for_shares_of_train_too(tmp_path: Path) -> None:
    content = "sentence\tlabel\n" + "".join(f"text {n}\t{n % 2}\n" for n in range(20))
    shares: Mapping[str, Scalar] = {"test": "", "test_share": 0.5, "validation_share": 0.5}
    task = load(tmp_path / "a.tsv", content, **shares, test_limit=4, validation_limit=3)
    assert (len(task.train), len(task.validation), len(task.test)) == (13, 3, 4)


def test_mangled_bytes_are_replaced_when_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "b.tsv"
    path.write_bytes(b"sentence\tlabel\nab\xff\t1\ncd\t0\n")
    settings: Mapping[str, Scalar] = {"train": str(path), "test": str(path), "validation_share": 0}
    with pytest.raises(DataFileError, match="or set encoding_errors: replace"):
        load_task({"name": "files", **settings})
    task = load_task({"name": "files", **settings, "encoding_errors": "replace"})
    assert task.test.texts == ("ab\ufffd", "cd")
    assert task.facts["n_mangled_rows"] == 2


def test_duplicates_leave_the_corpus_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text("One, two.\none TWO\nsentence 1\nthree\n")
    content = "sentence\tlabel\nsentence  1!\t1\nother\t0\n"
    kept = load(tmp_path / "a.tsv", content, corpus=str(tmp_path / "corpus.txt"), deduplicate=True)
    assert kept.corpus == ("One, two.", "three")
    assert (kept.facts["n_corpus_duplicates"], kept.facts["n_corpus_left_out"]) == (1, 1)


def test_a_corpus_may_be_cut_into_sentences_before_it_is_limited(tmp_path: Path) -> None:
    (tmp_path / "corpus.txt").write_text(
        "Åsa kom . Var det 3.5 m? ja. 12 st\nOne. sentence 1\nTwo\n"
    )
    content = "sentence\tlabel\nsentence  1!\t1\nother\t0\n"
    options: Mapping[str, Scalar] = {
        "corpus": str(tmp_path / "corpus.txt"),
        "corpus_unit": "sentence",
    }
    whole = load(tmp_path / "a.tsv", content, **options)
    assert whole.corpus == ("Åsa kom .", "Var det 3.5 m? ja.", "12 st", "One. sentence 1", "Two")
    assert load(tmp_path / "a.tsv", content, **options, corpus_limit=2).corpus == whole.corpus[:2]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("LICENSE.txt", "\n***\n  The  Licence \n", "LICENSE.txt: The Licence"),
        ("COPYING", "", "COPYING"),
        ("Licence", "word " * 40, f"Licence: {('word ' * 16).strip()}..."),
        ("readme.txt", "free", "unknown"),
    ],
)
def test_a_licence_is_named_where_a_file_beside_the_data_tells_it(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    task = load(tmp_path / "a.tsv", "sentence\tlabel\na\t1\nb\t2\n")
    assert task.facts["licence"] == said
    stated = load(tmp_path / "a.tsv", "sentence\tlabel\na\t1\nb\t2\n", licence="CC0")
    assert stated.facts["licence"] == "CC0"


def test_a_tagged_word_of_white_space_alone_stays_a_word(tmp_path: Path) -> None:
    content = lines({"words": ["\xa0", "came", " "], "tags": ["O", "O", "B-x"]})
    task = load(tmp_path / "a.jsonl", content, text_column="words", label_column="tags")
    assert task.test.texts == ("\xa0 came \xa0",)


def test_words_and_tags_must_be_equally_many_or_are_skipped(tmp_path: Path) -> None:
    rows = [{"words": " Ada came\n", "tags": tags} for tags in (["B-x", "O"], ["O"])]
    columns = {"text_column": "words", "label_column": "tags"}
    with pytest.raises(DataFileError, match=r"a\.jsonl:2: 1 tags for 2 words; repair"):
        load(tmp_path / "a.jsonl", lines(*rows), **columns)
    task = load(tmp_path / "a.jsonl", lines(*rows), **columns, malformed="skip")
    assert task.test.texts == ("Ada came",)
