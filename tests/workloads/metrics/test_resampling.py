import numpy as np
import pytest
from scipy import stats

from breakeven.workloads.metrics.resampling import Statistic, bootstrap, of_sums


def mean_of(values: list[float]) -> Statistic:
    sums = np.stack([np.array(values), np.ones(len(values))], axis=1)
    return of_sums(sums, lambda totals: float(totals[0] / totals[1]))


def test_the_interval_is_scipys_percentile_interval() -> None:
    values = list(np.random.default_rng(0).exponential(size=200))
    found = bootstrap(mean_of(values), 200, n_draws=4_000)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=4_000, rng=1)
    assert found is not None
    ends = (theirs.confidence_interval.low, theirs.confidence_interval.high)
    assert (found.low, found.high) == pytest.approx(ends, abs=0.01)


def test_the_interval_holds_the_truth_nearly_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    held = [bootstrap(mean_of(list(rng.normal(size=80))), 80, n_draws=300) for _ in range(300)]
    n_held = sum(found is not None and found.low <= 0 <= found.high for found in held)
    assert n_held / 300 == pytest.approx(0.94, abs=0.03)


def test_the_same_seed_gives_the_same_interval() -> None:
    statistic = mean_of([0.0, 1.0, 4.0, 9.0])
    assert bootstrap(statistic, 4) == bootstrap(statistic, 4)
    assert bootstrap(statistic, 4) != bootstrap(statistic, 4, seed=1)


def test_samples_without_a_value_are_left_out_unless_they_are_most() -> None:
    some = bootstrap(lambda weights: weights[0] or None, 4)
    assert some is not None
    assert some.low == 1.0
    assert bootstrap(lambda weights: weights[0] if weights[0] >= 2 else None, 4) is None


def test_samples_that_are_all_alike_say_nothing_of_doubt() -> None:
    assert bootstrap(mean_of([0.0] * 9), 9) is None
