"""Intervals that stay within what a metric can be, and how often they hold the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.scoring.crossed import Floats
from breakeven.analysis.scoring.metric_scale import MetricScale, metric_scale

HALVES = st.floats(min_value=0.0, max_value=1e3)


@pytest.mark.parametrize(
    ("metric", "value", "ends"),
    [
        ("accuracy", 0.83, (0.0, 1.0)),
        ("Accuracy", 83.0, (0.0, 100.0)),
        ("mcc", -0.1, (-1.0, 1.0)),
        ("perplexity", 20.0, (0.0, np.inf)),
        ("bleu", 20.0, (-np.inf, np.inf)),
        ("accuracy", 830.0, (-np.inf, np.inf)),
    ],
)
def test_a_metric_has_the_range_of_its_name(
    metric: str, value: float, ends: tuple[float, float]
) -> None:
    scale = metric_scale(metric, value)
    assert (scale.low, scale.high) == ends


@given(st.floats(min_value=-1.0, max_value=1.0), HALVES)
def test_the_interval_of_a_correlation_holds_it_and_stays_in_range(
    value: float, half: float
) -> None:
    low, high = metric_scale("pearson", value).around(value, half)
    assert -1.0 <= low <= value <= high <= 1.0


@given(st.floats(min_value=0.0, max_value=1e6), HALVES)
def test_a_perplexity_stays_above_0(value: float, half: float) -> None:
    low, high = metric_scale("perplexity", value).around(value, half)
    assert 0.0 <= low <= value <= high < np.inf


@given(st.floats(min_value=0.2, max_value=0.8), st.floats(min_value=0.0, max_value=1e-3))
def test_a_narrow_interval_is_the_plain_one(value: float, half: float) -> None:
    low, high = metric_scale("f1", value).around(value, half)
    assert (low, high) == pytest.approx((value - half, value + half), abs=1e-5)


def test_seeds_that_agree_leave_no_interval() -> None:
    assert metric_scale("entity_f1", 0.0).around(0.0, 0.0) == (0.0, 0.0)


def test_at_an_end_of_the_range_the_plain_interval_is_cut() -> None:
    assert metric_scale("f1", 1.0).around(1.0, 0.2) == (0.8, 1.0)


def test_three_seeds_are_held_more_often_than_by_the_plain_interval() -> None:
    rng = np.random.default_rng(0)
    scores = np.tanh(rng.normal(np.arctanh(0.85), 0.6, (1500, 3)))
    truth = float(np.tanh(rng.normal(np.arctanh(0.85), 0.6, 10**6)).mean())
    means = scores.mean(axis=1)
    halves = stats.t.ppf(0.975, 2) * scores.std(axis=1, ddof=1) / np.sqrt(3)
    plain = np.mean(np.abs(means - truth) <= halves)
    held = _held(metric_scale("pearson", truth), means, halves, truth)
    assert plain == pytest.approx(0.86, abs=0.02)
    assert held == pytest.approx(0.925, abs=0.02)


def _held(scale: MetricScale, means: Floats, halves: Floats, truth: float) -> float:
    ends = [scale.around(float(m), float(h)) for m, h in zip(means, halves, strict=True)]
    return float(np.mean([low <= truth <= high for low, high in ends]))
