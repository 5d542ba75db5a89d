"""Seeds and examples as crossed random effects: by hand, by law, and by simulated coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from breakeven.analysis.samples.stats import Interval, wilson
from breakeven.analysis.scoring.crossed import (
    MeanDoubt,
    SeedPart,
    crossed_doubt,
    share_interval,
    unpaired_doubt,
)
from breakeven.analysis.scoring.paired import crossed_difference

Floats = NDArray[np.float64]
MATRICES = st.integers(2, 4).flatmap(
    lambda s: st.lists(
        st.lists(st.sampled_from([0.0, 1.0]), min_size=s, max_size=s), min_size=2, max_size=40
    ).map(lambda columns: np.array(columns).T)
)
N = 300


def drawn(
    rng: np.random.Generator, n_seeds: int, *, seed_sd: float, shift: float = 0.0
) -> tuple[Floats, Floats]:
    """Answers of two pathways on a probit scale; the same examples are hard for both."""
    hard = rng.normal(0, 1.5, N)
    sides = []
    for mean in (2.0, 2.0 + shift):
        ability = mean + hard[None, :] + rng.normal(0, seed_sd, n_seeds)[:, None]
        sides.append((rng.random((n_seeds, N)) < stats.norm.cdf(ability)).astype(float))
    return sides[0], sides[1]


def truth(mean: float, seed_sd: float) -> float:
    return float(stats.norm.cdf(mean / math.sqrt(1 + 1.5**2 + seed_sd**2)))


def interval_of(correct: Floats) -> Interval:
    n_seeds, n = correct.shape
    return share_interval(
        float(correct.mean()), crossed_doubt(correct), n_examples=n, n_seeds=n_seeds
    )


@pytest.mark.parametrize(
    ("n_seeds", "seed_sd"),
    [(2, 0.0), (2, 0.2), (3, 0.0), (3, 0.2), (5, 0.3)],
)
def test_interval_of_the_mean_holds_the_truth_for_new_seeds_and_new_examples(
    n_seeds: int, seed_sd: float
) -> None:
    rng = np.random.default_rng(n_seeds)
    target = truth(2.0, seed_sd)
    found = [interval_of(drawn(rng, n_seeds, seed_sd=seed_sd)[0]) for _ in range(300)]
    assert np.mean([i.low <= target <= i.high for i in found]) >= 0.93


def test_wilson_over_pooled_answers_would_promise_too_much() -> None:
    rng = np.random.default_rng(3)
    target = truth(2.0, 0.2)
    hits = []
    for _ in range(300):
        correct = drawn(rng, 3, seed_sd=0.2)[0]
        pooled = wilson(int(correct.sum()), correct.size)
        hits.append(pooled.low <= target <= pooled.high)
    assert np.mean(hits) < 0.85


@pytest.mark.parametrize(("n_seeds", "seed_sd"), [(2, 0.2), (3, 0.0), (3, 0.2)])
def test_interval_of_a_difference_holds_the_truth(n_seeds: int, seed_sd: float) -> None:
    rng = np.random.default_rng(10 + n_seeds)
    target = truth(2.0, seed_sd) - truth(2.2, seed_sd)
    hits = []
    for _ in range(200):
        found = crossed_difference(*drawn(rng, n_seeds, seed_sd=seed_sd, shift=0.2))
        hits.append(found.low <= target <= found.high)
    assert np.mean(hits) >= 0.93


def test_intervals_from_counts_alone_hold_the_truth_and_are_wider() -> None:
    rng = np.random.default_rng(5)
    target = truth(2.0, 0.1)
    hits, is_wider = [], []
    for _ in range(200):
        correct = drawn(rng, 3, seed_sd=0.1)[0]
        doubt = unpaired_doubt(list(correct.mean(axis=1)), N)
        found = share_interval(float(correct.mean()), doubt, n_examples=N, n_seeds=3)
        paired = interval_of(correct)
        hits.append(found.low <= target <= found.high)
        is_wider.append(found.high - found.low > paired.high - paired.low)
    assert np.mean(hits) >= 0.95
    assert np.mean(is_wider) > 0.95


def test_many_seeds_alike_leave_the_examples_interval() -> None:
    part = SeedPart(between=1e-12, within=1e-12, n_seeds=3)
    half = MeanDoubt(examples=0.0004, seeds=(part,)).half_width()
    assert half == pytest.approx(1.96 * 0.02, rel=1e-3)


def test_seeds_alone_give_close_to_a_t_interval() -> None:
    part = SeedPart(between=0.0001, within=0.0, n_seeds=5)
    half = MeanDoubt(examples=0.0, seeds=(part,)).half_width()
    assert half == pytest.approx(float(stats.t.ppf(0.975, 4)) * 0.01, rel=0.02)


def test_identical_seeds_count_once_and_one_seed_is_wilsons() -> None:
    one = np.array([[1.0] * 81 + [0.0] * 182])
    alone, copied = interval_of(one), interval_of(np.repeat(one, 3, axis=0))
    expected = wilson(81, 263)
    for found in (alone, copied):
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=3e-4)


@given(MATRICES)
def test_interval_stays_within_the_scale_around_the_mean(correct: Floats) -> None:
    found = interval_of(correct)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high > found.low


@given(MATRICES)
def test_neither_the_order_of_seeds_nor_of_examples_matters(correct: Floats) -> None:
    turned = crossed_doubt(correct[::-1, ::-1])
    doubt = crossed_doubt(correct)
    assert turned.examples == pytest.approx(doubt.examples)
    assert turned.variance == pytest.approx(doubt.variance)


@given(MATRICES)
def test_a_difference_turns_its_sign_with_its_sides(correct: Floats) -> None:
    other = 1 - correct[:1]
    there, back = crossed_difference(correct, other), crossed_difference(other, correct)
    assert (there.value, there.low, there.high) == pytest.approx(
        (-back.value, -back.high, -back.low)
    )


def test_draws_of_seeds_spread_as_their_part_says() -> None:
    part = SeedPart(between=0.0002, within=0.0001, n_seeds=30)
    drawn_errors = MeanDoubt(examples=0.0, seeds=(part,)).draw(4000, np.random.default_rng(0))
    assert np.mean(drawn_errors) == pytest.approx(0, abs=1e-3)
    assert np.var(drawn_errors) == pytest.approx(part.variance, rel=0.25)


def test_no_seeds_no_draws() -> None:
    assert not MeanDoubt(examples=0.1).draw(5, np.random.default_rng(0)).any()
