"""Metrics of classification, against scikit-learn on 1,000 random cases each."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from breakeven.workloads.metrics import classes
from breakeven.workloads.metrics.resampling import Statistic, value_of

sklearn = pytest.importorskip("sklearn.metrics")
pytestmark = pytest.mark.nlp

Classes = NDArray[np.int64]
Metric = Callable[[Classes, Classes], Statistic]


def cases(n_classes: int) -> Iterator[tuple[Classes, Classes]]:
    """Right and given answers of 1 to 40 examples, from agreement to chance, some of one class."""
    rng = np.random.default_rng(5)
    for _ in range(1_000):
        n, most = rng.integers(1, 41), rng.integers(1, n_classes + 1)
        true, noise = rng.integers(most, size=(2, n))
        is_right = rng.random(n) < rng.random()
        yield true, np.where(is_right, true, noise)


@pytest.mark.filterwarnings("ignore:A single label was found")
@pytest.mark.parametrize(
    ("ours", "n_classes", "theirs"),
    [
        (classes.accuracy, 5, sklearn.accuracy_score),
        (classes.f1, 2, lambda t, p: sklearn.f1_score(t, p, zero_division=0)),
        (
            classes.macro_f1,
            5,
            lambda t, p: sklearn.f1_score(t, p, average="macro", zero_division=0),
        ),
        (classes.mcc, 2, sklearn.matthews_corrcoef),
        (classes.mcc, 5, sklearn.matthews_corrcoef),
    ],
)
def test_metrics_of_classes_equal_scikit_learn(
    ours: Metric, n_classes: int, theirs: Callable[[Classes, Classes], float]
) -> None:
    for true, given in cases(n_classes):
        assert value_of(ours(true, given), len(true)) == pytest.approx(theirs(true, given))


@pytest.mark.parametrize("metric", [classes.accuracy, classes.f1, classes.macro_f1, classes.mcc])
def test_an_example_that_counts_twice_is_the_same_as_two(metric: Metric) -> None:
    true, given = np.array([0, 1, 1, 0, 1]), np.array([0, 1, 0, 1, 1])
    times = np.array([2, 0, 1, 3, 1])
    twice = metric(np.repeat(true, times), np.repeat(given, times))
    assert metric(true, given)(times.astype(float)) == pytest.approx(value_of(twice, 7))


def test_f1_counts_the_second_class_alone() -> None:
    true, given = np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0])
    assert value_of(classes.f1(true, given), 4) == 0.5
    assert value_of(classes.f1(true, np.zeros(4, dtype=np.int64)), 4) == 0.0


def test_mcc_of_one_class_only_is_nothing_better_than_chance() -> None:
    true = np.array([0, 1, 1])
    assert value_of(classes.mcc(true, np.ones(3, dtype=np.int64)), 3) == 0.0
