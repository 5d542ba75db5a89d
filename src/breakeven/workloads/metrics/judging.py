"""Judging: what a model answered, as scores with intervals, one function per form of task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from breakeven.records import Note, NoteCode, Score
from breakeven.workloads.metrics import answers, classes, correlation, entities, language
from breakeven.workloads.metrics.resampling import (
    N_DRAWS,
    SEED,
    Statistic,
    bootstrap,
    value_of,
)

_SHARES = frozenset({"accuracy", "exact_match"})
"""Shares of right answers: their counts give an interval without resampling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was scored, and doubts about what could not be."""

    scores: tuple[Score, ...]
    notes: tuple[Note, ...] = ()

    def score(self, metric: str) -> Score | None:
        """Find one score by its metric; None where it could not be had."""
        return next((score for score in self.scores if score.metric == metric), None)


def judge_classes(
    predicted: ArrayLike,
    labels: Sequence[int],
    *,
    n_classes: int,
    split: str,
    n_draws: int = N_DRAWS,
) -> Verdict:
    """Score classification: accuracy, macro F1, MCC, and F1 where there are two classes.

    Args:
        predicted: Index of the class of each example.
        labels: The right ones.
        n_classes: Of the task; of two the second is the positive one.
        split: Which data this is.
        n_draws: Bootstrap samples behind each interval; 0 leaves intervals out.
    """
    found = {"accuracy": classes.accuracy, "macro_f1": classes.macro_f1, "mcc": classes.mcc}
    chosen = found | ({"f1": classes.f1} if n_classes == 2 else {})
    true, given = np.asarray(labels, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    statistics = {name: metric(true, given) for name, metric in chosen.items()}
    return _verdict(statistics, n_examples=len(labels), split=split, n_draws=n_draws)


def judge_numbers(
    predicted: ArrayLike, labels: Sequence[float], *, split: str, n_draws: int = N_DRAWS
) -> Verdict:
    """Score regression: Pearson's and Spearman's correlation.

    Args:
        predicted: One number per example.
        labels: The right ones.
        split: Which data this is.
        n_draws: Bootstrap samples behind each interval; 0 leaves intervals out.
    """
    true, given = np.asarray(labels, dtype=float), np.asarray(predicted, dtype=float)
    statistics = {
        "pearson": correlation.pearson(true, given),
        "spearman": correlation.spearman(true, given),
    }
    return _verdict(statistics, n_examples=len(labels), split=split, n_draws=n_draws)


def judge_tags(
    predicted: Sequence[Sequence[int]],
    labels: Sequence[Sequence[int]],
    names: Sequence[str],
    *,
    split: str,
    n_draws: int = N_DRAWS,
) -> Verdict:
    """Score token classification: entity F1 as conlleval has it.

    Args:
        predicted: Index of the tag of each word of each sentence.
        labels: The right ones, as many.
        names: Of the tags.
        split: Which data this is.
        n_draws: Bootstrap samples of sentences behind the interval; 0 leaves it out.
    """
    true, given = ([[names[tag] for tag in tags] for tags in side] for side in (labels, predicted))
    statistics = {"entity_f1": entities.entity_f1(true, given)}
    return _verdict(statistics, n_examples=len(labels), split=split, n_draws=n_draws)


def judge_answers(
    predicted: Sequence[str],
    labels: Sequence[Sequence[str]],
    *,
    split: str,
    n_draws: int = N_DRAWS,
) -> Verdict:
    """Score extracted answers: F1 and exact match of SQuAD v1.1.

    Args:
        predicted: One per question.
        labels: Texts of the right answers to each question.
        split: Which data this is.
        n_draws: Bootstrap samples of questions behind the interval; 0 leaves it out.
    """
    statistics = {
        "answer_f1": answers.answer_f1(labels, predicted),
        "exact_match": answers.exact_match(labels, predicted),
    }
    return _verdict(statistics, n_examples=len(labels), split=split, n_draws=n_draws)


def judge_tokens(
    nats: ArrayLike, n_tokens: ArrayLike, *, split: str, n_draws: int = N_DRAWS
) -> Verdict:
    """Score language modelling: perplexity per token of the model's own vocabulary.

    Perplexities compare only between models that cut the same texts into the same tokens.

    Args:
        nats: Cross-entropy summed over the predicted tokens of each text.
        n_tokens: Tokens predicted in each.
        split: Which data this is.
        n_draws: Bootstrap samples of texts behind the interval; 0 leaves it out.
    """
    sums, counts = np.asarray(nats, dtype=float), np.asarray(n_tokens, dtype=float)
    return _verdict(
        {"perplexity": language.perplexity(sums, counts)},
        n_examples=len(counts),
        split=split,
        n_draws=n_draws,
        rests_on=f"texts with {int(counts.sum()):,} predicted tokens",
    )


def _verdict(
    statistics: Mapping[str, Statistic],
    *,
    n_examples: int,
    split: str,
    n_draws: int,
    rests_on: str = "examples",
) -> Verdict:
    scores, notes = [], []
    for metric, statistic in statistics.items():
        value = value_of(statistic, n_examples) if n_examples else None
        if value is None:
            notes.append(_undefined(metric, n_examples=n_examples, split=split))
            continue
        is_share = metric in _SHARES
        bounds = (
            bootstrap(statistic, n_examples, n_draws=n_draws) if n_draws and not is_share else None
        )
        scores.append(
            Score(
                metric=metric,
                value=value,
                split=split,
                n_examples=n_examples,
                n_correct=round(value * n_examples) if is_share else None,
                higher_is_better=metric != "perplexity",
                low=None if bounds is None else bounds.low,
                high=None if bounds is None else bounds.high,
                how="" if bounds is None else _how(n_draws, n_examples, rests_on),
            )
        )
    return Verdict(scores=tuple(scores), notes=tuple(notes))


def _how(n_draws: int, n_examples: int, rests_on: str) -> str:
    return (
        f"95 % percentile bootstrap over {n_examples:,} {rests_on}, {n_draws:,} draws, seed {SEED}"
    )


def _undefined(metric: str, *, n_examples: int, split: str) -> Note:
    return Note(
        code=NoteCode.SCORE_UNDEFINED,
        message=f"{metric} of {n_examples} {split} examples has no value: the answers are all the "
        "same, too few, or beyond counting.",
        advice="Look at the predictions: a model that answers a constant has learnt nothing yet.",
    )
