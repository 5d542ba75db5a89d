import numpy as np
import pytest

from breakeven.records import NoteCode
from breakeven.workloads.metrics import (
    judge_answers,
    judge_classes,
    judge_numbers,
    judge_tags,
    judge_tokens,
)


def test_two_classes_have_an_f1_and_more_have_none() -> None:
    two = judge_classes([1, 0, 1, 1], [1, 0, 0, 1], n_classes=2, split="test")
    values = {score.metric: round(score.value, 3) for score in two.scores}
    assert values == {"accuracy": 0.75, "macro_f1": 0.733, "mcc": 0.577, "f1": 0.8}
    three = judge_classes([1, 0, 2], [1, 0, 0], n_classes=3, split="test")
    assert three.score("f1") is None


def test_shares_have_counts_and_the_others_intervals() -> None:
    verdict = judge_classes([1, 0, 1, 1] * 5, [1, 0, 0, 1] * 5, n_classes=2, split="test")
    accuracy, mcc = verdict.score("accuracy"), verdict.score("mcc")
    assert accuracy is not None
    assert mcc is not None
    assert (accuracy.n_correct, accuracy.n_examples, accuracy.low) == (15, 20, None)
    assert mcc.low is not None
    assert mcc.high is not None
    assert mcc.low < mcc.value < mcc.high
    assert mcc.how == "95 % percentile bootstrap over 20 examples, 1,000 draws, seed 0"


def test_no_draws_leave_intervals_out() -> None:
    verdict = judge_numbers([1.0, 2.0, 3.5], [1, 2, 3], split="validation", n_draws=0)
    assert [(s.metric, s.low, s.how) for s in verdict.scores] == [
        ("pearson", None, ""),
        ("spearman", None, ""),
    ]


def test_a_constant_answer_leaves_correlations_out_and_says_so() -> None:
    verdict = judge_numbers(np.full(3, 2.5), [1.0, 2.0, 3.0], split="test")
    assert verdict.scores == ()
    assert [note.code for note in verdict.notes] == [NoteCode.SCORE_UNDEFINED] * 2
    assert verdict.notes[0].message.startswith("pearson of 3 test examples has no value")


def test_tags_are_scored_as_whole_entities() -> None:
    names = ("B-PER", "I-PER", "O")
    verdict = judge_tags([(0, 1, 2), (2, 2)], [(0, 1, 2), (0, 2)], names, split="test")
    (score,) = verdict.scores
    assert (score.metric, score.n_examples) == ("entity_f1", 2)
    assert score.value == pytest.approx(2 / 3)


def test_answers_are_scored_by_words_and_as_a_whole() -> None:
    verdict = judge_answers(["Ada Lovelace", ""], [["Ada", "Lovelace"], ["x"]], split="test")
    values = {score.metric: (score.value, score.n_correct) for score in verdict.scores}
    assert values == {"answer_f1": (pytest.approx(1 / 3), None), "exact_match": (0.0, 0)}


def test_perplexity_says_how_many_tokens_it_rests_on() -> None:
    (score,) = judge_tokens([np.log(4.0), np.log(2.0)], [1, 1], split="test").scores
    assert score.value == pytest.approx(8.0**0.5)
    assert not score.higher_is_better
    assert score.how.startswith("95 % percentile bootstrap over 2 texts with 2 predicted tokens")


def test_no_examples_give_no_score() -> None:
    verdict = judge_tokens([], [], split="test")
    assert verdict.scores == ()
    assert verdict.notes[0].code is NoteCode.SCORE_UNDEFINED
