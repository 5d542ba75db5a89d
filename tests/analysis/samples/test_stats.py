import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from breakeven.analysis.samples.stats import (
    log_ratio,
    newcombe,
    paired_difference,
    sign_flip_p,
    trend_p,
    wilson,
)
from breakeven.analysis.uncertain import Observation

COSTS = st.lists(st.floats(min_value=1e-6, max_value=1e6), min_size=2, max_size=20)


def blocks(*values: float, first: int = 0) -> dict[int, Observation]:
    return {
        block: Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=(f"{block}:{v}",))
        for block, v in enumerate(values, start=first)
    }


def test_log_ratio_agrees_with_scipy_on_the_logs() -> None:
    new, old = np.array([1.0, 1.3, 0.9, 1.1]), np.array([2.1, 2.2, 2.0, 2.3])
    expected = scipy_stats.ttest_1samp(np.log(new / old), 0.0).confidence_interval(0.95)
    found = log_ratio(list(new), list(old))
    assert found.low == pytest.approx(math.exp(expected.low))
    assert found.high == pytest.approx(math.exp(expected.high))
    assert found.n == 4


def test_one_block_bounds_nothing() -> None:
    found = log_ratio([1.0], [2.0])
    assert (found.value, found.low, found.high) == (0.5, 0.0, math.inf)


def test_wild_blocks_do_not_overflow() -> None:
    assert log_ratio([1e-300, 1e300], [1.0, 1.0]).high == math.inf


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        ([], [], "0 numerators"),
        ([1.0], [1.0, 2.0], "1 numerators and 2"),
        ([0.0], [1.0], "no logarithm"),
    ],
)
def test_impossible_ratios_are_refused(new: list[float], old: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        log_ratio(new, old)


@given(COSTS, st.floats(min_value=1e-3, max_value=1e3))
def test_ratio_of_scaled_costs_is_the_scale(costs: list[float], factor: float) -> None:
    found = log_ratio([c * factor for c in costs], costs)
    assert found.value == pytest.approx(factor)


@given(COSTS, COSTS)
def test_ratio_the_other_way_round_is_the_inverse(new: list[float], old: list[float]) -> None:
    n = min(len(new), len(old))
    there, back = log_ratio(new[:n], old[:n]), log_ratio(old[:n], new[:n])
    assert there.value * back.value == pytest.approx(1.0)
    assert there.low <= there.value * (1 + 1e-9)
    assert there.value <= there.high * (1 + 1e-9)


def test_log_ratio_covers_what_it_promises() -> None:
    """STATISTICS: 95.7 % at 10 blocks; here under a drift that moves both."""
    rng = np.random.default_rng(4)
    hits, n_draws = 0, 1500
    for _ in range(n_draws):
        drift = np.linspace(0, 0.5, 10) + rng.normal(0, 0.05, 10)
        old = np.exp(drift + rng.normal(0, 0.03, 10))
        new = 0.9 * np.exp(drift + rng.normal(0, 0.03, 10))
        found = log_ratio(list(new), list(old))
        hits += found.low <= 0.9 <= found.high
    assert 0.93 <= hits / n_draws <= 0.97


def test_percentile_bootstrap_of_a_ratio_covers_less() -> None:
    """STATISTICS: 89 % at 10 blocks, the reason for t on the log ratio."""
    rng = np.random.default_rng(5)
    hits, n_draws = 0, 400
    for _ in range(n_draws):
        new, old = np.exp(rng.normal(0, 0.3, (2, 10)))
        index = rng.integers(10, size=(300, 10))
        ratios = new[index].mean(axis=1) / old[index].mean(axis=1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        hits += bool(low <= 1.0 <= high)
    assert hits / n_draws < 0.935


def test_sequential_runs_under_drift_deceive_and_paired_blocks_do_not() -> None:
    """STATISTICS, order of runs: all of A then all of B gives 50 % or more false positives."""
    rng = np.random.default_rng(6)
    in_sequence, in_blocks = 0, 0
    for _ in range(300):
        drift = np.linspace(0, 0.2, 20)
        noise = rng.normal(0, 0.05, 20)
        first, second = np.split(drift + noise, 2)
        in_sequence += bool(scipy_stats.ttest_ind(first, second).pvalue < 0.05)
        found = log_ratio(list(np.exp((drift + noise)[::2])), list(np.exp((drift + noise)[1::2])))
        in_blocks += not found.low <= 1 <= found.high
    assert in_sequence / 300 > 0.5
    assert in_blocks / 300 < 0.09


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([1.0, 2.0, 3.0], 0.25),  # only +++ and ---, of 8
        ([1.0, -1.0], 1.0),
        ([0.0, 0.0], 1.0),
        ([0.0] * 20, 1.0),
    ],
)
def test_sign_flips_by_hand(differences: list[float], expected: float) -> None:
    assert sign_flip_p(differences) == expected


def test_many_sign_flips_agree_with_scipy() -> None:
    values = np.random.default_rng(7).normal(0.3, 1.0, 40)
    exact = scipy_stats.permutation_test(
        (values,),
        np.sum,
        permutation_type="samples",
        n_resamples=20_000,
        rng=np.random.default_rng(8),
    )
    assert sign_flip_p(list(values)) == pytest.approx(exact.pvalue, abs=0.02)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombe_1998_table_1(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(
    st.integers(min_value=1, max_value=5000).flatmap(
        lambda n: st.tuples(st.integers(min_value=0, max_value=n), st.just(n))
    )
)
def test_wilson_is_symmetric_and_holds_the_share(counts: tuple[int, int]) -> None:
    k, n = counts
    found, mirrored = wilson(k, n), wilson(n - k, n)
    assert 0 <= found.low <= k / n <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-9)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        wilson(k, n)


@given(st.integers(min_value=0, max_value=50), st.integers(min_value=0, max_value=50))
def test_difference_of_proportions_turns_around(left: int, right: int) -> None:
    there, back = newcombe((left, 50), (right, 50)), newcombe((right, 50), (left, 50))
    assert there.low == pytest.approx(-back.high)
    assert there.low <= there.value <= there.high


def test_pairing_removes_what_moves_both() -> None:
    paired = paired_difference(blocks(10.0, 20.0, 30.0), blocks(9.0, 19.0, 29.0))
    assert (paired.value, paired.variance) == (1.0, 0.0)
    assert paired.n == 3


def test_without_common_blocks_the_means_are_independent() -> None:
    apart = paired_difference(blocks(1.0, 3.0), blocks(2.0, 4.0, first=5))
    assert apart.value == -1.0
    assert apart.variance == pytest.approx(2.0)  # 2/2 + 2/2


def test_runs_outside_blocks_are_never_paired() -> None:
    left, right = blocks(1.0, 3.0, first=-2), blocks(2.0, 4.0, first=-2)
    assert paired_difference(left, right).variance == pytest.approx(2.0)


def test_only_common_blocks_enter_a_paired_difference() -> None:
    assert paired_difference(blocks(5.0, 6.0, 99.0), blocks(3.0, 4.0)).value == 2.0


def test_trend_agrees_with_scipy_and_flat_is_flat() -> None:
    values = [1.0, 1.4, 1.1, 1.9, 2.0]
    expected = scipy_stats.linregress(range(5), values)
    slope, p = trend_p(values)
    assert slope == pytest.approx(expected.slope)
    assert p == pytest.approx(expected.pvalue)
    assert trend_p([2.0, 2.0, 2.0]) == (0.0, 1.0)
