"""Lines through points: against scipy, against a printed example, and by coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.curves.fits import FAR, Axes, fit_line, tightness

PLAIN = Axes(is_x_log=False, is_y_log=False)
ANSCOMBE_X = [10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
FAR_X = [8.0] * 7 + [19.0] + [8.0] * 3
FAR_Y = [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89]


def test_anscombes_first_set_gives_the_printed_line() -> None:
    """Anscombe 1973, The American Statistician 27: y = 3 + 0.5 x, R2 0.667, s 1.237."""
    line = fit_line(ANSCOMBE_X, ANSCOMBE_Y, axes=PLAIN)
    assert line is not None
    assert (round(line.intercept.value, 2), round(line.slope.value, 3)) == (3.0, 0.5)
    assert line.r_squared is not None
    assert (round(line.r_squared, 3), round(line.residual_sd.value, 3)) == (0.667, 1.237)
    assert max(line.leverages) < FAR


def test_anscombes_fourth_set_rests_on_one_point_and_says_so() -> None:
    line = fit_line(FAR_X, FAR_Y, axes=PLAIN)
    assert line is not None
    assert round(line.slope.value, 3) == 0.5
    assert max(line.leverages) == pytest.approx(1.0)


def test_the_interval_of_the_slope_is_that_of_scipy() -> None:
    ours = fit_line(ANSCOMBE_X, ANSCOMBE_Y, axes=PLAIN)
    theirs = stats.linregress(ANSCOMBE_X, ANSCOMBE_Y)
    half = stats.t.ppf(0.975, 9) * theirs.stderr
    assert ours is not None
    assert ours.slope.high - ours.slope.value == pytest.approx(half)
    half = stats.t.ppf(0.975, 9) * theirs.intercept_stderr
    assert ours.intercept.high - ours.intercept.value == pytest.approx(half)


def test_the_next_run_is_less_sure_than_the_line_and_least_sure_far_out() -> None:
    line = fit_line(ANSCOMBE_X, ANSCOMBE_Y, axes=PLAIN)
    assert line is not None
    middle, far = line.next_run(9.0), line.next_run(20.0)
    # s * t * sqrt(1 + 1/11) at the mean of x
    half = 1.2366 * 2.2622 * math.sqrt(1 + 1 / 11)
    assert middle.high - middle.value == pytest.approx(half, abs=1e-3)
    assert line.mean_at(9.0).high < middle.high
    assert far.high - far.value > middle.high - middle.value


def test_prediction_intervals_hold_the_next_run_as_often_as_they_say() -> None:
    rng, hits = np.random.default_rng(11), 0
    for _ in range(1000):
        xs = 10 ** rng.uniform(0, 3, 9)
        ys = 2.0 * xs[:8] ** 0.9 * np.exp(rng.normal(0, 0.2, 8))
        line = fit_line(xs[:8].tolist(), ys.tolist())
        assert line is not None
        following = line.next_run(float(xs[8]))
        hits += following.low <= 2.0 * xs[8] ** 0.9 * math.exp(rng.normal(0, 0.2)) <= following.high
    assert 930 <= hits <= 970


@given(
    slope=st.floats(-3, 3),
    scale=st.floats(0.01, 100),
    xs=st.lists(st.integers(1, 10**6), min_size=3, max_size=8, unique=True),
)
def test_a_power_law_is_found_whatever_its_exponent(
    slope: float, scale: float, xs: list[int]
) -> None:
    line = fit_line(xs, [scale * x**slope for x in xs])
    assert line is not None
    assert line.slope.value == pytest.approx(slope, abs=1e-6)
    assert line.at(50.0) == pytest.approx(scale * 50.0**slope, rel=1e-5)


@given(st.lists(st.floats(0.1, 1e3), min_size=3, max_size=9))
def test_leverages_add_up_to_the_two_numbers_of_a_line(xs: list[float]) -> None:
    line = fit_line([*xs, 2000.0], [1.0] * (len(xs) + 1))
    assert line is not None
    assert sum(line.leverages) == pytest.approx(2.0)
    assert line.r_squared is None


@pytest.mark.parametrize("xs", [[1.0, 2.0], [5.0, 5.0, 5.0]])
def test_too_little_to_draw_a_line_through_is_no_line(xs: list[float]) -> None:
    assert fit_line(xs, [1.0] * len(xs)) is None


@pytest.mark.parametrize(
    ("xs", "ys", "words"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0], "3 x and 2 y"),
        ([0.0, 2.0, 3.0], [1.0, 2.0, 3.0], "0 has no logarithm"),
        ([1.0, 2.0, 3.0], [1.0, math.nan, 3.0], "must be finite"),
    ],
)
def test_points_that_cannot_be_drawn_are_refused(
    xs: list[float], ys: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        fit_line(xs, ys)


def test_a_power_beyond_doubles_is_infinite() -> None:
    line = fit_line([1.0, 10.0, 100.0], [1e100, 1e200, 1e300])
    assert line is not None
    assert math.isinf(line.at(1e5))


def test_the_tighter_group_is_told_by_the_f_distribution() -> None:
    rng = np.random.default_rng(4)
    xs = np.logspace(3, 7, 12)
    close = fit_line(xs.tolist(), (xs * np.exp(rng.normal(0, 0.05, 12))).tolist())
    loose = fit_line(xs.tolist(), (xs * np.exp(rng.normal(0, 0.5, 12))).tolist())
    assert close is not None
    assert loose is not None
    found, turned = tightness(close, loose), tightness(loose, close)
    assert found is not None
    assert turned is not None
    ratio = (close.residual_sd.value / loose.residual_sd.value) ** 2
    assert found.ratio.value == pytest.approx(ratio)
    # F quantiles with 10 and 10 degrees of freedom: 3.7168 (tables, 2.5 %)
    assert found.ratio.high == pytest.approx(ratio * 3.7168, rel=1e-4)
    assert found.is_told_apart
    assert turned.ratio.low == pytest.approx(1 / found.ratio.high)
    assert turned.p == pytest.approx(found.p)


def test_lines_without_residuals_or_of_other_units_are_not_compared() -> None:
    exact = fit_line([1, 10, 100], [1.0, 10.0, 100.0])
    loose = fit_line([1, 10, 100], [1.0, 20.0, 90.0])
    plain = fit_line([1, 10, 100], [1.0, 20.0, 90.0], axes=PLAIN)
    assert exact is not None
    assert loose is not None
    assert plain is not None
    if exact.residual_sd.value == 0:
        assert tightness(loose, exact) is None
    with pytest.raises(ValueError, match="different units"):
        tightness(loose, plain)
