"""Metrics of regression, against scipy on 1,000 random cases each."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from breakeven.workloads.metrics.correlation import pearson, spearman
from breakeven.workloads.metrics.resampling import Statistic, value_of

Numbers = NDArray[np.float64]
Metric = Callable[[Numbers, Numbers], Statistic]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(pearson, stats.pearsonr), (spearman, stats.spearmanr)]
)
@pytest.mark.parametrize("n_levels", [4, 10**9])
def test_correlations_equal_scipy_with_ties_and_without(
    ours: Metric, theirs: Callable[[Numbers, Numbers], tuple[float, float]], n_levels: int
) -> None:
    rng = np.random.default_rng(7)
    for _ in range(500):
        n = int(rng.integers(3, 40))
        true = rng.integers(n_levels, size=n) / 3 - 100.0
        given = np.round(rng.normal(size=n), 1) + rng.random() * true
        if np.ptp(true) == 0 or np.ptp(given) == 0:
            continue
        expected = theirs(true, given)[0]
        assert value_of(ours(true, given), n) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_a_constant_has_no_correlation(metric: Metric) -> None:
    line, flat = np.arange(4.0), np.full(4, 0.1)
    assert value_of(metric(line, flat), 4) is None
    assert value_of(metric(flat, line), 4) is None
    assert value_of(metric(line[:1], line[:1]), 1) is None


@pytest.mark.parametrize("metric", [pearson, spearman])
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_predictions_that_are_no_numbers_have_no_correlation(metric: Metric, broken: float) -> None:
    true = np.arange(4.0)
    assert value_of(metric(true, np.array([0.0, 1.0, broken, 3.0])), 4) is None


@pytest.mark.parametrize("metric", [pearson, spearman])
def test_an_example_that_counts_twice_is_the_same_as_two(metric: Metric) -> None:
    true, given = np.array([1.0, 2.0, 2.0, 5.0, 3.0]), np.array([0.3, 0.1, 0.3, 0.9, 0.2])
    times = np.array([2, 0, 1, 3, 1])
    twice = metric(np.repeat(true, times), np.repeat(given, times))
    assert metric(true, given)(times.astype(float)) == pytest.approx(value_of(twice, 7))


def test_only_the_order_matters_to_spearman() -> None:
    true = np.array([1.0, 2.0, 3.0, 4.0])
    assert value_of(spearman(true, np.exp(true)), 4) == pytest.approx(1.0)
    assert value_of(spearman(true, -np.exp(true)), 4) == pytest.approx(-1.0)


def test_numbers_too_close_to_vary_in_squares_have_no_correlation() -> None:
    tiny = np.array([0.0, 1e-200, 2e-200])
    assert value_of(pearson(tiny, np.arange(3.0)), 3) is None
