from dataclasses import replace

import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.workloads.tasks import Answers, Form, Split, load_task, make_task


def split(*labels: int) -> Split[int]:
    return Split(
        texts=tuple(f"text {i}" for i in range(len(labels))),
        labels=labels,
        sources=tuple(f"file {i}" for i in range(len(labels))),
    )


def test_parts_of_a_split_must_be_equally_many() -> None:
    with pytest.raises(ValueError, match="equally many, got 1, 2 and 1"):
        Split(texts=("a",), labels=(0, 1), sources=("f",))


def test_taking_examples_keeps_their_parts_together() -> None:
    taken = split(0, 1, 2).take([2, 0])
    assert taken == Split(texts=("text 2", "text 0"), labels=(2, 0), sources=("file 2", "file 0"))


def test_majority_score_is_the_test_share_of_the_commonest_training_label() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 1, 0), split(0), split(0, 1, 1, 1)))
    assert task.majority_scores["accuracy"] == 0.75


def test_a_tie_for_the_majority_goes_to_the_first_label() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0, 1, 1, 1)))
    assert task.majority_scores["accuracy"] == 0.25


def test_facts_hold_counts_and_hash() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 1, 0), split(0), split(0, 1)), facts={"id": "x"})
    assert task.facts == {
        "task": "toy",
        "form": "classification",
        "metric": "accuracy",
        "licence": "unknown",
        "n_train": 3,
        "n_validation": 1,
        "n_test": 2,
        "n_labels": 2,
        "n_corpus": 0,
        "mean_words_train": 2.0,
        "mean_words_test": 2.0,
        "mean_words_corpus": 0.0,
        "content_hash": task.content_hash,
        "id": "x",
    }


def test_hash_changes_with_any_text_label_division_or_corpus() -> None:
    base = make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0)))
    others = [
        make_task("toy", ("a", "c"), (split(1, 0), split(0), split(0))),
        make_task("toy", ("a", "b"), (split(0, 0), split(0), split(0))),
        make_task("toy", ("a", "b"), (split(1), split(0, 0), split(0))),
        make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0)), corpus=["more"]),
    ]
    assert len({base.content_hash, *(task.content_hash for task in others)}) == 5
    assert base == make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0)))


def test_task_without_a_name_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="datasets, files, pydoc"):
        load_task({})


def test_unknown_task_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no task named 'pydocs'. Did you mean 'pydoc'"):
        load_task({"name": "pydocs"})


def test_plain_classification_data_keep_the_hash_of_earlier_versions() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0, 1)), corpus=("x",))
    assert task.content_hash == "3a97921437c72aff36b6c4e706fccede"


def test_what_is_asked_of_the_same_running_text_is_part_of_its_hash() -> None:
    text: Split[None] = Split(texts=("one two",), labels=(None,), sources=("f",))
    asked = [
        make_task("toy", (), (text, text, text), form=form).content_hash
        for form in (Form.LANGUAGE_MODELLING, Form.GENERATION)
    ]
    assert asked[0] == "05c38d241c81a6573106ddc52935306b"  # of stores written before
    assert asked[0] != asked[1]


def test_a_second_text_is_taken_and_hashed_with_the_first() -> None:
    plain = split(0, 1)
    paired = Split(
        texts=plain.texts, labels=plain.labels, sources=plain.sources, pairs=("one two", "three")
    )
    assert paired.take([1]).pairs == ("three",)
    alone, both = (make_task("toy", ("a", "b"), (s, s, s)) for s in (plain, paired))
    assert alone.content_hash != both.content_hash
    assert (alone.facts["mean_words_train"], both.facts["mean_words_train"]) == (2.0, 3.5)


def test_pairs_must_be_as_many_as_texts() -> None:
    with pytest.raises(ValueError, match="pairs as many or none, got 1"):
        Split(texts=("a", "b"), labels=(0, 1), sources=("f", "f"), pairs=("c",))


def test_a_question_has_answers_with_a_start_each() -> None:
    asked = Split(
        texts=("who",),
        pairs=("Ada came",),
        labels=(Answers(texts=("Ada",), starts=(0,)),),
        sources=("f",),
    )
    task = make_task("toy", (), (asked, asked, asked), form=Form.QUESTION_ANSWERING)
    assert (task.metric, task.majority_scores) == ("exact_match", {})
    moved = replace(asked, labels=(Answers(texts=("Ada",), starts=(1,)),))
    other = make_task("toy", (), (moved, asked, asked), form=Form.QUESTION_ANSWERING)
    assert task.content_hash != other.content_hash


@pytest.mark.parametrize(("texts", "starts"), [((), ()), (("Ada",), ())])
def test_answers_without_a_start_each_are_refused(
    texts: tuple[str, ...], starts: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="at least one answer and as many starts"):
        Answers(texts=texts, starts=starts)


def test_the_metric_that_was_asked_for_is_the_headline() -> None:
    task = make_task("toy", ("a", "b"), (split(0), split(0), split(0)), metric="mcc")
    assert task.metric == "mcc"


@pytest.mark.parametrize("metric", ["", "f1"])
def test_every_metric_of_classes_has_what_a_constant_answer_scores(metric: str) -> None:
    splits = split(1, 1, 0), split(0), split(0, 1, 1)
    task = make_task("toy", ("a", "b"), splits, metric=metric)
    assert task.majority_scores == pytest.approx(
        {"accuracy": 2 / 3, "f1": 4 / 5, "macro_f1": 2 / 5, "mcc": 0}
    )


def test_f1_is_held_against_its_better_constant_answer() -> None:
    task = make_task("toy", ("a", "b"), (split(0, 0, 1), split(0), split(0, 0, 0, 1)))
    assert task.majority_scores["f1"] == pytest.approx(2 / 5)


def test_of_three_classes_there_is_no_f1_of_a_constant_answer() -> None:
    task = make_task("toy", ("a", "b", "c"), (split(2, 2, 1), split(0), split(0, 1, 2, 2)))
    assert task.majority_scores == pytest.approx({"accuracy": 1 / 2, "macro_f1": 2 / 9, "mcc": 0})


@pytest.mark.parametrize(
    ("form", "labels", "metric", "expected"),
    [
        (Form.CLASSIFICATION, ("a", "b"), "mcc", ("mcc", "accuracy", "f1", "macro_f1")),
        (Form.CLASSIFICATION, ("a", "b", "c"), "", ("accuracy", "macro_f1", "mcc")),
        (Form.REGRESSION, (), "spearman", ("spearman", "pearson")),
        (Form.TOKEN_CLASSIFICATION, ("O", "B-PER"), "", ("entity_f1",)),
    ],
)
def test_a_task_names_every_metric_that_judges_it_the_headline_first(
    form: Form, labels: tuple[str, ...], metric: str, expected: tuple[str, ...]
) -> None:
    split: Split[int] = Split(texts=("x",), labels=(0,), sources=("s",))
    task = make_task("some", labels, (split, split, split), form=form, metric=metric)
    assert task.metrics == expected
