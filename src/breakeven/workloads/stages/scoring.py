"""Scoring: what answers are worth, and what of them is kept to compare models example by example.

Free of torch, for answers of any model. One line per form in `judge` and in `kept`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.workloads.metrics import (
    Verdict,
    judge_answers,
    judge_classes,
    judge_numbers,
    judge_tags,
    judge_tokens,
)
from breakeven.workloads.metrics.answers import matches, overlaps
from breakeven.workloads.metrics.entities import entities
from breakeven.workloads.metrics.resampling import N_DRAWS
from breakeven.workloads.tasks import Task
from breakeven.workloads.tasks.form import Form


def judge(
    task: Task[Any],
    answers: Sequence[Any],
    labels: Sequence[Any],
    *,
    split: str,
    n_draws: int | None = None,
) -> Verdict:
    """Score answers by every metric of the task's form, its headline first.

    Args:
        task: What was asked.
        answers: As the head of its form gives them, one for each example.
        labels: The right ones, in the same order.
        split: Which data this is.
        n_draws: Bootstrap samples behind each interval; 0 leaves intervals out, None draws as
            many as the metrics do by themselves.
    """
    draws = N_DRAWS if n_draws is None else n_draws
    match task.form:
        case Form.REGRESSION:
            verdict = judge_numbers(answers, labels, split=split, n_draws=draws)
        case Form.TOKEN_CLASSIFICATION:
            verdict = judge_tags(answers, labels, task.labels, split=split, n_draws=draws)
        case Form.QUESTION_ANSWERING:
            rights = [right.texts for right in labels]
            verdict = judge_answers(answers, rights, split=split, n_draws=draws)
        case Form.LANGUAGE_MODELLING | Form.GENERATION:
            parts = _surprises(answers)
            verdict = judge_tokens(parts["nats"], parts["n_tokens"], split=split, n_draws=draws)
        case _:
            n_classes = len(task.labels)
            verdict = judge_classes(
                answers, labels, n_classes=n_classes, split=split, n_draws=draws
            )
    in_order = sorted(verdict.scores, key=lambda score: score.metric != task.metric)
    return replace(verdict, scores=tuple(in_order))


def kept(
    task: Task[Any], answers: Sequence[Any], labels: Sequence[Any]
) -> Mapping[str, NDArray[Any]]:
    """What is kept of each answer: itself where it is one number, else what it adds to a score.

    Returns:
        Arrays of shape (n_examples,). Where an answer is right or wrong as a whole,
        `predicted == label` or `correct` says which.
    """
    match task.form:
        case Form.REGRESSION:
            return {"value": np.asarray(answers), "wanted": np.asarray(labels)}
        case Form.TOKEN_CLASSIFICATION:
            return _entity_counts(task, answers, labels)
        case Form.QUESTION_ANSWERING:
            rights = [right.texts for right in labels]
            is_same = np.asarray(matches(rights, answers), dtype=bool)
            return {"correct": is_same, "answer_f1": np.asarray(overlaps(rights, answers))}
        case Form.LANGUAGE_MODELLING | Form.GENERATION:
            return _surprises(answers)
        case _:
            return {"predicted": np.asarray(answers), "label": np.asarray(labels)}


def _surprises(answers: Sequence[Any]) -> Mapping[str, NDArray[Any]]:
    """Cross-entropy of each text, summed, and of how many tokens."""
    return {
        "nats": np.array([answer.nats for answer in answers]),
        "n_tokens": np.array([answer.n_tokens for answer in answers]),
    }


def _entity_counts(
    task: Task[Any], answers: Sequence[Sequence[int]], labels: Sequence[Sequence[int]]
) -> Mapping[str, NDArray[np.int64]]:
    """Entities of each sentence: rightly found, found, and there."""
    found, true = (
        [set(entities([task.labels[tag] for tag in tags])) for tags in side]
        for side in (answers, labels)
    )
    return {
        "n_hit": np.array([len(f & t) for f, t in zip(found, true, strict=True)]),
        "n_found": np.array([len(f) for f in found]),
        "n_true": np.array([len(t) for t in true]),
    }
