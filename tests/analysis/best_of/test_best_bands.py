"""Bands: exact level of the boxes, coverage of the curve, and what other bands do there."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.best_of import (
    Estimator,
    Scale,
    best_band,
    best_weights,
    beta_boxes,
    chance_within,
    dkw_boxes,
    median_band,
    median_best,
)
from breakeven.analysis.best_of.boxes import dkw_half_width

SHARE = Scale(low=0.0, high=1.0)
N_SEEN, N_ROUNDS = 20, 2000
WORLDS = {
    "even": stats.uniform(0.5, 0.4),
    "skewed": stats.beta(8, 2),
    "narrow": stats.truncnorm(-28, 5, loc=0.85, scale=0.03),
}


def test_the_band_of_one_width_has_massarts_constant() -> None:
    """sqrt(ln(2 / alpha) / 2n); 1.3581 / sqrt(n) at 95 % (Massart 1990)."""
    assert dkw_half_width(1) == pytest.approx(1.3581, abs=1e-4)
    assert dkw_half_width(100, level=0.9) == pytest.approx(math.sqrt(math.log(20) / 200))


@pytest.mark.parametrize("n_seen", [2, 5, 20, 100])
def test_the_crossing_probability_is_kolmogorovs(n_seen: int) -> None:
    """Independent source: scipy's exact distribution of the two-sided Kolmogorov statistic."""
    exact = stats.kstwo(n_seen).cdf(dkw_half_width(n_seen))
    assert dkw_boxes(n_seen).holds == pytest.approx(exact, abs=1e-10)


def test_the_crossing_probability_by_hand() -> None:
    """Two uniform numbers, the smaller above 0.2 and the larger below 0.7: half a side squared."""
    assert chance_within(np.array([0.2, 0.2]), np.array([0.7, 0.7])) == pytest.approx(0.25)
    assert chance_within(np.array([0.5, 0.6]), np.array([0.4, 0.7])) == 0.0


@pytest.mark.parametrize("n_seen", [2, 3, 10, 50, 300])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.9875])
def test_boxes_hold_together_exactly_as_often_as_promised(n_seen: int, level: float) -> None:
    boxes = beta_boxes(n_seen, level=level)
    assert boxes.holds == pytest.approx(level, abs=1e-5)
    assert boxes.lows == pytest.approx(1 - boxes.highs[::-1], abs=1e-9)


def test_boxes_hold_in_draws_of_uniform_numbers() -> None:
    drawn = np.sort(np.random.default_rng(1).random((40_000, N_SEEN)), axis=1)
    boxes = beta_boxes(N_SEEN)
    held = np.all((drawn >= boxes.lows) & (drawn <= boxes.highs), axis=1).mean()
    assert held == pytest.approx(0.95, abs=0.004)


SEEN = (0.71, 0.80, 0.82, 0.83, 0.84, 0.85, 0.86, 0.86, 0.87, 0.88)
LOWS = (0.49347, 0.69381, 0.77731, 0.81355, 0.83027, 0.83867, 0.84335, 0.84628, 0.84830, 0.84981)
HIGHS = (0.91387, 0.95045, 0.97041, 0.98212, 0.98913, 0.99336, 0.99594, 0.99752, 0.99848, 0.99907)


def test_the_band_is_that_of_the_authors_program() -> None:
    """Lourie et al.'s own package opda 0.8.0, `ld_highest_density`, 100,000 simulated draws."""
    band = best_band(SEEN, scale=SHARE)
    assert band.lows == pytest.approx(LOWS, abs=1e-4)
    assert band.highs == pytest.approx(HIGHS, abs=1e-4)


def truth(name: str, n_seen: int = N_SEEN) -> np.ndarray:
    """Expected best of 1..N, by the middle of 100,000 equal parts of the distribution."""
    parts = (np.arange(100_000) + 0.5) / 100_000
    return np.array([WORLDS[name].ppf(parts ** (1 / n)).mean() for n in range(1, n_seen + 1)])


