"""What intervals and tests of repeated runs promise, and what the usual ones keep of theirs.

Every number of docs/method/statistics.md's table of simulations is printed here:
`pytest -s tests/analysis/statistics/test_coverage_of_comparisons.py`.
"""

import math

import numpy as np
import pytest
from scipy import stats
from tests.analysis.statistics.simulated_runs import (
    DRIFT,
    Drawn,
    bootstrap_covers,
    false_positives,
    in_blocks,
    one_after_the_other,
    paired_t,
    power_samples,
    shuffled,
    unpaired_p,
)

from breakeven.analysis.samples.stats import log_ratio
from breakeven.analysis.statistics import analyse_variance, critical
from breakeven.analysis.statistics.many_to_one import SAME_NUMBER
from breakeven.analysis.uncertain import quantile

N_DRAWS = 4000
EFFECT = 0.2


def told(what: str, share: float) -> float:
    print(f"{what}: {share:.1%}")  # noqa: T201 - the page of methods quotes it
    return share


def covered(drawn: Drawn) -> float:
    low, high = paired_t(drawn)
    return float(np.mean((low <= EFFECT) & (high >= EFFECT)))


@pytest.mark.parametrize("n_blocks", [5, 10, 20])
def test_the_log_ratio_holds_the_truth_as_often_as_promised(n_blocks: int) -> None:
    drawn = in_blocks(np.random.default_rng(1), N_DRAWS, n_blocks, drift=DRIFT, effect=EFFECT)
    share = told(f"log ratio t covers, {n_blocks} blocks", covered(drawn))
    assert 0.93 <= share <= 0.97


def test_the_simulated_interval_is_the_one_of_the_library() -> None:
    drawn = in_blocks(np.random.default_rng(1), 1, 10, drift=DRIFT)
    low, high = paired_t(drawn)
    found = log_ratio(np.exp(drawn.a[0]).tolist(), np.exp(drawn.b[0]).tolist())
    assert [math.log(found.low), math.log(found.high)] == pytest.approx([low[0], high[0]])


@pytest.mark.parametrize("n_blocks", [5, 10, 20])
def test_blocks_under_drift_find_nothing_where_nothing_is(n_blocks: int) -> None:
    drawn = in_blocks(np.random.default_rng(2), N_DRAWS, n_blocks, drift=DRIFT)
    assert told(f"blocks, false positives, {n_blocks}", false_positives(drawn)) <= 0.065


@pytest.mark.parametrize(("n_repeats", "least"), [(5, 0.45), (10, 0.8), (20, 0.95)])
def test_all_of_a_then_all_of_b_deceives_and_more_repeats_make_it_worse(
    n_repeats: int, least: float
) -> None:
    drawn = one_after_the_other(np.random.default_rng(3), N_DRAWS, n_repeats, drift=DRIFT)
    share = float(np.mean(unpaired_p(drawn) < 0.05))
    assert told(f"A then B, false positives, {n_repeats} each", share) >= least


def test_shuffled_without_blocks_loses_most_of_the_power() -> None:
    blocked = in_blocks(np.random.default_rng(4), N_DRAWS, 10, drift=DRIFT, effect=0.04)
    mixed = shuffled(np.random.default_rng(5), N_DRAWS, 10, drift=DRIFT)
    low, _ = paired_t(blocked)
    by_blocks = told("power of blocks at 4 %", float(np.mean(low > 0)))
    alone = float(np.mean(unpaired_p(Drawn(mixed.a + 0.04, mixed.b)) < 0.05))
    assert told("power of a shuffled order at 4 %", alone) < 0.75 * by_blocks


def test_seconds_of_power_taken_as_independent_find_what_is_not_there() -> None:
    a, b = power_samples(np.random.default_rng(6), 800, n_runs=5, n_seconds=100)
    seconds = stats.ttest_ind(a.reshape(800, -1), b.reshape(800, -1), axis=1).pvalue
    runs = stats.ttest_ind(np.log(a).mean(axis=2), np.log(b).mean(axis=2), axis=1).pvalue
    assert told("seconds as independent", float(np.mean(seconds < 0.05))) > 0.65
    assert told("runs as the unit", float(np.mean(runs < 0.05))) <= 0.07


