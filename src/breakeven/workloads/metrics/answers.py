"""Answers: exact match and F1 of extracted answers as SQuAD v1.1 scores them.

Rajpurkar et al. 2016, section 6.1: case, ASCII punctuation, the articles a, an, the and white
space do not count; of several right answers the best match does.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from breakeven.workloads.metrics.resampling import Statistic, of_sums

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def exact_match(true: Sequence[Sequence[str]], predicted: Sequence[str]) -> Statistic:
    """Share of answers that equal a right one, normalised.

    Args:
        true: Right answers to each question, at least one.
        predicted: One per question; "" is an answer too, and mostly a wrong one.
    """
    return _mean(matches(true, predicted))


def answer_f1(true: Sequence[Sequence[str]], predicted: Sequence[str]) -> Statistic:
    """Mean over questions of the best F1 of the words shared with a right answer."""
    return _mean(overlaps(true, predicted))


def matches(true: Sequence[Sequence[str]], predicted: Sequence[str]) -> list[float]:
    """Whether each answer equals a right one: 1 or 0."""
    return _best(_is_same, true, predicted)


def overlaps(true: Sequence[Sequence[str]], predicted: Sequence[str]) -> list[float]:
    """Best F1 of each answer."""
    return _best(_overlap, true, predicted)


def normalise(answer: str) -> str:
    """Leave what counts of an answer.

    >>> normalise("The  U.S. Army's")
    'us armys'
    """
    plain = answer.lower().translate(_NO_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def _best(
    match: Callable[[str, str], float], true: Sequence[Sequence[str]], predicted: Sequence[str]
) -> list[float]:
    return [
        max(match(normalise(given), normalise(right)) for right in rights)
        for given, rights in zip(predicted, true, strict=True)
    ]


def _is_same(given: str, right: str) -> float:
    return float(given == right)


def _overlap(given: str, right: str) -> float:
    ours, theirs = given.split(), right.split()
    n_shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * n_shared / (len(ours) + len(theirs)) if n_shared else 0.0


def _mean(values: Sequence[float]) -> Statistic:
    sums = np.stack([np.asarray(values, dtype=float), np.ones(len(values))], axis=1)
    return of_sums(sums, lambda totals: float(totals[0] / totals[1]))
