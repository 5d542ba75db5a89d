import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.workloads.tasks import Split, load_task, make_task


def split(*labels: int) -> Split:
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
    assert task.majority_score == 0.75


def test_a_tie_for_the_majority_goes_to_the_first_label() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 0), split(0), split(0, 1, 1, 1)))
    assert task.majority_score == 0.25


def test_facts_hold_counts_and_hash() -> None:
    task = make_task("toy", ("a", "b"), (split(1, 1, 0), split(0), split(0, 1)), facts={"id": "x"})
    assert task.facts == {
        "task": "toy",
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
