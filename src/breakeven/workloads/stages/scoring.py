"""Scoring: how many answers are right, and what that is as a score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from breakeven.records import Score


def accuracy(predicted: NDArray[np.int64], labels: Sequence[int], *, split: str) -> Score:
    """Share of answers that are right.

    Args:
        predicted: Index of the class of each example, shape (n_examples,).
        labels: The true ones, in the same order.
        split: Which data this is.
    """
    n_correct = int((predicted == np.asarray(labels)).sum())
    return Score(
        metric="accuracy",
        value=n_correct / len(labels),
        split=split,
        n_examples=len(labels),
        n_correct=n_correct,
    )
