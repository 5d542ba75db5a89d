"""Confidence: the softmax probability of the class that is answered; free of torch."""

import numpy as np
from numpy.typing import NDArray


def softmax_maximum(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Largest softmax probability of each row, from 1 / n_classes to 1, shape (n_rows,).

    Hendrycks and Gimpel 2017 (section 2) found it a strong baseline for telling right answers from
    wrong ones. It need not be calibrated: a threshold on it is chosen by what it does.

    Args:
        scores: Logits, shape (n_rows, n_classes); minus infinity excludes a class.

    Examples:
        >>> softmax_maximum(np.array([[0.0, 0.0], [0.0, np.log(3)]])).round(6).tolist()
        [0.5, 0.75]
    """
    wide = np.asarray(scores, dtype=np.float64)
    below = wide - wide.max(axis=-1, keepdims=True)
    largest: NDArray[np.float64] = 1.0 / np.exp(below).sum(axis=-1)
    return largest
