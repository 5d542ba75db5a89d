from collections.abc import Sequence
from typing import Any

import pytest

from breakeven.workloads.stages.scoring import judge, kept
from breakeven.workloads.tasks import Split, Task, make_task
from breakeven.workloads.tasks.form import Form

TAGS = ("O", "B-PER", "I-PER")


def task(form: Form, labels: Sequence[str] = (), metric: str = "") -> Task[Any]:
    split: Split[Any] = Split(texts=("x",), labels=(0,), sources=("s",))
    return make_task("some", labels, (split, split, split), form=form, metric=metric)


def test_counts_right_answers() -> None:
    two = task(Form.CLASSIFICATION, ("a", "b", "c"))
    score = judge(two, [0, 1, 1, 2], [0, 1, 2, 2], split="test").scores[0]
    assert (score.value, score.n_correct, score.n_examples) == (0.75, 3, 4)
    assert (score.metric, score.split) == ("accuracy", "test")


@pytest.mark.parametrize("metric", ["accuracy", "f1", "macro_f1", "mcc"])
def test_the_headline_comes_first_and_no_other_is_lost(metric: str) -> None:
    two = task(Form.CLASSIFICATION, ("a", "b"), metric)
    scores = judge(two, [0, 1, 1, 0], [0, 1, 0, 0], split="test", n_draws=0).scores
    assert scores[0].metric == metric
    assert {score.metric for score in scores} == {"accuracy", "f1", "macro_f1", "mcc"}


def test_numbers_are_judged_by_their_correlation() -> None:
    verdict = judge(task(Form.REGRESSION), [1.0, 2.0, 3.0], [2.0, 4.0, 6.0], split="test")
    assert [score.metric for score in verdict.scores] == ["pearson", "spearman"]
    assert verdict.scores[0].value == pytest.approx(1.0)


def test_a_constant_answer_has_a_note_and_no_score() -> None:
    verdict = judge(task(Form.REGRESSION), [1.0, 1.0], [2.0, 4.0], split="test")
    assert verdict.scores == ()
    assert len(verdict.notes) == 2


def test_tags_are_judged_by_whole_entities() -> None:
    """Of three entities that were found two stand there, of four: F1 = 2 * 2 / 7."""
    true = [(1, 2, 0), (0, 1, 1), (1, 0, 0)]
    found = [(1, 2, 0), (0, 1, 2), (1, 0, 0)]
    tagging = task(Form.TOKEN_CLASSIFICATION, TAGS)
    score = judge(tagging, found, true, split="test").scores[0]
    assert score.metric == "entity_f1"
    assert score.value == pytest.approx(4 / 7)
    arrays = kept(tagging, found, true)
    assert {name: own.tolist() for name, own in arrays.items()} == {
        "n_hit": [1, 0, 1],
        "n_found": [1, 1, 1],
        "n_true": [1, 2, 1],
    }


def test_classes_and_numbers_are_kept_as_they_are() -> None:
    classes = kept(task(Form.CLASSIFICATION, ("a", "b")), [0, 1], [1, 1])
    numbers = kept(task(Form.REGRESSION), [0.5], [1.5])
    assert [own.tolist() for own in classes.values()] == [[0, 1], [1, 1]]
    assert list(classes) == ["predicted", "label"]
    assert {name: own.tolist() for name, own in numbers.items()} == {
        "value": [0.5],
        "wanted": [1.5],
    }
