"""Quality: values of metrics from totals over examples, the same lines for whoever scores.

Each takes totals on the last axis, so that many samples of examples are scored at once. Where
nothing is there to be found the value is 0, as scikit-learn and the shared tasks have it.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean(totals: Floats) -> Floats:
    """Mean score of an example.

    Args:
        totals: Sum of scores and number of examples, shape (..., 2).

    Examples:
        >>> mean(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [0.75, 0.0]
    """
    return _ratio(totals[..., 0], totals[..., 1])


def f1(totals: Floats) -> Floats:
    """Harmonic mean of precision and recall.

    Args:
        totals: How many were right, given and there, shape (..., 3).

    Examples:
        >>> float(f1(np.array([2.0, 4.0, 2.0])))
        0.6666666666666666
    """
    return _ratio(2 * totals[..., 0], totals[..., 1] + totals[..., 2])


def macro_f1(totals: Floats) -> Floats:
    """Mean F1 of the classes that occur among right or given answers.

    Args:
        totals: How many of each class were right, then given, then there, shape (..., 3 classes).

    Examples:
        >>> float(macro_f1(np.array([1.0, 0, 0, 2, 0, 0, 1, 1, 0])))
        0.3333333333333333
    """
    n_classes = totals.shape[-1] // 3
    n_hit, n_found, n_true = (totals[..., i * n_classes : (i + 1) * n_classes] for i in range(3))
    occurs = n_found + n_true > 0
    return _ratio(_ratio(2 * n_hit, n_found + n_true).sum(axis=-1), occurs.sum(axis=-1))


def mcc(totals: Floats) -> Floats:
    """Matthews correlation; for more than two classes Gorodkin's (2004).

    0 when all right answers, or all given ones, are of one class.

    Args:
        totals: Right answers, then how many were given of each class, then how many were there,
            shape (..., 1 + 2 classes).

    Examples:
        >>> float(mcc(np.array([4.0, 2, 2, 2, 2])))
        1.0
    """
    n_classes = totals.shape[-1] // 2
    n_hit, n_found, n_true = (
        totals[..., 0],
        totals[..., 1 : 1 + n_classes],
        totals[..., -n_classes:],
    )
    n = n_true.sum(axis=-1)
    above = n_hit * n - (n_found * n_true).sum(axis=-1)
    spreads = (n * n - (side**2).sum(axis=-1) for side in (n_found, n_true))
    return _ratio(above, np.sqrt(np.prod(list(spreads), axis=0)))


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.zeros_like(part, dtype=float), where=whole > 0)
    return found