@pytest.mark.parametrize("name", WORLDS)
def test_the_whole_curve_lies_in_its_band_at_least_19_times_of_20(name: str) -> None:
    rng, expected = np.random.default_rng(2020), truth(name)
    held = 0
    for _ in range(N_ROUNDS):
        band = best_band(WORLDS[name].ppf(rng.random(N_SEEN)).tolist(), scale=SHARE)
        inside = (np.array(band.lows) <= expected) & (expected <= np.array(band.highs))
        held += bool(np.all(inside))
    assert held / N_ROUNDS >= 0.945  # 0.95 less one standard error


@pytest.mark.parametrize("name", WORLDS)
def test_the_whole_median_lies_in_its_band_at_least_19_times_of_20(name: str) -> None:
    """It needs no bottom and top of the metric; docs/method/best-score.md quotes the shares."""
    rng = np.random.default_rng(2021)
    expected = WORLDS[name].ppf(0.5 ** (1 / np.arange(1, N_SEEN + 1)))
    held = 0
    for _ in range(N_ROUNDS):
        band = median_band(WORLDS[name].ppf(rng.random(N_SEEN)).tolist(), scale=Scale())
        held += bool(np.all((np.array(band.lows) <= expected) & (expected <= np.array(band.highs))))
    assert held / N_ROUNDS >= 0.945


def test_the_median_by_hand() -> None:
    """Of ten scores half of all pairs end above the 8th: 0.7 squared is 0.49, 0.8 is 0.64."""
    assert median_best(SEEN)[:3] == (0.84, 0.86, 0.86)
    assert median_best(SEEN)[-1] == 0.88
    band = median_band(SEEN, scale=Scale())
    assert band.lows is not None
    assert band.highs is not None
    assert (band.lows[0], band.highs[0], band.highs[-1]) == (0.71, 0.88, math.inf)


@pytest.mark.parametrize("name", WORLDS)
def test_the_bootstrap_of_dodges_estimator_covers_far_too_little_at_n_of_all(name: str) -> None:
    """Percentile bootstrap, 95 % promised: docs/method/best-score.md quotes these."""
    rng, expected = np.random.default_rng(2019), truth(name)[-1]
    weights = best_weights(N_SEEN, N_SEEN, estimator=Estimator.DODGE)
    held, short = 0, []
    for _ in range(600):
        seen = WORLDS[name].ppf(rng.random(N_SEEN))
        again = np.sort(seen[rng.integers(0, N_SEEN, (400, N_SEEN))], axis=1) @ weights
        low, high = np.quantile(again, [0.025, 0.975])
        held += bool(low <= expected <= high)
        short.append(expected - float(np.sort(seen) @ weights))
    assert 0.35 < held / 600 < 0.65
    assert 0.004 < np.mean(short) < 0.03


def test_trials_without_a_score_lie_at_the_bottom_below_and_at_the_worst_seen_above() -> None:
    with_two, without = (best_band(SEEN, scale=SHARE, n_unscored=n) for n in (2, 0))
    assert with_two.lows is not None
    assert without.lows is not None
    assert len(with_two.lows) == 12
    assert with_two.lows[0] < without.lows[0]
    at_worst = best_band([0.71, 0.71, *SEEN], scale=SHARE)
    assert with_two.highs == at_worst.highs


def test_a_metric_without_an_end_has_a_band_without_one() -> None:
    band = best_band([-2.0, -1.0], scale=Scale(high=0.0))
    assert band.lows is None
    assert band.highs is not None


def test_a_score_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="a score of 87 is outside its metric's range, 0 to 1"):
        best_band([0.8, 87.0], scale=SHARE)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_the_band_rises_and_holds_the_estimate_in_its_middle(scores: list[float]) -> None:
    band = best_band(scores, scale=SHARE)
    assert band.lows is not None
    assert band.highs is not None
    for ends in (band.lows, band.highs):
        assert all(a <= b + 1e-9 for a, b in pairwise(ends))
    assert band.lows[0] <= np.mean(scores) + 1e-9
    assert np.mean(scores) <= band.highs[0] + 1e-9
