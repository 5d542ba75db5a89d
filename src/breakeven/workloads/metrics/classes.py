"""Classes: metrics of classification, from the class that was right and the one that was given.

Where nothing is there to be found the value is 0, as scikit-learn and the shared tasks have it.
"""

import numpy as np
from numpy.typing import NDArray

from breakeven.workloads.metrics.resampling import Statistic, of_sums

Classes = NDArray[np.int64]


def accuracy(true: Classes, predicted: Classes) -> Statistic:
    """Share of right answers."""
    hits = np.asarray(true == predicted, dtype=float)
    return of_sums(
        np.stack([hits, np.ones(len(hits))], axis=1), lambda t: _ratio(float(t[0]), float(t[1]))
    )


def f1(true: Classes, predicted: Classes) -> Statistic:
    """F1 of class 1, the positive one, against all others (GLUE's MRPC and QQP)."""
    found, wanted = predicted == 1, true == 1
    sums = np.stack([found & wanted, found, wanted], axis=1).astype(float)
    return of_sums(sums, lambda totals: f1_of_counts(*map(float, totals)))


def macro_f1(true: Classes, predicted: Classes) -> Statistic:
    """Mean F1 of the classes that occur among right or given answers."""
    n_classes = 1 + int(max(true.max(), predicted.max()))
    found, wanted = (np.eye(n_classes)[labels] for labels in (predicted, true))

    def value(totals: NDArray[np.float64]) -> float:
        n_hit, n_found, n_true = totals.reshape(3, n_classes)
        occurs = n_found + n_true > 0
        return float((2 * n_hit[occurs] / (n_found + n_true)[occurs]).mean())

    return of_sums(np.concatenate([found * wanted, found, wanted], axis=1), value)


def mcc(true: Classes, predicted: Classes) -> Statistic:
    """Matthews correlation; for more than two classes Gorodkin's (2004).

    0 when all right answers, or all given ones, are of one class.
    """
    n_classes = 1 + int(max(true.max(), predicted.max()))
    found, wanted = (np.eye(n_classes)[labels] for labels in (predicted, true))
    hits = (true == predicted).astype(float)[:, None]

    def value(totals: NDArray[np.float64]) -> float:
        n_hit, rest = float(totals[0]), totals[1:].reshape(2, n_classes)
        n_found, n_true = rest
        n = float(n_true.sum())
        above = n_hit * n - float(n_found @ n_true)
        below = (n * n - float(n_found @ n_found)) * (n * n - float(n_true @ n_true))
        return above / float(np.sqrt(below)) if below > 0 else 0.0

    return of_sums(np.concatenate([hits, found, wanted], axis=1), value)


def f1_of_counts(n_hit: float, n_found: float, n_true: float) -> float:
    """Harmonic mean of precision and recall, from how many were right, given and there.

    >>> f1_of_counts(2, 4, 2)
    0.6666666666666666
    """
    return _ratio(2 * n_hit, n_found + n_true)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
