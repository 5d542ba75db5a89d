"""Weights: one estimator is right on average, the other falls short, by hand and by enumeration."""

from itertools import pairwise, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.best_of import Estimator, best_weights, expected_best

DODGE = Estimator.DODGE


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    n_seen = draw(st.integers(1, 400))
    return n_seen, draw(st.integers(1, n_seen))


@given(sizes(), st.sampled_from(Estimator))
def test_weights_are_chances_that_sum_to_one(size: tuple[int, int], estimator: Estimator) -> None:
    weights = best_weights(*size, estimator=estimator)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(weights) >= -1e-12)


@given(sizes())
def test_weights_without_replacement_count_subsets(size: tuple[int, int]) -> None:
    """Tang et al. 2020: the i-th smallest is the best of C(i - 1, n - 1) of the C(N, n) subsets."""
    n_seen, n = size
    counted = [comb(i - 1, n - 1) / comb(n_seen, n) for i in range(1, n_seen + 1)]
    assert best_weights(n_seen, n) == pytest.approx(counted, rel=1e-9, abs=1e-12)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40))
def test_the_curve_rises_from_the_mean_to_the_best_one_seen(scores: list[float]) -> None:
    tang, dodge = (expected_best(scores, estimator=estimator) for estimator in Estimator)
    assert tang[0] == pytest.approx(np.mean(scores), abs=1e-9)
    assert tang[-1] == pytest.approx(max(scores))
    assert all(a <= b + 1e-9 for a, b in pairwise(tang))
    assert all(d <= t + 1e-9 for d, t in zip(dodge, tang, strict=True))


def test_dodge_by_hand() -> None:
    """Dodge et al. 2019, equation 1: P(best <= v) is the share of scores up to v, to the n."""
    third = [1 / 27, 7 / 27, 19 / 27]
    assert best_weights(3, 3, estimator=DODGE) == pytest.approx(third)
    assert expected_best([0.7, 0.8, 0.9], estimator=DODGE)[2] == pytest.approx(0.9 - 0.1 * 9 / 27)


VALUES, CHANCES = (0.5, 0.7, 0.9), (0.5, 0.3, 0.2)
N_SEEN = 5


def true_best(n: int) -> float:
    heights = np.cumsum(CHANCES) ** n
    return float(np.diff(heights, prepend=0.0) @ np.array(VALUES))


def on_average(estimator: Estimator) -> np.ndarray:
    """Mean over every possible draw of five trials, each with its chance."""
    total = np.zeros(N_SEEN)
    for drawn in product(range(3), repeat=N_SEEN):
        chance = float(np.prod([CHANCES[i] for i in drawn]))
        total += chance * np.array(expected_best([VALUES[i] for i in drawn], estimator=estimator))
    return total


def test_tang_is_right_on_average_for_every_n_up_to_all_of_them() -> None:
    truth = [true_best(n) for n in range(1, N_SEEN + 1)]
    assert on_average(Estimator.TANG) == pytest.approx(truth, abs=1e-12)


def test_dodge_is_too_low_on_average_for_every_n_above_one() -> None:
    short = np.array([true_best(n) for n in range(1, N_SEEN + 1)]) - on_average(DODGE)
    assert short[0] == pytest.approx(0.0, abs=1e-12)
    assert np.all(short[1:] > 0.004)
    assert short.argmax() == N_SEEN - 1


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_the_expected_largest_of_uniform_numbers_is_n_over_n_plus_one(n: int) -> None:
    """Closed form: the i-th of N uniform numbers is i / (N + 1) on average."""
    middles = np.arange(1, 21) / 21
    assert best_weights(20, n) @ middles == pytest.approx(n / (n + 1))


def test_dodge_of_two_uniform_numbers_is_a_twelfth_short() -> None:
    """By hand: (1/4)(1/3) + (3/4)(2/3) = 7/12, where 2/3 is right."""
    found = best_weights(2, 2, estimator=DODGE) @ np.array([1 / 3, 2 / 3])
    assert 2 / 3 - found == pytest.approx(1 / 12)


@pytest.mark.parametrize("n", [0, 4])
def test_nothing_is_said_of_more_trials_than_were_seen(n: int) -> None:
    with pytest.raises(ValueError, match=f"best of {n} trials from 3 scores"):
        best_weights(3, n)


@pytest.mark.parametrize("scores", [[], [0.1, float("nan")]])
def test_scores_must_be_there_and_finite(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="expected one finite score"):
        expected_best(scores)
