"""Classes: metrics of classification, from the class that was right and the one that was given."""

import numpy as np
from numpy.typing import NDArray

from breakeven.formulas import quality
from breakeven.workloads.metrics.resampling import Statistic, of_sums

Classes = NDArray[np.int64]


def accuracy(true: Classes, predicted: Classes) -> Statistic:
    """Share of right answers."""
    hits = np.asarray(true == predicted, dtype=float)
    sums = np.stack([hits, np.ones(len(hits))], axis=1)
    return of_sums(sums, lambda totals: float(quality.mean(totals)))


def f1(true: Classes, predicted: Classes) -> Statistic:
    """F1 of class 1, the positive one, against all others (GLUE's MRPC and QQP)."""
    found, wanted = predicted == 1, true == 1
    sums = np.stack([found & wanted, found, wanted], axis=1).astype(float)
    return of_sums(sums, lambda totals: float(quality.f1(totals)))


def macro_f1(true: Classes, predicted: Classes) -> Statistic:
    """Mean F1 of the classes that occur among right or given answers."""
    n_classes = 1 + int(max(true.max(), predicted.max()))
    found, wanted = (np.eye(n_classes)[labels] for labels in (predicted, true))
    sums = np.concatenate([found * wanted, found, wanted], axis=1)
    return of_sums(sums, lambda totals: float(quality.macro_f1(totals)))


def mcc(true: Classes, predicted: Classes) -> Statistic:
    """Matthews correlation; for more than two classes Gorodkin's (2004)."""
    n_classes = 1 + int(max(true.max(), predicted.max()))
    found, wanted = (np.eye(n_classes)[labels] for labels in (predicted, true))
    hits = (true == predicted).astype(float)[:, None]
    sums = np.concatenate([hits, found, wanted], axis=1)
    return of_sums(sums, lambda totals: float(quality.mcc(totals)))