@pytest.mark.parametrize(("n_blocks", "most"), [(5, 0.86), (10, 0.92)])
def test_a_percentile_bootstrap_of_the_ratio_covers_less(n_blocks: int, most: float) -> None:
    rng = np.random.default_rng(7)
    drawn = in_blocks(rng, 2000, n_blocks, drift=DRIFT, effect=EFFECT)
    share = bootstrap_covers(rng, drawn, truth=math.exp(EFFECT))
    assert told(f"percentile bootstrap covers, {n_blocks} blocks", share) <= most


def test_dunnett_keeps_its_promise_for_all_comparisons_at_once() -> None:
    """Five configurations that are all the same, ten blocks: any difference is a false one."""
    n, k = 10, 5
    rng = np.random.default_rng(8)
    blocks = rng.normal(0, 0.1, (N_DRAWS, n, 1))
    values = blocks + rng.normal(0, 0.03, (N_DRAWS, n, k))
    rest = values - values.mean(axis=2, keepdims=True) - values.mean(axis=1, keepdims=True)
    rest += values.mean(axis=(1, 2), keepdims=True)
    df = (n - 1) * (k - 1)
    error = np.sqrt(np.sum(rest**2, axis=(1, 2)) / df * 2 / n)
    means = values.mean(axis=1)
    largest = np.max(np.abs(means[:, 1:] - means[:, :1]), axis=1) / error
    reach = critical([SAME_NUMBER] * (k - 1), df=df)
    one_look = quantile(df)
    dunnett = told("Dunnett, any of four false", float(np.mean(largest > reach)))
    unadjusted = told("unadjusted, any of four false", float(np.mean(largest > one_look)))
    assert dunnett <= 0.06
    assert unadjusted >= 0.11


def test_an_f_of_unlike_scatters_needs_its_epsilon() -> None:
    """One configuration of four scatters ten times as much; all have the same mean."""
    rng = np.random.default_rng(9)
    scales = np.array([1.0, 1.0, 1.0, 10.0])
    effects = [
        analyse_variance(rng.normal(0, 1, (10, 4)) * scales, ["x"]).effects[0] for _ in range(1500)
    ]
    plain = np.mean([(e.p or 1.0) < 0.05 for e in effects])
    lowered = np.mean([(e.p_greenhouse_geisser or 1.0) < 0.05 for e in effects])
    assert told("F with unlike scatters", float(plain)) >= 0.08
    assert told("the same with Greenhouse and Geisser's epsilon", float(lowered)) <= 0.065


def test_stopping_by_precision_costs_little_coverage_from_ten_blocks_on() -> None:
    """Measure until the half-width is 2 %, ten blocks at least and forty at most."""
    rng = np.random.default_rng(10)
    logs = rng.normal(EFFECT, 0.04, (N_DRAWS, 40))
    shares = {start: stopped(logs, start=start) for start in (3, 10)}
    for start, share in shares.items():
        told(f"stop rule from {start} blocks on covers", share)
    assert shares[10] >= 0.925
    assert shares[3] < shares[10]


def stopped(logs: np.ndarray, *, start: int) -> float:
    """Coverage of the interval at the first look at which it was narrow enough."""
    wanted, hits = math.log1p(0.02), np.zeros(len(logs), dtype=bool)
    is_open = np.ones(len(logs), dtype=bool)
    for n in range(start, logs.shape[1] + 1):
        seen = logs[:, :n]
        half = quantile(n - 1) * seen.std(axis=1, ddof=1) / math.sqrt(n)
        stops = is_open & ((half <= wanted) | (n == logs.shape[1]))
        hits[stops] = (np.abs(seen.mean(axis=1) - EFFECT) <= half)[stops]
        is_open &= ~stops
    return float(np.mean(hits))
